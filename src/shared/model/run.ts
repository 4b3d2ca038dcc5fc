// A run: one execution of an image in QEMU, or of a root tree in a sandbox, with its record (run.json), its events (events.jsonl) and its serial log.
import { z } from 'zod';
import { ConsoleReport, Goal, Verdict } from './console.ts';
import { ImageKind, Sha256 } from './image.ts';
import { Checkpoint, DEFAULT_MACHINE_OPTIONS, Hold, MachineOptions, Resources } from './machine.ts';
import { SandboxFacts } from './sandbox.ts';
import { Outlook } from './timeline.ts';

/** Linux, macOS, Windows, and QEMU's own emulation everywhere. */
export const Accelerator = z.enum(['kvm', 'hvf', 'whpx', 'tcg']);
export type Accelerator = z.infer<typeof Accelerator>;
export const AcceleratorChoice = z.enum(['auto', ...Accelerator.options]);
export type AcceleratorChoice = z.infer<typeof AcceleratorChoice>;

export const AcceleratorProbe = z.strictObject({
  accelerator: Accelerator,
  works: z.boolean(),
  /** Why it does not, in words, with QEMU's own where it said something. */
  reason: z.string().max(1000),
  milliseconds: z.int().nonnegative(),
});
export type AcceleratorProbe = z.infer<typeof AcceleratorProbe>;

/** What executes the guest: QEMU; this host's own kernel, in a sandbox; a real machine, whose serial port this host reads. */
export const RunKind = z.enum(['qemu', 'bwrap', 'chroot', 'serial']);
export type RunKind = z.infer<typeof RunKind>;

/** The serial port of this host that a `serial` run reads. */
export const SerialPort = z.strictObject({
  /** Its path; the one that names the adapter (/dev/serial/by-id) where there is one, since ttyUSB0 may be ttyUSB1 after it was pulled. */
  device: z.string().max(4096),
  baud: z.int().positive(),
  /** The user said which image the machine boots: else the image's hashes in the record are those of no bytes at all. */
  imageNamed: z.boolean(),
});
export type SerialPort = z.infer<typeof SerialPort>;

export const RunState = z.enum(['starting', 'running', 'stopping', 'ended', 'lost']);
export type RunState = z.infer<typeof RunState>;

/** pid alone is not identity: the start tells a reused pid. Linux: clock ticks since boot (/proc/PID/stat field 22) @ boot id; elsewhere the start that ps gives. */
export const ProcessIdentity = z.strictObject({
  pid: z.int().positive(),
  startedTicks: z.string(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** Which run the packages came from, and how many there were. */
export const Assisted = z.strictObject({
  run: z.string().max(80),
  packages: z.int().nonnegative(),
});
export type Assisted = z.infer<typeof Assisted>;

export const GuestMirror = z.strictObject({
  /** As the machine sees it. */
  url: z.string().max(200),
  /** On this host's loopback address. */
  port: z.int().positive().max(65_535),
  /** Folder of the checkout whose names are served. */
  checkout: z.string().max(4096),
});
export type GuestMirror = z.infer<typeof GuestMirror>;

export const RunRecord = z.strictObject({
  version: z.literal(1),
  id: z.string().max(80),
  kind: RunKind.default('qemu'),
  goal: Goal,
  state: RunState,
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  image: z.strictObject({
    /** Id in the data folder, or null for a file that the user named. */
    id: z.string().nullable(),
    label: z.string(),
    kind: ImageKind,
    sha256: Sha256,
    inputDigest: Sha256,
    /** Entries and bytes that the stream loader has to read: the total for progress. */
    streamEntries: z.int().nonnegative(),
    streamBytes: z.int().nonnegative(),
  }),
  /** Both 0 where they are not Seedbed's to give: of a sandbox, of a real machine. */
  memoryMiB: z.int().nonnegative(),
  cores: z.int().nonnegative(),
  accelerator: z.strictObject({
    asked: AcceleratorChoice,
    used: Accelerator.nullable(),
    /** Why this one: the sentence that the user reads. */
    reason: z.string(),
    probes: z.array(AcceleratorProbe),
  }),
  qemu: z.strictObject({ path: z.string(), version: z.string() }).nullable(),
  machine: MachineOptions.default(DEFAULT_MACHINE_OPTIONS),
  /** Why the machine stands still, while it does. */
  hold: Hold.nullable().default(null),
  /** The run and the checkpoint that this one goes on from. */
  resumedFrom: z
    .strictObject({ run: z.string().max(80), checkpoint: z.string().max(80) })
    .nullable()
    .default(null),
  /** Given packages of an earlier run, so it did not build everything from the seed by itself. */
  assisted: Assisted.nullable().default(null),
  /** The mirror on this host that the machine asks for distfiles; lives as long as the run. */
  guestMirror: GuestMirror.nullable().default(null),
  /** Of a `serial` run only. */
  serial: SerialPort.nullable().default(null),
  /** Of a run in a sandbox. */
  sandbox: SandboxFacts.nullable().default(null),
  /** The argument vector, program first; relative paths are relative to the run's folder. */
  argv: z.array(z.string()),
  process: ProcessIdentity.nullable(),
  /** Which rung of the stop ladder ended QEMU, when Seedbed ended it. */
  stoppedBy: z.enum(['quit', 'SIGTERM', 'SIGKILL']).nullable(),
  /** Why Seedbed ended it: the user asked, or the goal was reached. */
  stopReason: z.enum(['user', 'goal', 'failure']).nullable(),
  /** Final report and verdict; null while the run lives. */
  verdict: Verdict.nullable(),
  report: ConsoleReport.nullable(),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** A run as the hosts show it: its record plus what the log says now. */
export const RunSnapshot = z.strictObject({
  record: RunRecord,
  report: ConsoleReport,
  logBytes: z.int().nonnegative(),
  /** Plain sentence: what the machine does right now, or how it ended. */
  now: z.string(),
  /** Share of the goal that is done, 0 to 1; null when it cannot be said. */
  progress: z.number().min(0).max(1).nullable(),
  /** Milliseconds since start, or between start and end. */
  elapsedMilliseconds: z.int().nonnegative(),
  /** Milliseconds since the log last grew; null when the run is not running. */
  quietMilliseconds: z.int().nonnegative().nullable(),
  /** Time left, pace and silence; null when the run has ended. */
  outlook: Outlook.nullable(),
  /** QEMU's word for the machine's state (`running`, `paused`, `io-error` …), as far as this host knows it. */
  machineState: z.string().max(40).nullable(),
  /** Null while nothing was measured, and when the run is over. */
  resources: Resources.nullable(),
  /** Oldest first. */
  checkpoints: z.array(Checkpoint).max(200),
});
export type RunSnapshot = z.infer<typeof RunSnapshot>;

/** A line in the list of runs. */
export const RunSummary = z.strictObject({
  id: z.string(),
  kind: RunKind,
  goal: Goal,
  state: RunState,
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  imageLabel: z.string(),
  accelerator: Accelerator.nullable(),
  /** See RunRecord. */
  assisted: z.boolean(),
  verdict: Verdict.nullable(),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** One line of events.jsonl. `at` is when the watcher saw it. */
export const RunEvent = z.strictObject({
  at: z.iso.datetime(),
  kind: z.enum([
    'created',
    'probed',
    'started',
    'attached',
    'milestone',
    'paused',
    'resumed',
    'restarted',
    'checkpoint',
    'answered',
    'machine',
    'clock',
    'fault',
    'stop-asked',
    'ended',
    'lost',
  ]),
  text: z.string().max(1000),
  offset: z.int().nonnegative().nullable(),
});
export type RunEvent = z.infer<typeof RunEvent>;

/** A piece of a serial log. Pull the next one with `from: to`. */
export const LogChunk = z.strictObject({
  fromBytes: z.int().nonnegative(),
  toBytes: z.int().nonnegative(),
  /** Size of the log when it was read. */
  sizeBytes: z.int().nonnegative(),
  text: z.string(),
});
export type LogChunk = z.infer<typeof LogChunk>;

export const LogMatch = z.strictObject({
  offsetBytes: z.int().nonnegative(),
  text: z.string(),
});
export type LogMatch = z.infer<typeof LogMatch>;
