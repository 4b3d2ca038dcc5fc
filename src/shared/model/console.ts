// What a serial log says, as data. Filled by engine/formats/console, shown by every host.
// Upstream's words and the eras A–J: docs/ARCHITECTURE.md, "Console".
import { z } from 'zod';
import { BuildPhase, StepPosition } from './timeline.ts';

/** Where the machine is, coarsest view. `bootCheck` is Seedbed's own payload; the others are live-bootstrap's eras A–J. */
export const ERAS = [
  'firmware', // A: SeaBIOS or a PC BIOS
  'load', // B: builder-hex0 reads the source stream
  'stage0', // C: stage0-posix, up to the 19 verified tools
  'seed', // D: configurator and script-generator
  'kaem', // E: /steps/0.sh under builder-hex0
  'fiwix', // F: kaem under Fiwix
  'bash', // G: bash under Fiwix
  'move', // H: Linux up, moving to the disk
  'linux', // I and J: Linux with its root on disk
  'bootCheck', // Seedbed's boot check
] as const;
export const Era = z.enum(ERAS);
export type Era = z.infer<typeof Era>;

/** A line of the log that proves something. `offset` is the byte offset of the row where the line begins. */
export const Evidence = z.strictObject({
  offset: z.int().nonnegative(),
  text: z.string().max(500),
});
export type Evidence = z.infer<typeof Evidence>;

export const Milestone = z.strictObject({
  id: z.string().max(80),
  label: z.string().max(200),
  era: Era,
  offset: z.int().nonnegative(),
});
export type Milestone = z.infer<typeof Milestone>;

/** Why a run failed. Codes are stable; the sentences live beside them in shared/model/causes.ts. */
export const CAUSES = [
  'no-boot-device',
  'disk-read-error',
  'stage0-mismatch',
  'stage0-failed',
  'source-mismatch',
  'source-missing',
  'download-failed',
  'product-mismatch',
  'checksum-missing',
  'build-failed',
  'out-of-space',
  'out-of-memory',
  'kernel-panic',
  'network-timeout',
  'disk-timeout',
  'handover-hang',
  'machine-restarted',
  'ended-early',
  'accelerator-fault',
  'boot-check-stream-damaged',
  'boot-check-stream-truncated',
  'boot-check-memory-short',
  'boot-check-memory-bad',
  'boot-check-disk-error',
  'boot-check-machine',
  'boot-check-wrong-bytes',
] as const;
export const CauseCode = z.enum(CAUSES);
export type CauseCode = z.infer<typeof CauseCode>;

export const Failure = z.strictObject({
  cause: CauseCode,
  /** What failed, e.g. a distfile's name, a package, an entry's path. */
  subject: z.string().max(300),
  offset: z.int().nonnegative(),
  evidence: z.array(Evidence).max(20),
  /** What was being done: id and words of the step, and the part of it; null outside of steps. */
  step: z
    .strictObject({ id: z.string().max(300), title: z.string().max(320), phase: BuildPhase.nullable() })
    .nullable()
    .default(null),
  /** The part of the log that is worth reading: from the first complaint to the end. */
  slice: z
    .strictObject({ fromBytes: z.int().nonnegative(), toBytes: z.int().nonnegative() })
    .nullable()
    .default(null),
});
export type Failure = z.infer<typeof Failure>;

export const ChecksumLine = z.strictObject({
  file: z.string().max(300),
  ok: z.boolean(),
  wanted: z.string().max(64).nullable(),
  received: z.string().max(64).nullable(),
  offset: z.int().nonnegative(),
});
export type ChecksumLine = z.infer<typeof ChecksumLine>;

/** One entry as the boot check printed it. */
export const BootCheckEntry = z.strictObject({
  path: z.string().max(1024),
  sizeBytes: z.int().nonnegative(),
  crc32: z.string().regex(/^[0-9a-f]{8}$/),
});
export type BootCheckEntry = z.infer<typeof BootCheckEntry>;

export const ConsoleReport = z.strictObject({
  bytes: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  /** Logical lines, after rows that were cut at 80 columns are joined. */
  lines: z.int().nonnegative(),
  /** How often firmware started; more than 1 means that the machine restarted. */
  boots: z.int().nonnegative(),
  era: Era.nullable(),
  /** The unterminated tail: what is being printed right now, never a completed marker. */
  tail: z.string().max(500),
  src: z.strictObject({ entries: z.int().nonnegative(), lastPath: z.string().max(1024) }),
  /** kaem's position: commands echoed so far, and the last one. */
  kaem: z.strictObject({ commands: z.int().nonnegative(), last: z.string().max(500) }),
  /** The package that is being built and its pass (1-based), when the console names one. */
  step: z.strictObject({ name: z.string().max(200), pass: z.int().positive() }).nullable(),
  /** Where it is in the step manifest, forward only; null before the first step. */
  position: StepPosition.nullable().default(null),
  /** The step that the run is to reach (its goal), and where the log shows that it is over. */
  goalStep: z
    .strictObject({ id: z.string().max(300), reachedAt: z.int().nonnegative().nullable() })
    .nullable()
    .default(null),
  answers: z.strictObject({ ok: z.int().nonnegative(), failed: z.int().nonnegative() }),
  checks: z.strictObject({ ok: z.int().nonnegative(), failed: z.array(ChecksumLine).max(100) }),
  milestones: z.array(Milestone).max(2000),
  /** First failure that explains the end, with its evidence; null while nothing went wrong. */
  failure: Failure.nullable(),
  /** What explains the end if the log ends here: a failed check, say, that nothing has followed yet. Not a failure so far. */
  suspect: Failure.nullable(),
  /** The guest asks for input (the tail is a known prompt). */
  waitsForInput: z.boolean(),
  /** Who asks: the configurator, or a shell that upstream opens when a step has failed and INTERACTIVE=True. */
  prompt: z.enum(['configurator', 'trap', 'shell']).nullable().default(null),
  /** The guest said that it is over: nothing more can come from this boot. */
  over: z.boolean(),
  bootCheck: z
    .strictObject({
      version: z.int().positive(),
      entries: z.array(BootCheckEntry).max(20_000),
      verdict: z.enum(['passed', 'failed']).nullable(),
      reason: z.string().max(200),
      /** The entries were compared with what the image holds. */
      compared: z.boolean(),
    })
    .nullable(),
});
export type ConsoleReport = z.infer<typeof ConsoleReport>;

/** What an image is made for. `boot-check` and `stage0` need no downloads; `end` is live-bootstrap's own end. */
export const ImageGoal = z.enum(['boot-check', 'stage0', 'end']);
export type ImageGoal = z.infer<typeof ImageGoal>;

/** What a run is for: its image's goal, or a step of the manifest: `step:build:tcc-0.9.27:2`, `step:jump:linux` (ids as in the timeline). */
export const StepGoal = z.templateLiteral(['step:', z.string().regex(/^[^\0\n]{1,300}$/)]);
export type StepGoal = z.infer<typeof StepGoal>;
export const Goal = z.union([ImageGoal, StepGoal]);
export type Goal = z.infer<typeof Goal>;

/** The step that a goal names, or null. */
export function goalStep(goal: Goal): string | null {
  return goal.startsWith('step:') ? goal.slice('step:'.length) : null;
}

/** Causes that are not in the log: how the process ended, what the host did, what nobody knows. */
export const OUTSIDE_CAUSES = [
  'qemu-died',
  'lost',
  'stopped',
  'waits-for-input',
  'host-out-of-space',
] as const;

export const Verdict = z.strictObject({
  outcome: z.enum(['passed', 'failed', 'stopped', 'lost', 'unfinished']),
  goal: Goal,
  /** One plain sentence: what happened. */
  sentence: z.string().max(500),
  /** One sentence: what to do now. Empty when nothing is to be done. */
  hint: z.string().max(500),
  /** shared/model/causes.ts has its words and the known issues behind it (`knownIssues`). */
  cause: CauseCode.or(z.enum(OUTSIDE_CAUSES)).nullable(),
  evidence: z.array(Evidence).max(20),
  /** The part of the log that is worth reading. */
  slice: z
    .strictObject({ fromBytes: z.int().nonnegative(), toBytes: z.int().nonnegative() })
    .nullable()
    .default(null),
});
export type Verdict = z.infer<typeof Verdict>;
