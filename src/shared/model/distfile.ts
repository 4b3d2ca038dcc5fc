// Distfiles: what a checkout wants, where each may come from, what was tried, and what is known about the file that is there.
import { z } from 'zod';

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A `g` line's repository and ref: the snapshot can be made with `git archive` (live-bootstrap 984b8322, mirror.sh). */
export const GitSnapshot = z.strictObject({ repo: z.string(), ref: z.string() });
export type GitSnapshot = z.infer<typeof GitSnapshot>;

export const WantedDistfile = z.strictObject({
  /** A plain file name. */
  name: z.string(),
  sha256: Sha256,
  /** http and https addresses of upstream, in order; empty where upstream's line has `_`. */
  urls: z.array(z.string()),
  git: GitSnapshot.nullable(),
  /** The steps that need it, in the manifest's order. */
  steps: z.array(z.string()),
  /** Needed before the machine has a network. */
  preNetwork: z.boolean(),
});
export type WantedDistfile = z.infer<typeof WantedDistfile>;

/** Kinds of places that a distfile may come from, in the order in which they are tried. */
export const SourceKind = z.enum(['folder', 'mirror', 'upstream', 'archive', 'git']);
export type SourceKind = z.infer<typeof SourceKind>;

export const Source = z.strictObject({
  kind: SourceKind,
  /** Host, folder or repository: what a person knows it by. */
  label: z.string(),
  /** The address or path that is asked. */
  at: z.string(),
});
export type Source = z.infer<typeof Source>;

/** Where one file may come from, in the order in which the sources are asked. */
export const PlannedSources = z.strictObject({ name: z.string(), sources: z.array(Source) });
export type PlannedSources = z.infer<typeof PlannedSources>;

export const FetchCause = z.enum([
  'not-there',
  'refused',
  'server-error',
  'unreachable',
  'tls',
  'cut',
  'stalled',
  'redirects',
  'encoded',
  'too-large',
  'wrong-bytes',
  'host-down',
  'bad-answer',
  'git',
]);
export type FetchCause = z.infer<typeof FetchCause>;

/** One source of one file, tried (perhaps several times) and given up. */
export const FailedSource = z.strictObject({
  source: Source,
  cause: FetchCause,
  /** A sentence for a person. */
  detail: z.string(),
  tries: z.int().nonnegative(),
});
export type FailedSource = z.infer<typeof FailedSource>;

export const Transport = z.enum(['file', 'http', 'https', 'git']);
export type Transport = z.infer<typeof Transport>;

/** One line of distfiles/evidence.jsonl: what a source gave when it was asked for a file. */
export const EvidenceLine = z.object({
  at: z.iso.datetime(),
  event: z.enum(['stored', 'agreed', 'wrong']),
  name: z.string(),
  /** What was asked for. */
  sha256: Sha256,
  /** What came instead, for `wrong`. */
  actualSha256: Sha256.nullable(),
  sizeBytes: z.int().nonnegative(),
  source: Source,
  transport: Transport,
  /** More that is worth knowing: where a redirect led, which tools made it. */
  note: z.string(),
});
export type EvidenceLine = z.infer<typeof EvidenceLine>;

/** What is known about where a stored file came from. */
export const Evidence = z.strictObject({
  stored: EvidenceLine.nullable(),
  /** Other sources that gave the very same bytes. */
  agreed: z.array(EvidenceLine),
  /** Sources that gave something else under its name. */
  wrong: z.array(EvidenceLine),
});
export type Evidence = z.infer<typeof Evidence>;

export const DistfileState = z.enum(['missing', 'waiting', 'fetching', 'present', 'failed']);
export type DistfileState = z.infer<typeof DistfileState>;

/** One row of the table of distfiles. */
export const DistfileRow = z.strictObject({
  ...WantedDistfile.shape,
  state: DistfileState,
  /** Of the stored file, else what the server announced. */
  sizeBytes: z.int().nonnegative().nullable(),
  doneBytes: z.int().nonnegative(),
  /** Where it is being fetched from. */
  source: Source.nullable(),
  evidence: Evidence,
  /** Why each source failed, in the last fetch that looked for it. */
  failures: z.array(FailedSource),
});
export type DistfileRow = z.infer<typeof DistfileRow>;

export const DistfileTotals = z.strictObject({
  files: z.int().nonnegative(),
  present: z.int().nonnegative(),
  presentBytes: z.int().nonnegative(),
  failed: z.int().nonnegative(),
});
export type DistfileTotals = z.infer<typeof DistfileTotals>;

/** The whole table first, then the rows that changed. */
export const DistfileTable = z.strictObject({ totals: DistfileTotals, rows: z.array(DistfileRow) });
export type DistfileTable = z.infer<typeof DistfileTable>;

export const MissingDistfile = z.strictObject({
  name: z.string(),
  sha256: Sha256,
  urls: z.array(z.string()),
  git: GitSnapshot.nullable(),
  steps: z.array(z.string()),
  failures: z.array(FailedSource),
});
export type MissingDistfile = z.infer<typeof MissingDistfile>;

/** How a fetch or an import ended. */
export const DistfileReport = z.strictObject({
  files: z.int().nonnegative(),
  alreadyThere: z.int().nonnegative(),
  added: z.int().nonnegative(),
  addedBytes: z.int().nonnegative(),
  /** Bytes that came over the network, also those that were of no use. */
  receivedBytes: z.int().nonnegative(),
  missing: z.array(MissingDistfile),
  /** Files that looked wanted by their name but are not: name, what they are. */
  wrong: z.array(z.strictObject({ path: z.string(), name: z.string(), actualSha256: Sha256 })),
});
export type DistfileReport = z.infer<typeof DistfileReport>;

export const DamagedFile = z.strictObject({
  sha256: Sha256,
  actualSha256: Sha256,
  name: z.string().nullable(),
  /** Where it was set aside. */
  path: z.string(),
});
export type DamagedFile = z.infer<typeof DamagedFile>;

export const VerifyReport = z.strictObject({
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  elapsedMilliseconds: z.number().nonnegative(),
  damaged: z.array(DamagedFile),
});
export type VerifyReport = z.infer<typeof VerifyReport>;

/** What other sources said of stored files. */
export const ConfirmReport = z.strictObject({
  /** Stored files that were asked for. */
  files: z.int().nonnegative(),
  /** Those that at least one source more than the one it came from gives with the same bytes. */
  confirmed: z.int().nonnegative(),
  /** Answers with the same bytes, this time. */
  agreed: z.int().nonnegative(),
  receivedBytes: z.int().nonnegative(),
  wrong: z.array(z.strictObject({ name: z.string(), source: Source, actualSha256: Sha256 })),
  /** Sources that gave nothing, and why. */
  silent: z.array(z.strictObject({ name: z.string(), source: Source, detail: z.string() })),
});
export type ConfirmReport = z.infer<typeof ConfirmReport>;

export const PruneReport = z.strictObject({
  dryRun: z.boolean(),
  freedBytes: z.int().nonnegative(),
  removed: z.array(
    z.strictObject({
      path: z.string(),
      why: z.enum(['half-fetched', 'left-over', 'set-aside', 'not-wanted', 'git-clone']),
      sizeBytes: z.int().nonnegative(),
    }),
  ),
});
export type PruneReport = z.infer<typeof PruneReport>;
