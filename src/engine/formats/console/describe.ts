// One plain sentence for the run view and the CLI's status line: what the machine does right now.
import { causeText } from '../../../shared/model/causes.ts';
import type { ConsoleReport } from '../../../shared/model/console.ts';
import { PHASE_WORDS } from '../../../shared/model/timeline.ts';
import { formatCount } from '../../../shared/units.ts';
import { clip } from './bytes.ts';

/** What the machine does right now, from the log alone (it does not know whether the process still lives). */
export function describeNow(report: ConsoleReport): string {
  return clip(sentence(report), 300);
}

function sentence(report: ConsoleReport): string {
  if (report.waitsForInput) return `The machine waits for input: ${report.tail.trim()}`;
  if (report.over) return over(report);
  if (report.failure !== null) return failure(report);
  switch (report.era) {
    case null:
      return report.bytes === 0
        ? 'The machine is starting.'
        : 'The console shows nothing of a bootstrap yet.';
    case 'firmware':
      return has(report, 'boot-disk')
        ? 'The boot sector is running; nothing was loaded yet.'
        : 'The firmware is starting.';
    case 'load':
      return loading(report);
    case 'stage0':
      return stage0(report);
    case 'seed':
      return `Building configurator and script-generator${doing(report)}`;
    case 'kaem':
    case 'fiwix':
      return building(report, report.era === 'kaem' ? 'Running /steps/0.sh' : 'Running under Fiwix');
    case 'bash':
      return building(report, 'Running bash under Fiwix');
    case 'move':
      return 'Linux has started and moves the system to its disk.';
    case 'linux':
      return building(report, 'Running bash under Linux');
    case 'bootCheck':
      return bootCheck(report);
  }
}

function over(report: ConsoleReport): string {
  if (report.failure !== null) return `${failure(report)} The machine has stopped.`;
  if (report.bootCheck?.verdict === 'passed') return 'The boot check passed.';
  return 'The machine says that it is done.';
}

function failure(report: ConsoleReport): string {
  return report.failure === null ? '' : causeText(report.failure.cause, report.failure.subject).sentence;
}

function loading(report: ConsoleReport): string {
  if (has(report, 'stream-loaded')) return 'The source stream is loaded; the seeds are being compiled.';
  const { entries, lastPath } = report.src;
  return `Loading the source stream: entry ${formatCount(entries)}, ${lastPath}`;
}

function stage0(report: ConsoleReport): string {
  const { ok } = report.answers;
  if (ok > 0) return `Checking the stage0 tools: ${ok} verified.`;
  return `Building stage0, command ${formatCount(report.kaem.commands)}${doing(report)}`;
}

function building(report: ConsoleReport, otherwise: string): string {
  const { position, step } = report;
  const isKaem = report.era === 'kaem' || report.era === 'fiwix';
  if (position !== null && position.state === 'running' && position.directive !== 'build')
    return `${DIRECTIVES.get(position.argument) ?? `Running ${position.directive}: ${position.argument}`}${isKaem ? doing(report) : '.'}`;
  if (step === null) return `${otherwise}${isKaem ? doing(report) : '.'}`;
  const { done = 0, total = 0 } = position?.builds ?? {};
  const count = total === 0 || done >= total ? '' : `, build ${done + 1} of ${total}`;
  const phase = position?.phase ?? null;
  if (isKaem || phase === null)
    return `Building ${step.name} (pass ${step.pass})${count}${isKaem ? doing(report) : '.'}`;
  return `Building ${step.name} (pass ${step.pass})${count}: ${PHASE_WORDS[phase]}.`;
}

/** What the directives that are no builds do (live-bootstrap 984b8322, steps/jump and steps/improve). */
const DIRECTIVES: ReadonlyMap<string, string> = new Map([
  ['fiwix', 'Making the file system for Fiwix and handing over to it'],
  ['linux', 'Packing the whole system for Linux and handing over to it'],
  ['move_disk', 'Moving the system to its disk'],
  ['reconfigure', 'Configuring again, now under Fiwix'],
  ['get_network', 'Waiting for the network'],
  ['swap', 'Making swap space'],
  ['make_bootable', 'Installing the boot loader'],
  ['clean_sources', 'Removing what is no longer needed'],
  ['cleanup_filesystem', 'Removing what is no longer needed'],
  ['null_time', 'Setting the time of every file'],
  ['update_checksums', 'Writing the checksums of all packages'],
  ['after', 'Finishing: everything is written to the disk, then the machine switches itself off'],
]);

function bootCheck(report: ConsoleReport): string {
  const count = report.bootCheck?.entries.length ?? 0;
  if (count > 0) return `The boot check reads the stream: ${formatCount(count)} entries so far.`;
  return 'The boot check tests the machine.';
}

function doing(report: ConsoleReport): string {
  return report.kaem.last === '' ? '.' : `: ${clip(report.kaem.last, 160)}`;
}

function has(report: ConsoleReport, id: string): boolean {
  return report.milestones.some((milestone) => milestone.id === id);
}
