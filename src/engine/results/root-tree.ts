// The root of a run in a sandbox: a folder of this host, written by programs that nobody here vouches for. Links are not followed, as on a disk: they would
// lead to places of another system, and here to files of this host.
import { constants, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath, osCodeOf } from '../os-errors.ts';

export interface TreeNode {
  /** As the sandbox sees it: `/usr/bin/kaem`. */
  path: string;
  kind: 'file' | 'directory' | 'link' | 'other';
  sizeBytes: number;
  number: number;
}

export interface TreeReader {
  kind: 'tree';
  /** Throws CONTENT_NOT_FOUND. */
  lookUp(path: string): Promise<TreeNode>;
  /** Paths of what is in a folder, sorted; none in one that may not be read. */
  children(node: TreeNode): Promise<string[]>;
  /** The bytes in order. Throws PERMISSION_DENIED, FILE_CHANGED. */
  read(node: TreeNode, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void>;
  source: { path: string };
}

const PIECE_BYTES = 1_048_576;

/** `root`: of the folder on this host. */
export function openTree(root: string): TreeReader {
  return {
    kind: 'tree',
    source: { path: root },
    async lookUp(path) {
      const parts = path.split('/').filter((part) => part !== '' && part !== '.');
      let node = await look([]);
      for (const [index] of parts.entries()) {
        if (node?.kind !== 'directory' || parts[index] === '..') break;
        node = await look(parts.slice(0, index + 1));
        if (index === parts.length - 1 && node !== null) return node;
      }
      if (parts.length === 0 && node !== null) return node;
      throw new SeedbedError('CONTENT_NOT_FOUND', { path: root, content: path });
    },
    async children({ path }) {
      const folder = join(root, path);
      const names = await atPath(folder, () => readdir(folder)).catch(onlyDenied);
      return names.sort().map((name) => `${path === '/' ? '' : path}/${name}`);
    },
    async *read({ path, sizeBytes }, signal) {
      const file = join(root, path);
      const handle = await atPath(file, () => open(file, constants.O_RDONLY | constants.O_NOFOLLOW));
      try {
        for (let at = 0; at < sizeBytes;) {
          signal?.throwIfAborted();
          const piece = new Uint8Array(Math.min(PIECE_BYTES, sizeBytes - at));
          const { bytesRead } = await atPath(file, () => handle.read(piece, 0, piece.length, at));
          if (bytesRead === 0) throw new SeedbedError('FILE_CHANGED', { path: file });
          yield piece.subarray(0, bytesRead);
          at += bytesRead;
        }
      } finally {
        await handle.close();
      }
    },
  };

  async function look(parts: readonly string[]): Promise<TreeNode | null> {
    const path = join(root, ...parts);
    const found = await lstat(path).catch((error: unknown) => {
      const code = osCodeOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return null;
      return atPath(path, () => Promise.reject(error as Error));
    });
    if (found === null) return null;
    const kind = found.isFile()
      ? 'file'
      : found.isDirectory()
        ? 'directory'
        : found.isSymbolicLink()
          ? 'link'
          : 'other';
    return { path: `/${parts.join('/')}`, kind, sizeBytes: found.size, number: found.ino };
  }
}

/** What belongs to root stays root's. */
function onlyDenied(error: unknown): string[] {
  if (error instanceof SeedbedError && error.code === 'PERMISSION_DENIED') return [];
  throw error;
}
