// The trees of the disks that have a file system.
// Source: live-bootstrap 984b8322, lib/generator.py (prepare, distfiles).
import type { DiskEntry } from './disk-entry.ts';
import type { FoundDistfile } from './find-distfiles.ts';
import type { PlannedEntry } from './lay-out.ts';

/** What becomes /external: distfiles/ and, where there are packages, repo-preseeded/. */
export function externalEntries(
  distfiles: readonly FoundDistfile[],
  packages: readonly DiskEntry[],
): DiskEntry[] {
  return [...distfileEntries(distfiles), ...packages];
}

function distfileEntries(distfiles: readonly FoundDistfile[]): DiskEntry[] {
  return [
    { kind: 'folder', path: 'distfiles' },
    ...distfiles.map(({ name, sizeBytes, sha256, content }) => ({
      kind: 'file' as const,
      path: `distfiles/${name}`,
      executable: false,
      sizeBytes,
      sha256,
      content,
    })),
  ];
}

/** The whole root, for a supplied kernel. */
export function rootEntries(
  tree: readonly PlannedEntry[],
  distfiles: readonly FoundDistfile[],
  packages: readonly DiskEntry[],
): DiskEntry[] {
  const external = externalEntries(distfiles, packages).map((entry) => ({
    ...entry,
    path: `external/${entry.path}`,
  }));
  return [
    ...tree.map(({ path, isFile, sizeBytes, sha256, content, isProgram }) => {
      const at = path.slice('./'.length);
      if (!isFile) return { kind: 'folder' as const, path: at };
      return { kind: 'file' as const, path: at, executable: isProgram, sizeBytes, sha256, content };
    }),
    { kind: 'folder', path: 'external' },
    ...external,
  ];
}
