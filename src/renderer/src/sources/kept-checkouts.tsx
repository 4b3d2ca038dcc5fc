// All checkouts that Seedbed keeps or was shown: choose one, carry one away in a file, remove one.
import { type ReactNode, useState } from 'react';
import type { CheckoutListing } from '../../../shared/contract/checkout.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { ConfirmDialog, Fold } from '../components/overlays.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAction } from '../connection/context.tsx';
import { checkoutOrigin, checkoutTitle } from '../derive/checkout-view.ts';
import { countOf } from '../derive/distfile-view.ts';
import { changeView, chooseCheckout } from './sources-address.ts';

interface KeptProps {
  checkouts: readonly CheckoutListing[];
  chosen: string | null;
}

export function KeptCheckouts({ checkouts, chosen }: KeptProps): ReactNode {
  const [removing, setRemoving] = useState<CheckoutListing | null>(null);
  return (
    <>
      <Fold title="All checkouts" summary={countOf(checkouts.length, 'checkout', 'checkouts')}>
        <ul className="mirrors" aria-label="Checkouts">
          {checkouts.map((one) => (
            <KeptItem
              key={one.id}
              checkout={one}
              isChosen={one.id === chosen}
              onRemove={() => setRemoving(one)}
            />
          ))}
        </ul>
      </Fold>
      <RemoveDialog checkout={removing} onClose={() => setRemoving(null)} />
    </>
  );
}

function KeptItem(props: { checkout: CheckoutListing; isChosen: boolean; onRemove: () => void }): ReactNode {
  const { checkout, isChosen } = props;
  const title = checkoutTitle(checkout);
  const { act, pending, error } = useAction();
  const question = usePlaceQuestion('folder', (folder) =>
    act(async (client) => {
      const out = { folder, name: `${title.replaceAll(' ', '-')}.tar`, replace: false };
      const { jobId } = await client.checkout.export({ id: checkout.id, out, distfiles: true });
      changeView({ job: jobId });
    }),
  );
  return (
    <li className="mirror">
      <div className="mirror-words">
        <p className="tried-head">
          <strong>{title}</strong>
          {checkout.isDefault ? <span className="tag">pinned</span> : null}
          {isChosen ? <span className="tag">shown now</span> : null}
        </p>
        <p className="muted">{checkoutOrigin(checkout)}</p>
        <p className="path muted">{checkout.path}</p>
        {error === null ? null : <ErrorCard error={error} />}
        {question.error === null ? null : <ErrorCard error={question.error} />}
        {question.dialog}
      </div>
      {isChosen ? null : (
        <Button size="small" label={`Show ${title}`} onPress={() => chooseCheckout(checkout.id)}>
          Show
        </Button>
      )}
      {checkout.record.kind === 'fetched' ? (
        <Button
          size="small"
          icon="download"
          label={`As one file…: ${title} with its distfiles`}
          pending={pending || question.pending}
          onPress={question.ask}
        >
          As one file…
        </Button>
      ) : null}
      <Button kind="quiet" size="small" icon="trash" label={`Remove ${title}`} onPress={props.onRemove} />
    </li>
  );
}

function RemoveDialog(props: { checkout: CheckoutListing | null; onClose: () => void }): ReactNode {
  const { checkout } = props;
  const { act, pending, error, clear } = useAction();
  function close(): void {
    clear();
    props.onClose();
  }
  return (
    <ConfirmDialog
      open={checkout !== null}
      title="Remove this checkout?"
      action="Remove the checkout"
      keep="Keep it"
      pending={pending}
      error={error}
      onClose={close}
      onConfirm={() =>
        act(async (client) => {
          if (checkout === null) return;
          await client.checkout.remove({ id: checkout.id });
          close();
        })
      }
    >
      <p>
        {checkout?.record.kind === 'linked'
          ? 'Seedbed forgets this folder of yours. Nothing in it is touched.'
          : 'Its files are deleted. They can be fetched again; distfiles and images stay.'}
      </p>
    </ConfirmDialog>
  );
}
