// Checkpoints of a run with what each costs, to be removed one by one; an ended run can go on from one.
import { type ReactNode, useState } from 'react';
import type { Checkpoint } from '../../../shared/model/machine.ts';
import type { RunSnapshot } from '../../../shared/model/run.ts';
import { formatBytes, formatDuration } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { ConfirmDialog } from '../components/overlays.tsx';
import { useAction } from '../connection/context.tsx';
import { isLive } from '../derive/run-view.ts';
import { formatMoment } from '../derive/text.ts';
import { navigate } from '../use-route.ts';

export function CheckpointList({ snapshot }: { snapshot: RunSnapshot }): ReactNode {
  const { record } = snapshot;
  const { act, pending, error } = useAction();
  const [asked, setAsked] = useState<Checkpoint | null>(null);
  /** What is sent of an ended run does not change any more. */
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const checkpoints = snapshot.checkpoints.filter(({ id }) => !removed.includes(id));
  const goOn = (checkpoint: Checkpoint): void =>
    act(async (client) => {
      const { jobId } = await client.run.resumeFrom({
        run: record.id,
        checkpoint: checkpoint.id,
        paused: false,
      });
      navigate({ page: 'job', id: jobId });
    });
  return (
    <>
      {checkpoints.length === 0 ? (
        <p className="hint">None yet. One is saved at each jump to another kernel, and whenever you ask.</p>
      ) : (
        <ul className="checkpoints" aria-label="Checkpoints">
          {checkpoints.map((one) => (
            <li key={one.id}>
              <div>
                <p>{one.label}</p>
                <p className="muted">
                  {formatMoment(one.at)} · {formatBytes(one.costBytes)} · stood still for{' '}
                  {formatDuration(one.pausedMilliseconds)}
                </p>
              </div>
              <Button
                size="small"
                kind="quiet"
                icon="trash"
                label={`Remove ${one.label}`}
                onPress={() => setAsked(one)}
              />
              {isLive(record.state) ? null : (
                <Button size="small" icon="play" pending={pending} onPress={() => goOn(one)}>
                  Go on from here
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {error === null ? null : <ErrorCard error={error} />}
      <RemoveCheckpoint
        run={record.id}
        checkpoint={asked}
        onClose={() => setAsked(null)}
        onRemoved={(id) => setRemoved([...removed, id])}
      />
    </>
  );
}

function RemoveCheckpoint(props: {
  run: string;
  checkpoint: Checkpoint | null;
  onClose: () => void;
  onRemoved: (id: string) => void;
}): ReactNode {
  const { run, checkpoint } = props;
  const { act, pending, error, clear } = useAction();
  return (
    <ConfirmDialog
      open={checkpoint !== null}
      title="Remove this checkpoint?"
      action="Remove it"
      keep="Keep it"
      pending={pending}
      error={error}
      onClose={() => {
        clear();
        props.onClose();
      }}
      onConfirm={() =>
        act(async (client) => {
          if (checkpoint === null) return;
          await client.run.removeCheckpoint({ run, checkpoint: checkpoint.id });
          props.onRemoved(checkpoint.id);
          props.onClose();
        })
      }
    >
      <p>
        {checkpoint === null
          ? ''
          : `${checkpoint.label}: nothing can go on from this moment any more. The others stay, and so do runs that went on from it.`}
      </p>
    </ConfirmDialog>
  );
}
