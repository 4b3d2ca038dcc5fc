// Shows what cleaning up would remove, and removes it when told to.
import { type ReactNode, useState } from 'react';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { Dialog } from '../components/overlays.tsx';
import { useAction, useAnswer } from '../connection/context.tsx';
import { pruneLines } from '../derive/source-jobs.ts';
import { SwitchField } from './switch-field.tsx';

export function PruneDialog(props: {
  choice: CheckoutChoice;
  open: boolean;
  onClose: () => void;
}): ReactNode {
  return (
    <Dialog open={props.open} title="Clean up the distfiles" alert onClose={props.onClose}>
      {props.open ? <Prune {...props} /> : null}
    </Dialog>
  );
}

function Prune({ choice, onClose }: { choice: CheckoutChoice; onClose: () => void }): ReactNode {
  const [unwanted, setUnwanted] = useState(false);
  const [git, setGit] = useState(false);
  const options = { keepWantedBy: unwanted ? [choice] : null, git };
  const found = useAnswer(`prune ${JSON.stringify(options)}`, (client, signal) =>
    client.distfiles.prune({ ...options, dryRun: true }, { signal }),
  );
  const { act, pending, error } = useAction();
  const lines = found.value === null ? [] : pruneLines(found.value);
  return (
    <>
      <SwitchField
        label="Also stored files that this checkout does not want"
        help="Another checkout may want them; they can be fetched again."
        value={unwanted}
        onChange={setUnwanted}
      />
      <SwitchField
        label="Also the clones that snapshots are made from"
        help="The next git snapshot then clones anew."
        value={git}
        onChange={setGit}
      />
      <div className="dialog-text" role="status">
        {found.value === null && found.error === null ? <Waiting>Looking</Waiting> : null}
        {found.value !== null && lines.length === 0 ? <p>There is nothing to remove.</p> : null}
        <ul>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </div>
      {found.error === null ? null : <ErrorCard error={found.error} />}
      {error === null ? null : <ErrorCard error={error} />}
      <div className="dialog-actions">
        <Button onPress={onClose} autoFocus>
          Keep them
        </Button>
        <Button
          kind="danger"
          disabled={lines.length === 0}
          pending={pending}
          onPress={() =>
            act(async (client) => {
              await client.distfiles.prune({ ...options, dryRun: false });
              onClose();
            })
          }
        >
          {found.value === null || lines.length === 0
            ? 'Remove'
            : `Remove, freeing ${formatBytes(found.value.freedBytes)}`}
        </Button>
      </div>
    </>
  );
}
