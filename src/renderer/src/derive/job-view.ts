// What the page says of a job.
import type { Job, JobProgress } from '../../../shared/model/job.ts';
import { formatBytes, formatCount, formatDuration } from '../../../shared/units.ts';
import { flashRoute, type Route, sourcesRoute } from '../route.ts';

/** Share of the current step that is done, 0 to 1; null when it cannot be said. */
export function jobShare({ progress }: Job): number | null {
  if (progress === null || progress.total === null || progress.total === 0) return null;
  return Math.min(1, progress.done / progress.total);
}

/** "12 of 310 files · 3.1 MiB a second · 2 min 3 s left". */
export function jobNumbers(progress: JobProgress): string {
  const parts = [amountOf(progress)];
  if (progress.rate !== null && progress.unit !== 'steps')
    parts.push(`${formatAmount(progress.rate, progress.unit)} a second`);
  if (progress.etaMilliseconds !== null && progress.etaMilliseconds > 0)
    parts.push(`${formatDuration(progress.etaMilliseconds)} left`);
  return parts.filter((part) => part !== '').join(' · ');
}

/** Running first, then what failed; the rest is not shown in the status line. */
export function jobsToShow(jobs: readonly Job[], dismissed: ReadonlySet<string>): Job[] {
  const running = jobs.filter((job) => job.state === 'running');
  const failed = jobs.filter((job) => job.state === 'failed' && !dismissed.has(job.id));
  return [...running, ...failed];
}

function amountOf({ done, total, unit }: JobProgress): string {
  if (unit === 'steps') return total === null || total < 2 ? '' : `step ${done} of ${total}`;
  return total === null
    ? formatAmount(done, unit)
    : `${formatPlain(done, unit)} of ${formatAmount(total, unit)}`;
}

function formatPlain(value: number, unit: JobProgress['unit']): string {
  return unit === 'bytes' ? formatBytes(Math.round(value)) : formatCount(Math.round(value));
}

function formatAmount(value: number, unit: JobProgress['unit']): string {
  return unit === 'bytes' ? formatPlain(value, unit) : `${formatPlain(value, unit)} ${unit}`;
}

/** Where a job is watched: what moves sources stands on their own page. */
export function jobRoute({ id, kind }: Job): Route {
  if (kind === 'flash.write') return flashRoute({ job: id });
  return kind.startsWith('image.') || kind.startsWith('run.') || kind === 'bootstrap'
    ? { page: 'job', id }
    : sourcesRoute({ job: id });
}
