// Small files of a checkout, read at once and each once: text for the chain to read, hash for its evidence.
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { osCodeOf } from '../os-errors.ts';
import type { ChainFile, FindFile } from '../formats/chain/chain-files.ts';

/** The largest that is read so is cc_x86.M1, 205 KB. */
const LONGEST_BYTES = 4 * 1024 * 1024;

/**
 * A hundred milliseconds of reading some 600 small files: as ordinary calls, since the whole of it takes less than a tenth of a second. What is no file,
 * far too large or not readable is not there.
 */
export function openCheckoutFiles(root: string): FindFile {
  const known = new Map<string, ChainFile | null>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const file = readFile(root, path);
    known.set(path, file);
    return file;
  };
}

function readFile(root: string, path: string): ChainFile | null {
  if (path.includes('\0') || path.split('/').includes('..')) return null;
  let handle: number;
  try {
    handle = openSync(join(root, path), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (osCodeOf(error) !== null) return null;
    throw error;
  }
  try {
    const found = fstatSync(handle);
    if (!found.isFile() || found.size > LONGEST_BYTES) return null;
    const bytes = readFileSync(handle);
    return { path, text: bytes.toString(), sha256: createHash('sha256').update(bytes).digest('hex') };
  } finally {
    closeSync(handle);
  }
}
