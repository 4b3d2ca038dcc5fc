// Disks that somebody damaged, a few thousand here and many more in test/long/fuzz-images.test.ts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildImage } from '../../src/engine/image/build.ts';
import { openContents } from '../../src/engine/image-reading/contents.ts';
import { extractContents } from '../../src/engine/image-reading/extract-contents.ts';
import { listContents } from '../../src/engine/image-reading/list-contents.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { makeCheckout } from '../support/checkout-fixture.ts';
import { hasE2fsprogs, makeExtImage } from '../support/ext-images.ts';
import { makeFuzzBases } from '../support/fuzz-bases.ts';
import { fuzzOnce } from '../support/fuzz-images.ts';
import { memorySource } from '../support/memory-source.ts';
import { randomNumbers } from '../support/mutations.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const required = process.env['REQUIRE_TOOLS'] === '1';

describe.skipIf(!hasE2fsprogs && !required)('damaged disks (needs mke2fs and debugfs)', () => {
  test('3 000 of them are read or refused with a code, none hangs', async () => {
    const folder = makeFolder();
    const bases = await makeFuzzBases(folder);
    const random = randomNumbers(4);
    const answers = new Map<string, number>();
    for (let index = 0; index < 3000; index += 1) {
      const base = bases[index % bases.length];
      if (base === undefined) throw new Error('no disk to damage');
      const began = performance.now();
      const answer = await fuzzOnce(base, random);
      expect(performance.now() - began).toBeLessThan(5000);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    // Damage that nobody notices would mean that nothing was damaged.
    expect(answers.get('CONTENT_UNREADABLE')).toBeGreaterThan(300);
    expect(answers.get('read')).toBeGreaterThan(300);
  });

  test('a folder that lies in itself is listed, copied once and no further', async () => {
    const folder = makeFolder();
    const tree = join(folder, 'tree');
    mkdirSync(join(tree, 'a', 'b'), { recursive: true });
    writeFileSync(join(tree, 'a', 'file'), 'x\n');
    const disk = join(folder, 'disk.img');
    makeExtImage(disk, tree, '2M', ['-t', 'ext2', '-b', '1024']);
    spawnSync('debugfs', ['-w', '-R', 'ln a a/b/again', disk]);
    const { entries } = await listContents({
      diskPath: disk,
      path: '/a/b/again/b/again',
      from: 0,
      limit: 10,
    });
    expect(entries.map(({ path }) => path)).toEqual(['/a/b/again/b/again/b', '/a/b/again/b/again/file']);
    const out = join(folder, 'out');
    const report = await extractContents({ diskPath: disk, paths: ['/a'], folder: out }, {});
    expect([report.files, report.skipped]).toEqual([
      1,
      [{ path: '/a/b/again', reason: 'the same folder lies in two places' }],
    ]);
    expect(readdirSync(out, { recursive: true }).sort()).toEqual(['a', 'a/b', 'a/file']);
  });

  test('a name with a slash, and a link in the place of a folder, lead nowhere else', async () => {
    const folder = makeFolder();
    const tree = join(folder, 'tree');
    mkdirSync(tree);
    writeFileSync(join(tree, 'aaXbbXcc'), 'evil\n');
    writeFileSync(join(tree, 'dotdot'), 'evil\n');
    const disk = join(folder, 'disk.img');
    makeExtImage(disk, tree, '1M', ['-t', 'ext2', '-b', '1024']);
    const bytes = readFileSync(disk);
    bytes.write('../bb/cc', bytes.indexOf('aaXbbXcc'));
    writeFileSync(disk, bytes);
    const out = join(folder, 'inner', 'out');
    mkdirSync(join(folder, 'inner'));
    await extractContents({ diskPath: disk, paths: ['/'], folder: out }, {});
    expect([readdirSync(out).sort(), existsSync(join(folder, 'inner', 'bb'))]).toEqual([
      ['dotdot', 'lost+found'],
      false,
    ]);
  });
});

describe('disks that say what cannot be', () => {
  const superBlock = (change: (view: DataView) => void): Buffer => {
    const bytes = Buffer.alloc(65_536);
    const view = new DataView(bytes.buffer, bytes.byteOffset + 1024, 1024);
    const numbers = [
      [0x0, 16],
      [0x4, 64],
      [0x14, 1],
      [0x20, 8192],
      [0x28, 16],
      [0x4c, 1],
    ] as const;
    for (const [at, value] of numbers) view.setUint32(at, value, true);
    view.setUint16(0x38, 0xef53, true);
    view.setUint16(0x58, 128, true);
    change(view);
    return bytes;
  };

  test.each([
    ['blocks of 2 GiB', (view: DataView) => view.setUint32(0x18, 21, true)],
    ['more blocks than bytes', (view: DataView) => view.setUint32(0x4, 0xffffffff, true)],
    ['no blocks in a group', (view: DataView) => view.setUint32(0x20, 0, true)],
    ['no inodes in a group', (view: DataView) => view.setUint32(0x28, 0, true)],
    ['inodes of 3 bytes', (view: DataView) => view.setUint16(0x58, 3, true)],
    ['more inodes than groups hold', (view: DataView) => view.setUint32(0x0, 0x7fffffff, true)],
    ['features of another time', (view: DataView) => view.setUint32(0x60, 0x80000000, true)],
    ['an inode table beyond the end', () => undefined],
  ])('%s', async (_name, change) => {
    const refusal = await refusalOf(async () => {
      const contents = await openContents(memorySource(superBlock(change)));
      await contents.get('/');
    });
    expect(refusal).toMatchObject(['CONTENT_UNREADABLE', {}]);
  });

  test('nothing, zeros and text are no disks', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(100_000), Buffer.alloc(100_000, 'text ')])
      expect(await refusalOf(() => openContents(memorySource(bytes)))).toMatchObject([
        'IMAGE_UNREADABLE',
        {},
      ]);
  });

  test('a boot image cut at any byte is read as far as it goes, or refused', async () => {
    const folder = makeFolder();
    const image = join(folder, 'some.img');
    await buildImage(bootstrapRequest(await makeCheckout(folder)), image, join(folder, 'r.json'), {
      replace: false,
    });
    const bytes = readFileSync(image);
    const random = randomNumbers(9);
    const answers = new Set<string>();
    for (let index = 0; index < 300; index += 1) {
      const source = memorySource(bytes.subarray(0, random(90_000)));
      const refusal = await refusalOf(async () => (await openContents(source)).get('/'));
      answers.add(refusal === 'accepted' ? 'read' : String((refusal as unknown[])[0]));
    }
    expect([...answers].sort()).toEqual(['IMAGE_UNREADABLE', 'read']);
  });
});
