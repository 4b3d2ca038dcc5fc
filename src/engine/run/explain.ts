// Explain a console log from anywhere: what it is of, how far it got, and why it ended. Its manifest is not known: that of the known commit is tried.
import { basename } from 'node:path';
import type { ConsoleReport, Verdict } from '../../shared/model/console.ts';
import type { Timeline } from '../../shared/model/timeline.ts';
import { atPath } from '../os-errors.ts';
import { describeNow } from '../formats/console/describe.ts';
import { openConsoleReader } from '../formats/console/grammar.ts';
import { openLogClock } from '../formats/console/log-clock.ts';
import { composeTimeline } from '../formats/console/timeline.ts';
import { explainLog as explainReport } from '../formats/console/verdict.ts';
import { openLogTail } from './log-tail.ts';
import { knownSteps } from './run-steps.ts';

export interface LogExplanation {
  /** The file's name. */
  label: string;
  report: ConsoleReport;
  verdict: Verdict;
  now: string;
  /** Without times. */
  timeline: Timeline;
}

/** Reads the file once, piece by piece. Throws NOT_FOUND, PERMISSION_DENIED, IO_FAILED. */
export async function explainLog(
  path: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<LogExplanation> {
  const { expected, source } = await knownSteps();
  const reader = openConsoleReader({ steps: { expected, exact: false } });
  const tail = await openLogTail(path, 'r');
  try {
    await atPath(path, async () => {
      while (!(await tail.read((bytes) => reader.push(bytes), signal)));
    });
  } finally {
    await tail.close();
  }
  const report = reader.report();
  const { verdict } = explainReport(report);
  const timeline = composeTimeline({
    report,
    traces: report.position === null ? [] : reader.traces(),
    scripts: expected.scripts,
    source,
    clock: openLogClock(),
    now: null,
    expected: new Map(),
  });
  return { label: basename(path), report, verdict, now: describeNow(report), timeline };
}
