// How much of a run's goal is done, by what its console has shown. Honest or null: nothing is said where the end is not known.
import type { ConsoleReport } from '../../shared/model/console.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import type { Outlook } from '../../shared/model/timeline.ts';

/** Never "done" before the verdict says so. */
const ALMOST = 0.99;

/**
 * kaem commands that the console has echoed, and seconds since power-on, at the milestones of a stage0 run (live-bootstrap 984b8322, QEMU 7.2 with
 * TCG on two busy cores): stream loaded, the small tools, the full kaem, mescc-tools, mescc-tools-extra, tools checked, configurator begun and
 * verified, script-generator verified (this last one to 10 s). Another machine is faster or slower throughout, so the shares hold.
 */
const STAGE0_TIMES: readonly (readonly [commands: number, seconds: number])[] = [
  [0, 104],
  [4, 109],
  [47, 424],
  [60, 425],
  [79, 666],
  [99, 1154],
  [105, 1160],
  [154, 1282],
  [157, 1312],
];
const STAGE0_LOADED = STAGE0_TIMES[0]?.[1] ?? 0;
const STAGE0_END = STAGE0_TIMES.at(-1)?.[1] ?? 1;

/** The whole bootstrap has a share only where earlier runs tell how long it takes. */
export function progressOf(
  record: Pick<RunRecord, 'goal' | 'image'>,
  report: ConsoleReport,
  elapsedMilliseconds = 0,
  outlook: Outlook | null = null,
): number | null {
  const total = record.image.streamEntries;
  switch (record.goal) {
    case 'boot-check':
      return total === 0 ? null : Math.min(ALMOST, (report.bootCheck?.entries.length ?? 0) / total);
    case 'stage0':
      return total === 0 ? null : Math.min(ALMOST, stage0Seconds(report, total) / STAGE0_END);
    default:
      if (outlook === null || outlook.left === null || outlook.from !== 'own-runs') return null;
      return Math.min(ALMOST, elapsedMilliseconds / Math.max(1, elapsedMilliseconds + outlook.left.likely));
  }
}

/** Where a run stands on the clock of the measured one: entries while the stream is loaded, then commands between two milestones. */
function stage0Seconds(report: ConsoleReport, streamEntries: number): number {
  const { commands } = report.kaem;
  if (commands === 0) return STAGE0_LOADED * Math.min(1, report.src.entries / streamEntries);
  const next = STAGE0_TIMES.findIndex(([count]) => count > commands);
  const [toCount, toSeconds] = STAGE0_TIMES[next] ?? [commands, STAGE0_END];
  const [fromCount, fromSeconds] = STAGE0_TIMES[next - 1] ?? [commands, STAGE0_END];
  const share = toCount === fromCount ? 1 : (commands - fromCount) / (toCount - fromCount);
  return fromSeconds + share * (toSeconds - fromSeconds);
}
