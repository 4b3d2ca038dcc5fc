// A run as hosts show it: its record with what the log says now. Pure.
import type { ConsoleReport } from '../../shared/model/console.ts';
import type { Checkpoint, Resources } from '../../shared/model/machine.ts';
import type { RunRecord, RunSnapshot, RunSummary } from '../../shared/model/run.ts';
import type { Outlook } from '../../shared/model/timeline.ts';
import { describeNow } from '../formats/console/describe.ts';
import { progressOf } from './progress.ts';
import { isLive } from './run-folder.ts';

export interface LogFacts {
  bytes: number;
  /** Milliseconds since it last grew, in which the machine could have printed something. */
  quietMilliseconds: number;
  /** What can be said about the rest; null for a run that has ended. */
  outlook: Outlook | null;
}

/** What a host knows of a machine beside its log. */
export interface MachineFacts {
  /** Why nothing goes on, in words, or null. */
  pause: string | null;
  state: string | null;
  resources: Resources | null;
  checkpoints: readonly Checkpoint[];
}

export const NO_FACTS: MachineFacts = { pause: null, state: null, resources: null, checkpoints: [] };

export function composeSnapshot(
  record: RunRecord,
  report: ConsoleReport,
  log: LogFacts,
  { pause, state, resources, checkpoints }: MachineFacts = NO_FACTS,
  now = Date.now(),
): RunSnapshot {
  const live = isLive(record);
  const started = Date.parse(record.startedAt ?? record.createdAt);
  const ended = record.endedAt === null ? now : Date.parse(record.endedAt);
  const elapsedMilliseconds = Math.max(0, Math.round(ended - started));
  return {
    record,
    report,
    logBytes: log.bytes,
    now: sentenceOf(record, report, pause, log.outlook),
    progress:
      record.verdict?.outcome === 'passed' ? 1 : progressOf(record, report, elapsedMilliseconds, log.outlook),
    outlook: live ? log.outlook : null,
    elapsedMilliseconds,
    quietMilliseconds: live ? Math.round(log.quietMilliseconds) : null,
    machineState: live ? state : null,
    resources: live ? resources : null,
    checkpoints: [...checkpoints],
  };
}

function sentenceOf(
  record: RunRecord,
  report: ConsoleReport,
  pause: string | null,
  outlook: Outlook | null,
): string {
  if (record.verdict !== null) return record.verdict.sentence;
  if (record.state === 'starting') return `${nameOf(record)} is being started.`;
  if (record.state === 'stopping') return `${nameOf(record)} is being ended.`;
  const words = record.hold?.text ?? pause;
  if (words !== null) return words;
  return [describeNow(report), outlook?.silence.sentence ?? ''].filter((text) => text !== '').join(' ');
}

export function summarise(record: RunRecord): RunSummary {
  return {
    id: record.id,
    kind: record.kind,
    goal: record.goal,
    state: record.state,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    endedAt: record.endedAt,
    imageLabel: record.image.label,
    accelerator: record.accelerator.used,
    assisted: record.assisted !== null,
    verdict: record.verdict,
  };
}

function nameOf({ kind }: RunRecord): string {
  if (kind === 'serial') return 'The capture';
  return kind === 'bwrap' || kind === 'chroot' ? 'The sandbox' : 'QEMU';
}
