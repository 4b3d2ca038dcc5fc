// The flash page's part of the address: image, drives and the job that was started last. A reload loses nothing.
import { parseRoute } from '../route.ts';
import type { FlashView } from '../route-views.ts';
import { replaceRoute } from '../use-route.ts';

/** Changes what is given and leaves the rest as the address says now. */
export function changeFlashView(part: Partial<FlashView>): void {
  const route = parseRoute(window.location.hash);
  if (route.page === 'flash') replaceRoute({ ...route, view: { ...route.view, ...part } });
}

/** The id of an image in the data folder, or the token of a file that the person chose. */
export function imageChoice(image: string): { id: string } | { place: string } {
  return /^place-[0-9a-f]{32}$/.test(image) ? { place: image } : { id: image };
}
