// What can be taken out of an ended run: its files, the whole record as one archive, the finished system itself.
import { type ReactNode, useState } from 'react';
import { CopyButton } from '../components/copy-button.tsx';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { Dialog } from '../components/overlays.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAction } from '../connection/context.tsx';
import { DEFAULT_RUN_OPTIONS } from '../derive/choices.ts';
import { formatCommand } from '../derive/text.ts';
import type { RunBoot } from '../../../shared/model/results.ts';

export function ResultActions(props: {
  run: string;
  /** It has a root file system to copy from and boot. */
  hasDisk: boolean;
  disabled: boolean;
  onJob: (jobId: string) => void;
}): ReactNode {
  const { run, hasDisk, disabled, onJob } = props;
  const { act, pending, error } = useAction();
  const [boot, setBoot] = useState<RunBoot | null>(null);
  const copy = usePlaceQuestion('folder', (to) =>
    act(async (client) => onJob((await client.results.extract({ run, to, paths: [] })).jobId)),
  );
  const archive = usePlaceQuestion('folder', (folder) =>
    act(async (client) => {
      const out = { folder, name: `${run}.tar.gz`, replace: false };
      onJob((await client.results.export({ run, out })).jobId);
    }),
  );
  const problem = error ?? copy.error ?? archive.error;
  return (
    <>
      <div className="card-actions start">
        <Button icon="folder" disabled={disabled || !hasDisk} pending={copy.pending} onPress={copy.ask}>
          Copy packages and kernel out…
        </Button>
        <Button icon="download" disabled={disabled} pending={archive.pending} onPress={archive.ask}>
          Record as one archive…
        </Button>
        <Button
          icon="play"
          disabled={disabled || !hasDisk}
          pending={pending}
          onPress={() =>
            act(async (client) => {
              const { memoryMiB, cores } = DEFAULT_RUN_OPTIONS;
              setBoot(await client.results.boot({ run, memoryMiB, cores }));
            })
          }
        >
          Use the finished system…
        </Button>
      </div>
      {problem === null ? null : <ErrorCard error={problem} />}
      {copy.dialog}
      {archive.dialog}
      <Dialog open={boot !== null} title="Use the finished system" wide onClose={() => setBoot(null)}>
        {boot === null ? null : (
          <>
            <p>Run this in a terminal: it starts the system that was built, with its own kernel.</p>
            <pre className="code wrap">{formatCommand(boot.argv)}</pre>
            <ul className="lines">
              {boot.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
            <div className="dialog-actions">
              <CopyButton
                text={() => formatCommand(boot.argv)}
                label="Copy the command"
                kind="primary"
                size="middle"
              >
                Copy the command
              </CopyButton>
              <Button onPress={() => setBoot(null)}>Close</Button>
            </div>
          </>
        )}
      </Dialog>
    </>
  );
}
