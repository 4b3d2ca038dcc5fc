// Our ext3 file systems before judges that we did not write: e2fsprogs.
import { closeSync, openSync, readlinkSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Ext3Entry } from '../../src/engine/formats/ext3/ext3-entry.ts';
import { hashName } from '../../src/engine/formats/ext3/directory-hash.ts';
import {
  checkExt3,
  CLEAN,
  directoryEntry,
  fileEntry,
  GIBIBYTE,
  hasE2fsprogs,
  hugeEntry,
  judge,
  MEBIBYTE,
  symlinkEntry,
  TEST_UUID,
  type TestContent,
  testOptions,
  writeExt3,
} from '../support/ext3-image.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

const BLOCK = 4096;
/** Blocks that a file has before it needs another level of block numbers. */
const BOUNDARIES = [12, 12 + 1024, 12 + 1024 + 1024 ** 2];

function write(entries: readonly Ext3Entry<TestContent>[], sizeBytes: number): string {
  const path = join(tempFolder(), 'ext3.img');
  writeExt3(path, entries, testOptions(sizeBytes));
  return path;
}

function debugfs(path: string, command: string): string {
  const { status, words } = judge('debugfs', '-R', command, path);
  expect(status).toBe(0);
  return words;
}

/** Names in a directory, as debugfs lists them. */
function list(path: string, directory: string): string[] {
  return (
    debugfs(path, `ls -p ${directory}`)
      .split('\n')
      .filter((line) => line.startsWith('/'))
      .map((line) => line.split('/')[5] ?? '')
      // The blocks of an index look like unused names.
      .filter((name) => name !== '')
  );
}

describe.skipIf(!hasE2fsprogs())('before e2fsprogs (needs e2fsprogs)', () => {
  test('an empty file system is clean and says what it is', () => {
    const path = write([], 64 * MEBIBYTE);
    expect(checkExt3(path)).toEqual(CLEAN);
    expect(list(path, '/')).toEqual(['.', '..', 'lost+found']);
    const { words } = judge('tune2fs', '-l', path);
    const said = new Map(
      words.split('\n').map((line) => {
        const [key = '', value = ''] = line.split(/:\s+/);
        return [key, value] as const;
      }),
    );
    expect(Object.fromEntries(said)).toMatchObject({
      'Filesystem UUID': TEST_UUID,
      'Filesystem features': 'has_journal ext_attr dir_index filetype sparse_super large_file',
      'Filesystem state': 'clean',
      'Block size': String(BLOCK),
      'Inode size': '256',
      'Filesystem created': 'Sun Sep  9 01:46:40 2001',
      'Directory Hash Seed': '00112233-4455-6677-8899-aabbccddeeff',
    });
  });

  test.each([16 * MEBIBYTE, 100 * MEBIBYTE, 600 * MEBIBYTE, 3 * GIBIBYTE, 16 * GIBIBYTE - MEBIBYTE])(
    'for %i bytes it has the sizes that mke2fs chooses',
    (sizeBytes) => {
      const ours = write([], sizeBytes);
      const theirs = join(tempFolder(), 'theirs.img');
      judge('truncate', '-s', String(sizeBytes), theirs);
      expect(
        judge('mke2fs', '-q', '-F', '-t', 'ext3', '-b', '4096', '-O', '^resize_inode', theirs).status,
      ).toBe(0);
      const facts = (path: string): string[] =>
        judge('dumpe2fs', '-h', path)
          .words.split('\n')
          .filter((line) =>
            /^(Inode count|Block count|Reserved block count|Inodes per group|Free blocks|Free inodes|Total journal blocks|Filesystem features|Default mount options|Required extra isize|Journal backup|Maximum mount count):/.test(
              line,
            ),
          );
      expect(facts(ours)).toHaveLength(12);
      expect(facts(ours)).toEqual(facts(theirs));
      expect(checkExt3(ours)).toEqual(CLEAN);
      // A clean journal is a hole; mke2fs writes its zeros.
      expect(statSync(ours).blocks).toBeLessThan(statSync(theirs).blocks);
    },
  );

  test('a size that leaves too little for a last group gives that group up, as mke2fs does', () => {
    const path = write([], 129 * MEBIBYTE);
    expect(judge('dumpe2fs', '-h', path).words).toMatch(/^Block count: +32768$/m);
    expect(checkExt3(path)).toEqual(CLEAN);
  });

  test('files at each boundary of the block map have each block where it belongs', () => {
    const sizes = BOUNDARIES.flatMap((blocks) => [blocks * BLOCK - 1, blocks * BLOCK, blocks * BLOCK + 1]);
    // The last byte behind the third boundary is what needs the triply indirect block.
    const path = write(
      sizes.map((size) => hugeEntry(`f${size}`, size, size > GIBIBYTE ? 'zeros' : 'numbered')),
      16 * GIBIBYTE,
    );
    expect(checkExt3(path)).toEqual(CLEAN);
    const file = openSync(path, 'r');
    for (const size of sizes) {
      expect(debugfs(path, `stat f${size}`)).toMatch(new RegExp(`Size: ${size}\\n`));
      const last = Math.ceil(size / BLOCK) - 1;
      for (const block of [0, 11, 12, 12 + 1023, 12 + 1024, last].filter((one) => one <= last)) {
        const physical = Number(debugfs(path, `bmap f${size} ${block}`).trim());
        expect(physical).toBeGreaterThan(0);
        const bytes = Buffer.alloc(8);
        readSync(file, bytes, 0, 8, physical * BLOCK);
        if (size < GIBIBYTE && block !== last) expect(Number(bytes.readBigUInt64LE())).toBe(block);
      }
    }
    closeSync(file);
  });

  test('a directory of 5 000 entries is indexed and whole', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `file-${index}.tar.gz`);
    const path = write(
      [directoryEntry('many'), ...names.map((name) => fileEntry(`many/${name}`, name))],
      128 * MEBIBYTE,
    );
    expect(checkExt3(path)).toEqual(CLEAN);
    expect(list(path, 'many').sort()).toEqual(['.', '..', ...names].sort());
    expect(debugfs(path, 'htree_dump many')).toMatch(/Indirect levels: 0/);
    expect(debugfs(path, 'cat many/file-4711.tar.gz')).toBe('file-4711.tar.gz');
  });

  test('names of 255 bytes, as many as need an index of two levels', () => {
    const long = Array.from({ length: 8000 }, (_, index) => {
      const start = `${index}-`.padEnd(5, '-');
      return start + 'é'.repeat(125);
    });
    expect(new Set(long.map((name) => Buffer.byteLength(name)))).toEqual(new Set([255]));
    const path = write(
      [directoryEntry('long'), ...long.map((name) => fileEntry(`long/${name}`, ''))],
      128 * MEBIBYTE,
    );
    expect(checkExt3(path)).toEqual(CLEAN);
    expect(list(path, 'long').sort()).toEqual(['.', '..', ...long].sort());
    expect(debugfs(path, 'htree_dump long')).toMatch(/Indirect levels: 1/);
  });

  test.each([1, 59, 60, 4095])('a symbolic link of %i bytes', (length) => {
    const target = 't'.repeat(length);
    const path = write([symlinkEntry('link', target)], 16 * MEBIBYTE);
    expect(checkExt3(path)).toEqual(CLEAN);
    const out = tempFolder();
    debugfs(path, `rdump / ${out}`);
    expect(readlinkSync(join(out, 'link'))).toBe(target);
  });

  test('names hash as debugfs hashes them, also those whose characters are no ASCII', () => {
    const seed = testOptions(0).hashSeed;
    for (const name of ['a', 'abc', 'ä', 'ñandú-1.0.tar', 'x'.repeat(31), 'x'.repeat(32), 'é'.repeat(127)]) {
      const words = judge('debugfs', '-R', `dx_hash -h half_md4 -s ${formatUuid(seed)} ${name}`).words;
      expect([name, /is 0x([0-9a-f]+)/.exec(words)?.[1]]).toEqual([
        name,
        hashName(Buffer.from(name), seed).toString(16),
      ]);
    }
  });
});

function formatUuid(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
