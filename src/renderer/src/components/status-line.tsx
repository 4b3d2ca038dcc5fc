// The line at the bottom: what Seedbed is doing, with a way to end it, and whether it can be reached.
import { type ReactNode, useState } from 'react';
import type { Job } from '../../../shared/model/job.ts';
import { useAction, useConnection, useJobs, useRuns } from '../connection/context.tsx';
import { jobRoute, jobShare, jobsToShow } from '../derive/job-view.ts';
import { goalTitle, isLive } from '../derive/run-view.ts';
import { formatShare } from '../derive/text.ts';
import { Button, PageLink } from './controls.tsx';
import { Icon } from './icons.tsx';
import { Progress } from './status.tsx';

export function StatusLine(): ReactNode {
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const jobs = jobsToShow(useJobs().value ?? [], dismissed);
  const live = (useRuns().value ?? []).filter((run) => isLive(run.state));
  return (
    <footer className="status-line" aria-label="Status">
      <ul className="status-items">
        {jobs.map((job) => (
          <li key={job.id}>
            <JobItem job={job} onDismiss={() => setDismissed(new Set([...dismissed, job.id]))} />
          </li>
        ))}
        {live.map((run) => (
          <li key={run.id} className="status-item">
            <span className="pulse" aria-hidden="true" />
            <PageLink to={{ page: 'run', id: run.id }}>{goalTitle(run.goal)} is running</PageLink>
          </li>
        ))}
        {jobs.length === 0 && live.length === 0 ? (
          <li className="status-item idle">Nothing is running</li>
        ) : null}
      </ul>
      <ConnectionSign />
    </footer>
  );
}

function JobItem({ job, onDismiss }: { job: Job; onDismiss: () => void }): ReactNode {
  const { act, pending } = useAction();
  const share = jobShare(job);
  if (job.state === 'failed') {
    return (
      <div className="status-item failed">
        <Icon name="warning" size={15} />
        <PageLink to={jobRoute(job)}>{job.label}: failed</PageLink>
        <Button kind="quiet" size="small" icon="cross" label={`Dismiss: ${job.label}`} onPress={onDismiss} />
      </div>
    );
  }
  return (
    <div className="status-item">
      <PageLink to={jobRoute(job)}>{job.progress?.label ?? job.label}</PageLink>
      <Progress label={job.label} share={share} small />
      <span className="status-numbers">{share === null ? '' : formatShare(share)}</span>
      <Button
        kind="quiet"
        size="small"
        icon="cross"
        label={`Cancel: ${job.label}`}
        pending={pending}
        onPress={() => act((client) => client.job.cancel({ job: job.id }))}
      />
    </div>
  );
}

function ConnectionSign(): ReactNode {
  const { status, info } = useConnection();
  const open = status === 'open';
  const text = open ? 'Connected' : status === 'lost' ? 'Not connected' : 'Connecting';
  return (
    <span className={`connection ${status}`} role="status">
      <span className="connection-dot" aria-hidden="true" />
      {text}
      {info === null ? null : <span className="version">Seedbed {info.version}</span>}
    </span>
  );
}
