// How much of a run's goal is done, by what its console has shown. Honest or null: nothing is said where the end is not known.
import type { ConsoleReport } from '../../shared/model/console.ts';
import type { RunRecord } from '../../shared/model/run.ts';

/** Never "done" before the verdict says so. */
const ALMOST = 0.99;
/** kaem commands that the console echoes from the first one to the check of script-generator, the last thing that stage0's goal asks for
 *  (counted in a console of live-bootstrap 984b8322 under QEMU with TCG). */
const STAGE0_KAEM_COMMANDS = 222;
/** Share of a stage0 run that loading the source stream takes (same run: 1.7 of 21.6 minutes). */
const STAGE0_LOAD_SHARE = 0.08;

export function progressOf(record: Pick<RunRecord, 'goal' | 'image'>, report: ConsoleReport): number | null {
  const total = record.image.streamEntries;
  switch (record.goal) {
    case 'boot-check':
      return total === 0 ? null : share(report.bootCheck?.entries.length ?? 0, total);
    case 'stage0': {
      if (total === 0) return null;
      const loaded = share(report.src.entries, total);
      const commands = share(report.kaem.commands, STAGE0_KAEM_COMMANDS);
      return Math.min(ALMOST, STAGE0_LOAD_SHARE * loaded + (1 - STAGE0_LOAD_SHARE) * commands);
    }
    case 'end':
      return null;
  }
}

function share(done: number, total: number): number {
  return Math.min(ALMOST, done / total);
}
