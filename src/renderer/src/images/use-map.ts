// The map of a disk: the whole once, and for a disk with very many regions those of the stretch that is in view.
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { DiskChoice } from '../../../shared/contract/image-reading.ts';
import type { WireError } from '../../../shared/contract/errors.ts';
import type { ImageMap, MapRegion } from '../../../shared/model/image-reading.ts';
import { useAnswer } from '../connection/context.tsx';
import { dataEnd } from '../derive/map-cells.ts';
import { type ByteRange, formatWindow, parseWindow, wholeWindow } from '../derive/map-window.ts';
import { useLast } from '../use-last.ts';

/** As many as the contract gives at once. */
const MOST_REGIONS = 5000;
export const PICTURE_COLUMNS = 96;
export const PICTURE_CELLS = PICTURE_COLUMNS * 10;

export interface MapState {
  map: ImageMap | null;
  error: WireError | null;
  /** What is in view; the data when nothing was chosen. */
  window: ByteRange;
  /** The stretch that holds data. */
  data: ByteRange;
  regions: readonly MapRegion[];
  /** Regions of the window that could not all be loaded. */
  isPart: boolean;
}

export function useMap(image: DiskChoice, checkout: CheckoutChoice | null, zoom: string | null): MapState {
  const key = JSON.stringify([image, checkout]);
  const whole = useAnswer(`map ${key}`, (client, signal) =>
    client.imageReading.map({ image, checkout, limit: MOST_REGIONS, cells: PICTURE_CELLS }, { signal }),
  );
  const map = whole.value;
  const data = map === null ? wholeWindow(1) : dataOf(map);
  const window = parseWindow(zoom, map?.sizeBytes ?? 1) ?? data;
  const isMany = map !== null && map.totalRegions > map.regions.length;
  const part = useAnswer(`map ${key} ${isMany ? formatWindow(window) : ''}`, async (client, signal) =>
    isMany
      ? client.imageReading.map(
          { image, checkout, within: window, limit: MOST_REGIONS, cells: 1 },
          { signal },
        )
      : null,
  );
  const shown = useLast(isMany ? part.value : map) ?? map;
  return {
    map,
    error: whole.error ?? part.error,
    window,
    data,
    regions: shown?.regions ?? [],
    isPart: shown !== null && shown.totalRegions > shown.regions.length,
  };
}

/** Up to the last byte that is not emptiness, where the map tells it; else to a cell. */
function dataOf({ cells, regions, totalRegions, sizeBytes }: ImageMap): ByteRange {
  const last = totalRegions === regions.length ? regions.findLast((region) => !isEmpty(region)) : undefined;
  const end =
    last === undefined
      ? dataEnd(cells.kinds, cells.cellBytes, sizeBytes)
      : last.offsetBytes + last.lengthBytes;
  return { offsetBytes: 0, lengthBytes: Math.max(1, end) };
}

function isEmpty({ kind }: MapRegion): boolean {
  return kind === 'zeros' || kind === 'free' || kind === 'gap';
}
