// What a host knows of a run beside its bytes: its steps, when they were printed, how long they usually take. Makes the timeline and the outlook of it.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BootCheckEntry, ConsoleReport } from '../../shared/model/console.ts';
import { goalStep } from '../../shared/model/console.ts';
import { ImageRecord } from '../../shared/model/image.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { type Outlook, Timeline } from '../../shared/model/timeline.ts';
import { replaceFile } from '../atomic-file.ts';
import { type ConsoleReader, openConsoleReader } from '../formats/console/grammar.ts';
import { outlookOf } from '../formats/console/outlook.ts';
import { composeTimeline } from '../formats/console/timeline.ts';
import { learnExpectedTimes, NO_REFERENCE, referenceTimes } from './expected-times.ts';
import { openLogTail } from './log-tail.ts';
import { openLogTimes } from './log-times.ts';
import { isLive, type RunFolder } from './run-folder.ts';
import { readRunSteps } from './run-steps.ts';

/** It goes through all steps: not for every byte that is printed. */
const OUTLOOK_MILLISECONDS = 1000;
/** What another host writes is read so often. */
const READ_MILLISECONDS = 10_000;

export interface RunInsight {
  reader: ConsoleReader;
  /** The owner of a run writes down when its log had how many bytes; others read that now and then. */
  look(at: { bytes: number; missedMilliseconds: number; owns: boolean }): Promise<void>;
  timeline(report: ConsoleReport, record: RunRecord, now?: number): Timeline;
  outlook(report: ConsoleReport, record: RunRecord, quietMilliseconds: number, now?: number): Outlook;
  /** The final timeline, for who opens the run later. */
  keep(report: ConsoleReport, record: RunRecord): Promise<void>;
}

export async function openInsight(folder: RunFolder, record: RunRecord): Promise<RunInsight> {
  const expectedBootCheck = await readExpectedBootCheck(folder);
  const { expected: steps, source } = await readRunSteps(folder, record);
  const isBootCheck = record.image.kind === 'boot-check';
  const learn = isBootCheck ? null : record.accelerator.used;
  const expected = await learnExpectedTimes(dirname(folder.path), learn, folder.id).catch(
    () => new Map<string, never>(),
  );
  const reference = await referenceTimes().catch(() => NO_REFERENCE);
  const times = await openLogTimes(folder.logTimes);
  const reader = openConsoleReader({
    ...(expectedBootCheck.length === 0 ? {} : { expectedBootCheck }),
    ...(source === 'log' ? {} : { steps: { expected: steps, exact: source === 'image' } }),
    goalStep: goalStep(record.goal),
  });

  let readAt = Date.now();
  let looked: { at: number; marks: number; outlook: Outlook } | null = null;

  function timeline(report: ConsoleReport, { state }: RunRecord, now = Date.now()): Timeline {
    if (isBootCheck) return { version: 1, source, timed: false, stages: [], steps: [] };
    return composeTimeline({
      report,
      traces: reader.traces(),
      scripts: steps.scripts,
      source,
      clock: times.clock(),
      now: isLive({ state }) ? now : null,
      expected,
    });
  }

  return {
    reader,
    async look({ bytes, missedMilliseconds, owns }) {
      if (owns) {
        await times.note({ bytes, mark: reader.marks(), missed: Math.round(missedMilliseconds) });
        return;
      }
      if (Date.now() - readAt < READ_MILLISECONDS) return;
      readAt = Date.now();
      await times.refresh();
    },
    timeline,
    outlook(report, current, quietMilliseconds, now = Date.now()) {
      if (
        looked !== null &&
        Math.abs(now - looked.at) < OUTLOOK_MILLISECONDS &&
        looked.marks === reader.marks()
      )
        return looked.outlook;
      const { goal, accelerator, image, startedAt, createdAt } = current;
      const outlook = outlookOf({
        report,
        timeline: timeline(report, current, now),
        goal,
        accelerator: accelerator.used,
        quietMilliseconds,
        elapsedMilliseconds: Math.max(0, now - Date.parse(startedAt ?? createdAt)),
        streamBytes: image.streamBytes,
        streamEntries: image.streamEntries,
        reference,
      });
      looked = { at: now, marks: reader.marks(), outlook };
      return outlook;
    },
    async keep(report, current) {
      await replaceFile(folder.timeline, `${JSON.stringify(timeline(report, current))}\n`);
    },
  };
}

/** The timeline of a run that nobody follows: as it was kept, else read out of its log once more. */
export async function readTimeline(
  folder: RunFolder,
  record: RunRecord,
  signal?: AbortSignal,
): Promise<Timeline> {
  try {
    return Timeline.parse(JSON.parse(await readFile(folder.timeline, 'utf8')));
  } catch {
    const insight = await openInsight(folder, record);
    const tail = await openLogTail(folder.serialLog, 'a+');
    try {
      while (!(await tail.read((bytes) => insight.reader.push(bytes), signal)));
    } finally {
      await tail.close();
    }
    return insight.timeline(insight.reader.report(), record);
  }
}

/** What the boot check must print, from the copy of the image's record in the run's folder. */
async function readExpectedBootCheck(folder: RunFolder): Promise<readonly BootCheckEntry[]> {
  try {
    return ImageRecord.parse(JSON.parse(await readFile(folder.image, 'utf8'))).expectedBootCheck;
  } catch {
    return [];
  }
}
