// A job that runs, beside what it is for: how far it is, and the way to cancel it.
import type { ReactNode } from 'react';
import type { Job } from '../../../shared/model/job.ts';
import { useAction } from '../connection/context.tsx';
import { jobNumbers, jobShare } from '../derive/job-view.ts';
import { Button } from './controls.tsx';
import { ErrorCard } from './feedback.tsx';
import { Progress } from './status.tsx';

export function RunningJob({ job }: { job: Job }): ReactNode {
  const { act, pending, error } = useAction();
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
