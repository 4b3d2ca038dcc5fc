// A second reader of disks, ext2fs: what it says is compared, and nothing that it does or does not do takes the host down.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withSource } from '../../src/engine/bytes/open-source.ts';
import type { Ext2fsOptions } from '../../src/engine/ext/open-ext2fs.ts';
import { extractContents } from '../../src/engine/image-reading/extract-contents.ts';
import { withContents } from '../../src/engine/image-reading/with-contents.ts';
import { sha256 } from '../support/checkout-fixture.ts';
import { hasE2fsprogs, makeExtImage } from '../support/ext-images.ts';
import { makeFuzzBases } from '../support/fuzz-bases.ts';
import { fuzzOnce, readByTwo } from '../support/fuzz-images.ts';
import { randomNumbers } from '../support/mutations.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const required = process.env['REQUIRE_TOOLS'] === '1';
const EXT2FS = createRequire(import.meta.url).resolve('ext2fs');

describe.skipIf(!hasE2fsprogs && !required)('a second reader (needs mke2fs)', () => {
  function makeDisk(folder: string): string {
    const tree = join(folder, 'tree');
    mkdirSync(join(tree, 'a'), { recursive: true });
    writeFileSync(join(tree, 'a', 'large'), Buffer.alloc(2_000_000, 'large '));
    writeFileSync(join(tree, 'b'), 'b\n');
    const disk = join(folder, 'disk.img');
    makeExtImage(disk, tree, '8M', ['-t', 'ext3']);
    return disk;
  }

  /** A package in ext2fs's place: `body` has `real`, the promises of the real one on the same disk, and `disk`. */
  function makeProgram(folder: string, body: string): Ext2fsOptions {
    const program = join(folder, 'program.cjs');
    const mount = `async (disk, offset) => { const real = (await require(${JSON.stringify(EXT2FS)}).mount(disk, offset)).promises; ${body}; return { promises: real }; }`;
    writeFileSync(program, `exports.mount = ${mount};\n`);
    return { program, answerMilliseconds: 2000 };
  }

  const extract = (folder: string, disk: string, ext2fs: Ext2fsOptions) =>
    extractContents({ diskPath: disk, paths: ['/a', '/b'], folder: join(folder, 'out'), ext2fs }, {});

  test.each([
    [
      'a byte',
      'const read = real.read; real.read = async (fd, buffer, ...rest) => { const got = await read(fd, buffer, ...rest); buffer[7] ^= 1; return got; }',
      { content: '/a/large', what: 'byte 7 of it', ext2fs: '60', seedbed: '61' },
    ],
    [
      'the end',
      'real.read = async (fd, buffer) => ({ bytesRead: 0, buffer })',
      { content: '/a/large', what: 'byte 0 of it', ext2fs: 'beyond its end', seedbed: '6c' },
    ],
    [
      'a name',
      "const readdir = real.readdir; real.readdir = async (path) => [...(await readdir(path)), 'more']",
      { content: '/a', what: 'the name "more"', ext2fs: 'there', seedbed: 'not there' },
    ],
    [
      'a size',
      'const fstat = real.fstat; real.fstat = async (fd) => { const stat = await fstat(fd); stat.size += 1; return stat; }',
      { what: 'its size in bytes' },
    ],
  ])('extracts nothing when the two do not agree in %s, and names both', async (_what, body, data) => {
    const folder = makeFolder();
    const ask = () => extract(folder, makeDisk(folder), makeProgram(folder, body));
    expect(await refusalOf(ask)).toMatchObject(['CONTENT_DISPUTED', data]);
    expect(readdirSync(folder)).not.toContain('a');
  });

  test.each([
    ['never ends', 'for (;;);', 'no answer'],
    ['is not there', "throw new Error('broken')", 'broken'],
    ['ends its thread', 'process.exit(3)', 'ended without an answer'],
    ['would write', 'await disk.write(Buffer.alloc(512), 0, 512, 0)', 'write on the disk'],
    ['looks outside', 'await disk.read(Buffer.alloc(512), 0, 512, 2 ** 40)', 'does not have'],
    ['takes all memory', 'const all = []; for (;;) all.push(new Array(1e6).fill(1))', 'memory'],
  ])('one that %s is done without, and told', async (what, body, reason) => {
    const folder = makeFolder();
    const disk = makeDisk(folder);
    const before = sha256(readFileSync(disk));
    const listeners = process.listenerCount('uncaughtException');
    const answerMilliseconds = what === 'never ends' ? 1000 : 30_000;
    const report = await extract(folder, disk, { ...makeProgram(folder, body), answerMilliseconds });
    expect(report).toMatchObject({ files: 2, reader: { name: 'seedbed', exceptionCount: 0 } });
    expect(report.reader?.reason).toContain(reason);
    expect(readFileSync(join(folder, 'out', 'b'), 'utf8')).toBe('b\n');
    expect([sha256(readFileSync(disk)), process.listenerCount('uncaughtException')]).toEqual([
      before,
      listeners,
    ]);
  });

  test('one that hangs in the middle of a file is left; the file comes out whole', async () => {
    const folder = makeFolder();
    const body =
      'let reads = 0; const read = real.read; real.read = (...all) => { reads += 1; if (reads === 3) for (;;); return read(...all); }';
    const report = await extract(folder, makeDisk(folder), makeProgram(folder, body));
    expect(report.reader).toMatchObject({
      name: 'ext2fs',
      exceptions: [{ path: '/a/large', reason: 'ext2fs: it gave no answer in 2 s' }],
    });
    expect([report.bytes, sha256(readFileSync(join(folder, 'out', 'a', 'large')))]).toEqual([
      2_000_002,
      sha256(Buffer.alloc(2_000_000, 'large ')),
    ]);
  });

  test('a cancelled reading ends at once, whatever it is busy with', async () => {
    const folder = makeFolder();
    const disk = makeDisk(folder);
    const cancel = new AbortController();
    const options = {
      ...makeProgram(folder, 'for (;;);'),
      answerMilliseconds: 600_000,
      signal: cancel.signal,
    };
    const reading = refusalOf(() =>
      withSource(disk, (source) =>
        withContents(source, { ...options, onDispute: () => undefined }, () => Promise.resolve()),
      ),
    );
    setTimeout(() => cancel.abort(), 300);
    expect(await reading).toMatchObject(['CANCELLED', {}]);
  });

  test('thirty damaged disks are read, refused with a code, or done without', async () => {
    const folder = makeFolder();
    const bases = (await makeFuzzBases(folder)).filter(({ name }) => name !== 'boot image');
    const random = randomNumbers(12);
    const answers = new Map<string, number>();
    const read = readByTwo(join(folder, 'damaged.img'));
    for (let index = 0; index < 30; index += 1) {
      const base = bases[index % bases.length];
      if (base === undefined) throw new Error('no disk to damage');
      const answer = await fuzzOnce(base, random, read);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    // Damage in places that nobody looks at leaves a disk readable.
    expect(answers.get('ext2fs')).toBeGreaterThan(0);
    expect([...answers.keys()]).toContain('CONTENT_UNREADABLE');
  });
});
