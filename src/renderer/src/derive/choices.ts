// The bootstrap form's choices: what the address says, folded to what a run or an image needs.
import type { ImageSpec, ImageTarget } from '../../../shared/contract/image.ts';
import type { RunSpec } from '../../../shared/contract/run.ts';
import { DEFAULT_CORES, DEFAULT_MEMORY_MIB, MINIMUM_MEMORY_MIB } from '../../../shared/limits.ts';
import { DEFAULT_CONFIGURATION } from '../../../shared/model/bootstrap-config.ts';
import type { AcceleratorChoice } from '../../../shared/model/run.ts';
import { SandboxMode } from '../../../shared/model/sandbox.ts';
import type { BootstrapChoices } from '../route-views.ts';

export interface RunOptions {
  accelerator: AcceleratorChoice;
  memoryMiB: number;
  cores: number;
}

export const DEFAULT_RUN_OPTIONS: RunOptions = {
  accelerator: 'auto',
  memoryMiB: DEFAULT_MEMORY_MIB,
  cores: DEFAULT_CORES,
};

/** rootfs.py --target-size: 16 GiB, sparse. The same in all hosts, or the same inputs would give other hashes. */
export const DEFAULT_SIZE_MIB = 16_384;
export const MOST_SIZE_MIB = 2_097_152;
export const MOST_MEMORY_MIB = 1_048_576;
export const MOST_CORES = 256;
const MOST_MIRRORS = 20;

/** `usual`: what is taken where nothing is chosen. */
export function readRunOptions(
  choices: BootstrapChoices,
  usual: Pick<RunOptions, 'memoryMiB' | 'cores'> = DEFAULT_RUN_OPTIONS,
): RunOptions {
  return {
    accelerator:
      choices.accelerator === 'kvm' || choices.accelerator === 'tcg' ? choices.accelerator : 'auto',
    memoryMiB: within(choices.memory, MINIMUM_MEMORY_MIB, MOST_MEMORY_MIB, usual.memoryMiB),
    cores: within(choices.cores, 1, MOST_CORES, usual.cores),
  };
}

/** What a bootstrap runs in. */
export function readPlace(choices: BootstrapChoices): 'qemu' | SandboxMode {
  return SandboxMode.safeParse(choices.in).data ?? 'qemu';
}

/** Only what differs from the usual stands in the address. */
export function writeRunOptions(
  options: RunOptions,
  usual: Pick<RunOptions, 'memoryMiB' | 'cores'> = DEFAULT_RUN_OPTIONS,
): Pick<BootstrapChoices, 'accelerator' | 'memory' | 'cores'> {
  return {
    accelerator: options.accelerator === DEFAULT_RUN_OPTIONS.accelerator ? null : options.accelerator,
    memory: numberChoice(options.memoryMiB, usual.memoryMiB),
    cores: numberChoice(options.cores, usual.cores),
  };
}

export function readSizeMiB(choices: BootstrapChoices): number {
  return within(choices.size, 0, MOST_SIZE_MIB, DEFAULT_SIZE_MIB);
}

export function writeSizeMiB(sizeMiB: number): Pick<BootstrapChoices, 'size'> {
  return { size: numberChoice(sizeMiB, DEFAULT_SIZE_MIB) };
}

export function readMirrors(choices: BootstrapChoices): string[] {
  return (choices.mirrors ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MOST_MIRRORS);
}

/** What hinders a start, in words; null when nothing does. */
export function missingChoice(goal: 'stage0' | 'end', choices: BootstrapChoices): string | null {
  if (choices.checkout === null) return 'Choose a checkout first.';
  if (goal === 'end' && choices.distfiles === null) return 'Choose the folder of distfiles first.';
  const wrong = readMirrors(choices).find((mirror) => !isWebAddress(mirror));
  return wrong === undefined ? null : `“${wrong}” is not a web address (http or https).`;
}

/** What to build; null while something hinders. */
export function imageSpecOf(
  goal: 'stage0' | 'end',
  choices: BootstrapChoices,
): Extract<ImageSpec, { kind: 'live-bootstrap' }> | null {
  const { checkout, distfiles } = choices;
  if (checkout === null || missingChoice(goal, choices) !== null) return null;
  return {
    kind: 'live-bootstrap',
    goal,
    checkout: { place: checkout },
    distfiles:
      goal === 'stage0' || distfiles === null ? { from: 'store' } : { from: 'folder', place: distfiles },
    configuration: {
      ...DEFAULT_CONFIGURATION,
      cores: readRunOptions(choices).cores,
      mirrors: readMirrors(choices),
      targetSizeMiB: readSizeMiB(choices),
    },
    repo: null,
    preseed: null,
    overlays: [],
  };
}

/** Where the image shall be written; null for the data folder. */
export function imageTargetOf(goal: 'stage0' | 'end', choices: BootstrapChoices): ImageTarget | null {
  if (choices.folder === null) return null;
  return { folder: choices.folder, name: choices.name ?? defaultName(goal), replace: false };
}

export function defaultName(goal: 'stage0' | 'end'): string {
  return goal === 'stage0' ? 'stage0.img' : 'live-bootstrap.img';
}

export function runSpecOf(image: RunSpec['image'], options: RunOptions): RunSpec {
  return { image, ...options };
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s/]+/.test(text);
}

function numberChoice(value: number, otherwise: number): string | null {
  return value === otherwise ? null : String(value);
}

function within(text: string | null, least: number, most: number, otherwise: number): number {
  const value = text === null ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : otherwise;
}
