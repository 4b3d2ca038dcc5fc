// All regions of the stretch that is in view, to search and walk; only those in view are drawn.
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { Input, ListBox, ListBoxItem, ListLayout, SearchField, Virtualizer } from 'react-aria-components';
import type { MapRegion } from '../../../shared/model/image-reading.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { Icon } from '../components/icons.tsx';
import { mapKindWords, originText, regionShade } from '../derive/map-shades.ts';

const LAYOUT = { rowHeight: 44 };

export function RegionList(props: {
  regions: readonly MapRegion[];
  selected: MapRegion | null;
  /** There are more than could be loaded. */
  isPart: boolean;
  onSelect: (atBytes: number) => void;
}): ReactNode {
  const { regions, selected } = props;
  const [words, setWords] = useState('');
  const list = useRef<HTMLDivElement | null>(null);
  const shown = useMemo(() => regions.filter((region) => matches(region, words)), [regions, words]);
  // What was chosen in the picture is brought into view here.
  const at = selected === null ? -1 : shown.indexOf(selected);
  useEffect(() => {
    const element = list.current;
    if (element === null || at === -1) return;
    const top = at * LAYOUT.rowHeight;
    const isInView =
      top >= element.scrollTop && top + LAYOUT.rowHeight <= element.scrollTop + element.clientHeight;
    if (!isInView) element.scrollTop = Math.max(0, top - element.clientHeight / 2 + LAYOUT.rowHeight / 2);
  }, [at]);
  return (
    <section className="region-list" aria-labelledby="regions">
      <h2 id="regions">From the first byte to the last</h2>
      <SearchField aria-label="Search the regions" className="search-field" value={words} onChange={setWords}>
        <Icon name="search" size={15} />
        <Input placeholder="Name, kind, origin, sha256" maxLength={200} />
      </SearchField>
      <Virtualizer layout={ListLayout} layoutOptions={LAYOUT}>
        <ListBox
          ref={list}
          aria-label="Regions"
          className="regions"
          items={shown.map((region) => ({ id: String(region.index), region }))}
          selectionMode="single"
          selectionBehavior="replace"
          selectedKeys={selected === null ? [] : [String(selected.index)]}
          onSelectionChange={(keys) => {
            const key = keys === 'all' ? undefined : [...keys][0];
            const region = shown.find(({ index }) => String(index) === key);
            if (region !== undefined) props.onSelect(region.offsetBytes);
          }}
          renderEmptyState={() => <p className="grid-empty">Nothing fits. Search for less.</p>}
        >
          {({ region }) => (
            <ListBoxItem className="region" textValue={region.label}>
              <span className={`swatch shade-${regionShade(region)}`} aria-hidden="true" />
              <span className="region-words">
                <span className="cell-clip">{region.label}</span>
                <span className="cell-sub cell-clip">{mapKindWords(region.kind)}</span>
              </span>
              <span className="region-size">{formatBytes(region.lengthBytes)}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Virtualizer>
      <p className="hint" role="status">
        {shown.length === regions.length
          ? `${formatCount(regions.length)} regions`
          : `${formatCount(shown.length)} of ${formatCount(regions.length)} regions`}
        {props.isPart ? '; there are more than can be listed: zoom in to see them' : ''}
      </p>
    </section>
  );
}

function matches(region: MapRegion, words: string): boolean {
  if (words.trim() === '') return true;
  const origin = region.origin === null ? '' : originText(region.origin);
  const text =
    `${region.label}\n${mapKindWords(region.kind)}\n${origin}\n${region.sha256 ?? ''}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
