// Runs: start, watch, read the log, stop.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { ConsoleReport, Verdict } from '../model/console.ts';
import { PlaceToken } from '../model/host.ts';
import { RunNotice } from '../model/notice.ts';
import { AcceleratorChoice, LogChunk, LogMatch, RunEvent, RunSnapshot, RunSummary } from '../model/run.ts';
import { MachineWishes } from '../model/machine.ts';
import { Timeline } from '../model/timeline.ts';
import { procedure } from './errors.ts';
import { ImageSpec } from './image.ts';
import { machineContract } from './machine.ts';

/** The largest piece of a log that one call returns. */
export const LOG_CHUNK_LIMIT_BYTES = 262_144;

export const RunSpec = z.strictObject({
  /** Build this first, or take an image that is there. */
  image: z.union([
    z.strictObject({ build: ImageSpec }),
    z.strictObject({ id: z.string() }),
    z.strictObject({ place: PlaceToken }),
  ]),
  accelerator: AcceleratorChoice,
  memoryMiB: z.int().min(256).max(1_048_576),
  cores: z.int().min(1).max(256),
  /** Ends the run as passed once this step is done: `tcc-0.9.27` (its first build), `tcc-0.9.27:2`, `jump:linux`. Otherwise the goal is the image's. */
  goalStep: z.string().min(1).max(200).optional(),
  /** What is not named is as usual: IDE, not paused, ended on a fault, no checkpoints, no answers. */
  machine: MachineWishes.optional(),
  /** The kernel that an image without builder-hex0 starts with. */
  kernel: PlaceToken.optional(),
});
export type RunSpec = z.infer<typeof RunSpec>;

const runId = z.strictObject({ run: z.string().max(80) });

export const runContract = {
  ...machineContract,
  /** What `start` would start, as a script for a terminal; builds the image when it has to. */
  preview: procedure.input(RunSpec).output(z.strictObject({ argv: z.array(z.string()), script: z.string() })),
  start: procedure.input(RunSpec).output(z.strictObject({ jobId: z.string() })),
  list: procedure.input(z.strictObject({})).output(z.array(RunSummary)),
  watchList: procedure.input(z.strictObject({})).output(eventIterator(z.array(RunSummary))),
  /** What a user is told without looking: ends and questions of all runs from now on, and the ends `since` a moment that the caller missed. */
  notices: procedure
    .input(z.strictObject({ since: z.iso.datetime().optional() }))
    .output(eventIterator(RunNotice)),
  show: procedure.input(runId).output(RunSnapshot),
  /** Stages and steps with their times. Ask again when `report.position` of a snapshot has changed. */
  timeline: procedure.input(runId).output(Timeline),
  events: procedure.input(runId).output(z.array(RunEvent)),
  /** Snapshots, at most 10 a second, first and last always; ends when the run has ended. */
  watch: procedure.input(runId).output(eventIterator(RunSnapshot)),
  /** A piece of the log; pull the next with `fromBytes: toBytes`. Never waits for more. */
  readLog: procedure
    .input(
      runId.extend({
        fromBytes: z.int().nonnegative(),
        limitBytes: z.int().min(4).max(LOG_CHUNK_LIMIT_BYTES),
      }),
    )
    .output(LogChunk),
  /** First line at or after (before) an offset that holds the words, letters' case aside; null when there is none. */
  searchLog: procedure
    .input(
      runId.extend({
        words: z.string().min(1).max(200),
        fromBytes: z.int().nonnegative(),
        direction: z.enum(['forward', 'backward']),
      }),
    )
    .output(LogMatch.nullable()),
  stop: procedure.input(runId).output(RunSnapshot),
  remove: procedure.input(runId).output(z.strictObject({})),
  /** Explain a console log from anywhere. */
  explain: procedure.input(z.strictObject({ log: PlaceToken })).output(
    z.strictObject({
      label: z.string(),
      report: ConsoleReport,
      verdict: Verdict,
      now: z.string(),
      /** Without times: a log from elsewhere has none. Its steps are those of the known commit, and what else the log shows. */
      timeline: Timeline,
    }),
  ),
};
