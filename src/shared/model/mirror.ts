// Mirrors of live-bootstrap's distfiles: what they are, and how they answered when they were last asked.
import { z } from 'zod';

export const Mirror = z.strictObject({
  id: z.string(),
  /** Folder address; a distfile is at `<url>/<name>`. */
  url: z.string(),
  /** The same over plain http, for a guest that has no TLS yet; null when there is none. */
  plainUrl: z.string().nullable(),
  origin: z.enum(['built-in', 'settings', 'command']),
  on: z.boolean(),
});
export type Mirror = z.infer<typeof Mirror>;

export const MirrorHealth = z.object({
  mirror: z.string(),
  url: z.string(),
  checkedAt: z.iso.datetime(),
  state: z.enum(['good', 'partial', 'unreachable']),
  /** Median time to an answer; null when none came. */
  latencyMilliseconds: z.number().nonnegative().nullable(),
  asked: z.int().nonnegative(),
  has: z.int().nonnegative(),
  /** Names that it does not have, at most 50. */
  lacks: z.array(z.string()),
  /** What went wrong, for a person; empty when nothing did. */
  detail: z.string(),
});
export type MirrorHealth = z.infer<typeof MirrorHealth>;

export const MirrorView = z.strictObject({ ...Mirror.shape, health: MirrorHealth.nullable() });
export type MirrorView = z.infer<typeof MirrorView>;

export const MirrorCreateReport = z.strictObject({
  folder: z.string(),
  files: z.int().nonnegative(),
  added: z.int().nonnegative(),
  addedBytes: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
  /** Names in the folder that no sources file names; they are left alone. */
  strangers: z.array(z.string()),
});
export type MirrorCreateReport = z.infer<typeof MirrorCreateReport>;

export const MirrorServing = z.strictObject({
  url: z.string(),
  port: z.int().positive(),
  /** What is served, for a person. */
  label: z.string(),
  /** Files that were there when it began. */
  files: z.int().nonnegative(),
  answers: z.int().nonnegative(),
  sentBytes: z.int().nonnegative(),
});
export type MirrorServing = z.infer<typeof MirrorServing>;
