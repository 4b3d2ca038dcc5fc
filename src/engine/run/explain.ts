// Explain a console log from anywhere: what it is of, how far it got, and why it ended.
import { basename } from 'node:path';
import type { ConsoleReport, Verdict } from '../../shared/model/console.ts';
import { atPath } from '../os-errors.ts';
import { describeNow } from '../formats/console/describe.ts';
import { openConsoleReader } from '../formats/console/grammar.ts';
import { explainLog as explainReport } from '../formats/console/verdict.ts';
import { openLogTail } from './log-tail.ts';

export interface LogExplanation {
  /** The file's name. */
  label: string;
  report: ConsoleReport;
  verdict: Verdict;
  now: string;
}

/** Reads the file once, piece by piece. Throws NOT_FOUND, PERMISSION_DENIED, IO_FAILED. */
export async function explainLog(
  path: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<LogExplanation> {
  const reader = openConsoleReader();
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
  return { label: basename(path), report, verdict, now: describeNow(report) };
}
