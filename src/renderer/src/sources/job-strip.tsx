// The job that moves distfiles: how far it is, and when it has ended, what it came to.
import type { ReactNode } from 'react';
import type { Job } from '../../../shared/model/job.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { RunningJob } from '../components/running-job.tsx';
import { useAnswer } from '../connection/context.tsx';
import { checkoutOutcome } from '../derive/checkout-view.ts';
import { confirmSummary, fetchSummary, mirrorSummary, verifySummary } from '../derive/source-jobs.ts';
import { changeView } from './sources-address.ts';

export function JobStrip({ job }: { job: Job }): ReactNode {
  return job.state === 'running' ? <RunningJob job={job} /> : <Ended key={job.id} job={job} />;
}

function Ended({ job }: { job: Job }): ReactNode {
  const outcome = useOutcome(job);
  const isShort = job.error?.code === 'DISTFILES_INCOMPLETE';
  if (job.state === 'failed' && job.error !== null && !isShort)
    return (
      <ErrorCard error={job.error}>
        <CloseButton />
      </ErrorCard>
    );
  const path = job.result?.path ?? null;
  const tone = job.state === 'done' ? 'good' : 'warn';
  return (
    <section className={`notice ${tone}`} role="status" aria-label="Result of the job">
      <Icon name={tone === 'good' ? 'check' : 'warning'} size={20} />
      <div className="notice-text">
        <p className="notice-title">{titleOf(job)}</p>
        {outcome === '' ? null : <p>{outcome}</p>}
        {job.state === 'cancelled' && job.error !== null ? <p>{job.error.message}</p> : null}
        {path === null ? null : <p className="path">{path}</p>}
      </div>
      <CloseButton />
    </section>
  );
}

function CloseButton(): ReactNode {
  return (
    <Button
      kind="quiet"
      size="small"
      icon="cross"
      label="Close this result"
      onPress={() => changeView({ job: null })}
    />
  );
}

function titleOf({ kind, state }: Job): string {
  if (state === 'cancelled') return 'Cancelled. What has come stays, and the next fetch goes on from there.';
  if (state === 'failed') return 'Ended with files missing';
  switch (kind) {
    case 'distfiles.verify':
      return 'Verified';
    case 'distfiles.confirm':
      return 'Other sources were asked';
    case 'distfiles.import':
      return 'Imported';
    case 'distfiles.export':
      return 'Written to the folder';
    case 'mirror.create':
      return 'The mirror is made';
    case 'checkout.fetch':
      return 'live-bootstrap is here';
    case 'checkout.export':
      return 'Written into one file';
    case 'checkout.import':
      return 'Taken in';
    default:
      return 'Fetched';
  }
}

/** What the job's report says, in a sentence; '' where there is none (any more). */
function useOutcome({ id, kind }: Job): string {
  const { value } = useAnswer(`outcome ${id}`, async (client, signal) => {
    if (kind === 'distfiles.fetch' || kind === 'distfiles.import') {
      const report = await client.distfiles.report({ job: id }, { signal });
      return report === null ? '' : fetchSummary(report);
    }
    if (kind === 'distfiles.verify') {
      const report = await client.distfiles.verifyReport({ job: id }, { signal });
      return report === null ? '' : verifySummary(report);
    }
    if (kind === 'distfiles.confirm') {
      const report = await client.distfiles.confirmReport({ job: id }, { signal });
      return report === null ? '' : confirmSummary(report);
    }
    if (kind === 'mirror.create') {
      const report = await client.mirror.createReport({ job: id }, { signal });
      return report === null ? '' : mirrorSummary(report);
    }
    const report = kind.startsWith('checkout.')
      ? await client.checkout.report({ job: id }, { signal })
      : null;
    return report === null ? '' : checkoutOutcome(report);
  });
  return value ?? '';
}
