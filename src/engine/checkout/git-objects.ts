// Git's objects as bytes: what a commit and a tree say, and the name that content has. Source: git 2.39, Documentation/gitformat-pack and
// hash-function-transition ("object names"), tree entries as in git's tree-walk.c (decode_tree_entry).
import { createHash } from 'node:crypto';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

export interface GitTreeEntry {
  /** `100644`, `100755`, `120000` (link), `40000` (folder) or `160000` (submodule). */
  mode: string;
  name: string;
  id: string;
}

/** SHA-1 names only; repositories with SHA-256 names are not known to live-bootstrap. */
export const OBJECT_ID = /^[0-9a-f]{40}$/;

const ID_BYTES = 20;

/** The name of an object: SHA-1 over its header and bytes. */
export function objectId(type: ObjectType, bytes: Uint8Array): string {
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Entries in git's order; null when the bytes are no tree. */
export function decodeGitTree(bytes: Buffer): GitTreeEntry[] | null {
  const entries: GitTreeEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const nul = bytes.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 1 + ID_BYTES > bytes.length) return null;
    const mode = bytes.toString('latin1', at, space);
    const name = bytes.toString('utf8', space + 1, nul);
    at = nul + 1 + ID_BYTES;
    if (!/^[0-7]{5,6}$/.test(mode)) return null;
    entries.push({ mode, name, id: bytes.toString('hex', nul + 1, at) });
  }
  return entries;
}

/** The tree that a commit names; null when the bytes are no commit. */
export function treeOfCommit(bytes: Buffer): string | null {
  return /^tree ([0-9a-f]{40})\n/.exec(bytes.toString('latin1', 0, 64))?.[1] ?? null;
}

/**
 * Why a name may not become a file; null when it may. Git refuses to check most of these out itself (read-cache.c, verify_path); the rest are names that mean
 * something else on some file system.
 */
export function refusedName(name: string): string | null {
  if (name === '' || name === '.' || name === '..') return 'it is no name';
  if (/[/\\\0]/.test(name)) return 'it holds a path separator';
  if (name.includes('\uFFFD')) return 'it is not UTF-8';
  // Letters that some file systems ignore, and Windows’ short name, would make `.git` of others.
  const plain = name.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '').toLowerCase();
  if (/^(\.git|git~\d)[. ]*(:|$)/.test(plain)) return 'git keeps its own files there';
  return null;
}
