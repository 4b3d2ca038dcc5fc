// The checkout whose sources are shown: which it is, what is in it, and the way to another.
import type { ReactNode } from 'react';
import type { CheckoutFacts } from '../../../shared/model/image.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, FindingList, Waiting } from '../components/feedback.tsx';
import { Facts } from '../components/status.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAnswer } from '../connection/context.tsx';
import { checkoutSummary } from '../derive/image-view.ts';
import { chooseCheckout } from './sources-address.ts';

export function CheckoutCard({ checkout }: { checkout: string | null }): ReactNode {
  const question = usePlaceQuestion('checkout', chooseCheckout);
  return (
    <section className="card checkout-part" aria-labelledby="checkout">
      <div className="distfiles-head">
        <div className="distfiles-words">
          <h2 id="checkout">Checkout</h2>
          {checkout === null ? (
            <p className="muted">
              live-bootstrap itself: the folder that holds steps/manifest. It says which files are wanted.
            </p>
          ) : null}
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
      {checkout?.startsWith('place-') === true ? <FolderFacts token={checkout} /> : null}
    </section>
  );
}

function FolderFacts({ token }: { token: string }): ReactNode {
  const place = useAnswer(`place ${token}`, (client, signal) =>
    client.place.list({ place: token }, { signal }),
  );
  const { value, error } = useAnswer(`checkout ${token}`, (client, signal) =>
    client.image.checkout({ checkout: token }, { signal }),
  );
  return (
    <>
      <Facts
        facts={[
          { name: 'Folder', value: <span className="path">{place.value?.place.label ?? '…'}</span> },
          ...(value === null ? [] : factsOf(value.facts)),
        ]}
      />
      {value === null && error === null ? <Waiting>Looking at the checkout</Waiting> : null}
      {error === null ? null : <ErrorCard error={error} />}
      {value === null || value.findings.length === 0 ? null : (
        <FindingList findings={value.findings} label="Findings of the checkout" />
      )}
    </>
  );
}

function factsOf(facts: CheckoutFacts): { name: string; value: ReactNode }[] {
  const { commit, submodules } = checkoutSummary(facts);
  return [
    { name: 'Commit', value: facts.commit === null ? commit : <code className="whole">{commit}</code> },
    { name: 'Submodules', value: submodules },
  ];
}
