// A job that an image page started: how far it is while it runs, why it failed. What it came to is for the page to say.
import type { ReactNode } from 'react';
import type { Job } from '../../../shared/model/job.ts';
import { ErrorCard } from '../components/feedback.tsx';
import { RunningJob } from '../components/running-job.tsx';
import { useJobs } from '../connection/context.tsx';

/** The job of this kind that was started last, here or before a reload. */
export function useImageJob(kind: Job['kind'], id: string | null): Job | null {
  const jobs = useJobs().value ?? [];
  return jobs.find((job) => job.id === id && job.kind === kind) ?? null;
}

export function JobCard({ job }: { job: Job }): ReactNode {
  if (job.state === 'failed' && job.error !== null) return <ErrorCard error={job.error} />;
  if (job.state === 'cancelled')
    return (
      <p className="muted" role="status">
        {job.error?.message ?? 'Cancelled.'}
      </p>
    );
  return job.state === 'running' ? <RunningJob job={job} /> : null;
}
