// Lays overlays over the entries of a checkout, and makes entries of what is in memory.
import { SeedbedError } from '../../shared/errors.ts';
import { sha256Of } from './input-digest.ts';
import type { PlannedEntry } from './lay-out.ts';
import type { ReadOverlay } from './overlays.ts';
import { isProgram } from './read-contents.ts';

/** `replaced`: the paths that were there before, as ImageOverlay has them. Throws OVERLAY_REFUSED where a file meets a folder. */
export function layOver(
  tree: readonly PlannedEntry[],
  overlays: readonly ReadOverlay[],
): { entries: PlannedEntry[]; replaced: Set<string> } {
  const entries = new Map(tree.map((entry) => [entry.path, entry]));
  const replaced = new Set<string>();
  for (const { name, files } of overlays)
    for (const file of files) {
      const refuse = (reason: string): SeedbedError =>
        new SeedbedError('OVERLAY_REFUSED', { overlay: name, path: file.path, reason });
      const path = `./${file.path}`;
      for (const folder of foldersOf(path)) {
        const there = entries.get(folder) ?? directory(folder);
        if (there.isFile) throw refuse(`${folder.slice(2)} is a file there`);
        entries.set(folder, there);
      }
      const before = entries.get(path);
      if (before?.isFile === false) throw refuse('it is a folder there');
      if (before !== undefined) replaced.add(file.path);
      const { sizeBytes, sha256, content } = file;
      entries.set(path, { path, sizeBytes, sha256, isFile: true, isProgram: file.isProgram, content });
    }
  return { entries: [...entries.values()], replaced };
}

/** `./a/b/c` lies in `./a` and `./a/b`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 2).join('/'));
}

export function directory(path: string): PlannedEntry {
  return { path, sizeBytes: 0, sha256: sha256Of(''), isFile: false, isProgram: false, content: null };
}

export function inMemory(path: string, bytes: Uint8Array): PlannedEntry {
  return {
    path,
    sizeBytes: bytes.length,
    sha256: sha256Of(bytes),
    isFile: true,
    isProgram: isProgram(bytes),
    content: bytes.length > 0 ? { kind: 'bytes', bytes } : null,
  };
}
