// Large and many: file systems of the sizes that issue 4 names, before e2fsprogs and the Linux kernel of this machine.
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Ext3Entry } from '../../src/engine/formats/ext3/ext3-entry.ts';
import { readWithExt2fs } from '../support/ext2fs-reader.ts';
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
  type TestContent,
  testOptions,
  writeExt3,
} from '../support/ext3-image.ts';
import { anyTree, lookAt, whatIs, withoutLostAndFound, withoutOwners } from '../support/ext3-trees.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const RUNS = 300;

/** Mount and unmount an empty file system: what this machine says to it. */
function mountRefusal(): string | null {
  if (process.getuid?.() !== 0) return 'only root mounts';
  const folder = tempFolder();
  const [image, at] = [join(folder, 'image'), join(folder, 'at')];
  mkdirSync(at);
  writeExt3(image, [], testOptions(16 * MEBIBYTE));
  const mounted = spawnSync('mount', ['-t', 'ext3', '-o', 'loop,ro', image, at], { encoding: 'utf8' });
  if (mounted.status !== 0) return mounted.stderr.trim();
  spawnSync('umount', [at]);
  rmSync(folder, { recursive: true });
  return null;
}
const refusal = mountRefusal();
if (refusal !== null && process.env['REQUIRE_TOOLS'] === '1')
  throw new Error(`mounting is required: ${refusal}`);

const mounted: string[] = [];
afterAll(() => {
  for (const at of mounted) spawnSync('umount', [at]);
});

function withMounted(image: string, options: string, work: (at: string) => void): void {
  const at = join(tempFolder(), 'at');
  mkdirSync(at);
  const { status, stderr } = spawnSync('mount', ['-t', 'ext3', '-o', `loop,${options}`, image, at], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  mounted.push(at);
  try {
    work(at);
  } finally {
    expect(spawnSync('umount', [at]).status).toBe(0);
    mounted.pop();
  }
}

function write(entries: readonly Ext3Entry<TestContent>[], sizeBytes: number): string {
  const path = join(tempFolder(), 'ext3.img');
  writeExt3(path, entries, testOptions(sizeBytes));
  return path;
}

/** As many files as live-bootstrap 984b8322 has distfiles, of 1.2 GB together, sized like them. */
function distfileEntries(): Ext3Entry<TestContent>[] {
  const shares = Array.from({ length: 310 }, (_, index) => 1 / (index + 1));
  const sum = shares.reduce((a, b) => a + b, 0);
  return [
    directoryEntry('distfiles'),
    ...shares.map((share, index) => {
      const size = Math.floor((share / sum) * 1.2e9);
      return fileEntry(`distfiles/file-${index}.tar.gz`, Buffer.alloc(size, `${index} and `));
    }),
  ];
}

function manyEntries(): Ext3Entry<TestContent>[] {
  return Array.from({ length: 100 }, (_, folder) => [
    directoryEntry(`d${folder}`),
    ...Array.from({ length: 200 }, (_, file) =>
      fileEntry(`d${folder}/f${file}`, `${folder} ${file} `.repeat(file)),
    ),
  ]).flat();
}

describe.skipIf(!hasE2fsprogs())('large and many (needs e2fsprogs)', () => {
  test('310 files of 1.2 GB: debugfs gives each back byte for byte', () => {
    const entries = distfileEntries();
    const path = write(entries, 16 * GIBIBYTE);
    expect(checkExt3(path)).toEqual(CLEAN);
    const out = tempFolder();
    judge('debugfs', '-R', `rdump / ${out}`, path);
    expect(withoutLostAndFound(lookAt(out))).toEqual(whatIs(entries));
  });

  test('20 000 small files: debugfs gives each back', () => {
    const entries = manyEntries();
    const path = write(entries, 2 * GIBIBYTE);
    expect(checkExt3(path)).toEqual(CLEAN);
    const out = tempFolder();
    judge('debugfs', '-R', `rdump / ${out}`, path);
    expect(withoutLostAndFound(lookAt(out))).toEqual(whatIs(entries));
  });

  test.each([
    ['16 GiB', 16 * GIBIBYTE],
    ['1 TiB', 1024 * GIBIBYTE],
    ['2 TiB less what a partition table takes', 2048 * GIBIBYTE - MEBIBYTE],
  ])('%s, sparse, with a file of 5 GiB', (_what, sizeBytes) => {
    const path = write([hugeEntry('big', 5 * GIBIBYTE + 1, 'zeros'), fileEntry('small', 'x')], sizeBytes);
    expect(checkExt3(path)).toEqual(CLEAN);
    expect(judge('debugfs', '-R', 'stat big', path).words).toMatch(/Size: 5368709121$/m);
    // Bitmaps, tables and 5 MiB of block numbers.
    expect(statSync(path).blocks * 512).toBeLessThan(170 * MEBIBYTE);
  });

  test('a file of 5 GiB has its blocks where they belong', () => {
    const path = write([hugeEntry('big', 5 * GIBIBYTE + 1, 'numbered')], 16 * GIBIBYTE);
    expect(checkExt3(path)).toEqual(CLEAN);
    const blocks = Array.from({ length: 4000 }, (_, index) => (index * 7919 * 41) % 1_310_721);
    const [level, levels] = [1024, 1024 ** 2];
    for (const boundary of [12, 12 + level, 12 + 2 * level, 12 + level + levels, 1_310_720])
      blocks.push(boundary - 1, boundary);
    const commands = join(tempFolder(), 'commands');
    writeFileSync(commands, blocks.map((block) => `bmap big ${block}\n`).join(''));
    const physical = (judge('debugfs', '-f', commands, path).words.match(/^\d+$/gm) ?? []).map(Number);
    const file = openSync(path, 'r');
    const found = physical.map((block) => {
      const number = Buffer.alloc(8);
      readSync(file, number, 0, 8, block * 4096);
      // The last block holds one byte of its number.
      return Number(number.readBigUInt64LE());
    });
    closeSync(file);
    expect(found).toEqual(blocks.map((block) => (block === 1_310_720 ? block % 256 : block)));
  });

  test('a great many trees', () => {
    fc.assert(
      fc.property(anyTree(), (entries) => {
        const folder = tempFolder();
        const [path, out] = [join(folder, 'ext3.img'), join(folder, 'out')];
        writeExt3(path, entries, testOptions(24 * MEBIBYTE));
        expect(checkExt3(path)).toEqual(CLEAN);
        mkdirSync(out);
        judge('debugfs', '-R', `rdump / ${out}`, path);
        expect(withoutLostAndFound(lookAt(out))).toEqual(whatIs(entries, 0o777));
        rmSync(folder, { recursive: true });
      }),
      { numRuns: RUNS },
    );
  });
});

test('a great many trees before ext2fs', async () => {
  await fc.assert(
    fc.asyncProperty(anyTree(), async (entries) => {
      const path = join(tempFolder(), 'ext3.img');
      writeExt3(path, entries, testOptions(24 * MEBIBYTE));
      const read = await readWithExt2fs(path);
      expect(withoutLostAndFound(read)).toEqual(withoutOwners(whatIs(entries)));
      rmSync(path);
    }),
    { numRuns: RUNS },
  );
});

describe.skipIf(refusal !== null)(
  `before this machine’s kernel (needs root and loop devices${refusal === null ? '' : `; SKIPPED: ${refusal}`})`,
  () => {
    test('any tree, its owners, modes and links', () => {
      fc.assert(
        fc.property(anyTree(), (entries) => {
          const folder = tempFolder();
          const path = join(folder, 'ext3.img');
          writeExt3(path, entries, testOptions(24 * MEBIBYTE));
          withMounted(path, 'ro,noload', (at) => {
            expect(withoutLostAndFound(lookAt(at))).toEqual(whatIs(entries));
          });
          rmSync(folder, { recursive: true });
        }),
        { numRuns: 40 },
      );
    });

    test('a link’s owner is what was asked for', () => {
      const path = write(
        [{ ...symlinkEntry('link', 'x'.repeat(100)), uid: 70_000, gid: 2 ** 31 }],
        16 * MEBIBYTE,
      );
      withMounted(path, 'ro', (at) => {
        const { uid, gid } = lstatSync(join(at, 'link'));
        expect([uid, gid, readlinkSync(join(at, 'link')).length]).toEqual([70_000, 2 ** 31, 100]);
      });
    });

    test('read-write: names into indexed directories, a large file, much removed; e2fsck finds nothing', () => {
      const names = Array.from({ length: 5000 }, (_, index) => `file-${index}`);
      const path = write(
        [
          directoryEntry('many'),
          ...names.map((name) => fileEntry(`many/${name}`, name)),
          hugeEntry('big', 200 * MEBIBYTE),
        ],
        2 * GIBIBYTE,
      );
      withMounted(path, 'rw', (at) => {
        for (let index = 0; index < 5000; index += 1)
          writeFileSync(join(at, 'many', `more-${index}`), String(index));
        for (let index = 0; index < 5000; index += 2) rmSync(join(at, 'many', `file-${index}`));
        writeFileSync(join(at, 'filled'), Buffer.alloc(300 * MEBIBYTE, 'x'));
        rmSync(join(at, 'big'));
      });
      expect(checkExt3(path)).toEqual(CLEAN);
      expect(judge('debugfs', '-R', 'cat many/more-4999', path).words).toBe('4999');
    });
  },
);
