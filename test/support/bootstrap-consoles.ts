// Whole bootstraps made to order: every era from power-on to power-off, with the time that each piece takes, ending in any of the ways that runs end.
// The steps are those of a list (resources/known-steps.json, or one made from a manifest), so that a test needs no checkout.
import { readFileSync } from 'node:fs';
import { expectedSteps, type ExpectedStep } from '../../src/engine/formats/console/step-list.ts';
import { StepList } from '../../src/shared/model/timeline.ts';
import { type BootstrapEnd, endLines } from './bootstrap-ends.ts';
import {
  bashBuild,
  FIWIX_BOOT,
  FIWIX_INITRD,
  kaemBuild,
  KEXEC_FIWIX,
  LINUX_BOOT,
  LINUX_HANDOVER,
  prebuiltLines,
  silentLines,
  type TimedLines,
} from './bootstrap-lines.ts';
import { command, renderBiosConsole, renderKernelConsole, stage0Lines } from './consoles.ts';

/** Text that the machine prints, after so much time of printing nothing. */
export interface ConsoleSegment {
  text: string;
  milliseconds: number;
  /** Id of the step that prints it; null before the first. */
  step: string | null;
}

export interface BootstrapConsole {
  list?: StepList;
  /** Paths of the source stream. */
  entries?: readonly string[];
  /** How long a step takes; a multiple of 10. Otherwise 100 times its place in the list, from 1. */
  millisecondsOf?: (id: string, index: number) => number;
  /** Time from power-on to the first step. */
  earlyMilliseconds?: number;
  /** Steps that repo-preseeded holds. */
  prebuilt?: (step: ExpectedStep) => boolean;
  /** The machine downloads what it needs after get_network. */
  downloads?: boolean;
  /** Where and how it ends; null: it passes. */
  end?: { at: string; how: BootstrapEnd } | null;
}

const KNOWN = new URL('../../resources/known-steps.json', import.meta.url);

export function knownSteps(): StepList {
  return StepList.parse(JSON.parse(readFileSync(KNOWN, 'utf8')));
}

export function bootstrapSegments(options: BootstrapConsole = {}): ConsoleSegment[] {
  const { entries = ['.', './steps'], end = null, earlyMilliseconds = 0 } = options;
  const { steps, scripts } = expectedSteps(options.list ?? knownSteps());
  const times = options.millisecondsOf ?? ((_: string, index: number) => 100 * (index + 1));
  const segments: ConsoleSegment[] = [];
  const early = stage0Lines({ entries });
  const beforeSteps = early.slice(0, early.indexOf(command('kaem --file /steps/0.sh')) + 1);
  const preamble = [...beforeSteps, ' +> set -ex', command('cd /steps'), command('KERNEL_BOOTSTRAP=True')];
  segments.push({ text: renderBiosConsole(preamble), milliseconds: earlyMilliseconds, step: null });

  let render: (lines: readonly string[]) => string = renderBiosRows;
  let script = 0;
  let networked = false;
  const made = new Map<string, number>();
  for (const [index, step] of steps.entries()) {
    const say = (pieces: readonly TimedLines[], milliseconds: number): void => {
      for (const { tenths, lines } of pieces)
        segments.push({ text: render(lines), milliseconds: (milliseconds * tenths) / 10, step: step.id });
    };
    const shell = scripts[step.script]?.shell ?? 'bash';
    if (step.script !== script) {
      script = step.script;
      if (shell === 'kaem' || scripts[script - 1]?.shell === 'kaem')
        say(
          [
            {
              tenths: 0,
              lines: [
                command(shell === 'bash' ? `bash /steps/${script}.sh` : `kaem --file /steps/${script}.sh`),
              ],
            },
          ],
          0,
        );
    }
    const pieces = piecesOf(
      step,
      shell,
      { ...options, downloads: networked && options.downloads === true },
      made,
    );
    if (end?.at === step.id) {
      const last = endLines(end.how, step, shell, pieces);
      say(last.pieces, times(step.id, index));
      if (last.kernel === 'fiwix') render = renderKernelConsole;
      return segments;
    }
    say(pieces, times(step.id, index));
    if (step.directive === 'jump' && (step.argument === 'fiwix' || step.argument === 'linux')) {
      render = renderKernelConsole;
      say([{ tenths: 0, lines: step.argument === 'fiwix' ? FIWIX_BOOT : LINUX_BOOT }], 0);
    }
    networked ||= step.argument === 'get_network';
  }
  return segments;
}

export function bootstrapConsole(options: BootstrapConsole = {}): string {
  return bootstrapSegments(options)
    .map(({ text }) => text)
    .join('');
}

/** Rows as the firmware cuts them, without the screen being cleared first. */
function renderBiosRows(lines: readonly string[]): string {
  const whole = renderBiosConsole(lines);
  return whole.slice(renderBiosConsole([]).length);
}

function piecesOf(
  step: ExpectedStep,
  shell: 'kaem' | 'bash',
  { prebuilt, downloads }: BootstrapConsole,
  made: Map<string, number>,
): TimedLines[] {
  const { directive, argument, pass } = step;
  if (directive === 'build') {
    if (shell === 'kaem') return kaemBuild(argument, pass ?? 1);
    const revision = made.get(argument) ?? 0;
    made.set(argument, revision + 1);
    if (prebuilt?.(step) === true) return [{ tenths: 10, lines: prebuiltLines(argument, revision) }];
    return bashBuild({ name: argument, pass: pass ?? 1, revision, downloads: downloads === true });
  }
  if (argument === 'fiwix') {
    return [
      { tenths: 0, lines: FIWIX_INITRD.slice(0, 3) },
      { tenths: 5, lines: [...FIWIX_INITRD.slice(3), ...KEXEC_FIWIX] },
      { tenths: 5, lines: [] },
    ];
  }
  if (argument === 'linux') return [{ tenths: 10, lines: LINUX_HANDOVER }];
  if (shell === 'kaem')
    return [
      { tenths: 0, lines: [command(`kaem --file /steps/${directive}/${argument}.sh`)] },
      { tenths: 10, lines: [' +> set -ex'] },
    ];
  return [{ tenths: 10, lines: silentLines(directive, argument) }];
}
