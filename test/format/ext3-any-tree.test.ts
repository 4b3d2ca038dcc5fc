// Any tree within ext3's limits: written by us, read back by debugfs and by libext2fs as WebAssembly, the same.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Ext3Entry } from '../../src/engine/formats/ext3/ext3-entry.ts';
import { openExt2fsReader, type ReadEntry } from '../support/ext2fs-reader.ts';
import {
  checkExt3,
  CLEAN,
  directoryEntry,
  fileEntry,
  hasE2fsprogs,
  judge,
  MEBIBYTE,
  symlinkEntry,
  type TestContent,
  testOptions,
  writeExt3,
} from '../support/ext3-image.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const reader = openExt2fsReader();
afterAll(async () => {
  await reader.close();
});

const BLOCK = 4096;

describe.skipIf(!hasE2fsprogs())('any tree (needs e2fsprogs)', () => {
  test('any tree is read back as it was, by debugfs and by ext2fs', async () => {
    await fc.assert(
      fc.asyncProperty(anyTree(), async (entries) => {
        const folder = tempFolder();
        const path = join(folder, 'ext3.img');
        writeExt3(path, entries, testOptions(24 * MEBIBYTE));
        expect(checkExt3(path)).toEqual(CLEAN);
        const out = join(folder, 'out');
        mkdirSync(out);
        expect(judge('debugfs', '-R', `rdump / ${out}`, path).status).toBe(0);
        rmSync(join(out, 'lost+found'), { recursive: true });
        // debugfs leaves the special bits of a mode and a link's owner out, ext2fs the owners.
        expect(lookAt(out)).toEqual(whatIs(entries, 0o777));
        const { '/lost+found': lost, ...read } = await reader.read(path);
        expect(lost).toEqual({ type: 'directory', mode: 0o700, holds: '' });
        expect(read).toEqual(withoutOwners(whatIs(entries)));
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 25 },
    );
  });
});

interface Looked {
  type: 'directory' | 'file' | 'symlink';
  mode: number;
  uid: number;
  gid: number;
  holds: string;
}

/** What the host sees in a folder: path from `/` → entry. */
function lookAt(folder: string): Record<string, Looked> {
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

function whatIs(entries: readonly Ext3Entry<TestContent>[], bits = 0o7777): Record<string, Looked> {
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

function withoutOwners(looked: Record<string, Looked>): Record<string, ReadEntry> {
  return Object.fromEntries(
    Object.entries(looked).map(([path, { type, mode, holds }]) => [path, { type, mode, holds }]),
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Directories in one another with files and links of every size that matters, in no order. */
function anyTree(): fc.Arbitrary<Ext3Entry<TestContent>[]> {
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
