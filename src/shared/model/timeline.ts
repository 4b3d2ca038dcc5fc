// A run as a line of time: its stages (eras A–J, then one for each /steps/N.sh), and in them every directive of the step manifest with what became of it.
// Made for the page and for `--json`: words are plain, ids are stable, every place in the log is a byte offset, every time is the host's.
import { z } from 'zod';

/**
 * The directives that a run will go through, in order, as `LINE KIND: ARGUMENT` with the manifest's own line numbers: what is left of steps/manifest
 * under the run's bootstrap.cfg. Kept as steps.json in the folder of the run, and shipped for the known commit as resources/known-steps.json.
 */
export const StepList = z.strictObject({
  version: z.literal(1),
  /** Commit of live-bootstrap, where it is known. */
  commit: z.string().max(80).nullable(),
  /** What runs /steps/0.sh: builder-hex0, the Linux that was brought along (`--kernel`), or the host's kernel (chroot). */
  firstKernel: z.enum(['builder-hex0', 'linux', 'host']),
  directives: z
    .array(z.string().regex(/^\d{1,6} (?:build|improve|jump|uninstall): [^\0\n]{1,4000}$/))
    .max(5000),
});
export type StepList = z.infer<typeof StepList>;

export const StepDirective = z.enum(['build', 'improve', 'jump', 'uninstall']);
export type StepDirective = z.infer<typeof StepDirective>;

/**
 * What became of a directive. `done` without offsets: bash directives other than builds mostly print nothing, and are over when something later has begun.
 * `prebuilt`: taken from repo-preseeded. `unseen`: a build that the log does not show although later ones are there (the log has a hole, or starts late).
 */
export const StepState = z.enum(['waiting', 'running', 'done', 'prebuilt', 'failed', 'unseen']);
export type StepState = z.infer<typeof StepState>;

/** The parts of a build, in upstream's words (live-bootstrap 984b8322, steps/helpers.sh, build); kaem's builds are told by their commands. */
export const BUILD_PHASES = [
  'getting sources',
  'unpacking source',
  'preparing source',
  'configuring source',
  'compiling source',
  'install to fakeroot',
  'postprocess binaries',
  'creating package',
  'checksumming created package',
  'cleaning up',
  'installing package',
] as const;
export const BuildPhase = z.enum(BUILD_PHASES);
export type BuildPhase = z.infer<typeof BuildPhase>;

/** What a phase is, for a sentence: “Building X: compiling”. */
export const PHASE_WORDS: { [P in BuildPhase]: string } = {
  'getting sources': 'getting and checking its sources',
  'unpacking source': 'unpacking',
  'preparing source': 'patching and preparing',
  'configuring source': 'configuring',
  'compiling source': 'compiling',
  'install to fakeroot': 'installing into a folder of its own',
  'postprocess binaries': 'stripping binaries',
  'creating package': 'packing',
  'checksumming created package': 'comparing the package with its known checksum',
  'cleaning up': 'cleaning up',
  'installing package': 'installing the package',
};

/** Where a run is in its manifest; forward only. */
export const StepPosition = z.strictObject({
  /** `build:tcc-0.9.27:2`, `improve:swap`, `jump:linux`; the second of the same name is `improve:open_console#2`. */
  id: z.string().max(300),
  /** Place in the timeline's list of steps, from 0. */
  index: z.int().nonnegative(),
  directive: StepDirective,
  argument: z.string().max(300),
  /** Which build of that name, from 1; null for what is not built. */
  pass: z.int().positive().nullable(),
  phase: BuildPhase.nullable(),
  state: StepState,
  /** Where the step begins in the log; null for one that printed nothing. */
  offset: z.int().nonnegative().nullable(),
  /** Builds that are over, and of how many; 0 of 0 when the log is not of a known manifest. */
  builds: z.strictObject({ done: z.int().nonnegative(), total: z.int().nonnegative() }),
});
export type StepPosition = z.infer<typeof StepPosition>;

/** A time that the host read off its own clock. `uncertainMilliseconds`: it may have been earlier by that much, since nobody looked. */
export const LogTime = z.strictObject({
  at: z.iso.datetime(),
  uncertainMilliseconds: z.int().nonnegative(),
});
export type LogTime = z.infer<typeof LogTime>;

const Span = {
  startOffset: z.int().nonnegative().nullable(),
  endOffset: z.int().nonnegative().nullable(),
  /** null: the log has no times, or nobody saw it. */
  startedAt: LogTime.nullable(),
  endedAt: LogTime.nullable(),
  /** From start to end, or to now for what runs; time in which the host slept is left out. */
  milliseconds: z.int().nonnegative().nullable(),
};

/** How long it took elsewhere. `own-runs`: the middle of what earlier runs of this data folder took with the same accelerator. */
export const ExpectedTime = z.strictObject({
  milliseconds: z.int().nonnegative(),
  from: z.enum(['own-runs', 'reference']),
  /** Runs behind it. */
  runs: z.int().positive(),
});
export type ExpectedTime = z.infer<typeof ExpectedTime>;

export const TimelinePhase = z.strictObject({
  name: BuildPhase,
  offset: z.int().nonnegative(),
  /** Up to the next phase or the end of the step. */
  milliseconds: z.int().nonnegative().nullable(),
});
export type TimelinePhase = z.infer<typeof TimelinePhase>;

export const TimelineStep = z.strictObject({
  id: z.string().max(300),
  index: z.int().nonnegative(),
  /** The stage that it belongs to. */
  stage: z.string().max(40),
  directive: StepDirective,
  argument: z.string().max(300),
  pass: z.int().positive().nullable(),
  /** Line in steps/manifest; null for a step that the list does not name. */
  line: z.int().positive().nullable(),
  state: StepState,
  ...Span,
  expected: ExpectedTime.nullable(),
  /** It takes, or took, much longer than expected. */
  slow: z.boolean(),
  phases: z.array(TimelinePhase).max(40),
});
export type TimelineStep = z.infer<typeof TimelineStep>;

export const TimelineStage = z.strictObject({
  /** `firmware`, `load`, `stage0`, `seed`, then `script:0`, `script:1`, … */
  id: z.string().max(40),
  label: z.string().max(120),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  ...Span,
  expected: ExpectedTime.nullable(),
  /** Its steps that are over, and all of them; 0 of 0 for stages without. */
  steps: z.strictObject({ done: z.int().nonnegative(), total: z.int().nonnegative() }),
});
export type TimelineStage = z.infer<typeof TimelineStage>;

export const Timeline = z.strictObject({
  version: z.literal(1),
  /** Where the list of steps came from: the booted image, the known commit (a guess for a log from elsewhere), or nowhere (steps as the log shows them). */
  source: z.enum(['image', 'known', 'log']),
  /** Whether times are known at all. */
  timed: z.boolean(),
  stages: z.array(TimelineStage).max(200),
  steps: z.array(TimelineStep).max(6000),
});
export type Timeline = z.infer<typeof Timeline>;

/** What can be said about the rest of a run, and about a silence. */
export const Outlook = z.strictObject({
  /** Time left: likely between `low` and `high`. null: nothing is known that it could rest on, and `basis` says so. */
  left: z
    .strictObject({
      low: z.int().nonnegative(),
      likely: z.int().nonnegative(),
      high: z.int().nonnegative(),
    })
    .nullable(),
  from: z.enum(['own-runs', 'reference']).nullable(),
  /** What that rests on, in one sentence. */
  basis: z.string().max(500),
  /** The running step is slower than usual: by which factor. */
  slower: z
    .strictObject({ step: z.string().max(300), factor: z.number(), sentence: z.string().max(500) })
    .nullable(),
  /** `talking`; `quiet`: nothing for a while, which is usual here; `stalled`: longer than this ever takes. */
  silence: z.strictObject({
    state: z.enum(['talking', 'quiet', 'stalled']),
    /** Why it is quiet, or what may be wrong; empty while it talks. */
    sentence: z.string().max(500),
    /** From so much silence on it counts as stalled. */
    limitMilliseconds: z.int().positive(),
  }),
});
export type Outlook = z.infer<typeof Outlook>;

/** resources/reference-times.json: what was measured or published elsewhere. */
const Measured = {
  accelerator: z.enum(['kvm', 'hvf', 'whpx', 'tcg']).nullable(),
  source: z.string().max(500),
};
export const ReferenceTimes = z.strictObject({
  version: z.literal(1),
  note: z.string(),
  stages: z.array(z.strictObject({ stage: z.string(), milliseconds: z.int().positive(), ...Measured })),
  loading: z.array(z.strictObject({ bytesPerSecond: z.int().positive(), ...Measured })),
  whole: z.array(
    z.strictObject({ milliseconds: z.int().positive(), cores: z.int().positive().nullable(), ...Measured }),
  ),
});
export type ReferenceTimes = z.infer<typeof ReferenceTimes>;
