// Jobs that move distfiles: which one the Sources page shows, and what it came to in words.
import type {
  ConfirmReport,
  DistfileReport,
  PruneReport,
  VerifyReport,
} from '../../../shared/model/distfile.ts';
import type { Job } from '../../../shared/model/job.ts';
import type { MirrorCreateReport } from '../../../shared/model/mirror.ts';
import { formatBytes, formatDuration } from '../../../shared/units.ts';
import { countOf } from './distfile-view.ts';

const CHECKOUT_KINDS: readonly string[] = [
  'checkout.fetch',
  'checkout.export',
  'checkout.import',
] satisfies Job['kind'][];

const DISTFILE_KINDS: readonly string[] = [
  'distfiles.fetch',
  'distfiles.import',
  'distfiles.verify',
  'distfiles.confirm',
  'distfiles.export',
  'mirror.create',
] satisfies Job['kind'][];

export function shownJob(jobs: readonly Job[], started: string | null): Job | null {
  return pickJob(jobs, DISTFILE_KINDS, started);
}

export function shownCheckoutJob(jobs: readonly Job[], started: string | null): Job | null {
  return pickJob(jobs, CHECKOUT_KINDS, started);
}

/** One that runs before one that was started here and has ended; null when there is neither. */
function pickJob(jobs: readonly Job[], kinds: readonly string[], started: string | null): Job | null {
  const ours = jobs.filter(({ kind }) => kinds.includes(kind));
  return ours.findLast(({ state }) => state === 'running') ?? ours.find(({ id }) => id === started) ?? null;
}

export function fetchSummary(report: DistfileReport): string {
  const { files, added, addedBytes, alreadyThere, missing, wrong } = report;
  const parts = [
    added === 0
      ? 'No file was added'
      : `${countOf(added, 'file', 'files')} added, ${formatBytes(addedBytes)}`,
    alreadyThere === 0 ? '' : `${alreadyThere} ${alreadyThere === 1 ? 'was' : 'were'} here already`,
    missing.length === 0 ? `all ${files} are here now` : `${missing.length} of ${files} still missing`,
  ];
  return `${parts.filter((part) => part !== '').join(' · ')}.${namesakes(wrong)}`;
}

/** Files that somebody meant to fit, by their names. */
function namesakes(wrong: DistfileReport['wrong']): string {
  if (wrong.length === 0) return '';
  const names = wrong.slice(0, 3).map(({ name }) => name);
  const more = wrong.length > names.length ? ` and ${wrong.length - names.length} more` : '';
  return ` Other bytes than wanted under the right name: ${names.join(', ')}${more}.`;
}

export function verifySummary({ files, bytes, damaged, elapsedMilliseconds }: VerifyReport): string {
  const read = `${countOf(files, 'file', 'files')}, ${formatBytes(bytes)} in ${formatDuration(elapsedMilliseconds)}`;
  if (damaged.length === 0) return `Every stored file is what its hash says: ${read}.`;
  return `${countOf(damaged.length, 'file was', 'files were')} damaged and set aside; fetch again. Read: ${read}.`;
}

export function confirmSummary({ files, confirmed, wrong }: ConfirmReport): string {
  const base = `Of ${countOf(files, 'stored file', 'stored files')}, ${confirmed} ${confirmed === 1 ? 'has' : 'have'} the word of a second source.`;
  if (wrong.length === 0) return base;
  return `${base} ${countOf(wrong.length, 'source gave', 'sources gave')} something else; the files’ details name them.`;
}

export function mirrorSummary({ files, added, unchanged, strangers }: MirrorCreateReport): string {
  const more =
    strangers.length === 0
      ? ''
      : ` ${countOf(strangers.length, 'other file was', 'other files were')} left alone.`;
  return `The mirror holds ${countOf(files, 'file', 'files')}: ${added} new, ${unchanged} unchanged.${more}`;
}

const PRUNE_WORDS: Record<PruneReport['removed'][number]['why'], string> = {
  'half-fetched': 'Half-fetched files',
  'left-over': 'Left-over temporary files',
  'set-aside': 'Wrong files that were set aside',
  'not-wanted': 'Stored files that this checkout does not want',
  'git-clone': 'Clones for git snapshots',
};

/** One line a reason, biggest first. */
export function pruneLines({ removed }: PruneReport): string[] {
  const sums = new Map<PruneReport['removed'][number]['why'], { count: number; bytes: number }>();
  for (const { why, sizeBytes } of removed) {
    const sum = sums.get(why) ?? { count: 0, bytes: 0 };
    sums.set(why, { count: sum.count + 1, bytes: sum.bytes + sizeBytes });
  }
  return [...sums]
    .sort(([, a], [, b]) => b.bytes - a.bytes)
    .map(([why, { count, bytes }]) => `${PRUNE_WORDS[why]}: ${count}, ${formatBytes(bytes)}`);
}
