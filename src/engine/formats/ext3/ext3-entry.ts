// What goes into an ext3 file system, the caller's tree as a list of entries; and what comes out, its bytes as a list of segments.

/** Owner and permissions, as in stat(2). */
export interface Ext3Owner {
  /** Permission bits, 0 to 0o7777. */
  mode: number;
  /** 0 to 2^32 - 1. */
  uid: number;
  gid: number;
}

/**
 * One name in the tree. `path` is relative to the root, components joined by `/`: `distfiles/a.tar`. Every directory is an entry of its own; only
 * the root (in Ext3Options) and `lost+found` (made by us) are not.
 */
export type Ext3Entry<Content> = Ext3Owner & { path: string } & (
    | { type: 'directory' }
    /** `content` is handed back in the segments; it is never looked at. */
    | { type: 'file'; sizeBytes: number; content: Content }
    /** Permissions of a symbolic link are 0o777 by convention. */
    | { type: 'symlink'; target: string }
  );

export interface Ext3Options {
  /** Of the partition. What is left after the last whole block, or too little for a block group, stays unused. */
  sizeBytes: number;
  /** 16 bytes. */
  uuid: Uint8Array;
  /** 16 bytes: the key of the hashes in indexed directories. */
  hashSeed: Uint8Array;
  /** Every time in the file system, in seconds since 1970; below 2^31. */
  timeSeconds: number;
  root: Ext3Owner;
}

/** Bytes that are not zero, at an offset in the partition. What lies between two segments, and behind the last, is zero. */
export type Ext3Segment<Content> =
  | { kind: 'bytes'; offsetBytes: number; bytes: Uint8Array }
  | {
      kind: 'content';
      offsetBytes: number;
      content: Content;
      /** Where in the content this part begins. */
      contentOffsetBytes: number;
      lengthBytes: number;
    };
