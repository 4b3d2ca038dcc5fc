// What is said of an image before a byte of it is written: everything that is wrong at once, sizes, limits, space and memory.
import { mkdirSync, readdirSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { buildImage, recordPathFor } from '../../src/engine/image/build.ts';
import type { BuildRequest } from '../../src/engine/image/build-request.ts';
import { preflightImage } from '../../src/engine/image/preflight.ts';
import { ImagePreflight } from '../../src/shared/model/image-preflight.ts';
import { bootstrapRequest, type RequestChanges } from '../support/build-request.ts';
import { type CheckoutFixture, makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const LATE = Buffer.from('late\n');

let folder = '';
let fixture: CheckoutFixture;
beforeEach(async () => {
  folder = makeFolder();
  fixture = await makeCheckout(folder, {
    edit: (files) => {
      files.set('steps/late-3.0/sources', `f http://example.org/late.tar.gz ${sha256(LATE)}\n`);
      files.set('seed/stage0-posix/AMD64/file', 'so that no submodule is empty\n');
    },
  });
  writeFileSync(join(fixture.distfiles, 'late.tar.gz'), LATE);
});

async function preflight(request: BuildRequest, memoryMiB?: number): Promise<ImagePreflight> {
  const before = readdirSync(folder);
  const found = await preflightImage(request, { folder, memoryMiB });
  expect(readdirSync(folder)).toEqual(before);
  return ImagePreflight.parse(found);
}

const request = (changes: RequestChanges = {}): BuildRequest =>
  bootstrapRequest(fixture, {
    ...changes,
    configuration: { targetSizeMiB: 16_384, ...changes.configuration },
  });
const OFFLINE: RequestChanges = {
  configuration: { externalSources: true, mirrors: [] },
  overlays: [{ builtIn: 'offline' }],
};
const codes = ({ findings }: ImagePreflight): string[] =>
  findings.map(({ level, code }) => `${level} ${code}`);

test('nothing is to be said of what can be built, and the sizes are those of the build', async () => {
  const found = await preflight(request({ configuration: { targetSizeMiB: 9300 } }));
  expect(codes(found)).toEqual([]);
  const path = join(folder, 'boot.img');
  const built = bootstrapRequest(fixture, { configuration: { targetSizeMiB: 9300 } });
  const record = await buildImage(built, path, recordPathFor(path), { replace: false });
  expect(
    found.disks.map(({ role, sizeBytes, writtenBytes, budgets }) => ({
      role,
      sizeBytes,
      writtenBytes,
      budgets,
    })),
  ).toEqual(
    record.disks.map(({ role, sizeBytes, dataBytes, budgets }) => ({
      role,
      sizeBytes,
      writtenBytes: dataBytes,
      budgets,
    })),
  );
  expect(found.bootstrapCfg).toBe(record.bootstrapCfg);
  expect(found.distfiles.count).toBe(2);
  expect(found.freeBytes).toBeGreaterThan(0);
});

test('the boot check needs nothing', async () => {
  const found = await preflight({ kind: 'boot-check' });
  expect([codes(found), found.kind, found.disks.map(({ role }) => role)]).toEqual([
    [],
    'boot-check',
    ['boot'],
  ]);
});

test('all missing distfiles are named, in the order in which they are needed, and sizes are told all the same', async () => {
  const none = join(folder, 'none');
  mkdirSync(none);
  const found = await preflight(request({ ...OFFLINE, distfiles: { from: 'folder', path: none } }));
  expect(codes(found)).toEqual(['error distfiles-missing']);
  expect(found.missing.map(({ name, steps }) => [name, steps])).toEqual([
    ['alpha-1.0.tar.gz', ['alpha-1.0']],
    ['beta-2.0.tar.xz', ['alpha-1.0']],
    ['late.tar.gz', ['late-3.0']],
  ]);
  expect(found.disks.map(({ role }) => role)).toEqual(['boot', 'external']);
});

test('everything that is wrong is told at once', async () => {
  const wrong = request({
    checkoutPath: folder,
    configuration: { disk: 'vda', mirrors: [], swapMiB: 100_000 },
  });
  expect(codes(await preflight(wrong, 1024))).toEqual([
    'error CHECKOUT_INVALID',
    'error disk-no-driver',
    'error swap-too-large',
    'error mirrors-none',
    'error memory-small',
  ]);
});

test('an overlay that cannot be used is a finding about overlays', async () => {
  const mine = join(folder, 'mine');
  mkdirSync(mine);
  const found = await preflight(request({ overlays: [{ folder: mine }] }));
  expect(found.findings).toMatchObject([{ level: 'error', code: 'OVERLAY_REFUSED', field: 'overlays' }]);
});

test('what is too much for builder-hex0 is told with its limit', async () => {
  const large = join(fixture.distfiles, 'alpha-1.0.tar.gz');
  truncateSync(large, 340_000_000);
  const found = await preflight(request());
  expect(codes(found)).toEqual(['error SRCFS_BUDGET_EXCEEDED']);
  expect(found.findings[0]?.why).toContain('315 MiB');
});

test('an overlay that the hand-over to Linux may have no room for is warned of', async () => {
  const mine = join(folder, 'mine', 'steps', 'after');
  mkdirSync(mine, { recursive: true });
  writeFileSync(join(mine, 'large.tar'), Buffer.alloc(1_600_000, 'x'));
  const overlays = [{ folder: join(folder, 'mine') }];
  expect(codes(await preflight(request({ overlays })))).toEqual(['warning hand-over-tight']);
  expect(codes(await preflight(request({ overlays, goal: 'stage0' })))).toEqual([]);
});

test('the memory of the machine is measured against builder-hex0 and the processors', async () => {
  expect(codes(await preflight(request(), 3071))).toEqual(['error memory-small']);
  expect(codes(await preflight(request(), 3072))).toEqual([]);
  expect(codes(await preflight(request({ configuration: { cores: 8 } }), 4096))).toEqual([
    'warning memory-per-core',
  ]);
  expect(codes(await preflight(request({ configuration: { cores: 8, swapMiB: 4096 } }), 4096))).toEqual([]);
});

test('more than the disk has room for is told before it is written', async () => {
  const { bavail, bsize } = statfsSync(folder);
  const size = bavail * bsize + 1_000_000_000;
  truncateSync(join(fixture.distfiles, 'late.tar.gz'), size);
  const externalSizeMiB = Math.ceil(size / 1_048_576) + 8192;
  const found = await preflight(
    request({ ...OFFLINE, configuration: { ...OFFLINE.configuration, externalSizeMiB } }),
  );
  expect(codes(found)).toEqual(['error space-short']);
});
