// Reads the checkout's files once, before anything is written: small ones stay in memory until then, large ones are read again and compared.
import { createHash } from 'node:crypto';
import { closeSync, constants, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { TreeEntry } from '../checkout/tree.ts';
import { atPath } from '../os-errors.ts';
import { sha256Of } from './input-digest.ts';
import type { BuildOptions } from './image-plan.ts';
import type { PlannedEntry } from './lay-out.ts';

/** A checkout is 6.6 MB without distfiles; only a changed one comes near these. */
const SMALL_FILE_BYTES = 1024 * 1024;
const KEPT_BYTES = 32 * 1024 * 1024;

/** The longest that others in this process wait for us. */
const TURN_MS = 5;

/** An entry with its hash for each entry of the tree, in the same order. Throws FILE_CHANGED, CANCELLED. */
export async function readContents(
  tree: readonly TreeEntry[],
  { signal, report }: BuildOptions,
): Promise<PlannedEntry[]> {
  const entries: PlannedEntry[] = [];
  let kept = 0;
  let turnEnds = performance.now() + TURN_MS;
  for (const { path, file } of tree) {
    if (performance.now() > turnEnds) {
      report?.({
        step: 'read',
        label: 'Reading the checkout',
        done: entries.length,
        total: tree.length,
        unit: 'files',
      });
      await yieldToOthers();
      turnEnds = performance.now() + TURN_MS;
    }
    if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
    const entry = file === null ? directory(path) : await readEntry(path, file, KEPT_BYTES - kept);
    if (entry.content?.kind === 'bytes') kept += entry.sizeBytes;
    entries.push(entry);
  }
  const count = tree.length;
  report?.({ step: 'read', label: 'Reading the checkout', done: count, total: count, unit: 'files' });
  return entries;
}

function directory(path: string): PlannedEntry {
  return { path, sizeBytes: 0, sha256: sha256Of(''), isFile: false, isProgram: false, content: null };
}

function readEntry(path: string, file: string, mayKeep: number): Promise<PlannedEntry> {
  return atPath(file, async () => {
    const found = readSmall(file, Math.min(SMALL_FILE_BYTES, mayKeep));
    const { sizeBytes, bytes } = found;
    if (bytes === null) {
      const sha256 = await hashFile(file, sizeBytes);
      const content = { kind: 'file', path: file, sizeBytes, sha256, distfile: null } as const;
      return { path, sizeBytes, sha256, isFile: true, isProgram: false, content };
    }
    const content = sizeBytes > 0 ? ({ kind: 'bytes', bytes } as const) : null;
    return { path, sizeBytes, sha256: sha256Of(bytes), isFile: true, isProgram: isProgram(bytes), content };
  });
}

/**
 * Size of a file, and its bytes if they are at most `limit`. Without the thread pool, whose four round trips a file would take ten times as long as
 * thousands of such files take to read.
 */
function readSmall(file: string, limit: number): { sizeBytes: number; bytes: Uint8Array | null } {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new SeedbedError('FILE_CHANGED', { path: file });
    if (stat.size > limit) return { sizeBytes: stat.size, bytes: null };
    // One byte more, so that a file that grew meanwhile is seen.
    const bytes = new Uint8Array(stat.size + 1);
    let done = 0;
    for (let count = 1; count > 0; done += count)
      count = readSync(descriptor, bytes, done, bytes.length - done, null);
    if (done !== stat.size) throw new SeedbedError('FILE_CHANGED', { path: file });
    return { sizeBytes: stat.size, bytes: bytes.subarray(0, done) };
  } finally {
    closeSync(descriptor);
  }
}

/** A script that names its interpreter, or an ELF file. Told by the bytes, so that every host says the same; modes differ between them. */
export function isProgram(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  return (a === 0x23 && b === 0x21) || (a === 0x7f && b === 0x45 && c === 0x4c && d === 0x46);
}

/** sha256 of the first `sizeBytes` bytes. */
export async function hashFile(file: string, sizeBytes: number): Promise<string> {
  if (sizeBytes === 0) return sha256Of('');
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { end: sizeBytes - 1 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
