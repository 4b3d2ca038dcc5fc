// Parts of the picture of an image: what is told of the cell under the pointer, the frame around a region, runs of cells of one look.
import type { ReactNode } from 'react';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import type { MapCell } from '../derive/map-cells.ts';
import { mapKindWords, originText } from '../derive/map-shades.ts';
import type { ByteRange } from '../derive/map-window.ts';
import { PICTURE_COLUMNS } from './use-map.ts';

export function Bubble(props: {
  hover: { x: number; y: number; isRight: boolean };
  cell: MapCell;
  offsetBytes: number;
}): ReactNode {
  const { hover, cell } = props;
  const { region } = cell;
  return (
    <div
      className={hover.isRight ? 'map-bubble to-left' : 'map-bubble'}
      aria-hidden="true"
      style={{ left: hover.x, top: hover.y }}
    >
      <p className="cell-title">
        {region === null ? `Byte ${formatCount(props.offsetBytes)}` : region.label}
      </p>
      {region === null ? null : (
        <>
          <p>
            {mapKindWords(region.kind)} · {formatBytes(region.lengthBytes)} at{' '}
            {formatCount(region.offsetBytes)}
          </p>
          {region.origin === null ? null : <p>{originText(region.origin)}</p>}
          {cell.regions > 1 ? (
            <p className="muted">and {formatCount(cell.regions - 1)} more in this cell</p>
          ) : null}
        </>
      )}
    </div>
  );
}

/** The cells that a region takes, as at most three rectangles: the rest of its first row, whole rows, the start of its last. */
export function Frame(props: {
  range: ByteRange | null;
  window: ByteRange;
  cells: number;
  className: string;
}): ReactNode {
  const { range, window, cells } = props;
  if (range === null) return null;
  const cellBytes = window.lengthBytes / cells;
  const first = Math.max(0, Math.floor((range.offsetBytes - window.offsetBytes) / cellBytes));
  const end = Math.min(
    cells,
    Math.ceil((range.offsetBytes + range.lengthBytes - window.offsetBytes) / cellBytes),
  );
  if (end <= first) return null;
  const bars: { x: number; y: number; width: number; height: number }[] = [];
  for (let at = first; at < end;) {
    const x = at % PICTURE_COLUMNS;
    const y = Math.floor(at / PICTURE_COLUMNS);
    const wholeRows = x === 0 ? Math.floor((end - at) / PICTURE_COLUMNS) : 0;
    const width = wholeRows > 0 ? PICTURE_COLUMNS : Math.min(PICTURE_COLUMNS - x, end - at);
    bars.push({ x, y, width, height: Math.max(1, wholeRows) });
    at += width * Math.max(1, wholeRows);
  }
  return bars.map((bar) => <rect key={`${bar.x} ${bar.y}`} className={props.className} {...bar} />);
}

/** Neighbours of one look in one row are drawn as one. */
export function runsOf(cells: readonly MapCell[]): { from: number; length: number; cell: MapCell }[] {
  const runs: { from: number; length: number; cell: MapCell }[] = [];
  for (const [at, cell] of cells.entries()) {
    const last = runs.at(-1);
    const isSame = last !== undefined && last.cell.shade === cell.shade && last.cell.odd === cell.odd;
    if (isSame && at % PICTURE_COLUMNS !== 0) last.length += 1;
    else runs.push({ from: at, length: 1, cell });
  }
  return runs;
}
