// First stage of a bootstrap: the checkout, found or fetched at its pinned commit.
import { openCheckout } from '../checkout/open-checkout.ts';
import type { JobContext } from '../jobs.ts';
import type { BootstrapRequest } from './bootstrap.ts';
import type { BootstrapNeeds } from './bootstrap-needs.ts';

export interface CheckoutStageResult {
  did: 'done' | 'found';
  detail: string;
  path: string;
}

/** Throws what a checkout throws. A fetched one is compared with its commits each time, and made again where it differs. */
export async function checkoutStage(
  { checkoutPath, fetch }: Pick<BootstrapRequest, 'checkoutPath' | 'fetch'>,
  { checkouts }: Pick<BootstrapNeeds, 'checkouts'>,
  context: JobContext,
): Promise<CheckoutStageResult> {
  if (checkoutPath !== null) {
    const { path, facts } = await openCheckout(checkoutPath, { signal: context.signal });
    const commit = facts.commit?.slice(0, 12) ?? 'a commit that is not known';
    return { did: 'found', detail: `The checkout is there, at ${commit}.`, path };
  }
  const { path, record, did } = await checkouts.fetch(fetch, context);
  const commit = record.commit.slice(0, 12);
  return did === 'nothing'
    ? { did: 'found', detail: `The checkout is there, at ${commit}, unaltered.`, path }
    : { did: 'done', detail: `The checkout was fetched, at ${commit}.`, path };
}
