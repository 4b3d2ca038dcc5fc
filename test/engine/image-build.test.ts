// Building an image from a checkout of our own making: layout, contents, record, and the same bytes whatever the order on disk.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildImage, type BuildRequest, recordPathFor } from '../../src/engine/image/build.ts';
import { planImage } from '../../src/engine/image/plan.ts';
import type { ProgressReport } from '../../src/engine/jobs.ts';
import { ImageRecord } from '../../src/shared/model/image.ts';
import { bootstrapRequest, type RequestChanges } from '../support/build-request.ts';
import { defaultDistfiles, fixtureStreamSector, makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { readPlainImage } from '../support/read-image.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();

interface Built {
  path: string;
  record: ImageRecord;
  recordText: string;
}

async function build(request: BuildRequest, path: string): Promise<Built> {
  const record = await buildImage(request, path, recordPathFor(path), { replace: false });
  return { path, record, recordText: readFileSync(recordPathFor(path), 'utf8') };
}

const SECTOR = fixtureStreamSector();

describe('the kernel bootstrap', () => {
  test('holds the tree, the configuration and the distfiles, and ends in the commands', async () => {
    const folder = makeFolder();
    const fixture = await makeCheckout(folder);
    const { path } = await build(bootstrapRequest(fixture), join(folder, 'boot.bin'));
    const image = await readPlainImage(path, SECTOR);
    const contents = new Map(image.entries.map((entry) => [entry.path, entry]));
    expect(image.entries.map((entry) => entry.path).slice(0, 3)).toEqual([
      '.',
      './AMD64',
      './High Level Prototypes',
    ]);
    expect(image.entries.map((entry) => entry.path).slice(-4)).toEqual([
      './x86/kaem-minimal.hex0',
      '/bootstrap-seeds',
      '/bootstrap-seeds/POSIX',
      '/bootstrap-seeds/POSIX/x86',
    ]);
    expect(contents.get('./after.kaem')?.sha256).toBe(sha256('the after of seed/\n'));
    expect(contents.get('./steps/beta-2.0/pass2.sh')?.sha256).toBe(sha256('build beta\n'));
    expect(contents.get('./steps/bootstrap.cfg')?.sha256).toBe(
      sha256(
        [
          'ARCH=x86',
          'ARCH_DIR=x86',
          'FORCE_TIMESTAMPS=False',
          'CHROOT=False',
          'UPDATE_CHECKSUMS=False',
          'JOBS=2',
          'SWAP_SIZE=0',
          'FINAL_JOBS=2',
          'INTERNAL_CI=False',
          'INTERACTIVE=False',
          'QEMU=True',
          'BARE_METAL=False',
          'DISK=sda',
          'KERNEL_BOOTSTRAP=True',
          'BUILD_KERNELS=False',
          'CONFIGURATOR=False',
          'MIRRORS="http://mirror.example"',
          'MIRRORS_LEN=1',
          '',
        ].join('\n'),
      ),
    );
    expect(
      image.entries
        .filter((entry) => entry.path.startsWith('./external'))
        .map((entry) => [entry.path, entry.sizeBytes, entry.sha256]),
    ).toEqual([
      ['./external', 0, sha256('')],
      ['./external/distfiles', 0, sha256('')],
      ...[...defaultDistfiles()].map(([name, bytes]) => [
        `./external/distfiles/${name}`,
        bytes.length,
        sha256(bytes),
      ]),
    ]);
    expect(image.commands.split('\n')).toEqual([
      'hex0 /x86/hex0_x86.hex0 /bootstrap-seeds/POSIX/x86/hex0-seed',
      'hex0 /x86/kaem-minimal.hex0 /bootstrap-seeds/POSIX/x86/kaem-optional-seed',
      'hex0 /x86/kaem-minimal.hex0 /init',
      '/bootstrap-seeds/POSIX/x86/kaem-optional-seed /kaem.x86',
      '',
    ]);
    expect(image.sizeBytes).toBe(1_048_576);
    expect(image.bytes.subarray(image.streamEnd).every((byte) => byte === 0)).toBe(true);
    // The checkout's own file is still what it was.
    expect(readFileSync(join(fixture.path, 'steps', 'bootstrap.cfg'), 'utf8')).toBe(
      'left from an earlier use; replaced\n',
    );
  });

  test('for stage0 holds the empty folders for distfiles and needs none', async () => {
    const folder = makeFolder();
    const fixture = await makeCheckout(folder);
    const { path, record } = await build(
      bootstrapRequest(fixture, { goal: 'stage0' }),
      join(folder, 'boot.bin'),
    );
    const image = await readPlainImage(path, SECTOR);
    expect(image.entries.map((entry) => entry.path).filter((at) => at.startsWith('./external'))).toEqual([
      './external',
      './external/distfiles',
    ]);
    expect([record.goal, record.distfiles]).toEqual(['stage0', []]);
  });

  test('every figure of the record can be checked by hand with head, dd and sha256sum', async () => {
    const folder = makeFolder();
    // Large enough that hashing is spread over threads.
    const distfiles = new Map([['alpha-1.0.tar.gz', Buffer.alloc(40_000_003, 'a piece of alpha ')]]);
    const { path, record, recordText } = await build(
      bootstrapRequest(await makeCheckout(folder, { distfiles }), { configuration: { targetSizeMiB: 4096 } }),
      join(folder, 'boot.bin'),
    );
    const shell = (command: string): string =>
      execFileSync('sh', ['-c', command, 'sh', path], { encoding: 'utf8' });
    expect(shell(`head -c ${record.disks[0].dataBytes} "$1" | sha256sum`)).toContain(record.disks[0].sha256);
    for (const { offsetBytes, lengthBytes, sha256: sum } of record.disks[0].regions) {
      const region = shell(`tail -c +${offsetBytes + 1} "$1" | head -c ${lengthBytes} | sha256sum`);
      expect(region).toContain(sum);
    }
    let end = 0;
    for (const { offsetBytes, lengthBytes } of record.disks[0].regions) {
      expect(offsetBytes).toBe(end);
      end += lengthBytes;
    }
    expect(end).toBe(record.disks[0].dataBytes);
    expect([record.disks[0].sizeBytes, statSync(path).size]).toEqual([4096 * 1_048_576, 4096 * 1_048_576]);
    expect(statSync(path).blocks * 512).toBeLessThan(record.disks[0].dataBytes + 1_048_576);
    expect(record.disks[0].regions.map(({ name }) => name)).toEqual([
      'boot-sector',
      'stage2',
      'padding',
      'stream',
      'distfile',
      'stream',
      'commands',
      'zeros',
    ]);
    const { entries, streamEnd } = await readPlainImage(path, SECTOR);
    expect(record.disks[0].entries).toEqual({
      directories: entries.filter(({ sizeBytes }) => sizeBytes === 0).length,
      files: entries.filter(({ sizeBytes }) => sizeBytes > 0).length,
      payloadBytes: entries.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
      streamBytes: streamEnd - SECTOR * 512,
    });
    expect(record.disks[0].budgets.find(({ name }) => name === 'files')?.used).toBe(entries.length + 3);
    expect(ImageRecord.parse(JSON.parse(recordText))).toEqual(record);
  });

  test('the same inputs give the same bytes and the same record, whatever the order on disk and the place', async () => {
    const folders = [makeFolder(), makeFolder()];
    const built = await Promise.all(
      folders.map(async (folder, index) => {
        const fixture = await makeCheckout(folder, { backwards: index === 1 });
        return build(bootstrapRequest(fixture), join(folder, 'boot.bin'));
      }),
    );
    const [one, two] = built;
    expect(readFileSync(one?.path ?? '').equals(readFileSync(two?.path ?? ''))).toBe(true);
    expect(one?.recordText).toBe(two?.recordText);
    for (const folder of folders) expect(one?.recordText).not.toContain(folder);
  });

  test('what decides the bytes decides the input digest, and nothing else does', async () => {
    const folder = makeFolder();
    const fixture = await makeCheckout(folder);
    const digest = async (more: RequestChanges = {}): Promise<string> =>
      (await planImage(bootstrapRequest(fixture, more))).disks[0].inputDigest;
    const base = await digest();
    expect(await digest()).toBe(base);
    const others = [
      await digest({ configuration: { cores: 3 } }),
      await digest({ configuration: { mirrors: ['http://other.example'] } }),
      await digest({ configuration: { targetSizeMiB: 2 } }),
      await digest({ goal: 'stage0' }),
    ];
    writeFileSync(join(fixture.path, 'rootfs.py'), 'not in the image, so it does not count\n');
    expect(await digest()).toBe(base);
    writeFileSync(join(fixture.path, 'steps', 'env'), 'ENV=2\n');
    others.push(await digest());
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
  });

  test('a checkout’s large file is copied without being kept, and its bytes are right', async () => {
    const folder = makeFolder();
    const large = Buffer.alloc(5_000_001, 'large');
    const fixture = await makeCheckout(folder, {
      edit: (files) => files.set('steps/alpha-1.0/large', large),
    });
    const plan = await planImage(bootstrapRequest(fixture));
    expect(
      [...plan.disks[0].segments]
        .filter((segment) => segment.kind === 'file')
        .map(({ sizeBytes }) => sizeBytes),
    ).toContain(5_000_001);
    const { path } = await build(bootstrapRequest(fixture), join(folder, 'boot.bin'));
    const { entries } = await readPlainImage(path, SECTOR);
    expect(entries.find((entry) => entry.path === './steps/alpha-1.0/large')?.sha256).toBe(sha256(large));
  });

  test('progress tells steps and bytes and never goes back, and only the two files are left', async () => {
    const folder = makeFolder();
    const fixture = await makeCheckout(folder, {
      distfiles: new Map([['alpha-1.0.tar.gz', Buffer.alloc(30_000_000, 7)]]),
    });
    const reports: ProgressReport[] = [];
    const out = join(folder, 'boot.bin');
    await buildImage(bootstrapRequest(fixture), out, recordPathFor(out), {
      replace: false,
      report: (progress) => reports.push(progress),
    });
    const writes = reports.filter(({ step }) => step === 'write').map(({ done }) => done);
    expect(writes.length).toBeGreaterThan(3);
    expect([...writes].sort((a, b) => a - b)).toEqual(writes);
    expect(reports.at(-1)).toMatchObject({
      step: 'write',
      done: statSync(out).size,
      total: statSync(out).size,
      unit: 'bytes',
    });
    expect(readdirSync(folder).sort()).toEqual(['boot.bin', 'boot.bin.image.json', 'checkout', 'distfiles']);
  });
});

describe('the boot check', () => {
  test('is built from the resources and says what it must print', async () => {
    const { path, record } = await build({ kind: 'boot-check' }, join(makeFolder(), 'boot.img'));
    expect(recordPathFor(path).endsWith('/image.json')).toBe(true);
    expect([record.kind, record.goal, record.checkout, record.bootstrapCfg]).toEqual([
      'boot-check',
      'boot-check',
      null,
      null,
    ]);
    const bytes = readFileSync(path);
    expect(bytes.length).toBe(record.disks[0].sizeBytes);
    for (const { offsetBytes, lengthBytes, sha256: sum } of record.disks[0].regions)
      expect(sha256(bytes.subarray(offsetBytes, offsetBytes + lengthBytes))).toBe(sum);
    const sector = (record.disks[0].regions.find(({ name }) => name === 'stream')?.offsetBytes ?? 0) / 512;
    const { entries } = await readPlainImage(path, sector);
    expect(record.expectedBootCheck.map(({ path: at, sizeBytes }) => [at, sizeBytes])).toEqual(
      entries.map(({ path: at, sizeBytes }) => [at, sizeBytes]),
    );
  });
});
