// What is said around the terminal: where it stands in the log, and what to do about it. Each part renders for itself,
// since the state changes many times a second while a guest is chatty.
import { memo, type ReactNode } from 'react';
import { formatBytes } from '../../../shared/units.ts';
import { readWireError } from '../../../shared/wire-errors.ts';
import { useConnection } from '../connection/context.tsx';
import { type OpenLog, useLogState } from '../log/use-log.ts';
import { Button } from './controls.tsx';
import { ErrorCard } from './feedback.tsx';

interface LogStateProps {
  log: OpenLog | null;
}

export const FirstFailure = memo(function FirstFailure(
  props: LogStateProps & { offset: number | null },
): ReactNode {
  const { offset, log } = props;
  if (offset === null) return null;
  return (
    <Button size="small" icon="flag" onPress={() => log?.controller.jump(offset, null)}>
      First failure
    </Button>
  );
});

export const LogProblem = memo(function LogProblem({ log }: LogStateProps): ReactNode {
  const { error } = useLogState(log);
  const { status } = useConnection();
  return error === null || status !== 'open' ? null : <ErrorCard error={readWireError(error)} />;
});

export const LogEarlier = memo(function LogEarlier({ log }: LogStateProps): ReactNode {
  const { hasEarlier, startBytes } = useLogState(log);
  if (!hasEarlier) return null;
  return (
    <div className="log-earlier">
      <span>Shown from {formatBytes(startBytes)} on.</span>
      <LoadEarlier log={log} />
    </div>
  );
});

const LoadEarlier = memo(function LoadEarlier({ log }: LogStateProps): ReactNode {
  return (
    <Button size="small" kind="quiet" icon="up" onPress={() => log?.controller.earlier()}>
      Load earlier output
    </Button>
  );
});

export const LogFoot = memo(function LogFoot({ log }: LogStateProps): ReactNode {
  const { following } = useLogState(log);
  return (
    <div className="log-foot">
      <span className={following ? 'log-state' : 'log-state paused'}>
        <span role="status">{following ? 'Following the end' : 'Paused'}</span>
        {following ? null : <PausedAt log={log} />}
      </span>
      {following ? null : (
        <Button size="small" icon="down" kind="primary" onPress={() => log?.controller.follow()}>
          Follow
        </Button>
      )}
    </div>
  );
});

function PausedAt({ log }: LogStateProps): ReactNode {
  const { endBytes, sizeBytes } = useLogState(log);
  return (
    <span>
      at {formatBytes(endBytes)} of {formatBytes(sizeBytes)}
    </span>
  );
}
