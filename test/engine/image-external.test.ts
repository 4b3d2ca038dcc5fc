// Disks with a file system: written from distfiles and trees, then read by e2fsprogs, sfdisk and ext2fs, and by plain reading of their regions.
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isDiskWhole } from '../../src/engine/image/data-ranges.ts';
import type { DiskEntry } from '../../src/engine/image/disk-entry.ts';
import type { PlannedDisk } from '../../src/engine/image/image-plan.ts';
import { planExternalDisk, planRootDisk } from '../../src/engine/image/plan-external.ts';
import { writtenBytes } from '../../src/engine/image/segments.ts';
import { writeImageData } from '../../src/engine/image/write-image.ts';
import { copyDisk } from '../../src/engine/run/disk-copy.ts';
import type { ImageDisk, Region } from '../../src/shared/model/image.ts';
import { readWithExt2fs } from '../support/ext2fs-reader.ts';
import {
  CLEAN,
  checkExt3,
  GIBIBYTE,
  hasE2fsprogs,
  hasProgram,
  judge,
  MEBIBYTE,
} from '../support/ext3-image.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

const ZEROS = Buffer.alloc(MEBIBYTE);

const FOLDER: DiskEntry = { kind: 'folder', path: 'distfiles' };

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A distfile in a folder of the host. */
function distfile(
  folder: string,
  name: string,
  bytes: Uint8Array | string,
): Extract<DiskEntry, { kind: 'file' }> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const facts = { sizeBytes: bytes.length, sha256: sha256(bytes) };
  return {
    kind: 'file',
    path: `distfiles/${name}`,
    executable: false,
    ...facts,
    content: { kind: 'file', path, distfile: name, ...facts },
  };
}

function inMemory(path: string, text: string, executable = false): DiskEntry {
  const bytes = Buffer.from(text);
  return {
    kind: 'file',
    path,
    executable,
    sizeBytes: bytes.length,
    sha256: sha256(bytes),
    content: { kind: 'bytes', bytes },
  };
}

async function write(disk: PlannedDisk, path: string): Promise<{ sha256: string; regions: Region[] }> {
  const file = await open(path, 'wx');
  try {
    await file.truncate(disk.sizeBytes);
    return await writeImageData(file, path, disk, {});
  } finally {
    await file.close();
  }
}

/** The regions' hashes and the disk's, by reading the file from one end to the other. */
function readRegions(
  path: string,
  regions: readonly Region[],
): { hashes: (string | null)[]; sha256: string; holes: boolean } {
  const file = openSync(path, 'r');
  let holes = true;
  const hashes = regions.map(({ name, offsetBytes, lengthBytes }) => {
    const hash = createHash('sha256');
    const piece = Buffer.alloc(MEBIBYTE);
    for (let done = 0; done < lengthBytes;) {
      const part = piece.subarray(0, Math.min(piece.length, lengthBytes - done));
      readSync(file, part, 0, part.length, offsetBytes + done);
      done += part.length;
      if (name === 'hole') holes &&= part.equals(ZEROS.subarray(0, part.length));
      else hash.update(part);
    }
    return name === 'hole' ? null : hash.digest('hex');
  });
  closeSync(file);
  const list = regions.flatMap(({ offsetBytes, lengthBytes }, index) =>
    hashes[index] === null ? [] : [`${offsetBytes} ${lengthBytes} ${hashes[index] ?? ''}\n`],
  );
  return { hashes, sha256: sha256(list.join('')), holes };
}

test('an external disk: every region has its hash, distfiles their own, and the rest is zeros', async () => {
  const folder = tempFolder();
  const entries = [
    FOLDER,
    distfile(folder, 'small.tar.gz', 'small'),
    distfile(folder, 'middle.tar.xz', Buffer.alloc(100_000, 'middle ')),
    distfile(folder, 'empty', ''),
    { kind: 'folder' as const, path: 'repo-preseeded' },
    inMemory('repo-preseeded/a_0.tar.bz2', 'a package'),
  ];
  const disk = planExternalDisk({ entries, sizeBytes: 64 * MEBIBYTE });
  const path = join(folder, 'external.img');
  const written = await write(disk, path);
  expect(statSync(path).size).toBe(64 * MEBIBYTE);
  expect(disk.entries).toEqual({ directories: 2, files: 4, payloadBytes: 100_014, streamBytes: 0 });
  expect(disk.partition).toMatchObject({
    offsetBytes: MEBIBYTE,
    lengthBytes: 63 * MEBIBYTE,
    fileSystem: 'ext3',
  });

  // What copies it and what looks at it again know it by the same hash.
  const record: ImageDisk = { ...disk, ...written, file: 'external.img' };
  const copy = join(folder, 'copy.img');
  const quiet = { signal: new AbortController().signal, report: () => undefined };
  await copyDisk(path, copy, record, quiet);
  expect(readFileSync(copy).equals(readFileSync(path))).toBe(true);
  expect(await isDiskWhole(copy, record, {})).toBe(true);
  for (const at of [440, MEBIBYTE + 1024 + 0x78, disk.dataBytes - 1]) {
    const bytes = Buffer.from(readFileSync(path));
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(copy, bytes);
    expect(await isDiskWhole(copy, record, {})).toBe(false);
  }

  // In order, without gaps, to the end of the data.
  let end = 0;
  for (const { offsetBytes, lengthBytes } of written.regions) {
    expect(offsetBytes).toBe(end);
    end += lengthBytes;
  }
  expect(end).toBe(disk.dataBytes);
  const read = readRegions(path, written.regions);
  expect(written.regions.map((region) => region.sha256)).toEqual(read.hashes);
  expect([written.sha256, read.holes]).toEqual([read.sha256, true]);
  expect(
    readFileSync(path)
      .subarray(end)
      .every((byte) => byte === 0),
  ).toBe(true);
  expect(written.regions.filter(({ name }) => name === 'distfile')).toEqual([
    expect.objectContaining({ distfile: 'middle.tar.xz', sha256: sha256(Buffer.alloc(100_000, 'middle ')) }),
    expect.objectContaining({ distfile: 'small.tar.gz', lengthBytes: 5, sha256: sha256('small') }),
  ]);
  // What is not written takes no room.
  expect(statSync(path).blocks * 512).toBeLessThan(writtenBytes(disk) + 256 * 1024);

  const { '/lost+found': lost, ...found } = await readWithExt2fs(path, MEBIBYTE);
  expect(lost?.mode).toBe(0o700);
  expect(found).toEqual({
    '/distfiles': { type: 'directory', mode: 0o755, holds: '' },
    '/distfiles/small.tar.gz': { type: 'file', mode: 0o644, holds: sha256('small') },
    '/distfiles/middle.tar.xz': {
      type: 'file',
      mode: 0o644,
      holds: sha256(Buffer.alloc(100_000, 'middle ')),
    },
    '/distfiles/empty': { type: 'file', mode: 0o644, holds: sha256('') },
    '/repo-preseeded': { type: 'directory', mode: 0o755, holds: '' },
    '/repo-preseeded/a_0.tar.bz2': { type: 'file', mode: 0o644, holds: sha256('a package') },
  });
});

test('folders made in another order give the same bytes, another distfile gives others', async () => {
  const [one, two] = [tempFolder(), tempFolder()];
  const names = Array.from({ length: 40 }, (_, index) => `file-${index}`);
  const make = (folder: string, list: string[]): DiskEntry[] => {
    mkdirSync(join(folder, 'd'));
    return [...list.map((name) => distfile(join(folder, 'd'), name, name.repeat(1000))), FOLDER];
  };
  const plan = (entries: DiskEntry[]): PlannedDisk => planExternalDisk({ entries, sizeBytes: 24 * MEBIBYTE });
  const disks = [plan(make(one, names)), plan(make(two, [...names].reverse()))] as const;
  const [first, second] = [join(one, 'a.img'), join(two, 'b.img')];
  const hashes = [await write(disks[0], first), await write(disks[1], second)];
  expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
  expect(hashes[0]).toEqual(hashes[1]);
  const other = plan([FOLDER, distfile(two, 'file-0', 'another')]);
  expect(new Set([...disks, other].map(({ inputDigest }) => inputDigest)).size).toBe(2);
  expect(new Set([...disks, other].map(({ partition }) => partition?.uuid)).size).toBe(2);
});

describe('a distfile that is not what it should be ends the write', () => {
  test('also one that block groups cut into parts', async () => {
    const folder = tempFolder();
    const entry = distfile(folder, 'big', '');
    truncateSync(join(folder, 'big'), 200 * MEBIBYTE);
    const facts = { sizeBytes: 200 * MEBIBYTE, sha256: sha256('something else') };
    const content = { kind: 'file' as const, path: join(folder, 'big'), distfile: 'big', ...facts };
    const disk = planExternalDisk({
      entries: [FOLDER, { ...entry, ...facts, content }],
      sizeBytes: GIBIBYTE,
    });
    expect(disk.regions.filter(({ name }) => name === 'distfile').length).toBeGreaterThan(1);
    expect(await refusalOf(() => write(disk, join(folder, 'external.img')))).toMatchObject([
      'DISTFILE_MISMATCH',
      { name: 'big', expected: sha256('something else') },
    ]);
  });

  test('also one that is empty', async () => {
    const folder = tempFolder();
    const entry = distfile(folder, 'none', '');
    const content = {
      ...entry,
      kind: 'file' as const,
      distfile: 'none',
      path: join(folder, 'none'),
      sha256: sha256('x'),
    };
    expect(
      await refusalOf(() =>
        planExternalDisk({
          entries: [FOLDER, { ...entry, sha256: sha256('x'), content }],
          sizeBytes: 24 * MEBIBYTE,
        }),
      ),
    ).toMatchObject(['DISTFILE_MISMATCH', { name: 'none', actual: sha256('') }]);
  });

  test('and one that has another size by now', async () => {
    const folder = tempFolder();
    const disk = planExternalDisk({
      entries: [FOLDER, distfile(folder, 'file', 'before')],
      sizeBytes: 24 * MEBIBYTE,
    });
    writeFileSync(join(folder, 'file'), 'afterwards');
    expect(await refusalOf(() => write(disk, join(folder, 'external.img')))).toEqual([
      'FILE_CHANGED',
      { path: join(folder, 'file') },
    ]);
  });
});

test('a disk that is too small, or too large for its partition table, is refused before anything is written', async () => {
  const folder = tempFolder();
  const entries = [FOLDER, distfile(folder, 'file', 'x')];
  expect(await refusalOf(() => planExternalDisk({ entries, sizeBytes: MEBIBYTE }))).toEqual([
    'EXT3_TOO_SMALL',
    { sizeBytes: 0, neededBytes: 8 * MEBIBYTE },
  ]);
  expect(await refusalOf(() => planRootDisk({ entries, sizeBytes: 512 * MEBIBYTE }))).toMatchObject([
    'EXT3_TOO_SMALL',
    {},
  ]);
  expect(await refusalOf(() => planExternalDisk({ entries, sizeBytes: 2 ** 41 + 512 }))).toMatchObject([
    'INPUT_INVALID',
    {},
  ]);
});

describe.skipIf(!hasE2fsprogs() || !hasProgram('sfdisk', '--version'))(
  'before sfdisk and e2fsprogs (needs both)',
  () => {
    test('a root disk: partition at 1 GiB, programs, and a file across block groups', async () => {
      const folder = tempFolder();
      const big = distfile(folder, 'big', Buffer.alloc(130 * MEBIBYTE, 'sixteen bytes...'));
      const disk = planRootDisk({
        entries: [
          { kind: 'folder', path: 'external' },
          { kind: 'folder', path: 'external/distfiles' },
          { ...big, path: 'external/distfiles/big' },
          inMemory('init', 'a program', true),
          inMemory('bootstrap.cfg', 'ARCH=x86\n'),
        ],
        sizeBytes: 2 * GIBIBYTE,
      });
      const path = join(folder, 'root.img');
      const written = await write(disk, path);
      expect(checkExt3(`${path}?offset=${GIBIBYTE}`)).toEqual(CLEAN);
      const said = JSON.parse(judge('sfdisk', '--json', path).words) as { partitiontable: object };
      expect(said.partitiontable).toMatchObject({
        label: 'dos',
        partitions: [{ start: 2_097_152, size: 2_097_152, type: '83' }],
      });
      const out = join(folder, 'out');
      mkdirSync(out);
      judge('debugfs', '-R', `rdump / ${out}`, `${path}?offset=${GIBIBYTE}`);
      expect(sha256(readFileSync(join(out, 'external/distfiles/big')))).toBe(big.sha256);
      expect([
        statSync(join(out, 'init')).mode & 0o777,
        statSync(join(out, 'bootstrap.cfg')).mode & 0o777,
      ]).toEqual([0o755, 0o644]);
      expect(judge('tune2fs', '-l', `${path}?offset=${GIBIBYTE}`).words).toContain(disk.partition?.uuid);
      expect(statSync(path).blocks * 512).toBeLessThan(132 * MEBIBYTE);
      const data = written.regions.filter(({ name }) => name !== 'hole');
      expect(readRegions(path, data)).toMatchObject({
        hashes: data.map((region) => region.sha256),
        sha256: written.sha256,
      });
    });
  },
);
