// The list of differences between a folder and its commits, kept short enough to show.
import type { Difference, DifferenceKind } from '../../shared/model/checkout.ts';
import { CONFIGURATION_PATH } from './tree.ts';

export interface Differences {
  add(kind: DifferenceKind, path: string, detail: string, ignored?: boolean): void;
  /** What was found where a submodule belongs. */
  noteSubmodule(path: string, state: SubmoduleFolder): void;
  submoduleState(path: string): SubmoduleFolder;
  list(): { differences: Difference[]; leftOut: number };
}

export type SubmoduleFolder = 'missing' | 'empty' | 'filled' | 'other';

/** More than anybody reads; the rest is counted. */
const MOST_DIFFERENCES = 1000;

export function createDifferences(): Differences {
  const found: Difference[] = [];
  const submodules = new Map<string, SubmoduleFolder>();
  let leftOut = 0;
  return {
    add(kind, path, detail, ignored = false) {
      if (found.length < MOST_DIFFERENCES)
        found.push({ kind, path, detail, inImage: isInImage(kind, path), ignored });
      else leftOut += 1;
    },
    noteSubmodule: (path, state) => void submodules.set(path, state),
    submoduleState: (path) => submodules.get(path) ?? 'missing',
    list: () => ({
      differences: found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
      leftOut,
    }),
  };
}

/** Files of builder-hex0 that are written to the disk (live-bootstrap 984b8322, lib/generator.py, create_builder_hex0_disk_image). */
const BOOT_FILES = ['builder-hex0/builder-hex0-x86-stage1.hex0', 'builder-hex0/builder-hex0-x86-stage2.hex0'];

/**
 * May bytes of an image differ because of it? What goes in: tree.ts. steps/bootstrap.cfg is written anew for each image, and names with `.git` are left out.
 */
function isInImage(kind: DifferenceKind, path: string): boolean {
  if (kind === 'mode' || kind === 'tag-rewritten' || path.includes('.git')) return false;
  if (path === '' || path === 'builder-hex0' || BOOT_FILES.includes(path)) return true;
  if (`./${path}` === CONFIGURATION_PATH || path.startsWith('seed/stage0-posix/bootstrap-seeds/'))
    return false;
  // Folders of seed/ other than stage0-posix stay out.
  return path.startsWith('steps/') || /^seed\/(stage0-posix(\/|$)|[^/]+$)/.test(path);
}
