// Builds of one disk or two from every kind of source: the store, overlays, packages, a preseed, a supplied kernel; and the same bytes each time.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/engine/distfiles/store.ts';
import { buildImage, recordPathFor } from '../../src/engine/image/build.ts';
import type { BootstrapRequest } from '../../src/engine/image/build-request.ts';
import type { DistfileSource } from '../../src/engine/image/find-distfiles.ts';
import { expectedSteps } from '../../src/engine/formats/console/step-list.ts';
import { readImageSteps } from '../../src/engine/run/run-steps.ts';
import { formatBootstrapCfg } from '../../src/engine/formats/bootstrap-cfg.ts';
import type { ProgressReport } from '../../src/engine/jobs.ts';
import { planImage } from '../../src/engine/image/plan.ts';
import { DEFAULT_CONFIGURATION } from '../../src/shared/model/bootstrap-config.ts';
import type { ImageDisk, ImageRecord } from '../../src/shared/model/image.ts';
import { bootstrapRequest, type RequestChanges } from '../support/build-request.ts';
import {
  type CheckoutFixture,
  fixtureStreamSector,
  makeCheckout,
  sha256,
} from '../support/checkout-fixture.ts';
import { readPlainImage } from '../support/read-image.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const SECTOR = fixtureStreamSector();
const LATE = Buffer.from('needed after the network is up\n');

let folder = '';
beforeEach(() => {
  folder = makeFolder();
});

/** The made-up checkout with a distfile that is needed late, and its file. */
async function makeFixture(root: string, backwards = false): Promise<CheckoutFixture> {
  const fixture = await makeCheckout(root, {
    backwards,
    edit: (files) =>
      files.set('steps/late-3.0/sources', `f http://example.org/late.tar.gz ${sha256(LATE)}\n`),
  });
  writeFileSync(join(fixture.distfiles, 'late.tar.gz'), LATE);
  return fixture;
}

const OFFLINE: RequestChanges = {
  configuration: { externalSources: true, mirrors: [], externalSizeMiB: 64 },
  overlays: [{ builtIn: 'offline' }],
};

async function build(request: BootstrapRequest, path = join(folder, 'boot.img')): Promise<ImageRecord> {
  return buildImage(request, path, recordPathFor(path), { replace: false });
}

function write(root: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function diskOf({ disks }: ImageRecord, role: string): ImageDisk {
  const disk = disks.find((one) => one.role === role);
  if (disk === undefined) throw new Error(`no ${role} disk`);
  return disk;
}

const bootEntries = async (path: string): Promise<Map<string, string>> =>
  new Map((await readPlainImage(path, SECTOR)).entries.map((entry) => [entry.path, entry.sha256]));

describe('two disks', () => {
  test('the boot disk carries what is needed before the network, the external one everything', async () => {
    const record = await build(bootstrapRequest(await makeFixture(folder), OFFLINE));
    expect(readdirSync(folder).sort()).toEqual([
      'boot.img',
      'checkout',
      'distfiles',
      'external.img',
      'image.json',
    ]);
    expect(record.disks.map(({ role, file }) => [role, file])).toEqual([
      ['boot', 'boot.img'],
      ['external', 'external.img'],
    ]);
    expect(record.distfiles.map(({ name, on }) => [name, on])).toEqual([
      ['alpha-1.0.tar.gz', ['boot', 'external']],
      ['beta-2.0.tar.xz', ['boot', 'external']],
      ['late.tar.gz', ['external']],
    ]);
    const onBoot = [...(await bootEntries(join(folder, 'boot.img'))).keys()];
    expect(onBoot.filter((path) => path.startsWith('./external/distfiles/'))).toEqual([
      './external/distfiles/alpha-1.0.tar.gz',
      './external/distfiles/beta-2.0.tar.xz',
    ]);
    const external = diskOf(record, 'external');
    expect(external.partition).toMatchObject({ offsetBytes: 1_048_576, fileSystem: 'ext3' });
    expect(external.entries).toMatchObject({ directories: 1, files: 3, streamBytes: 0 });
    expect(statSync(join(folder, 'external.img')).size).toBe(64 * 1_048_576);
    expect(record.bootstrapCfg).toContain('\nDISK=sdb1\n');
    expect(record.bootstrapCfg).not.toContain('MIRRORS');
  });

  test('beside a file of the user’s the second disk has that name before its own', async () => {
    await build(bootstrapRequest(await makeFixture(folder), OFFLINE), join(folder, 'mine.img'));
    expect(readdirSync(folder).sort()).toEqual([
      'checkout',
      'distfiles',
      'mine.img',
      'mine.img.external.img',
      'mine.img.image.json',
    ]);
    expect(recordPathFor(join(folder, 'mine.img.external.img'))).toBe(join(folder, 'mine.img.image.json'));
    const again = (): Promise<unknown> =>
      refusalOf(async () =>
        build(
          bootstrapRequest({ path: join(folder, 'checkout'), distfiles: join(folder, 'distfiles') }, OFFLINE),
          join(folder, 'mine.img'),
        ),
      );
    expect(await again()).toMatchObject(['IMAGE_EXISTS', {}]);
  });

  test.each(['boot.img', 'mine.img'])(
    'replaced by an image of one disk, the second goes; one that was changed stays: %s',
    async (name) => {
      const fixture = await makeFixture(folder);
      const path = join(folder, name);
      const second = name === 'boot.img' ? 'external.img' : `${name}.external.img`;
      const replace = async (changes: RequestChanges): Promise<boolean> => {
        await buildImage(bootstrapRequest(fixture, changes), path, recordPathFor(path), { replace: true });
        return readdirSync(folder).includes(second);
      };
      writeFileSync(join(folder, 'root.img'), 'somebody’s own');
      expect([await replace(OFFLINE), await replace({})]).toEqual([true, false]);
      expect(readFileSync(join(folder, 'root.img'), 'utf8')).toBe('somebody’s own');
      await replace(OFFLINE);
      writeFileSync(join(folder, second), 'no disk any more');
      expect(await replace({})).toBe(true);
    },
  );

  test('every region of both can be checked by hand, holes aside', async () => {
    const record = await build(bootstrapRequest(await makeFixture(folder), OFFLINE));
    for (const disk of record.disks) {
      const path = join(folder, disk.file);
      let end = 0;
      const lines: string[] = [];
      const bytes = readFileSync(path);
      for (const { name, offsetBytes, lengthBytes, sha256: sum } of disk.regions) {
        expect(offsetBytes).toBe(end);
        end += lengthBytes;
        const part = bytes.subarray(offsetBytes, end);
        if (name === 'hole') expect([sum, part.every((byte) => byte === 0)]).toEqual([null, true]);
        else {
          expect(sha256(part)).toBe(sum);
          lines.push(`${offsetBytes} ${lengthBytes} ${sha256(part)}\n`);
        }
      }
      expect(end).toBe(disk.dataBytes);
      // What stands in the model: the data of a boot disk, the list of regions of one with a partition.
      const whole = disk.partition === null ? bytes.subarray(0, end) : lines.join('');
      expect(sha256(whole)).toBe(disk.sha256);
      expect(bytes.subarray(end).every((byte) => byte === 0)).toBe(true);
    }
  });

  test('are bit-identical from folders made in another order, in another place', async () => {
    const records = await Promise.all(
      [false, true].map(async (backwards) => {
        const root = makeFolder();
        const packages = write(join(root, 'packages'), { 'b_0.tar.bz2': 'b', 'a_0.tar.bz2': 'a' });
        const request = bootstrapRequest(await makeFixture(root, backwards), {
          configuration: { ...OFFLINE.configuration, repoPreseeded: true },
          overlays: backwards
            ? [{ builtIn: 'boot-menu' }, { builtIn: 'offline' }]
            : [{ builtIn: 'offline' }, { builtIn: 'boot-menu' }],
          repoPath: packages,
        });
        await build(request, join(root, 'boot.img'));
        return ['boot.img', 'external.img', 'image.json'].map((name) =>
          sha256(readFileSync(join(root, name))),
        );
      }),
    );
    expect(records[0]).toEqual(records[1]);
  });

  test('with packages alone the external disk has the early distfiles too, as upstream lays them out', async () => {
    const packages = write(join(folder, 'packages'), { 'linux-1_0.tar.bz2': 'built before' });
    const record = await build(
      bootstrapRequest(await makeFixture(folder), {
        configuration: { repoPreseeded: true, externalSizeMiB: 64 },
        repoPath: packages,
      }),
    );
    expect(diskOf(record, 'external').entries).toMatchObject({ directories: 2, files: 3 });
    expect(record.distfiles.map(({ name }) => name)).toEqual(['alpha-1.0.tar.gz', 'beta-2.0.tar.xz']);
    expect(record.bootstrapCfg).toContain('\nDISK=sdb1\n');
  });

  test('are written with one progress that never goes back', async () => {
    const reports: ProgressReport[] = [];
    const path = join(folder, 'boot.img');
    const request = bootstrapRequest(await makeFixture(folder), OFFLINE);
    const report = (progress: ProgressReport): void => void reports.push(progress);
    await buildImage(request, path, recordPathFor(path), { replace: false, report });
    const writes = reports.filter(({ step }) => step === 'write');
    const done = writes.map((one) => one.done);
    expect([...done].sort((a, b) => a - b)).toEqual(done);
    expect(new Set(writes.map(({ total }) => total)).size).toBe(1);
    expect(done.at(-1)).toBe(writes[0]?.total);
  });

  test('for the first stage there is no second disk', async () => {
    const record = await build(bootstrapRequest(await makeFixture(folder), { ...OFFLINE, goal: 'stage0' }));
    expect(record.disks.map(({ role }) => role)).toEqual(['boot']);
  });
});

const MANIFEST_OF_BOTH = `build: alpha-1.0
build: beta-2.0 ( KERNEL_BOOTSTRAP == True )
jump: fiwix ( KERNEL_BOOTSTRAP == True )
build: late-3.0
`;

test('a supplied kernel gets one disk with the whole root, seeds and init included', async () => {
  const fixture = await makeCheckout(folder, {
    edit: (files) => {
      files.set('steps/late-3.0/sources', '');
      files.set('seed/stage0-posix/bootstrap-seeds/POSIX/x86/kaem-optional-seed', '\u007fELF seed');
      files.set('steps/manifest', MANIFEST_OF_BOTH);
    },
  });
  const record = await build(
    bootstrapRequest(fixture, {
      configuration: { suppliedKernel: true, externalSources: true, mirrors: [], targetSizeMiB: 1200 },
    }),
    join(folder, 'root.img'),
  );
  expect(record.kind).toBe('kernel');
  expect(record.disks).toHaveLength(1);
  const root = diskOf(record, 'root');
  expect(root.partition?.offsetBytes).toBe(1024 * 1_048_576);
  expect(root.budgets).toEqual([]);
  expect(record.bootstrapCfg).toMatch(/\nDISK=sda1\nKERNEL_BOOTSTRAP=False\n/);
  expect(record.distfiles.every(({ on }) => on.join() === 'root')).toBe(true);
  // Data, not the hole before the partition.
  expect(statSync(join(folder, 'root.img')).blocks * 512).toBeLessThan(64 * 1_048_576);
  // A run of it goes through these, and not through those of the kernel bootstrap.
  const steps = await readImageSteps(join(folder, 'root.img'), record);
  expect(steps === null ? null : expectedSteps(steps).steps.map(({ id }) => id)).toEqual([
    'build:alpha-1.0:1',
    'build:late-3.0:1',
  ]);
});

describe('distfiles from the store', () => {
  async function storeWith(files: readonly Buffer[]): Promise<DistfileSource> {
    const store = await openStore(join(folder, 'store'));
    for (const bytes of files) {
      const temporary = store.temporaryPath();
      writeFileSync(temporary, bytes);
      await store.commit(temporary, sha256(bytes));
    }
    return { from: 'store', store };
  }

  test('give the same image as a folder', async () => {
    const fixture = await makeFixture(folder);
    const names = ['alpha-1.0.tar.gz', 'beta-2.0.tar.xz'];
    const distfiles = await storeWith(names.map((name) => readFileSync(join(fixture.distfiles, name))));
    const fromStore = await build(bootstrapRequest(fixture, { distfiles }), join(folder, 'a.img'));
    const fromFolder = await build(bootstrapRequest(fixture), join(folder, 'b.img'));
    expect(fromStore).toEqual(fromFolder);
  });

  test('that are missing are told by name', async () => {
    const distfiles = await storeWith([]);
    expect(
      await refusalOf(async () => planImage(bootstrapRequest(await makeFixture(folder), { distfiles }))),
    ).toMatchObject(['DISTFILE_MISSING', { name: 'alpha-1.0.tar.gz', others: 1 }]);
  });

  test('that were changed in the store are found out while they are copied', async () => {
    const fixture = await makeFixture(folder);
    const names = ['alpha-1.0.tar.gz', 'beta-2.0.tar.xz'];
    const distfiles = await storeWith(names.map((name) => readFileSync(join(fixture.distfiles, name))));
    const stored = join(
      folder,
      'store',
      'sha256',
      sha256(readFileSync(join(fixture.distfiles, 'alpha-1.0.tar.gz'))),
    );
    writeFileSync(stored, 'the bytes of Alpha\n');
    expect(await refusalOf(() => build(bootstrapRequest(fixture, { distfiles })))).toMatchObject([
      'DISTFILE_MISMATCH',
      { name: 'alpha-1.0.tar.gz' },
    ]);
    expect(readdirSync(folder)).not.toContain('boot.img');
  });
});

describe('overlays', () => {
  test('add and replace files, are recorded, and change the input digest', async () => {
    const fixture = await makeFixture(folder);
    const mine = write(join(folder, 'mine'), {
      'steps/after/90-mine.sh': '#!/bin/bash\necho mine\n',
      'steps/env': 'ENV=mine\n',
      'seed/seed.kaem': 'my seed\n',
    });
    const plain = await build(bootstrapRequest(fixture), join(folder, 'plain.img'));
    const laid = await build(
      bootstrapRequest(fixture, { overlays: [{ folder: mine }] }),
      join(folder, 'laid.img'),
    );
    expect(laid.overlays).toEqual([
      {
        name: `folder-${laid.overlays[0]?.digest.slice(0, 12) ?? ''}`,
        origin: 'folder',
        changes: [
          { path: 'seed.kaem', action: 'replaced', sha256: sha256('my seed\n'), sizeBytes: 8 },
          {
            path: 'steps/after/90-mine.sh',
            action: 'added',
            sha256: sha256('#!/bin/bash\necho mine\n'),
            sizeBytes: 22,
          },
          { path: 'steps/env', action: 'replaced', sha256: sha256('ENV=mine\n'), sizeBytes: 9 },
        ],
        digest: sha256(
          `${sha256('my seed\n')}  seed.kaem\n${sha256('#!/bin/bash\necho mine\n')}  steps/after/90-mine.sh\n${sha256('ENV=mine\n')}  steps/env\n`,
        ),
      },
    ]);
    expect(laid.inputDigest).not.toBe(plain.inputDigest);
    const [before, after] = [
      await bootEntries(join(folder, 'plain.img')),
      await bootEntries(join(folder, 'laid.img')),
    ];
    const changed = [...after].filter(([path, sum]) => before.get(path) !== sum).map(([path]) => path);
    expect(changed).toEqual(['./seed.kaem', './steps/after', './steps/after/90-mine.sh', './steps/env']);
    expect([...before.keys()].filter((path) => !after.has(path))).toEqual([]);
  });

  test('an own bootstrap.cfg is taken when none shall be created, and refused when one shall', async () => {
    const fixture = await makeFixture(folder);
    const text = `${formatBootstrapCfg({ ...DEFAULT_CONFIGURATION, mirrors: ['http://mirror.example'] })}MINE=1\n`;
    const overlays = [{ folder: write(join(folder, 'mine'), { 'steps/bootstrap.cfg': text }) }];
    const record = await build(
      bootstrapRequest(fixture, { overlays, configuration: { createConfig: false } }),
    );
    expect(record.bootstrapCfg).toBe(text);
    expect((await bootEntries(join(folder, 'boot.img'))).get('./steps/bootstrap.cfg')).toBe(sha256(text));
    expect(await refusalOf(() => planImage(bootstrapRequest(fixture, { overlays })))).toMatchObject([
      'CONFIGURATION_REFUSED',
      { code: 'config-twice' },
    ]);
  });

  test.each<[string, (root: string) => void, object]>([
    [
      'a link',
      (root) => {
        write(root, { 'steps/a': 'a' });
        symlinkSync('a', join(root, 'steps', 'b'));
      },
      { path: 'steps/b', reason: 'it is a link' },
    ],
    ['nothing in it', (root) => mkdirSync(root), { path: '' }],
    ['an empty file', (root) => write(root, { 'steps/a': '' }), { path: 'steps/a' }],
    ['files beside steps and seed', (root) => write(root, { 'rootfs.py': 'x' }), { path: 'rootfs.py' }],
    [
      'a file in the place of a folder',
      (root) => write(root, { 'steps/alpha-1.0': 'x' }),
      { path: 'steps/alpha-1.0' },
    ],
    [
      'a folder in the place of a file',
      (root) => write(root, { 'steps/env/x': 'x' }),
      { path: 'steps/env/x' },
    ],
    ['what git keeps', (root) => write(root, { 'steps/.gitignore': 'x' }), { path: 'steps/.gitignore' }],
  ])('with %s is refused', async (_what, make, data) => {
    const mine = join(folder, 'mine');
    make(mine);
    const request = bootstrapRequest(await makeFixture(folder), { overlays: [{ folder: mine }] });
    expect(await refusalOf(() => planImage(request))).toMatchObject(['OVERLAY_REFUSED', data]);
  });

  test('with a name that the machine would not read is refused, and so are two that change the same file', async () => {
    const fixture = await makeFixture(folder);
    const spaced = write(join(folder, 'spaced'), { 'steps/after/two words.sh': 'x' });
    expect(
      await refusalOf(() => planImage(bootstrapRequest(fixture, { overlays: [{ folder: spaced }] }))),
    ).toMatchObject(['SRCFS_NAME_REFUSED', {}]);
    const same = write(join(folder, 'same'), { 'steps/improve/get_network.sh': 'true\n' });
    expect(
      await refusalOf(() =>
        planImage(
          bootstrapRequest(fixture, { ...OFFLINE, overlays: [{ builtIn: 'offline' }, { folder: same }] }),
        ),
      ),
    ).toMatchObject(['OVERLAY_REFUSED', { path: 'steps/improve/get_network.sh' }]);
  });
});

describe('an early preseed', () => {
  function pack(files: Record<string, string>): string {
    const root = write(join(folder, 'preseed'), files);
    const tar = join(folder, 'preseed.tar');
    execFileSync('tar', ['-cf', tar, '-C', root, '.']);
    return tar;
  }
  const request = async (preseedPath: string): Promise<BootstrapRequest> =>
    bootstrapRequest(
      await makeCheckout(folder, { edit: (files) => files.set('seed/preseeded.kaem', 'start it\n') }),
      { configuration: { earlyPreseed: true }, preseedPath },
    );

  test('takes the place of the first stages; its own steps and external are dropped', async () => {
    const tar = pack({
      'usr/bin/bash': 'bash',
      'steps/env': 'old',
      'external/repo/x': 'old',
      'kaem.x86': 'old',
      'x86/hex0_x86.hex0': '90\n',
    });
    symlinkSync('bash', join(folder, 'preseed', 'usr', 'bin', 'sh'));
    execFileSync('tar', ['-cf', tar, '-C', join(folder, 'preseed'), '.']);
    await build(await request(tar));
    const entries = await bootEntries(join(folder, 'boot.img'));
    expect(entries.get('./usr/bin/bash')).toBe(sha256('bash'));
    expect(entries.get('./usr/bin/sh')).toBe(sha256('bash'));
    expect(entries.get('./kaem.x86')).toBe(sha256('start it\n'));
    expect(entries.get('./steps/env')).toBe(sha256('ENV=1\n'));
    expect([entries.has('./external/repo'), entries.has('./seed.kaem'), entries.has('./M2-Planet')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('with hard links, or leading out of itself, is refused', async () => {
    const tar = pack({ a: 'a' });
    const asked = await request(tar);
    const refusal = (): Promise<unknown> => refusalOf(() => planImage(asked));
    execFileSync('ln', [join(folder, 'preseed', 'a'), join(folder, 'preseed', 'b')]);
    execFileSync('tar', ['-cf', tar, '-C', join(folder, 'preseed'), '.']);
    expect(await refusal()).toMatchObject(['INPUT_INVALID', {}]);
    execFileSync('tar', ['-cf', tar, '-P', '-C', join(folder, 'preseed'), '../preseed/a']);
    expect(await refusal()).toMatchObject(['INPUT_INVALID', {}]);
    writeFileSync(tar, 'nothing of a tar');
    expect(await refusal()).toMatchObject(['CHECKOUT_ARCHIVE_INVALID', {}]);
  });
});

test.each<[string, RequestChanges, string]>([
  ['a trap', { configuration: { disk: 'vda' } }, 'disk-no-driver'],
  ['packages without a folder', { configuration: { repoPreseeded: true } }, 'repo-missing'],
  ['a preseed without a file', { configuration: { earlyPreseed: true } }, 'preseed-missing'],
  ['a sandbox', { configuration: { machine: 'chroot' } }, 'sandbox-has-no-image'],
])('%s is refused before anything is written, with its code', async (_what, changes, code) => {
  expect(
    await refusalOf(async () => build(bootstrapRequest(await makeFixture(folder), changes))),
  ).toMatchObject(['CONFIGURATION_REFUSED', { code }]);
  expect(readdirSync(folder).sort()).toEqual(['checkout', 'distfiles']);
});
