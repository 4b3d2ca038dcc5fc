// How long a machine may say nothing, by what it was doing, and why it does: a silence that is usual is explained, one that never ends is noticed.
// Silences follow from what live-bootstrap 984b8322 does there without printing (steps/jump/*.sh, make_fiwix_initrd.c, kexec-fiwix.c); the limits are
// ours, many times what was seen or can be computed: builder-hex0 under TCG loads 40 kB/s, and a distfile can have 70 MB (reference 4.3 and 7).
import type { ConsoleReport } from '../../../shared/model/console.ts';
import type { Accelerator } from '../../../shared/model/run.ts';
import type { Outlook } from '../../../shared/model/timeline.ts';
import { formatDuration } from '../../../shared/units.ts';

export interface Silence {
  state: Outlook['silence']['state'];
  sentence: string;
  limitMilliseconds: number;
  /** The silence itself is the failure: nothing can come after it. */
  hang: string | null;
}

interface Kind {
  /** What the machine does without a word. */
  doing: string;
  /** Minutes, with hardware acceleration and with TCG. */
  limit: readonly [number, number];
  /** Between which kernels it hangs when it is longer than that. */
  hang?: string;
}

const MINUTE = 60_000;
/** Shorter pauses need no explanation. */
const PAUSE_MILLISECONDS = 45_000;

/** `expectedMilliseconds`: how long what runs now usually takes, when it is known. */
export function explainSilence(
  report: ConsoleReport,
  quietMilliseconds: number,
  accelerator: Accelerator | null,
  expectedMilliseconds: number | null = null,
): Silence {
  const { doing, limit, hang } = kindOf(report);
  const usual = limit[accelerator === null || accelerator === 'tcg' ? 1 : 0] * MINUTE;
  const limitMilliseconds = Math.round(
    hang === undefined ? Math.max(usual, 3 * (expectedMilliseconds ?? 0)) : usual,
  );
  const silence = { limitMilliseconds, hang: null };
  if (report.prompt !== null)
    return { ...silence, state: 'quiet', sentence: 'The machine waits for somebody to type.' };
  if (quietMilliseconds < PAUSE_MILLISECONDS || report.over)
    return { ...silence, state: 'talking', sentence: '' };
  const length = formatDuration(quietMilliseconds);
  if (quietMilliseconds < limitMilliseconds)
    return {
      ...silence,
      state: 'quiet',
      sentence: `Nothing was printed for ${length}. That is usual here: ${doing}.`,
    };
  const sentence = `Nothing was printed for ${length}, longer than this ever takes (${formatDuration(limitMilliseconds)} at most): ${doing}.`;
  return { ...silence, state: 'stalled', sentence, hang: hang ?? null };
}

function kindOf(report: ConsoleReport): Kind {
  const last = report.milestones.at(-1)?.id ?? '';
  switch (report.era) {
    case null:
    case 'firmware':
      return { doing: 'the firmware starts, and the boot sector compiles its second stage', limit: [2, 10] };
    case 'bootCheck':
      return { doing: 'the boot check reads its stream', limit: [2, 10] };
    case 'load':
      return { doing: 'builder-hex0 loads one large file', limit: [10, 60] };
    case 'stage0':
    case 'seed':
      return { doing: 'a small compiler translates a large file', limit: [15, 90] };
    case 'kaem':
      return kaem(last);
    case 'fiwix':
      return { doing: 'a compiler works without printing', limit: [60, 360] };
    case 'move':
      return move(last);
    case 'bash':
    case 'linux':
      return bash(report, last);
  }
}

function kaem(last: string): Kind {
  if (last === 'trampoline') {
    const doing = 'the file system of 1.3 GiB is moved to its place and Fiwix starts';
    return { doing, limit: [2, 10], hang: 'builder-hex0 to Fiwix' };
  }
  if (last === 'jump:fiwix' || last.startsWith('initrd'))
    return { doing: 'a file system of 1.3 GiB is made in memory', limit: [15, 60] };
  return { doing: 'a compiler works without printing; mes takes long', limit: [60, 360] };
}

function move(last: string): Kind {
  if (last === 'linux')
    return { doing: 'Linux unpacks its file system and looks for its disk', limit: [15, 90] };
  return { doing: 'everything is copied to the disk', limit: [20, 120] };
}

function bash(report: ConsoleReport, last: string): Kind {
  if (last === 'linux-trampoline' || last === 'to-linux') {
    const doing = 'Fiwix puts Linux in its place, and Linux unpacks itself';
    return { doing, limit: [5, 30], hang: 'Fiwix to Linux' };
  }
  const { position } = report;
  if (position !== null && position.directive !== 'build') return directive(position.argument);
  switch (position?.phase) {
    case 'creating package':
    case 'installing package':
    case 'unpacking source':
      return { doing: 'a large archive is packed or unpacked', limit: [30, 240] };
    case 'getting sources':
      return { doing: 'sources are downloaded or checked', limit: [30, 60] };
    default:
      return { doing: 'a compiler or a test works without printing', limit: [60, 480] };
  }
}

function directive(argument: string): Kind {
  switch (argument) {
    case 'linux':
      return { doing: 'the whole file system is packed for Linux', limit: [60, 480] };
    case 'get_network':
      return { doing: 'the machine waits up to two minutes for the network', limit: [10, 20] };
    case 'swap':
      return { doing: 'the swap file is written', limit: [20, 60] };
    case 'null_time':
      return { doing: 'the time of every file is set', limit: [30, 120] };
    default:
      return { doing: 'files are tidied up', limit: [30, 120] };
  }
}
