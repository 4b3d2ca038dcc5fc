// Trees for the ext3 writer: any of them, what each should look like when it is read back, and what a folder of the host looks like.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Ext3Entry } from '../../src/engine/formats/ext3/ext3-entry.ts';
import type { ReadEntry } from './ext2fs-reader.ts';
import { directoryEntry, fileEntry, symlinkEntry, type TestContent } from './ext3-image.ts';

const BLOCK = 4096;

interface Looked {
  type: 'directory' | 'file' | 'symlink';
  mode: number;
  uid: number;
  gid: number;
  holds: string;
}

/** What the host sees in a folder: path from `/` → entry. */
export function lookAt(folder: string): Record<string, Looked> {
  const found: Record<string, Looked> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stat = lstatSync(join(folder, name));
    const base = { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
    if (stat.isSymbolicLink())
      found[`/${name}`] = { ...base, type: 'symlink', holds: readlinkSync(join(folder, name)) };
    else if (stat.isDirectory()) found[`/${name}`] = { ...base, type: 'directory', holds: '' };
    else found[`/${name}`] = { ...base, type: 'file', holds: sha256(readFileSync(join(folder, name))) };
  }
  return found;
}

export function whatIs(entries: readonly Ext3Entry<TestContent>[], bits = 0o7777): Record<string, Looked> {
  return Object.fromEntries(
    entries.map((entry) => {
      const { type, uid, gid } = entry;
      const mode = entry.mode & bits;
      const holds =
        entry.type === 'file' && typeof entry.content !== 'string'
          ? sha256(entry.content)
          : entry.type === 'symlink'
            ? entry.target
            : '';
      return [`/${entry.path}`, { type, mode, uid, gid, holds }];
    }),
  );
}

export function withoutLostAndFound<T>(found: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(found).filter(([path]) => path !== '/lost+found'));
}

export function withoutOwners(looked: Record<string, Looked>): Record<string, ReadEntry> {
  return Object.fromEntries(
    Object.entries(looked).map(([path, { type, mode, holds }]) => [path, { type, mode, holds }]),
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Directories in one another with files and links of every size that matters, in no order. */
export function anyTree(): fc.Arbitrary<Ext3Entry<TestContent>[]> {
  const name = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 80 })
    .map((text) => text.replaceAll(/[/\0]|\p{Surrogate}/gu, '_').normalize())
    .filter((text) => !['.', '..', 'lost+found'].includes(text) && Buffer.byteLength(text) <= 255);
  const id = fc.constantFrom(0, 1, 65535, 65536, 2 ** 31);
  const size = fc.oneof(
    fc.nat(3 * BLOCK),
    fc.constantFrom(0, BLOCK, 12 * BLOCK, 12 * BLOCK + 1, 40 * BLOCK, 1050 * BLOCK - 5),
  );
  const one = fc.record({
    name,
    where: fc.nat(),
    uid: id,
    gid: id,
    mode: fc.integer({ min: 0, max: 0o7777 }),
    what: fc.oneof(
      fc.constant('directory' as const),
      size,
      fc.constantFrom(1, 59, 60, 300).map((length) => 'x/'.repeat(length).slice(0, length)),
    ),
  });
  return fc.array(one, { maxLength: 40 }).map((list) => {
    const directories = [''];
    const entries = new Map<string, Ext3Entry<TestContent>>();
    for (const [index, { name: last, where, what, ...owner }] of list.entries()) {
      const path = `${directories[where % directories.length] ?? ''}${last}`;
      if (entries.has(path)) continue;
      if (what === 'directory') {
        directories.push(`${path}/`);
        entries.set(path, { ...directoryEntry(path), ...owner });
      } else if (typeof what === 'string') entries.set(path, symlinkEntry(path, what));
      else entries.set(path, { ...fileEntry(path, Buffer.alloc(what, `${index} `)), ...owner });
    }
    return [...entries.values()].reverse();
  });
}
