// What the chain reads of a checkout: text files by their path there, and their hashes.

export interface ChainFile {
  /** Relative to the checkout, with `/`. */
  path: string;
  text: string;
  /** 64 lower-case hexadecimal digits, of the bytes. */
  sha256: string;
}

/** The file, or null when there is none. */
export type FindFile = (path: string) => ChainFile | null;

/** The machine's root as the generator lays it out (live-bootstrap 984b8322, lib/generator.py: stage0_posix, then seed over it, then steps). */
export function checkoutPaths(machinePath: string): string[] {
  if (machinePath.startsWith('/steps/')) return [machinePath.slice(1)];
  return [`seed${machinePath}`, `seed/stage0-posix${machinePath}`];
}

/** The file of the checkout that stands at that place of the machine when it starts. */
export function findInMachine(find: FindFile, machinePath: string): ChainFile | null {
  // Only the files of seed/ itself are copied, not its folders.
  const [first = '', ...others] = checkoutPaths(machinePath);
  const isFolderOfSeed = first.startsWith('seed/') && first.split('/').length > 2;
  for (const path of isFolderOfSeed ? others : [first, ...others]) {
    const file = find(path);
    if (file !== null) return file;
  }
  return null;
}

/** `a/../b` and `./c` resolved against a folder; the result begins with `/`. */
export function resolveMachinePath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith('/') ? '' : `${folder}/`}${path}`.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return `/${parts.join('/')}`;
}
