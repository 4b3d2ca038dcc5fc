// The picture of a stretch of an image as equal cells: each has the shade of what most of it is, and what is small wins over emptiness, so that nothing is
// too small to be seen. The same rule as the engine's for the whole image (ImageMap.cells).
import type { MapKind, MapRegion } from '../../../shared/model/image-reading.ts';
import { kindShade, regionShade, type Shade } from './map-shades.ts';
import type { ByteRange } from './map-window.ts';

export interface MapCell {
  shade: Shade;
  /** Regions take turns, so that two of one shade side by side are told apart. */
  odd: boolean;
  /** The region that the cell is coloured by; null where regions are not known. */
  region: MapRegion | null;
  /** Regions that touch the cell. */
  regions: number;
}

/** `regions` in order; they need not cover the window. */
export function cellsOf(regions: readonly MapRegion[], window: ByteRange, count: number): MapCell[] {
  const size = window.lengthBytes / count;
  const cells: MapCell[] = [];
  let from = firstTouching(regions, window.offsetBytes);
  for (let at = 0; at < count; at += 1) {
    const start = window.offsetBytes + at * size;
    const end = start + size;
    let best: { region: MapRegion; bytes: number } | null = null;
    let touching = 0;
    for (let index = from; index < regions.length; index += 1) {
      const region = regions[index];
      if (region === undefined || region.offsetBytes >= end) break;
      const regionEnd = region.offsetBytes + region.lengthBytes;
      if (regionEnd <= start) {
        from = index + 1;
        continue;
      }
      touching += 1;
      const bytes = Math.min(end, regionEnd) - Math.max(start, region.offsetBytes);
      if (best === null || weight(region, bytes) > weight(best.region, best.bytes)) best = { region, bytes };
    }
    cells.push(
      best === null
        ? { shade: 'empty', odd: false, region: null, regions: 0 }
        : {
            shade: regionShade(best.region),
            odd: best.region.index % 2 === 1,
            region: best.region,
            regions: touching,
          },
    );
  }
  return cells;
}

/** Cells of the whole image, as the engine gives them. */
export function coarseCells(kinds: readonly MapKind[]): MapCell[] {
  return kinds.map((kind) => ({ shade: kindShade(kind), odd: false, region: null, regions: 0 }));
}

/** Bytes from the start to the end of the last cell that is not empty: where the data ends, to a cell. */
export function dataEnd(kinds: readonly MapKind[], cellBytes: number, sizeBytes: number): number {
  const last = kinds.findLastIndex((kind) => kindShade(kind) !== 'empty');
  return last === -1 ? sizeBytes : Math.min(sizeBytes, (last + 1) * cellBytes);
}

/** The region that holds the byte; null when none does. */
export function regionAt(regions: readonly MapRegion[], atBytes: number): MapRegion | null {
  const region = regions[firstTouching(regions, atBytes)];
  return region !== undefined && region.offsetBytes <= atBytes ? region : null;
}

function weight(region: MapRegion, bytes: number): number {
  return regionShade(region) === 'empty' ? 0 : bytes;
}

/** Index of the first region that ends behind the byte. */
function firstTouching(regions: readonly MapRegion[], atBytes: number): number {
  let low = 0;
  let high = regions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const region = regions[middle];
    if (region === undefined || region.offsetBytes + region.lengthBytes <= atBytes) low = middle + 1;
    else high = middle;
  }
  return low;
}
