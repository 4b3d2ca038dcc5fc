// The checkout whose sources are shown: which it is, what is in it, whether it is what its commits say, and the way to another.
import { type ReactNode, useEffect, useRef } from 'react';
import type { CheckoutListing } from '../../../shared/contract/checkout.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, FindingList, Waiting } from '../components/feedback.tsx';
import { Fold } from '../components/overlays.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAction, useAnswer, useJobs, useLive } from '../connection/context.tsx';
import { checkoutOrigin, checkoutTitle } from '../derive/checkout-view.ts';
import { countOf } from '../derive/distfile-view.ts';
import { checkoutSummary } from '../derive/image-view.ts';
import { shownCheckoutJob } from '../derive/source-jobs.ts';
import type { SourcesView } from '../route-views.ts';
import { CheckoutVerify } from './checkout-verify.tsx';
import { FetchCheckout } from './fetch-checkout.tsx';
import { JobStrip } from './job-strip.tsx';
import { KeptCheckouts } from './kept-checkouts.tsx';
import { changeView, chooseCheckout, forgetCheckout, lastCheckout, readChoice } from './sources-address.ts';

export function CheckoutCard({ view }: { view: SourcesView }): ReactNode {
  const { checkout } = view;
  const kept = useLive('checkouts', (client, signal) => client.checkout.watch({}, { signal }));
  const job = shownCheckoutJob(useJobs().value ?? [], view.job);
  const { act, pending, error } = useAction();
  const question = usePlaceQuestion('checkout', (folder) =>
    act(async (client) => chooseCheckout((await client.checkout.use({ folder })).id)),
  );
  const archive = usePlaceQuestion('archive', (token) =>
    act(async (client) => {
      const { jobId } = await client.checkout.import({ archive: token });
      changeView({ job: jobId });
    }),
  );
  const listing = kept.value?.find(({ id }) => id === checkout) ?? null;
  const fallback = (kept.value?.find(({ isDefault }) => isDefault) ?? kept.value?.[0])?.id ?? null;
  // One that was listed and is no more was removed, here or elsewhere.
  const listed = useRef<string | null>(null);
  useEffect(() => {
    if (listing !== null) listed.current = listing.id;
    else if (checkout !== null && checkout === listed.current) forgetCheckout(checkout);
  }, [listing, checkout]);
  useEffect(() => {
    const next = lastCheckout() ?? fallback;
    if (checkout === null && next !== null) chooseCheckout(next);
  }, [checkout, fallback]);
  const problem = error ?? question.error ?? archive.error ?? kept.error;
  const isFetching = job?.state === 'running';
  const place = listing?.place ?? (checkout?.startsWith('place-') === true ? checkout : null);
  return (
    <section className="card checkout-part" aria-labelledby="checkout">
      <div className="distfiles-head">
        <div className="distfiles-words">
          <h2>
            <span id="checkout">Checkout</span>
            {listing === null ? null : <span className="checkout-name">{checkoutTitle(listing)}</span>}
          </h2>
          <CheckoutWords listing={listing} place={place} />
        </div>
        <div className="page-actions">
          <Button icon="folder" pending={question.pending || pending} onPress={question.ask}>
            {checkout === null ? 'Use a folder of mine…' : 'Another folder…'}
          </Button>
          <Button
            icon="file"
            disabled={isFetching}
            pending={archive.pending || pending}
            onPress={archive.ask}
          >
            From a file…
          </Button>
          {listing?.isDefault === true ? null : (
            <FetchCheckout primary={checkout === null} disabled={isFetching} />
          )}
        </div>
      </div>
      {problem === null ? null : <ErrorCard error={problem} />}
      {question.dialog}
      {archive.dialog}
      {job === null ? null : <JobStrip job={job} />}
      {place === null ? null : <FolderFindings token={place} />}
      {checkout === null ? null : (
        <CheckoutVerify
          place={place}
          key={checkout}
          choice={readChoice(checkout)}
          known={listing?.record.kind === 'linked' ? listing.record.report : null}
          isFetched={listing?.record.kind === 'fetched'}
        />
      )}
      {kept.value === null || kept.value.length === 0 ? null : (
        <KeptCheckouts checkouts={kept.value} chosen={checkout} />
      )}
    </section>
  );
}

function CheckoutWords(props: { listing: CheckoutListing | null; place: string | null }): ReactNode {
  const { listing, place } = props;
  if (listing !== null)
    return (
      <>
        <p className="muted">{checkoutOrigin(listing)}</p>
        <p className="path">{listing.path}</p>
      </>
    );
  if (place !== null) return <FolderLine token={place} />;
  return (
    <p className="muted">
      live-bootstrap itself says which files are wanted. Fetch the commit that Seedbed was tested with, or use
      a folder of yours that holds steps/manifest, or the one file that another Seedbed wrote.
    </p>
  );
}

function FolderLine({ token }: { token: string }): ReactNode {
  const place = useAnswer(`place shown ${token}`, (client, signal) =>
    client.place.show({ place: token }, { signal }),
  );
  return <p className="path">{place.value?.label ?? place.error?.message ?? '…'}</p>;
}

/** What the engine sees in the folder: its commit and submodules in a line, what is wrong with it in cards. */
function FolderFindings({ token }: { token: string }): ReactNode {
  const { value, error } = useAnswer(`checkout ${token}`, (client, signal) =>
    client.image.checkout({ checkout: token }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  if (value === null) return <Waiting>Looking at the checkout</Waiting>;
  const { commit, submodules } = checkoutSummary(value.facts);
  const [first] = value.findings;
  return (
    <>
      <p className="muted">
        Commit {value.facts.commit === null ? commit : <code className="whole">{commit}</code>} · submodules:{' '}
        {submodules}
      </p>
      {first === undefined ? null : (
        <Fold
          title={countOf(value.findings.length, 'finding', 'findings')}
          summary={first.what}
          open={value.findings.some(({ level }) => level === 'problem')}
        >
          <FindingList findings={value.findings} label="Findings of the checkout" />
        </Fold>
      )}
    </>
  );
}
