// The image page's part of the address: what is shown of which disk.
import type { DiskChoice } from '../../../shared/contract/image-reading.ts';
import { NO_IMAGE_VIEW, parseRoute } from '../route.ts';
import type { ImageView } from '../route-views.ts';
import { replaceRoute } from '../use-route.ts';

/** Changes what is given and leaves the rest as the address says now. */
export function changeImageView(part: Partial<ImageView>): void {
  const route = parseRoute(window.location.hash);
  if (route.page !== 'image') return;
  replaceRoute({ ...route, view: { ...NO_IMAGE_VIEW, ...route.view, ...part } });
}

/** The id of an image in the data folder, or the token of a file that the person chose. */
export function diskChoice(id: string, disk: string | null): DiskChoice {
  if (/^place-[0-9a-f]{32}$/.test(id)) return { place: id };
  return disk === null ? { id } : { id, disk };
}
