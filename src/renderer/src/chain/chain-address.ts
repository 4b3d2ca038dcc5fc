// The Chain page's part of the address: which checkout, which part is looked at, which words are looked for.
import type { ChainView } from '../route-views.ts';
import { NO_CHAIN_VIEW, parseRoute } from '../route.ts';
import { replaceRoute } from '../use-route.ts';

export function changeChain(part: Partial<ChainView>): void {
  const route = parseRoute(window.location.hash);
  if (route.page === 'chain')
    replaceRoute({ page: 'chain', view: { ...NO_CHAIN_VIEW, ...route.view, ...part } });
}
