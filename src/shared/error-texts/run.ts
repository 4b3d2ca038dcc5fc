// Errors of runs, their machines and their results: the data that each code carries, what happened, and what to do now.
import type { ErrorTexts } from './text.ts';

export interface RunErrorData {
  QEMU_NOT_FOUND: { tried: string; install: string };
  QEMU_TOO_OLD: { path: string; version: string; minimum: string; install: string };
  QEMU_START_FAILED: { output: string; exit: string };
  ACCELERATOR_UNAVAILABLE: { accelerator: string; reason: string };
  MEMORY_TOO_SMALL: { memoryMiB: number; minimumMiB: number };
  HOST_MEMORY_SHORT: { memoryMiB: number; freeMiB: number };
  RUN_NOT_FOUND: { run: string };
  RUN_AMBIGUOUS: { run: string; matches: string };
  RUN_STILL_RUNNING: { run: string };
  GOAL_STEP_UNKNOWN: { step: string; near: string };
  RUN_NOT_RUNNING: { run: string; state: string };
  MACHINE_REFUSED: { run: string; what: string; reason: string };
  CONSOLE_BUSY: { run: string };
  CHECKPOINT_UNAVAILABLE: { run: string; reason: string };
  CHECKPOINT_NOT_FOUND: { run: string; checkpoint: string; known: string };
  RESULTS_NOT_ON_DISK: { run: string };
  RESULTS_NO_KERNEL: { run: string; path: string };
}

export const RUN_TEXTS: ErrorTexts<RunErrorData> = {
  QEMU_NOT_FOUND: {
    message: (d) => `QEMU was not found (looked for ${d.tried}).`,
    hint: (d) => `Install it: ${d.install}`,
  },
  QEMU_TOO_OLD: {
    message: (d) => `QEMU ${d.version} at ${d.path} is too old; ${d.minimum} is the oldest that works.`,
    hint: (d) => `Install a newer one: ${d.install}`,
  },
  QEMU_START_FAILED: {
    message: (d) => `QEMU ended at once (${d.exit})${d.output === '' ? '.' : `: ${d.output}`}`,
    hint: () => 'Read QEMU’s own words above; seedbed doctor checks what a run needs.',
  },
  ACCELERATOR_UNAVAILABLE: {
    message: (d) => `The accelerator ${d.accelerator} does not work here: ${d.reason}`,
    hint: () => 'Use --accel auto or --accel tcg; TCG always works, but is slower.',
  },
  MEMORY_TOO_SMALL: {
    message: (d) =>
      `${d.memoryMiB} MiB of memory is too little: builder-hex0 uses addresses up to ${d.minimumMiB} MiB.`,
    hint: (d) => `Give the machine at least ${d.minimumMiB} MiB; 4096 is the default.`,
  },
  HOST_MEMORY_SHORT: {
    message: (d) =>
      `The machine would get ${d.memoryMiB} MiB, but only ${d.freeMiB} MiB are free on this host.`,
    hint: () => 'Close other programs or end other runs, or give --memory a smaller number (at least 3072).',
  },
  RUN_NOT_FOUND: {
    message: (d) => `There is no run ${d.run}.`,
    hint: () => 'List the runs: seedbed runs list',
  },
  RUN_AMBIGUOUS: {
    message: (d) => `${d.run} means more than one run: ${d.matches}.`,
    hint: () => 'Give more of the run’s id.',
  },
  RUN_STILL_RUNNING: {
    message: (d) => `The run ${d.run} is still running.`,
    hint: (d) => `Stop it first: seedbed runs stop ${d.run}`,
  },
  GOAL_STEP_UNKNOWN: {
    message: (d) => `The image’s manifest has no step ${d.step}.`,
    hint: (d) =>
      `Name a build as NAME or NAME:PASS, or a directive as improve:NAME or jump:NAME.${d.near === '' ? '' : ` Did you mean one of ${d.near}?`}`,
  },
  RUN_NOT_RUNNING: {
    message: (d) => `The run ${d.run} is not running (it is ${d.state}).`,
    hint: (d) => `Look at how it ended: seedbed runs show ${d.run}`,
  },
  MACHINE_REFUSED: {
    message: (d) => `The machine of run ${d.run} could not be ${d.what}: ${d.reason}.`,
    hint: (d) => `Look at its state, then try again: seedbed runs show ${d.run} --now`,
  },
  CONSOLE_BUSY: {
    message: (d) =>
      `The machine of run ${d.run} did not take what was typed: it reads nothing now, or another program holds its console.`,
    hint: () => 'Wait until it asks for something, or go on with it if it is paused, then type again.',
  },
  CHECKPOINT_UNAVAILABLE: {
    message: (d) => `The run ${d.run} cannot be saved or taken up again: ${d.reason}.`,
    hint: () => 'Start the next run with --checkpoints, with space for the memory of the machine.',
  },
  CHECKPOINT_NOT_FOUND: {
    message: (d) => `The run ${d.run} has no checkpoint ${d.checkpoint}; it has: ${d.known}.`,
    hint: (d) => `List them: seedbed runs checkpoints ${d.run}`,
  },
  RESULTS_NOT_ON_DISK: {
    message: (d) => `The disks of run ${d.run} hold no packages: it never moved to its disk.`,
    hint: () =>
      'Until Linux is up everything is in the machine’s memory and ends with it. What the console said is in: seedbed runs results',
  },
  RESULTS_NO_KERNEL: {
    message: (d) => `Run ${d.run} left no kernel at ${d.path}, so its system cannot be started.`,
    hint: () => 'Only a run that was built to its end can be started again.',
  },
};
