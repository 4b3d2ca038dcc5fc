// A job that an image page started: how far it is while it runs, why it failed. What it came to is for the page to say.
import type { ReactNode } from 'react';
import type { Job } from '../../../shared/model/job.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { Progress } from '../components/status.tsx';
import { useAction, useJobs } from '../connection/context.tsx';
import { jobNumbers, jobShare } from '../derive/job-view.ts';

/** The job of this kind that was started last, here or before a reload. */
export function useImageJob(kind: Job['kind'], id: string | null): Job | null {
  const jobs = useJobs().value ?? [];
  return jobs.find((job) => job.id === id && job.kind === kind) ?? null;
}

export function JobCard({ job }: { job: Job }): ReactNode {
  const { act, pending, error } = useAction();
  if (job.state === 'failed' && job.error !== null) return <ErrorCard error={job.error} />;
  if (job.state === 'cancelled')
    return (
      <p className="muted" role="status">
        {job.error?.message ?? 'Cancelled.'}
      </p>
    );
  if (job.state !== 'running') return null;
  return (
    <section className="card job-strip" aria-label="Job">
      <div className="job-strip-words">
        <p className="cell-title">{job.progress?.label ?? job.label}</p>
        <p className="job-numbers">{job.progress === null ? 'Preparing' : jobNumbers(job.progress)}</p>
      </div>
      <Button
        size="small"
        pending={pending}
        onPress={() => act((client) => client.job.cancel({ job: job.id }))}
      >
        Cancel
      </Button>
      <Progress label={job.label} share={jobShare(job)} />
      {error === null ? null : <ErrorCard error={error} />}
    </section>
  );
}
