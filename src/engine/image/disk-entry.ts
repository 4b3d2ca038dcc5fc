// What goes onto a disk with a file system: a tree as a list, in any order. plan-external.ts makes disks of it.
import type { PlannedEntry } from './lay-out.ts';

/** Where the bytes of a file come from. */
export type FileContent = NonNullable<PlannedEntry['content']>;

export type DiskEntry =
  | { kind: 'folder'; path: string }
  | {
      kind: 'file';
      /** Relative to the root of the file system: `distfiles/a.tar.gz`. Every folder is an entry of its own. */
      path: string;
      /** Mode 0755 instead of 0644. */
      executable: boolean;
      sizeBytes: number;
      sha256: string;
      /** Where the bytes come from; null when there are none. */
      content: FileContent | null;
    };

export interface DiskRequest {
  entries: readonly DiskEntry[];
  /** Of the whole disk. */
  sizeBytes: number;
}
