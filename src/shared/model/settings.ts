// settings.json: what a user decided once. Sections belong to features; every value has a default, so that an old file stays good.
import { z } from 'zod';

export const SETTINGS_VERSION = 1;

const HttpUrl = z.url({ protocol: /^https?$/ });

/** Content-addressed archives that can be asked for a file by its hash (src/engine/mirror/known-mirrors.json). */
export const ArchiveId = z.enum(['nixpkgs', 'guix', 'guix-bordeaux', 'software-heritage']);
export type ArchiveId = z.infer<typeof ArchiveId>;

const distfileFields = {
  /** Ask live-bootstrap's mirrors. */
  mirrors: z.boolean(),
  /** Mirrors of the user; asked before the built-in ones. */
  ownMirrors: z.array(HttpUrl).max(20),
  /** Ids of built-in mirrors that are not asked. */
  mirrorsOff: z.array(z.string()).max(50),
  /** Ask the addresses in the checkout's sources files. */
  upstream: z.boolean(),
  archives: z.array(ArchiveId),
  /** Clone repositories and make snapshots with git archive. */
  git: z.boolean(),
  /** Files at a time, in all. */
  parallel: z.int().min(1).max(64),
  /** Files at a time from one host, to begin with: up to twice as many when it answers well, fewer when it complains. */
  parallelPerHost: z.int().min(1).max(32),
};

const checkoutFields = {
  /** Addresses of git repositories that begin with `from` are taken from `to` instead (as git's insteadOf). */
  map: z.array(z.strictObject({ from: z.string().min(1), to: z.string().min(1) })).max(50),
};

const noticeFields = {
  /** Of the desktop or the browser, when a run ends or waits for somebody. */
  desktop: z.boolean(),
  /** A short tone, and the bell of a terminal. */
  sound: z.boolean(),
};

export const DistfileSettings = z.object({
  /** Folders of the user that are searched by hash before anything is downloaded. */
  folders: z.array(z.string()).max(50).default([]),
  mirrors: distfileFields.mirrors.default(true),
  ownMirrors: distfileFields.ownMirrors.default([]),
  mirrorsOff: distfileFields.mirrorsOff.default([]),
  upstream: distfileFields.upstream.default(true),
  archives: distfileFields.archives.default(['nixpkgs', 'guix']),
  git: distfileFields.git.default(true),
  parallel: distfileFields.parallel.default(24),
  parallelPerHost: distfileFields.parallelPerHost.default(8),
});
export type DistfileSettings = z.infer<typeof DistfileSettings>;

export const CheckoutSettings = z.object({ map: checkoutFields.map.default([]) });
export type CheckoutSettings = z.infer<typeof CheckoutSettings>;

export const NoticeSettings = z.object({
  desktop: noticeFields.desktop.default(true),
  sound: noticeFields.sound.default(true),
});
export type NoticeSettings = z.infer<typeof NoticeSettings>;

const driveFields = {
  /** WWNs and serial numbers of drives that are never written. */
  protected: z.array(z.string().min(1).max(200)).max(200),
};

export const DriveSettings = z.object({ protected: driveFields.protected.default([]) });
export type DriveSettings = z.infer<typeof DriveSettings>;

export const Settings = z.object({
  version: z.literal(SETTINGS_VERSION).default(SETTINGS_VERSION),
  distfiles: DistfileSettings.prefault({}),
  checkout: CheckoutSettings.prefault({}),
  drives: DriveSettings.prefault({}),
  notices: NoticeSettings.prefault({}),
});
export type Settings = z.infer<typeof Settings>;

/** What a page may change; the folders are paths and are added by token (contract/settings.ts). */
export const SettingsChange = z.strictObject({
  distfiles: z.strictObject(distfileFields).partial().optional(),
  checkout: z.strictObject(checkoutFields).partial().optional(),
  drives: z.strictObject(driveFields).partial().optional(),
  notices: z.strictObject(noticeFields).partial().optional(),
});
export type SettingsChange = z.infer<typeof SettingsChange>;
