// What a run made: every output that upstream has a checksum for, and what is known of it, with the files that a run leaves on its disk.
import { z } from 'zod';
import { Sha256 } from './image.ts';

/**
 * Where upstream keeps the checksum: `stage0` x86.answers, `seed` the two programs before the first script, `kaem` the lists beside the steps that kaem
 * builds, `package` SHA256SUMS.pkgs. Source: live-bootstrap 984b8322, seed/, steps/.
 */
export const OutputLayer = z.enum(['stage0', 'seed', 'kaem', 'package']);
export type OutputLayer = z.infer<typeof OutputLayer>;

export const ExpectedOutput = z.strictObject({
  layer: OutputLayer,
  /** As upstream's list has it, and the machine's console prints it: `x86/bin/catm`, `/usr/bin/tcc`, `bash-5.2.15_0.tar.bz2`. */
  name: z.string().max(300),
  /** What builds it; null before the first script. */
  step: z.string().max(200).nullable(),
  pass: z.int().positive().nullable(),
  sha256: Sha256,
});
export type ExpectedOutput = z.infer<typeof ExpectedOutput>;

/**
 * `equal`: read from the disk and hashed on this host, the same bytes. `seen`: the machine's own check said OK, and it is not on the disk (any more).
 * `different`: other bytes, by this host's or the machine's check. `missing`: its build is over and nothing of it is there. `unchecked`: the
 * run did not come to it, or did not check it.
 */
export const OutputState = z.enum(['equal', 'seen', 'different', 'missing', 'unchecked']);
export type OutputState = z.infer<typeof OutputState>;

/** What the console said of it: the last line about it. */
export const ConsoleCheck = z.strictObject({
  ok: z.boolean(),
  offset: z.int().nonnegative(),
});
export type ConsoleCheck = z.infer<typeof ConsoleCheck>;

export const ResultOutput = z.strictObject({
  ...ExpectedOutput.shape,
  state: OutputState,
  console: ConsoleCheck.nullable(),
  /** Taken from what an earlier run had built instead of being built. */
  prebuilt: z.boolean(),
  /** On the disk: hashed by this host. */
  found: z.strictObject({ path: z.string(), sizeBytes: z.int().nonnegative(), sha256: Sha256 }).nullable(),
});
export type ResultOutput = z.infer<typeof ResultOutput>;

export const ResultFile = z.strictObject({
  /** `extra-package`: one that upstream has no checksum for. */
  what: z.enum(['kernel', 'checksums', 'configuration', 'extra-package']),
  /** Path on the disk. */
  path: z.string(),
  sizeBytes: z.int().nonnegative(),
  sha256: Sha256,
});
export type ResultFile = z.infer<typeof ResultFile>;

export const OutputTotals = z.strictObject({
  expected: z.int().nonnegative(),
  equal: z.int().nonnegative(),
  seen: z.int().nonnegative(),
  different: z.int().nonnegative(),
  missing: z.int().nonnegative(),
  unchecked: z.int().nonnegative(),
});
export type OutputTotals = z.infer<typeof OutputTotals>;

/** results/results.json in the folder of a run. */
export const RunResults = z.strictObject({
  version: z.literal(1),
  run: z.string().max(80),
  at: z.iso.datetime(),
  /** The run was given packages of an earlier one. */
  assisted: z.boolean(),
  /** Where its root file system is; null when it never came to one, and then `diskNote` says so. */
  disk: z
    .strictObject({ file: z.string(), offsetBytes: z.int().nonnegative(), fileSystem: z.string() })
    .nullable(),
  diskNote: z.string().max(500),
  totals: OutputTotals,
  /** In upstream's order: stage0, seed, then by the manifest. */
  outputs: z.array(ResultOutput).max(20_000),
  files: z.array(ResultFile).max(5000),
  /** Lines of upstream's lists that no build of this run makes. */
  unused: z.array(z.string()).max(5000),
  warnings: z.array(z.string()).max(100),
});
export type RunResults = z.infer<typeof RunResults>;

/** One output in two runs. */
export const OutputComparison = z.strictObject({
  name: z.string(),
  layer: OutputLayer.nullable(),
  step: z.string().nullable(),
  pass: z.int().positive().nullable(),
  /** `same`: equal hashes, read or said by the machine's check. `unknown`: one of the runs tells nothing of it. */
  verdict: z.enum(['same', 'differs', 'only-a', 'only-b', 'unknown']),
  a: Sha256.nullable(),
  b: Sha256.nullable(),
});
export type OutputComparison = z.infer<typeof OutputComparison>;

export const StepComparison = z.strictObject({
  id: z.string(),
  title: z.string(),
  aMilliseconds: z.int().nonnegative().nullable(),
  bMilliseconds: z.int().nonnegative().nullable(),
});
export type StepComparison = z.infer<typeof StepComparison>;

export const RunComparison = z.strictObject({
  a: z.strictObject({ run: z.string(), assisted: z.boolean(), inputDigest: Sha256 }),
  b: z.strictObject({ run: z.string(), assisted: z.boolean(), inputDigest: Sha256 }),
  /** Same inputs: outputs have to be the same. */
  sameInputs: z.boolean(),
  /** What differs between the inputs, in words. */
  inputDifferences: z.array(z.string()),
  counts: z.strictObject({
    same: z.int().nonnegative(),
    differs: z.int().nonnegative(),
    onlyA: z.int().nonnegative(),
    onlyB: z.int().nonnegative(),
    unknown: z.int().nonnegative(),
  }),
  /** The first output in the manifest's order that differs: later ones follow from it. */
  firstDifference: OutputComparison.nullable(),
  outputs: z.array(OutputComparison),
  /** Empty when no run has times. */
  steps: z.array(StepComparison),
});
export type RunComparison = z.infer<typeof RunComparison>;

/** What was copied out of a run. */
export const RunExtractReport = z.strictObject({
  folder: z.string(),
  written: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** Links, devices and names that cannot be; the first 100. */
  skipped: z.array(z.strictObject({ path: z.string(), reason: z.string() })).max(100),
  skippedCount: z.int().nonnegative(),
  warnings: z.array(z.string()),
});
export type RunExtractReport = z.infer<typeof RunExtractReport>;

/** How a finished system is started again. */
export const RunBoot = z.strictObject({
  /** Program first; absolute paths. The console is on standard input and output, and nothing that is written reaches the run's disks. */
  argv: z.array(z.string()).min(1),
  notes: z.array(z.string()),
});
export type RunBoot = z.infer<typeof RunBoot>;

export const RunArchive = z.strictObject({
  path: z.string(),
  sizeBytes: z.int().nonnegative(),
  files: z.array(z.string()),
});
export type RunArchive = z.infer<typeof RunArchive>;
