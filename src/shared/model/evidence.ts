// What speaks for a distfile's hash beside the checkout that names it. None of it is needed: the hash decides.
import { z } from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Another project that pins the same hash. */
export const Pin = z.strictObject({
  project: z.string().max(100),
  /** That brought it in. */
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  path: z.string().max(300),
});
export type Pin = z.infer<typeof Pin>;

/** resources/corroboration.json */
export const Corroboration = z.strictObject({
  projects: z.record(
    z.string(),
    z.strictObject({
      /** Did its people choose and hash the file themselves, not after live-bootstrap's list? */
      independent: z.boolean(),
      note: z.string(),
    }),
  ),
  pins: z.record(Sha256, z.strictObject({ file: z.string(), pinnedBy: z.array(Pin).min(1) })),
});
export type Corroboration = z.infer<typeof Corroboration>;

/**
 * `modern`: made by a key and with a hash that OpenPGP programs take today; `weak`: it fits, but by means that are not taken any more (DSA, SHA-1, short
 * RSA), or by a key that has expired; `wrong`: it does not fit these bytes and this key; `none`: upstream's addresses have none beside the file.
 */
export const SignatureStrength = z.enum(['modern', 'weak', 'wrong', 'none']);
export type SignatureStrength = z.infer<typeof SignatureStrength>;

export const SignatureReport = z.strictObject({
  name: z.string(),
  sha256: Sha256,
  strength: SignatureStrength,
  /** What makes it weak or wrong, or who has none, in plain words; empty for a modern one. */
  reasons: z.array(z.string()),
  /** Of the signing key; null when none of the given keys made it. */
  fingerprint: z.string().nullable(),
  users: z.array(z.string()),
  publicKeyAlgorithm: z.string(),
  hashAlgorithm: z.string(),
  /** When the signature says that it was made, ISO 8601. */
  made: z.string().nullable(),
  /** Where it was fetched; null for a file that the user gave. */
  address: z.string().nullable().default(null),
  /** kernel.org signs what the archive holds uncompressed. */
  over: z.enum(['file', 'uncompressed']).default('file'),
});
export type SignatureReport = z.infer<typeof SignatureReport>;

export const DistfileEvidence = z.strictObject({
  name: z.string(),
  sha256: Sha256,
  pinnedBy: z.array(Pin.extend({ independent: z.boolean() })),
  /** Projects that pin the same hash, and those of them that did not take it from live-bootstrap. */
  projects: z.int().nonnegative(),
  independentProjects: z.int().nonnegative(),
  /** Upstream's addresses by transport. */
  http: z.int().nonnegative(),
  https: z.int().nonnegative(),
  /** Sources that gave these bytes to this computer. */
  sources: z.int().nonnegative(),
  /** The last signature that was looked at here; null: none was. */
  signature: SignatureReport.nullable(),
});
export type DistfileEvidence = z.infer<typeof DistfileEvidence>;

export const EvidenceTable = z.strictObject({
  rows: z.array(DistfileEvidence),
  projects: Corroboration.shape.projects,
  totals: z.strictObject({
    files: z.int().nonnegative(),
    pinned: z.int().nonnegative(),
    pinnedIndependently: z.int().nonnegative(),
    onlyHttp: z.int().nonnegative(),
    noAddress: z.int().nonnegative(),
  }),
});
export type EvidenceTable = z.infer<typeof EvidenceTable>;
