// Accounting for disks of a supplied kernel, and for what follows from no source: packages that were built before, an early preseed.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { withSource } from '../../src/engine/bytes/open-source.ts';
import { buildImage } from '../../src/engine/image/build.ts';
import { mapDisk } from '../../src/engine/image-reading/map-disk.ts';
import { distfilesIn, verifyImage } from '../../src/engine/image-reading/verify-image.ts';
import type { ImageVerifyReport } from '../../src/shared/model/image-reading.ts';
import { bootstrapRequest, type RequestChanges } from '../support/build-request.ts';
import { type CheckoutFixture, makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const MEBIBYTE = 1024 * 1024;
const LATE = Buffer.from('needed after the network is up\n');

let folder = '';
let fixture: CheckoutFixture = { path: '', distfiles: '' };

beforeEach(async () => {
  folder = makeFolder();
  fixture = await makeCheckout(folder, {
    edit: (files) => {
      files.set('seed/preseeded.kaem', 'start it\n');
      files.set('steps/late-3.0/sources', `f http://example.org/late.tar.gz ${sha256(LATE)}\n`);
      for (const name of ['kaem-optional-seed', 'hex0-seed'])
        files.set(`seed/stage0-posix/bootstrap-seeds/POSIX/x86/${name}`, `${name}\n`);
    },
  });
  writeFileSync(join(fixture.distfiles, 'late.tar.gz'), LATE);
});

function write(root: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function build(changes: RequestChanges): Promise<void> {
  await buildImage(bootstrapRequest(fixture, changes), join(folder, 'boot.img'), join(folder, 'image.json'), {
    replace: false,
  });
}

function verify(
  name: string,
  given: { repoPath?: string; preseedPath?: string } = {},
): Promise<ImageVerifyReport> {
  return verifyImage(
    {
      path: join(folder, name),
      checkoutPath: fixture.path,
      findDistfile: distfilesIn(fixture.distfiles),
      given: { repoPath: null, preseedPath: null, ...given },
    },
    {},
  );
}

/** Changes one byte of the first region of that path, and says where. */
async function changeByteOf(name: string, path: string): Promise<number> {
  const file = join(folder, name);
  const { regions } = await withSource(file, (source) => mapDisk(source, {}));
  const at = regions.find((region) => region.kind === 'file' && region.path === path)?.offsetBytes;
  if (at === undefined) throw new Error(`${path} is not on the disk`);
  await changeByte(file, at + 2);
  return at + 2;
}

async function changeByte(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  await handle.write(Buffer.from([(byte[0] ?? 0) ^ 4]), 0, 1, at);
  await handle.close();
}

const sumOf = ({ account }: ImageVerifyReport): number => account.reduce((sum, { bytes }) => sum + bytes, 0);
const bytesFrom = ({ account }: ImageVerifyReport, from: string): number =>
  account.find((one) => one.from === from)?.bytes ?? 0;

test('every byte of the root disk for a supplied kernel is accounted for, and each that was changed is found', async () => {
  await build({ configuration: { suppliedKernel: true, targetSizeMiB: 1200 } });
  const report = await verify('boot.img');
  expect([report.problems, report.verdict, report.order]).toEqual([[], 'accounted', null]);
  expect(sumOf(report)).toBe(1200 * MEBIBYTE);
  expect(bytesFrom(report, 'distfiles')).toBeGreaterThan(70_000);
  expect(bytesFrom(report, 'checkout')).toBeGreaterThan(1000);
  expect(report.configuration).toMatchObject({ from: 'record' });
  const gap = 512 * MEBIBYTE;
  const superBlock = 1024 * MEBIBYTE + 1024 + 4;
  const distfile = await changeByteOf('boot.img', '/external/distfiles/beta-2.0.tar.xz');
  const file = await changeByteOf('boot.img', '/steps/env');
  for (const at of [gap, superBlock]) await changeByte(join(folder, 'boot.img'), at);
  const { problems } = await verify('boot.img');
  const found = problems.map(({ offsetBytes, exact, region, origin }) => [
    offsetBytes,
    exact,
    region.path ?? region.kind,
    origin?.kind,
  ]);
  const wanted = [
    [gap, true, 'gap', 'generated'],
    [superBlock, true, 'super-block', 'generated'],
    [distfile, true, '/external/distfiles/beta-2.0.tar.xz', 'distfile'],
    [file, true, '/steps/env', 'generated'],
  ];
  expect(found).toEqual(wanted.sort(([a], [b]) => Number(a) - Number(b)));
});

describe('packages that were built before', () => {
  let packages = '';
  beforeEach(async () => {
    packages = write(join(folder, 'packages'), {
      'linux-1_0.tar.bz2': 'built before',
      'sub/bash-1_0.tar.bz2': 'and this',
      empty: '',
    });
    await build({ configuration: { repoPreseeded: true, externalSizeMiB: 64 }, repoPath: packages });
  });

  test('are not recorded: nothing is claimed of the disk until they are named', async () => {
    expect(await refusalOf(() => verify('external.img'))).toMatchObject([
      'INPUT_NOT_RECORDED',
      { option: 'repo' },
    ]);
    copyFileSync(join(folder, 'external.img'), join(folder, 'alone.img'));
    // Without the record the disk itself has them.
    expect(await refusalOf(() => verify('alone.img'))).toMatchObject(['INPUT_NOT_RECORDED', {}]);
    // They are on the external disk alone.
    expect((await verify('boot.img')).verdict).toBe('accounted');
  });

  test('are compared with those that are named, byte by byte', async () => {
    const report = await verify('external.img', { repoPath: packages });
    expect([report.problems, report.verdict]).toEqual([[], 'accounted']);
    expect([sumOf(report), bytesFrom(report, 'given')]).toEqual([64 * MEBIBYTE, 20]);
    const path = '/repo-preseeded/linux-1_0.tar.bz2';
    const at = await changeByteOf('external.img', path);
    const [first] = (await verify('external.img', { repoPath: packages })).problems;
    expect([first?.offsetBytes, first?.region.path, first?.origin?.kind, first?.exact]).toEqual([
      at,
      path,
      'given',
      true,
    ]);
    write(packages, { more: 'one more' });
    expect((await verify('external.img', { repoPath: packages })).verdict).toBe('different');
  });
});

describe('an early preseed', () => {
  test('is asked for, and compared entry by entry', async () => {
    const tar = join(folder, 'preseed.tar');
    const root = write(join(folder, 'preseed'), {
      'usr/bin/bash': 'bash',
      'external/repo/x': 'old',
      'steps/env': 'old',
      'x86/hex0_x86.hex0': '90\n',
    });
    execFileSync('tar', ['-cf', tar, '-C', root, '.']);
    await build({ configuration: { earlyPreseed: true }, preseedPath: tar });
    expect(await refusalOf(() => verify('boot.img'))).toMatchObject([
      'INPUT_NOT_RECORDED',
      { option: 'early-preseed' },
    ]);
    const report = await verify('boot.img', { preseedPath: tar });
    expect([report.problems, report.verdict, report.order]).toEqual([[], 'accounted', 'sorted']);
    expect(bytesFrom(report, 'given')).toBeGreaterThan(0);
    const at = readFileSync(join(folder, 'boot.img')).indexOf('src 4 ./usr/bin/bash\nbash') + 22;
    await changeByte(join(folder, 'boot.img'), at);
    const [first] = (await verify('boot.img', { preseedPath: tar })).problems;
    expect([first?.offsetBytes, first?.region.path, first?.origin?.kind]).toEqual([
      at,
      './usr/bin/bash',
      'given',
    ]);
  });

  test('with an external disk keeps its external, as upstream’s generator does', async () => {
    const tar = join(folder, 'preseed.tar');
    const root = write(join(folder, 'preseed'), { 'usr/bin/bash': 'bash', 'external/repo/x': 'kept' });
    execFileSync('tar', ['-cf', tar, '-C', root, '.']);
    const configuration = { earlyPreseed: true, externalSources: true, externalSizeMiB: 64 };
    await build({ configuration, preseedPath: tar });
    expect((await verify('boot.img', { preseedPath: tar })).problems).toEqual([]);
    expect((await verify('external.img')).verdict).toBe('accounted');
  });
});
