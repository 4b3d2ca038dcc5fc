// The bootstrap form's choices: what the address says, folded to what a run needs.
import type { ImageSpec } from '../../../shared/contract/image.ts';
import type { RunSpec } from '../../../shared/contract/run.ts';
import { DEFAULT_CORES, DEFAULT_MEMORY_MIB, MINIMUM_MEMORY_MIB } from '../../../shared/limits.ts';
import type { AcceleratorChoice } from '../../../shared/model/run.ts';
import type { BootstrapChoices } from '../route.ts';

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

/** rootfs.py --target-size: 16 GiB, sparse. A stage0 run never writes its disk. */
const FULL_SIZE_MIB = 16_384;
const MOST_MEMORY_MIB = 1_048_576;
const MOST_CORES = 256;

export function readRunOptions(choices: BootstrapChoices): RunOptions {
  return {
    accelerator:
      choices.accelerator === 'kvm' || choices.accelerator === 'tcg' ? choices.accelerator : 'auto',
    memoryMiB: within(choices.memory, MINIMUM_MEMORY_MIB, MOST_MEMORY_MIB, DEFAULT_MEMORY_MIB),
    cores: within(choices.cores, 1, MOST_CORES, DEFAULT_CORES),
  };
}

/** Only what differs from the default stands in the address. */
export function writeRunOptions(
  options: RunOptions,
): Pick<BootstrapChoices, 'accelerator' | 'memory' | 'cores'> {
  return {
    accelerator: options.accelerator === DEFAULT_RUN_OPTIONS.accelerator ? null : options.accelerator,
    memory: options.memoryMiB === DEFAULT_RUN_OPTIONS.memoryMiB ? null : String(options.memoryMiB),
    cores: options.cores === DEFAULT_RUN_OPTIONS.cores ? null : String(options.cores),
  };
}

/** What to build; null while a folder is missing. */
export function imageSpecOf(
  goal: 'stage0' | 'end',
  choices: BootstrapChoices,
): Extract<ImageSpec, { kind: 'kernel-bootstrap' }> | null {
  if (choices.checkout === null || (goal === 'end' && choices.distfiles === null)) return null;
  return {
    kind: 'kernel-bootstrap',
    goal,
    checkout: choices.checkout,
    distfiles: goal === 'end' ? choices.distfiles : null,
    cores: readRunOptions(choices).cores,
    mirrors: [],
    targetSizeMiB: goal === 'end' ? FULL_SIZE_MIB : 0,
  };
}

export function runSpecOf(image: RunSpec['image'], options: RunOptions): RunSpec {
  return { image, ...options };
}

function within(text: string | null, least: number, most: number, otherwise: number): number {
  const value = text === null ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : otherwise;
}
