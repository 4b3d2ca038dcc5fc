// The region map: a picture to point at, zoom and walk by keyboard; the region that is looked at, and its bytes.
import type { ReactNode } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { DiskChoice } from '../../../shared/contract/image-reading.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, FindingList, Waiting } from '../components/feedback.tsx';
import { cellsOf, coarseCells, regionAt } from '../derive/map-cells.ts';
import {
  type ByteRange,
  formatWindow,
  moveWindow,
  wholeWindow,
  windowAround,
  windowWith,
  zoomWindow,
} from '../derive/map-window.ts';
import type { ImageView } from '../route-views.ts';
import { HexView } from './hex-view.tsx';
import { changeImageView } from './image-address.ts';
import { MapLegend } from './map-legend.tsx';
import { MapPicture } from './map-picture.tsx';
import { RegionDetails } from './region-details.tsx';
import { RegionList } from './region-list.tsx';
import { type MapState, PICTURE_CELLS, useMap } from './use-map.ts';

export function MapTab(props: {
  image: DiskChoice;
  checkout: CheckoutChoice | null;
  view: ImageView;
}): ReactNode {
  const { image, checkout, view } = props;
  const state = useMap(image, checkout, view.zoom);
  if (state.error !== null) return <ErrorCard error={state.error} />;
  if (state.map === null) return <Waiting>Reading the image; a large one takes a moment</Waiting>;
  return <Explorer image={image} view={view} state={state} map={state.map} />;
}

function Explorer(props: {
  image: DiskChoice;
  view: ImageView;
  state: MapState;
  map: NonNullable<MapState['map']>;
}): ReactNode {
  const { image, view, map } = props;
  const { window, data, regions, isPart } = props.state;
  const { sizeBytes } = map;
  const at = Math.min(sizeBytes - 1, Number(/^\d{1,16}$/.exec(view.at ?? '')?.[0] ?? 0));
  const selected = regionAt(regions, at);
  const isCoarse = isPart && window.lengthBytes === sizeBytes;
  const cells = isCoarse ? coarseCells(map.cells.kinds) : cellsOf(regions, window, PICTURE_CELLS);

  function show(next: ByteRange): void {
    changeImageView({ zoom: formatWindow(next) });
  }
  function select(atBytes: number): void {
    changeImageView({ at: String(atBytes), zoom: formatWindow(windowWith(window, atBytes, sizeBytes)) });
  }
  const zoom = (factor: number, around = at): void => {
    const inView = around >= window.offsetBytes && around < window.offsetBytes + window.lengthBytes;
    const center = inView ? around : window.offsetBytes + window.lengthBytes / 2;
    show(zoomWindow(window, factor, center, sizeBytes));
  };

  return (
    <div className="map">
      <MapTools window={window} data={data} sizeBytes={sizeBytes} onShow={show} onZoom={zoom} />
      <MapPicture
        cells={cells}
        window={window}
        sizeBytes={sizeBytes}
        regions={regions}
        selected={selected}
        at={at}
        onSelect={select}
        onZoom={zoom}
        onMove={(share) => show(moveWindow(window, share, sizeBytes))}
        onOpen={() => {
          if (selected !== null) show(windowAround(selected, sizeBytes));
        }}
      />
      <MapLegend cells={cells} />
      {map.warnings.length === 0 ? null : (
        <FindingList
          label="Warnings"
          findings={map.warnings.map((what) => ({ id: what, level: 'warning', what, detail: '', hint: '' }))}
        />
      )}
      <div className="map-parts">
        <RegionList regions={regions} selected={selected} isPart={isPart} onSelect={select} />
        <div className="map-look">
          {selected === null ? null : (
            <RegionDetails region={selected} onZoom={() => show(windowAround(selected, sizeBytes))} />
          )}
          <HexView image={image} at={at} sizeBytes={sizeBytes} onGo={select} />
        </div>
      </div>
    </div>
  );
}

const NEARER = 0.5;

function MapTools(props: {
  window: ByteRange;
  data: ByteRange;
  sizeBytes: number;
  onShow: (window: ByteRange) => void;
  onZoom: (factor: number) => void;
}): ReactNode {
  const { window, data, sizeBytes, onShow, onZoom } = props;
  const last = window.offsetBytes + window.lengthBytes - 1;
  const isWhole = window.lengthBytes === sizeBytes;
  const isData = formatWindow(window) === formatWindow(data);
  const stretch = isWhole ? 'whole' : isData ? 'data' : '';
  return (
    <div className="map-tools">
      <ToggleButtonGroup
        aria-label="Stretch"
        className="filters"
        selectedKeys={stretch === '' ? [] : [stretch]}
        onSelectionChange={(keys) => {
          const [key] = keys;
          if (key !== undefined) onShow(key === 'whole' ? wholeWindow(sizeBytes) : data);
        }}
      >
        <ToggleButton id="data" className="button quiet small">
          Data <span className="filter-count">{formatBytes(data.lengthBytes)}</span>
        </ToggleButton>
        <ToggleButton id="whole" className="button quiet small">
          Whole image <span className="filter-count">{formatBytes(sizeBytes)}</span>
        </ToggleButton>
      </ToggleButtonGroup>
      <div className="map-zoom" role="group" aria-label="Zoom">
        <Button
          size="small"
          icon="minus"
          label="Farther"
          disabled={isWhole}
          onPress={() => onZoom(1 / NEARER)}
        />
        <Button size="small" icon="plus" label="Nearer" onPress={() => onZoom(NEARER)} />
        <Button
          size="small"
          icon="left"
          label="Earlier"
          disabled={window.offsetBytes === 0}
          onPress={() => onShow(moveWindow(window, -0.5, sizeBytes))}
        />
        <Button
          size="small"
          icon="chevron"
          label="Later"
          disabled={last >= sizeBytes - 1}
          onPress={() => onShow(moveWindow(window, 0.5, sizeBytes))}
        />
      </div>
      <p className="map-range" role="status">
        Bytes {formatCount(window.offsetBytes)} to {formatCount(last)} · {formatBytes(window.lengthBytes)} ·{' '}
        {formatBytes(Math.max(1, Math.round(window.lengthBytes / PICTURE_CELLS)))} a cell
      </p>
    </div>
  );
}
