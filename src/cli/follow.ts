// Following a job and a run to their end.
import type { Job } from '../shared/model/job.ts';
import type { Milestone, Verdict } from '../shared/model/console.ts';
import { LOG_CHUNK_LIMIT_BYTES } from '../shared/contract/run.ts';
import type { RunSnapshot } from '../shared/model/run.ts';
import { SeedbedError } from '../shared/errors.ts';
import { openTerminalFilter } from '../shared/terminal-text.ts';
import { knownIssues } from '../shared/model/known-issues.ts';
import { formatBytes, formatDuration } from '../shared/units.ts';
import { openBell } from './bell.ts';
import type { Screen } from './screen.ts';
import type { Session } from './session.ts';
import { outlookLines } from './timeline-lines.ts';

/** Wait for a job. Ctrl-C cancels it. */
export async function followJob(
  { client, signal }: Session,
  screen: Screen,
  jobId: string,
): Promise<NonNullable<Job['result']>> {
  let last: Job | null = null;
  let step = '';
  const cancel = (): void => void client.job.cancel({ job: jobId }).catch(() => undefined);
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    for await (const job of await client.job.watch({ job: jobId })) {
      last = job;
      const progress = job.progress;
      if (progress === null) continue;
      if (progress.step !== step) screen.note(`${progress.label} …`);
      step = progress.step;
      const share = progress.total === null || progress.total === 0 ? null : progress.done / progress.total;
      screen.status(`${progress.label}${describeAmount(progress)}`, share);
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    screen.clear();
  }
  if (last?.state === 'done' && last.result !== null) return last.result;
  if (last?.error !== null && last !== null) throw new JobFailed(last.error);
  throw new SeedbedError('CANCELLED', { kept: '' });
}

/** A job's error, with the text that the engine rendered. */
export class JobFailed extends Error {
  readonly code = 'SEEDBED';
  readonly data: unknown;
  constructor(error: NonNullable<Job['error']>) {
    super(error.message);
    this.data = { ...error, data: null };
  }
}

function describeAmount(progress: NonNullable<Job['progress']>): string {
  if (progress.unit !== 'bytes' || progress.done === 0) return '';
  const rate = progress.rate === null ? '' : `, ${formatBytes(Math.round(progress.rate))}/s`;
  const eta = progress.etaMilliseconds === null ? '' : `, ${formatDuration(progress.etaMilliseconds)} left`;
  return ` · ${formatBytes(progress.done)}${rate}${eta}`;
}

/** Follow a run that was just started, as `run` and `bootstrap` do: its console or its milestones, then the verdict, which decides the exit code. The end of the run; null when the person left before. */
export async function followToVerdict(
  session: Session,
  screen: Screen,
  run: string,
  { json, quiet, detach }: { json?: boolean; quiet?: boolean; detach?: boolean },
): Promise<RunSnapshot | null> {
  const started = await session.client.run.show({ run });
  screen.note(`run ${run}: ${started.record.accelerator.reason}`);
  if (detach === true) {
    if (json === true) screen.json(started);
    else screen.line(`Started ${run}. Look at it: seedbed runs show ${run}`);
    return null;
  }
  const streams = quiet !== true && json !== true;
  const end = await followRun(session, screen, run, {
    fromBytes: streams ? 0 : null,
    milestones: quiet === true && json !== true,
  });
  if (end === null) {
    screen.note(`The run goes on. Look at it: seedbed runs show ${run}   End it: seedbed runs stop ${run}`);
    process.exitCode = session.signal.aborted ? 130 : 1;
    return null;
  }
  if (json === true) screen.json(end);
  else for (const line of ['', ...verdictLines(end)]) screen.line(line);
  if (end.record.verdict?.outcome !== 'passed') process.exitCode = 1;
  return end;
}

export interface FollowOptions {
  /** Where in the log to begin; null prints no console text. */
  fromBytes: number | null;
  milestones: boolean;
}

/** Watch a run to its end; null when the person left before. The run does not notice. */
export async function followRun(
  { client, signal }: Session,
  screen: Screen,
  run: string,
  { fromBytes, milestones }: FollowOptions,
): Promise<RunSnapshot | null> {
  const pump = fromBytes === null ? null : openPump(client, screen, run, fromBytes);
  const ring = await openBell({ client }, screen);
  let told = 0;
  let last: RunSnapshot | null = null;
  for await (const snapshot of await client.run.watch({ run }, { signal })) {
    last = snapshot;
    await pump?.(snapshot.logBytes);
    if (milestones) told = tellMilestones(screen, snapshot.report.milestones, told);
    ring(snapshot);
    const left = snapshot.outlook?.left ?? null;
    const rest = left === null ? '' : `, about ${formatDuration(left.likely)} left`;
    screen.status(
      `${snapshot.now} · ${formatDuration(snapshot.elapsedMilliseconds)}${rest}`,
      snapshot.progress,
    );
    if (signal.aborted) break;
  }
  screen.clear();
  return signal.aborted || last === null || isLive(last) ? null : last;
}

export function isLive(snapshot: RunSnapshot): boolean {
  return snapshot.record.state !== 'ended' && snapshot.record.state !== 'lost';
}

/** Prints the log from where it was to `toBytes`, a chunk at a time. */
export function openPump(
  client: Session['client'],
  screen: Screen,
  run: string,
  fromBytes: number,
  { raw = false } = {},
): (toBytes: number) => Promise<void> {
  let at = fromBytes;
  const filter = openTerminalFilter();
  return async (toBytes) => {
    while (at < toBytes) {
      const chunk = await client.run.readLog({ run, fromBytes: at, limitBytes: LOG_CHUNK_LIMIT_BYTES });
      if (chunk.toBytes === at) return;
      at = chunk.toBytes;
      screen.stream(raw ? chunk.text : filter.push(chunk.text));
    }
  };
}

function tellMilestones(screen: Screen, milestones: Milestone[], told: number): number {
  for (const milestone of milestones.slice(told)) screen.line(`  ✓ ${milestone.label}`);
  return milestones.length;
}

/** How a run ended, or what it does now, as text. */
export function verdictLines(snapshot: RunSnapshot): string[] {
  const { record, now, progress, elapsedMilliseconds } = snapshot;
  const took = `time:        ${formatDuration(elapsedMilliseconds)}`;
  if (record.verdict !== null) return [took, ...describeVerdict(record.verdict)];
  const share = progress === null ? '' : `, about ${Math.floor(progress * 100)} % of the way`;
  return [`${took}${share}`, `now:         ${now}`, ...outlookLines(snapshot.outlook)];
}

export function describeVerdict(verdict: Verdict): string[] {
  const lines = [`verdict: ${verdict.outcome} — ${verdict.sentence}`];
  if (verdict.outcome !== 'passed') {
    if (verdict.evidence.length > 0) lines.push('evidence:');
    for (const evidence of verdict.evidence) lines.push(`  at byte ${evidence.offset}: ${evidence.text}`);
  }
  if (verdict.slice !== null)
    lines.push(`read:     bytes ${verdict.slice.fromBytes} to ${verdict.slice.toBytes} of the log`);
  if (verdict.hint !== '') lines.push(`hint: ${verdict.hint}`);
  for (const { title, url } of knownIssues(verdict.cause, verdict.sentence))
    lines.push(`see: ${title}: ${url}`);
  return lines;
}
