// The Sources page's part of the address: which checkout is meant, and a change to what is shown.
import type { CheckoutChoice, DistfileSelection } from '../../../shared/contract/distfiles.ts';
import { parseRoute, sourcesRoute } from '../route.ts';
import type { SourcesView } from '../route-views.ts';
import { replaceRoute } from '../use-route.ts';

const STORAGE_KEY = 'seedbed-sources-checkout';

/** Changes what is given and leaves the rest as the address says now. */
export function changeView(part: Partial<SourcesView>): void {
  const route = parseRoute(window.location.hash);
  if (route.page !== 'sources') return;
  replaceRoute(sourcesRoute({ ...route.view, ...part }));
}

/** Choose another checkout: what was looked at in the last one is closed. */
export function chooseCheckout(checkout: string): void {
  window.sessionStorage.setItem(STORAGE_KEY, checkout);
  changeView({ checkout, file: null });
}

/** A checkout that is no more: another one is shown, if there is one. */
export function forgetCheckout(checkout: string): void {
  if (lastCheckout() === checkout) window.sessionStorage.removeItem(STORAGE_KEY);
  const route = parseRoute(window.location.hash);
  if (route.page === 'sources' && route.view?.checkout === checkout) changeView({ checkout: null });
}

/** The checkout that was chosen last in this tab, for the way back to the page. */
export function lastCheckout(): string | null {
  return window.sessionStorage.getItem(STORAGE_KEY);
}

/** Which distfiles the page is about. */
export function readSelection({ checkout, steps }: SourcesView): DistfileSelection | null {
  if (checkout === null) return null;
  return { checkout: readChoice(checkout), ...(steps === 'every' ? { everyStep: true } : {}) };
}

export function readChoice(checkout: string): CheckoutChoice {
  return checkout.startsWith('place-') ? { place: checkout } : { id: checkout };
}
