// The checkout whose sources are shown: which it is, what is in it, and the way to another.
import type { ReactNode } from 'react';
import { Button } from '../components/controls.tsx';
import { ErrorCard, FindingList, Waiting } from '../components/feedback.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAnswer } from '../connection/context.tsx';
import { checkoutSummary } from '../derive/image-view.ts';
import { chooseCheckout } from './sources-address.ts';

export function CheckoutCard({ checkout }: { checkout: string | null }): ReactNode {
  const question = usePlaceQuestion('checkout', chooseCheckout);
  const isFolder = checkout?.startsWith('place-') === true;
  return (
    <section className="card checkout-part" aria-labelledby="checkout">
      <div className="distfiles-head">
        <div className="distfiles-words">
          <h2 id="checkout">Checkout</h2>
          {isFolder ? (
            <FolderLine token={checkout} />
          ) : (
            <p className="muted">
              live-bootstrap itself: the folder that holds steps/manifest. It says which files are wanted.
            </p>
          )}
        </div>
        <div className="page-actions">
          <Button
            icon="folder"
            kind={checkout === null ? 'primary' : 'plain'}
            pending={question.pending}
            onPress={question.ask}
          >
            {checkout === null ? 'Choose a checkout…' : 'Choose another…'}
          </Button>
        </div>
      </div>
      {question.error === null ? null : <ErrorCard error={question.error} />}
      {question.dialog}
      {isFolder ? <FolderFindings token={checkout} /> : null}
    </section>
  );
}

function FolderLine({ token }: { token: string }): ReactNode {
  const place = useAnswer(`place ${token}`, (client, signal) =>
    client.place.list({ place: token }, { signal }),
  );
  return <p className="path">{place.value?.place.label ?? place.error?.message ?? '…'}</p>;
}

/** What the engine sees in the folder: its commit and submodules in a line, what is wrong with it in cards. */
function FolderFindings({ token }: { token: string }): ReactNode {
  const { value, error } = useAnswer(`checkout ${token}`, (client, signal) =>
    client.image.checkout({ checkout: token }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  if (value === null) return <Waiting>Looking at the checkout</Waiting>;
  const { commit, submodules } = checkoutSummary(value.facts);
  return (
    <>
      <p className="muted">
        Commit {value.facts.commit === null ? commit : <code className="whole">{commit}</code>} · submodules:{' '}
        {submodules}
      </p>
      {value.findings.length === 0 ? null : (
        <FindingList findings={value.findings} label="Findings of the checkout" />
      )}
    </>
  );
}
