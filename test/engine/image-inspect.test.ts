// Reading an image back: ours, a foreign one, and whatever a hostile file may hold.
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { buildImage, recordPathFor } from '../../src/engine/image/build.ts';
import { inspectImage } from '../../src/engine/image/inspect.ts';
import { ImageInspection, type ImageRecord } from '../../src/shared/model/image.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { fixtureStreamSector, makeCheckout, stage1Text, stage2Text } from '../support/checkout-fixture.ts';
import { assembleHex0 } from '../../src/engine/formats/hex0.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const STREAM = fixtureStreamSector() * 512;

let folder = '';
beforeEach(() => {
  folder = makeFolder();
});

async function buildFixture(targetSizeMiB = 0): Promise<{ path: string; record: ImageRecord }> {
  const path = join(folder, 'boot.bin');
  const request = bootstrapRequest(await makeCheckout(folder), { configuration: { targetSizeMiB } });
  return { path, record: await buildImage(request, path, recordPathFor(path), { replace: false }) };
}

/** An image with the fixture's stages and this text as its stream. */
function imageWith(stream: string, tailBytes = 1_048_576): string {
  const path = join(folder, 'made.img');
  const head = Buffer.alloc(STREAM);
  head.set(assembleHex0(stage1Text()), 0);
  head.write(stage2Text(), 512, 'latin1');
  writeFileSync(path, Buffer.concat([head, Buffer.from(stream, 'latin1'), Buffer.alloc(tailBytes)]));
  return path;
}

const unreadable = (path: string, reason: RegExp): unknown => [
  'IMAGE_UNREADABLE',
  { path, reason: expect.stringMatching(reason) as unknown },
];

describe('our own image', () => {
  test('says everything that its record says, and agrees with it', async () => {
    const { path, record } = await buildFixture(3000);
    const { record: beside, ...inspection } = await inspectImage(path);
    expect(beside).toEqual(record);
    expect(inspection).toEqual({
      path,
      sizeBytes: record.disks[0].sizeBytes,
      dataBytes: record.disks[0].dataBytes,
      sha256: record.disks[0].sha256,
      inputDigest: record.disks[0].inputDigest,
      stage2Bytes: stage2Text().length,
      streamLba: STREAM / 512,
      regions: record.disks[0].regions,
      budgets: record.disks[0].budgets,
      directories: record.disks[0].entries.directories,
      files: record.disks[0].entries.files,
      payloadBytes: record.disks[0].entries.payloadBytes,
      commands: [
        'hex0 /x86/hex0_x86.hex0 /bootstrap-seeds/POSIX/x86/hex0-seed',
        'hex0 /x86/kaem-minimal.hex0 /bootstrap-seeds/POSIX/x86/kaem-optional-seed',
        'hex0 /x86/kaem-minimal.hex0 /init',
        '/bootstrap-seeds/POSIX/x86/kaem-optional-seed /kaem.x86',
      ],
      matchesRecord: true,
      warnings: [],
    });
    expect(ImageInspection.safeParse({ ...inspection, record: beside }).success).toBe(true);
  });

  test('the boot check too', async () => {
    const path = join(folder, 'boot.img');
    const record = await buildImage({ kind: 'boot-check' }, path, recordPathFor(path), { replace: false });
    const inspection = await inspectImage(path);
    expect([inspection.matchesRecord, inspection.warnings, inspection.regions]).toEqual([
      true,
      [],
      record.disks[0].regions,
    ]);
  });

  test('a byte that changed, in whatever region, is seen against the record', async () => {
    const { path, record } = await buildFixture();
    const original = readFileSync(path);
    for (const { name, offsetBytes, lengthBytes } of record.disks[0].regions) {
      const bytes = Buffer.from(original);
      // In stage2 a comment, in the commands a letter of a path: still an image, but another one.
      const at = offsetBytes + Math.floor(lengthBytes / 2);
      bytes[at] = name === 'boot-sector' ? 0x90 : name === 'padding' || name === 'zeros' ? 1 : 0x79;
      expect(bytes.equals(original)).toBe(false);
      writeFileSync(path, bytes);
      expect([name, await matchOrCode(path)]).not.toEqual([name, true]);
    }
  });

  test('a record that cannot be read is a warning, not an error', async () => {
    const { path } = await buildFixture();
    writeFileSync(recordPathFor(path), '{"version": 2}');
    const { matchesRecord, record, warnings } = await inspectImage(path);
    expect([matchesRecord, record, warnings]).toEqual([
      null,
      null,
      ['The record beside the image cannot be read (RECORD_INVALID).'],
    ]);
  });

  test('data far behind the stream, as a run leaves it, is told without being read', async () => {
    const { path } = await buildFixture(2000);
    const handle = await open(path, 'r+');
    await handle.write(Buffer.alloc(3_000_000, 1), 0, 3_000_000, 1_100_000_000);
    await handle.close();
    const { matchesRecord, warnings } = await inspectImage(path);
    expect([matchesRecord, warnings]).toEqual([true, [expect.stringMatching(/are no hole/) as unknown]]);
  });
});

async function matchOrCode(path: string): Promise<unknown> {
  const refusal = await refusalOf(async () => inspectImage(path));
  return refusal === 'accepted' ? (await inspectImage(path)).matchesRecord : refusal;
}

describe('warnings', () => {
  test('too few zeros behind the stream, a budget that is passed, a name that will not arrive', async () => {
    const path = imageWith(`src 0 .\nsrc 1 ./two words\nx/a /b\nsrc 0 ./${'n'.repeat(300)}\n`, 100);
    const { warnings, commands } = await inspectImage(path);
    expect(commands).toEqual(['/a /b']);
    expect(warnings).toEqual([
      expect.stringMatching(/two words/),
      expect.stringMatching(/longest name is 300 bytes/),
      expect.stringMatching(/Fewer than 64 sectors/),
    ]);
  });

  test('bytes where zeros belong', async () => {
    const path = imageWith('src 0 .\n');
    const bytes = readFileSync(path);
    bytes[STREAM - 1] = 1;
    bytes[STREAM + 1000] = 1;
    writeFileSync(path, bytes);
    expect((await inspectImage(path)).warnings).toEqual([
      expect.stringMatching(/between stage2 and the stream/),
      expect.stringMatching(/behind the stream/),
    ]);
  });
});

describe('not an image', () => {
  test.each([
    ['an empty file', () => Buffer.alloc(0), /too short/],
    ['a text', () => Buffer.alloc(5000, 'text '), /no boot sector/],
    ['a boot sector alone', () => Buffer.from(assembleHex0(stage1Text())), /too short/],
    [
      'zeros behind a boot sector',
      () => Buffer.concat([assembleHex0(stage1Text()), Buffer.alloc(5000)]),
      /no stage2 text/,
    ],
    [
      'another boot loader behind a boot sector',
      () => Buffer.concat([assembleHex0(stage1Text()), Buffer.alloc(5000, 0xe8), Buffer.alloc(5000)]),
      /no hex0 text/,
    ],
    [
      'a text without an end',
      () => Buffer.concat([assembleHex0(stage1Text()), Buffer.alloc(3_000_000, '# ')]),
      /no stage2 text/,
    ],
  ])('%s', async (_what, bytes, reason) => {
    const path = join(folder, 'file');
    writeFileSync(path, bytes());
    expect(await refusalOf(() => inspectImage(path))).toEqual(unreadable(path, reason));
  });

  test('a stage2 that reads from inside itself or from far behind', async () => {
    for (const lba of [0, 2, 21, 100_000, 0xffffffff]) {
      const path = imageWith('src 0 .\n');
      const bytes = readFileSync(path);
      bytes.fill(0, 512, STREAM);
      bytes.write(stage2Text({ lba }), 512, 'latin1');
      writeFileSync(path, bytes);
      expect(await refusalOf(() => inspectImage(path))).toEqual(unreadable(path, /where it cannot be/));
    }
  });

  test('a folder, and nothing', async () => {
    expect(await refusalOf(() => inspectImage(folder))).toEqual(unreadable(folder, /not a file/));
    const none = join(folder, 'none');
    expect(await refusalOf(() => inspectImage(none))).toEqual(['NOT_FOUND', { path: none }]);
  });
});

describe('a stream that is none', () => {
  test.each([
    ['empty', '', /empty/],
    ['no entry', 'hello world\n', /neither an entry nor a command/],
    ['cut off inside a file', 'src 9000000 ./a\nabc', /stops inside \.\/a, \d+ bytes short/],
    ['larger than any memory', 'src 9999999999 ./a\n', /more than any machine/],
    ['more commands than anybody has', '/a /b\n'.repeat(200), /far too many commands/],
  ])('%s', async (_what, stream, reason) => {
    const path = imageWith(stream);
    expect(await refusalOf(() => inspectImage(path))).toEqual(unreadable(path, reason));
  });

  test('the file ends before the stream does', async () => {
    const { path } = await buildFixture();
    truncateSync(path, STREAM + 5000);
    expect(await refusalOf(() => inspectImage(path))).toEqual(
      unreadable(path, /stops .* where the file ends/),
    );
  });

  test('endless entries in a file full of holes do not keep us busy', async () => {
    const path = imageWith('src 0 ./a\n'.repeat(60_000));
    truncateSync(path, 2 ** 40);
    const start = performance.now();
    expect(await refusalOf(() => inspectImage(path))).toEqual(unreadable(path, /more than any machine/));
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('an image with more files than builder-hex0 takes is told as such', async () => {
    const { inputDigest, warnings } = await inspectImage(imageWith('src 0 ./a\n'.repeat(14_333)));
    expect([inputDigest, warnings]).toEqual([
      null,
      [expect.stringMatching(/number of files .* 14333 files/)],
    ]);
  });
});

test('any damage to an image gives an inspection or IMAGE_UNREADABLE, never anything else', async () => {
  const { path } = await buildFixture();
  const original = readFileSync(path);
  const place = fc.oneof(
    fc.integer({ min: 0, max: STREAM + 2000 }),
    fc.integer({ min: STREAM, max: original.length - 1 }),
  );
  const damage = fc.array(fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 8 })), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(
      damage,
      fc.option(fc.integer({ min: 0, max: original.length })),
      async (changes, length) => {
        const bytes = Buffer.from(original);
        for (const [at, change] of changes) bytes.set(change.subarray(0, bytes.length - at), at);
        writeFileSync(path, length === null ? bytes : bytes.subarray(0, length));
        const outcome = await refusalOf(() => inspectImage(path));
        if (outcome !== 'accepted') expect(outcome).toMatchObject(['IMAGE_UNREADABLE', { path }]);
      },
    ),
    { numRuns: 150 },
  );
});

test('an inspection can be cancelled', async () => {
  const { path } = await buildFixture();
  expect(await refusalOf(() => inspectImage(path, { signal: AbortSignal.abort() }))).toMatchObject([
    'CANCELLED',
    {},
  ]);
});
