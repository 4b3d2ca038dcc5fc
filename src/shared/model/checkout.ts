// Checkouts: what Seedbed fetched or was shown, and whether a folder is what its commits say.
import { z } from 'zod';

export const CommitId = z.string().regex(/^[0-9a-f]{40}$/);
export type CommitId = z.infer<typeof CommitId>;

/** A commit that Seedbed was tested with (resources/known-commits.json). */
export const KnownCommit = z.strictObject({
  commit: CommitId,
  date: z.iso.date(),
  /** What was tried with it, for a person. */
  note: z.string(),
});
export type KnownCommit = z.infer<typeof KnownCommit>;

export const KnownCommits = z.strictObject({
  version: z.literal(1),
  /** Where live-bootstrap is fetched from when nothing else is said. */
  address: z.url(),
  /** What is fetched when nothing else is said; one of `commits`. */
  default: CommitId,
  commits: z.array(KnownCommit).min(1),
});
export type KnownCommits = z.infer<typeof KnownCommits>;

/** A tag that led to a repository's commit when it was fetched. */
export const RecordedTag = z.strictObject({
  name: z.string(),
  /** The tag object, or the commit itself for a plain tag. */
  object: CommitId,
});
export type RecordedTag = z.infer<typeof RecordedTag>;

export const CheckoutRepository = z.strictObject({
  /** Folder in the tree; empty for live-bootstrap itself. */
  path: z.string(),
  /** The commit that the tree (for live-bootstrap: the user) names. */
  commit: CommitId,
  /** Address that the tree names. */
  url: z.string(),
  /** Address that it came from, after maps; null when it came in an archive. */
  from: z.string().nullable(),
  /** `absent`: an empty folder; only submodules that x86 does not need. */
  state: z.enum(['present', 'absent']),
  /** `commit`: that commit alone. `history`: all that the server gave, because it gives no single commits. */
  depth: z.enum(['commit', 'history']),
  tags: z.array(RecordedTag),
});
export type CheckoutRepository = z.infer<typeof CheckoutRepository>;

/** `.git/seedbed-checkout.json` of a checkout that Seedbed fetched or imported. */
export const FetchedCheckoutRecord = z.strictObject({
  version: z.literal(1),
  kind: z.literal('fetched'),
  commit: CommitId,
  origin: z.enum(['network', 'archive']),
  at: z.iso.datetime(),
  /** What was asked for, when it was no commit: a tag or a branch. */
  asked: z.string().nullable(),
  repositories: z.array(CheckoutRepository),
});
export type FetchedCheckoutRecord = z.infer<typeof FetchedCheckoutRecord>;

export const DifferenceKind = z.enum([
  'altered',
  'missing',
  'stray',
  'mode',
  'kind',
  'commit-moved',
  'submodule-moved',
  'submodule-missing',
  'submodule-unknown',
  'tag-rewritten',
  'object-damaged',
]);
export type DifferenceKind = z.infer<typeof DifferenceKind>;

/** One way in which a folder is not what its commits say. */
export const Difference = z.strictObject({
  kind: DifferenceKind,
  /** Path in the checkout; a stray folder ends in `/`. */
  path: z.string(),
  /** A sentence for a person, with what was expected and what is there. */
  detail: z.string(),
  /** A boot image that is built from the folder may have other bytes because of it. */
  inImage: z.boolean(),
  /** Strays that the repository's .gitignore names. */
  ignored: z.boolean(),
});
export type Difference = z.infer<typeof Difference>;

export const CheckoutReport = z.strictObject({
  /** Commit that the folder was compared with; null when none is known. */
  commit: CommitId.nullable(),
  repositories: z.array(
    z.strictObject({ path: z.string(), commit: CommitId, state: z.enum(['present', 'absent']) }),
  ),
  /** Files whose bytes were compared. */
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  differences: z.array(Difference),
  /** Differences that are not listed. */
  leftOut: z.int().nonnegative(),
  elapsedMilliseconds: z.number().nonnegative(),
});
export type CheckoutReport = z.infer<typeof CheckoutReport>;

/** `checkouts/<id>.json`: a folder of the user's that Seedbed was shown. */
export const LinkedCheckoutRecord = z.strictObject({
  version: z.literal(1),
  kind: z.literal('linked'),
  path: z.string(),
  at: z.iso.datetime(),
  /** What was found when it was shown. */
  report: CheckoutReport,
});
export type LinkedCheckoutRecord = z.infer<typeof LinkedCheckoutRecord>;

/** A checkout as hosts list it. */
export const CheckoutView = z.strictObject({
  /** The commit of a fetched one; `folder-…` for a folder of the user's. */
  id: z.string().max(80),
  path: z.string(),
  /** Seedbed was tested with its commit. */
  known: z.boolean(),
  /** What is fetched and used when nothing else is said. */
  isDefault: z.boolean(),
  record: z.discriminatedUnion('kind', [FetchedCheckoutRecord, LinkedCheckoutRecord]),
});
export type CheckoutView = z.infer<typeof CheckoutView>;

/** What an archive of a checkout says about itself: the first file in it. */
export const CheckoutArchiveRecord = z.strictObject({
  version: z.literal(1),
  kind: z.literal('seedbed-checkout'),
  commit: CommitId,
  repositories: z.array(CheckoutRepository.omit({ from: true })),
  distfiles: z.array(z.strictObject({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
export type CheckoutArchiveRecord = z.infer<typeof CheckoutArchiveRecord>;
