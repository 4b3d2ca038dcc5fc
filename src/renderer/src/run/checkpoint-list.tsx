// Checkpoints of a run with what each costs; an ended run can go on from one.
import type { ReactNode } from 'react';
import type { Checkpoint } from '../../../shared/model/machine.ts';
import type { RunSnapshot } from '../../../shared/model/run.ts';
import { formatBytes, formatDuration } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { useAction } from '../connection/context.tsx';
import { isLive } from '../derive/run-view.ts';
import { formatMoment } from '../derive/text.ts';
import { navigate } from '../use-route.ts';

export function CheckpointList({ snapshot }: { snapshot: RunSnapshot }): ReactNode {
  const { record, checkpoints } = snapshot;
  const { act, pending, error } = useAction();
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
    </>
  );
}
