// A whole bootstrap on the page: what the form asks for, and what its stages say.
import type { BootstrapInput } from '../../../shared/contract/bootstrap.ts';
import type { BootstrapStage, BootstrapStageReport } from '../../../shared/model/bootstrap.ts';
import type { Job } from '../../../shared/model/job.ts';
import type { BootstrapChoices } from '../route-views.ts';
import { readPlace, readRunOptions } from './choices.ts';

/** What is chosen is taken; what is not is fetched, or fitted to the computer. */
export function bootstrapInputOf(goal: 'stage0' | 'end', choices: BootstrapChoices): BootstrapInput {
  const { accelerator, memoryMiB, cores } = readRunOptions(choices);
  const { checkout, distfiles } = choices;
  const place = readPlace(choices);
  return {
    goal,
    accelerator,
    ...(place === 'qemu' ? {} : { in: place }),
    ...(checkout === null ? {} : { checkout: { place: checkout } }),
    ...(distfiles === null ? {} : { distfiles: { folders: [distfiles] } }),
    ...(choices.memory === null ? {} : { memoryMiB }),
    ...(choices.cores === null ? {} : { cores }),
  };
}

export const STAGE_TITLES: Record<BootstrapStage, string> = {
  checkout: 'live-bootstrap',
  distfiles: 'Distfiles',
  images: 'Disks',
  run: 'Run',
};

export const STAGE_WORDS: Record<BootstrapStageReport['state'], string> = {
  waiting: 'Waiting',
  running: 'Working',
  done: 'Done',
  found: 'Was there',
  left: 'Left out',
  failed: 'Failed',
};

/** Changes whenever the stages may have: `distfiles running`. */
export function stageKey({ state, progress }: Job): string {
  return `${progress?.step.split('/')[0] ?? ''} ${state}`;
}
