// A job on its own page: how far it is, and where it leads. A reload comes back here.
import { type ReactNode, useEffect } from 'react';
import type { Job } from '../../../shared/model/job.ts';
import { BootstrapStages } from '../components/bootstrap-stages.tsx';
import { Button, PageLink } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { Progress } from '../components/status.tsx';
import { useAction, useLive } from '../connection/context.tsx';
import { jobNumbers, jobShare } from '../derive/job-view.ts';
import type { Route } from '../route.ts';
import { replaceRoute } from '../use-route.ts';
import { Page } from './page.tsx';

export function JobPage({ id }: { id: string }): ReactNode {
  const { value, error } = useLive(`job ${id}`, (client, signal) =>
    client.job.watch({ job: id }, { signal }),
  );
  const next = value === null ? null : routeAfter(value);
  useEffect(() => {
    if (next !== null) replaceRoute(next);
  });
  return (
    <Page title={value?.label ?? 'Job'} back={{ to: { page: 'home' }, text: 'Home' }}>
      {error === null ? null : (
        <ErrorCard error={error}>
          <PageLink to={{ page: 'home' }}>Go to the first page</PageLink>
        </ErrorCard>
      )}
      {value === null && error === null ? <Waiting>Asking for the job</Waiting> : null}
      {value === null ? null : <JobCard job={value} />}
      {value?.kind === 'bootstrap' ? <BootstrapStages job={value} /> : null}
    </Page>
  );
}

function JobCard({ job }: { job: Job }): ReactNode {
  const { act, pending, error } = useAction();
  if (job.state === 'failed' && job.error !== null) return <ErrorCard error={job.error} />;
  if (job.state === 'cancelled') {
    return (
      <section className="card">
        <p className="card-title">Cancelled</p>
        <p>{job.error?.message ?? 'Nothing half-made was kept.'}</p>
      </section>
    );
  }
  if (job.state === 'done') {
    return (
      <section className="card">
        <p className="card-title">Done</p>
        {job.result?.path === null ? null : <p className="path">{job.result?.path}</p>}
      </section>
    );
  }
  return (
    <section className="card job-card" aria-label="Progress">
      <p className="card-title" role="status">
        {job.progress?.label ?? 'Preparing'}
      </p>
      <Progress label={job.label} share={jobShare(job)} />
      <p className="job-numbers">{job.progress === null ? '' : jobNumbers(job.progress)}</p>
      {error === null ? null : <ErrorCard error={error} />}
      <div className="card-actions">
        <Button pending={pending} onPress={() => act((client) => client.job.cancel({ job: job.id }))}>
          Cancel
        </Button>
      </div>
    </section>
  );
}

/** What a finished job made is shown on its own page. */
function routeAfter({ state, result }: Job): Route | null {
  if (state !== 'done' || result === null) return null;
  if (result.runId !== null) return { page: 'run', id: result.runId };
  return result.imageId === null ? null : { page: 'image', id: result.imageId };
}
