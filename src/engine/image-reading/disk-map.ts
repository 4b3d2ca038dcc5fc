// The map of a disk while it is made: regions in order without gaps, with what hosts show around them.
import type {
  ImageMap,
  MapFileSystem,
  MapRegion,
  MapShare,
  Origin,
} from '../../shared/model/image-reading.ts';

export type DraftRegion = Omit<MapRegion, 'index' | 'origin'>;

export interface DiskMap {
  path: string;
  sizeBytes: number;
  layout: ImageMap['layout'];
  sha256: string | null;
  hashedBytes: number;
  fileSystems: MapFileSystem[];
  /** They cover [0, sizeBytes). */
  regions: DraftRegion[];
  warnings: string[];
}

/** A region with nothing special about it. */
export function plainRegion(
  kind: MapRegion['kind'],
  offsetBytes: number,
  lengthBytes: number,
  label: string,
  path: string | null = null,
): DraftRegion {
  return { kind, offsetBytes, lengthBytes, label, path, headerBytes: 0, sha256: null };
}

/** Sort, cut what overlaps or goes past the end, and fill what nobody claimed: [fromBytes, toBytes) is covered once. */
export function coverRange(
  claims: readonly DraftRegion[],
  { fromBytes, toBytes }: { fromBytes: number; toBytes: number },
  fill: (offsetBytes: number, lengthBytes: number) => DraftRegion,
): { regions: DraftRegion[]; overlaps: number } {
  const sorted = [...claims].sort((a, b) => a.offsetBytes - b.offsetBytes);
  const regions: DraftRegion[] = [];
  let at = fromBytes;
  let overlaps = 0;
  for (const claim of sorted) {
    const end = Math.min(toBytes, claim.offsetBytes + claim.lengthBytes);
    const start = Math.max(at, claim.offsetBytes);
    if (start > claim.offsetBytes && claim.lengthBytes > 0) overlaps += 1;
    if (start >= end) continue;
    if (start > at) regions.push(fill(at, start - at));
    regions.push({ ...claim, offsetBytes: start, lengthBytes: end - start });
    at = end;
  }
  if (at < toBytes) regions.push(fill(at, toBytes - at));
  return { regions, overlaps };
}

/** Number of the region that holds the byte at `offsetBytes`. */
export function regionAt(
  regions: readonly Pick<DraftRegion, 'offsetBytes' | 'lengthBytes'>[],
  offsetBytes: number,
): number {
  let low = 0;
  let high = regions.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((regions[middle]?.offsetBytes ?? 0) <= offsetBytes) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function sharesOf(regions: readonly DraftRegion[]): MapShare[] {
  const shares = new Map<MapRegion['kind'], MapShare>();
  for (const { kind, lengthBytes } of regions) {
    const share = shares.get(kind) ?? { kind, regions: 0, bytes: 0 };
    share.regions += 1;
    share.bytes += lengthBytes;
    shares.set(kind, share);
  }
  return [...shares.values()];
}

/** Kinds that say that there is nothing: anything else in the same cell is shown instead. */
const EMPTY: readonly MapRegion['kind'][] = ['zeros', 'free', 'gap', 'padding'];

export function cellsOf(
  regions: readonly DraftRegion[],
  sizeBytes: number,
  count: number,
): ImageMap['cells'] {
  const cellBytes = Math.max(1, Math.ceil(sizeBytes / count));
  const kinds: MapRegion['kind'][] = [];
  let region = 0;
  for (let from = 0; from < sizeBytes; from += cellBytes) {
    const to = Math.min(sizeBytes, from + cellBytes);
    const bytes = new Map<MapRegion['kind'], number>();
    for (; region < regions.length; region += 1) {
      const { kind, offsetBytes, lengthBytes } = regions[region] ?? {
        kind: 'gap',
        offsetBytes: to,
        lengthBytes: 0,
      };
      if (offsetBytes >= to) break;
      const inside = Math.min(to, offsetBytes + lengthBytes) - Math.max(from, offsetBytes);
      bytes.set(kind, (bytes.get(kind) ?? 0) + inside);
      if (offsetBytes + lengthBytes > to) break;
    }
    kinds.push(mostOf(bytes));
  }
  return { cellBytes, kinds };
}

function mostOf(bytes: ReadonlyMap<MapRegion['kind'], number>): MapRegion['kind'] {
  const [first] = [...bytes].sort(
    ([a, most], [b, other]) => Number(EMPTY.includes(a)) - Number(EMPTY.includes(b)) || other - most,
  );
  return first?.[0] ?? 'zeros';
}

export interface MapWindow {
  from: number;
  limit: number;
  search: string;
  within: { offsetBytes: number; lengthBytes: number } | null;
  cells: number;
}

/** One page for a host; `originOf` tells where a region's bytes come from. */
export function pageOf(
  map: DiskMap,
  { from, limit, search, within, cells }: MapWindow,
  originOf: (region: DraftRegion) => Origin | null,
): ImageMap {
  const wanted: number[] = [];
  const first = within === null ? 0 : regionAt(map.regions, within.offsetBytes);
  for (let index = first; index < map.regions.length; index += 1) {
    const region = map.regions[index];
    if (region === undefined) break;
    if (within !== null && region.offsetBytes >= within.offsetBytes + within.lengthBytes) break;
    if (search === '' || region.label.includes(search) || region.kind.includes(search)) wanted.push(index);
  }
  return {
    path: map.path,
    sizeBytes: map.sizeBytes,
    layout: map.layout,
    sha256: map.sha256,
    hashedBytes: map.hashedBytes,
    shares: sharesOf(map.regions),
    cells: cellsOf(map.regions, map.sizeBytes, cells),
    fileSystems: map.fileSystems,
    totalRegions: wanted.length,
    regions: wanted.slice(from, from + limit).flatMap((index) => {
      const region = map.regions[index];
      return region === undefined ? [] : [{ ...region, index, origin: originOf(region) }];
    }),
    warnings: map.warnings,
  };
}
