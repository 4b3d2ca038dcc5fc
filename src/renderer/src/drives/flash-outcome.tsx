// What a job wrote: each drive with its state, what was read back, and what to do now.
import type { ReactNode } from 'react';
import type { Job } from '../../../shared/model/job.ts';
import type { FlashSummary } from '../../../shared/model/flash.ts';
import { formatBytes } from '../../../shared/units.ts';
import { ErrorCard } from '../components/feedback.tsx';
import { Badge, Facts } from '../components/status.tsx';
import { useAnswer } from '../connection/context.tsx';
import type { Tone } from '../derive/run-view.ts';
import { shortHash } from '../derive/text.ts';
import { JobCard } from '../images/job-card.tsx';

export function FlashOutcome({ job }: { job: Job }): ReactNode {
  const { value, error } = useAnswer(`flashed ${job.id} ${job.state}`, (client, signal) =>
    client.flash.report({ job: job.id }, { signal }),
  );
  return (
    <section className="flash-outcome" aria-labelledby="flash-outcome">
      <h2 id="flash-outcome">{job.state === 'running' ? 'Writing' : 'What was written'}</h2>
      <JobCard job={job} />
      {error === null ? null : <ErrorCard error={error} />}
      {job.state === 'running'
        ? null
        : (value ?? []).map((record) => <Written key={record.id} record={record} />)}
      {job.state === 'done' ? (
        <p role="status">
          Everything was read back and is equal to the image. Take the drive out and start the machine from
          it.
        </p>
      ) : null}
      {job.state === 'cancelled' || job.state === 'failed' ? (
        <p className="muted">
          The first MiB of a drive is written last: from one that is not finished no machine starts.
        </p>
      ) : null}
    </section>
  );
}

const STATES: Record<FlashSummary['state'], { word: string; tone: Tone }> = {
  writing: { word: 'Not finished', tone: 'warn' },
  written: { word: 'Written and equal', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'quiet' },
};

function Written({ record }: { record: FlashSummary }): ReactNode {
  const { word, tone } = STATES[record.state];
  return (
    <article className="card" aria-label={`${record.image.role} disk`}>
      <div className="drive-head">
        <h3>{record.drive.name}</h3>
        <Badge tone={tone}>{word}</Badge>
      </div>
      {record.failure === null ? null : <p>{record.failure.message}</p>}
      <Facts
        facts={[
          { name: 'Disk', value: `${record.image.role}, ${formatBytes(record.image.sizeBytes)}` },
          { name: 'sha256', value: <code>{shortHash(record.image.sha256)}…</code> },
          { name: 'Written', value: formatBytes(record.writtenBytes) },
          { name: 'Read back and equal', value: formatBytes(record.verifiedBytes) },
          { name: 'Record', value: <code>{record.id}</code> },
        ]}
      />
      {record.ejectProblem === null ? null : <p className="muted">{record.ejectProblem}</p>}
    </article>
  );
}
