// The host that shows this, its places (folders and files that the user chose) and what it can do.
import { z } from 'zod';

export const HostInfo = z.strictObject({
  host: z.enum(['window', 'browser', 'command line']),
  version: z.string(),
  platform: z.string(),
  dataFolder: z.string(),
  /** The host can open a native file dialog. */
  nativeDialog: z.boolean(),
});
export type HostInfo = z.infer<typeof HostInfo>;

/** An opaque name for a path that the user chose through the host. Pages send tokens, never paths. */
export const PlaceToken = z.string().regex(/^place-[0-9a-f]{32}$/);

export const PlaceKind = z.enum(['checkout', 'archive', 'distfiles', 'file', 'folder', 'image', 'log']);
export type PlaceKind = z.infer<typeof PlaceKind>;

export const Place = z.strictObject({
  token: PlaceToken,
  /** The path, for showing. */
  label: z.string(),
});
export type Place = z.infer<typeof Place>;

export const PlaceEntry = z.strictObject({
  token: PlaceToken,
  name: z.string(),
  kind: z.enum(['folder', 'file']),
  sizeBytes: z.int().nonnegative().nullable(),
  isCheckout: z.boolean(),
});
export type PlaceEntry = z.infer<typeof PlaceEntry>;

export const PlaceListing = z.strictObject({
  place: Place,
  parent: Place.nullable(),
  entries: z.array(PlaceEntry),
  /** Entries left out because there are too many. */
  leftOut: z.int().nonnegative(),
});
export type PlaceListing = z.infer<typeof PlaceListing>;

export const Finding = z.strictObject({
  id: z.string(),
  level: z.enum(['ok', 'warning', 'problem']),
  what: z.string(),
  detail: z.string(),
  /** What to do; empty when nothing is to be done. */
  hint: z.string(),
});
export type Finding = z.infer<typeof Finding>;
