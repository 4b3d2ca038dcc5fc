// The region that is looked at: what it is, where it lies, its hash, and where its bytes come from.
import type { ReactNode } from 'react';
import type { MapRegion, Origin } from '../../../shared/model/image-reading.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { type Fact, Facts } from '../components/status.tsx';
import { mapKindWords, originText, regionShade } from '../derive/map-shades.ts';
import { formatCommand } from '../derive/text.ts';

export function RegionDetails({ region, onZoom }: { region: MapRegion; onZoom: () => void }): ReactNode {
  return (
    <section className="card region-card" aria-labelledby="region">
      <div className="region-head">
        <h2 id="region">
          <span className={`swatch shade-${regionShade(region)}`} aria-hidden="true" />
          <span className="region-label">{region.label}</span>
        </h2>
        <Button size="small" icon="search" onPress={onZoom}>
          Zoom to it
        </Button>
      </div>
      <Facts facts={factsOf(region)} />
    </section>
  );
}

function factsOf(region: MapRegion): Fact[] {
  const { offsetBytes, lengthBytes, headerBytes, sha256, origin } = region;
  const last = offsetBytes + Math.max(0, lengthBytes - 1);
  const facts: Fact[] = [
    { name: 'Is', value: mapKindWords(region.kind) },
    {
      name: 'Lies',
      value: `bytes ${formatCount(offsetBytes)} to ${formatCount(last)}, ${formatBytes(lengthBytes)}`,
    },
  ];
  if (headerBytes > 0)
    facts.push({
      name: 'Holds',
      value: `its src line of ${formatBytes(headerBytes)}, then ${formatBytes(lengthBytes - headerBytes)}`,
    });
  if (origin !== null) facts.push({ name: 'Comes from', value: <OriginValue origin={origin} /> });
  if (sha256 !== null)
    facts.push({
      name: 'sha256',
      value: (
        <span className="hash">
          <code className="whole">{sha256}</code>
          <CopyButton text={() => sha256} label={`Copy the sha256 of ${region.label}`} />
        </span>
      ),
    });
  return facts;
}

function OriginValue({ origin }: { origin: Origin }): ReactNode {
  const command = showCommand(origin);
  return (
    <span className="hash">
      <span>{originText(origin)}</span>
      {command === null ? null : (
        <CopyButton text={() => command} label="Copy the git command that shows it" />
      )}
    </span>
  );
}

/** What prints the same bytes out of the checkout, run in it. */
function showCommand(origin: Origin): string | null {
  if (origin.kind !== 'checkout' || origin.commit === null) return null;
  const { folder, commit, path } = origin;
  return formatCommand(['git', '-C', folder === '' ? '.' : folder, 'show', `${commit}:${path}`]);
}
