// Fetches live-bootstrap: the pinned commit at one press, another commit or another server when asked for.
import { type ReactNode, useState } from 'react';
import type { CheckoutFetchInput } from '../../../shared/contract/checkout.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { WordsField } from '../components/fields.tsx';
import { Dialog } from '../components/overlays.tsx';
import { useAction, useAnswer } from '../connection/context.tsx';
import { readWebAddress } from '../derive/mirror-view.ts';
import { shortHash } from '../derive/text.ts';
import { changeView } from './sources-address.ts';
import { SwitchField } from './switch-field.tsx';

export function FetchCheckout(props: { primary: boolean; disabled: boolean }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        icon="download"
        kind={props.primary ? 'primary' : 'plain'}
        disabled={props.disabled}
        onPress={() => setOpen(true)}
      >
        Fetch live-bootstrap…
      </Button>
      <Dialog open={open} title="Fetch live-bootstrap" onClose={() => setOpen(false)}>
        {open ? <FetchForm onClose={() => setOpen(false)} /> : null}
      </Dialog>
    </>
  );
}

function FetchForm({ onClose }: { onClose: () => void }): ReactNode {
  const known = useAnswer('known commits', (client, signal) => client.checkout.known({}, { signal }));
  const { act, pending, error } = useAction();
  const [commit, setCommit] = useState('');
  const [address, setAddress] = useState('');
  const [onlyX86, setOnlyX86] = useState(false);
  const input = readInput({ commit, address, onlyX86 });
  const pinned = known.value?.commits.find((one) => one.commit === known.value?.default);
  return (
    <>
      <div className="dialog-text">
        {known.value === null && known.error === null ? (
          <Waiting>Asking which commit is pinned</Waiting>
        ) : null}
        {pinned === undefined ? null : (
          <p>
            Without more words: commit <code>{shortHash(pinned.commit)}</code> of {pinned.date}, with all
            submodules. {pinned.note}
          </p>
        )}
      </div>
      <WordsField
        label="Another commit, tag or branch"
        help="May stay empty."
        lines={1}
        value={commit}
        onChange={setCommit}
      />
      <WordsField
        label="From another address"
        help="Of a git repository, https or http. May stay empty."
        lines={1}
        value={address}
        onChange={setAddress}
      />
      <SwitchField
        label="Only what x86 needs"
        help="Leaves out the submodules for other processors."
        value={onlyX86}
        onChange={setOnlyX86}
      />
      {known.error === null ? null : <ErrorCard error={known.error} />}
      {error === null ? null : <ErrorCard error={error} />}
      <div className="dialog-actions">
        {input === null ? <p className="hint grow">That is no commit or no web address.</p> : null}
        <Button onPress={onClose}>Cancel</Button>
        <Button
          kind="primary"
          icon="download"
          disabled={input === null}
          pending={pending}
          onPress={() =>
            act(async (client) => {
              if (input === null) return;
              const { jobId } = await client.checkout.fetch(input);
              changeView({ job: jobId });
              onClose();
            })
          }
        >
          Fetch
        </Button>
      </div>
    </>
  );
}

function readInput(form: { commit: string; address: string; onlyX86: boolean }): CheckoutFetchInput | null {
  const commit = form.commit.trim();
  const address = form.address.trim() === '' ? null : readWebAddress(form.address);
  if (commit !== '' && !/^\w[\w./+-]{0,99}$/.test(commit)) return null;
  if (form.address.trim() !== '' && address === null) return null;
  return {
    commit: commit === '' ? null : commit,
    from: address === null ? null : { address },
    maps: [],
    onlyX86: form.onlyX86,
  };
}
