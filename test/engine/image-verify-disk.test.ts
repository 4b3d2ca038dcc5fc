// Accounting for every byte of an external disk: structures, files and holes.
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { withSource } from '../../src/engine/bytes/open-source.ts';
import { openRangeThreads } from '../../src/engine/bytes/range-threads.ts';
import { buildImage } from '../../src/engine/image/build.ts';
import { regionAt } from '../../src/engine/image-reading/disk-map.ts';
import { expectDisk } from '../../src/engine/image-reading/expect-disk.ts';
import { NOTHING_GIVEN } from '../../src/engine/image-reading/given-inputs.ts';
import { mapDisk } from '../../src/engine/image-reading/map-disk.ts';
import { verifyDisk } from '../../src/engine/image-reading/verify-disk.ts';
import { distfilesIn, verifyImage } from '../../src/engine/image-reading/verify-image.ts';
import type { ImageVerifyReport } from '../../src/shared/model/image-reading.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { type CheckoutFixture, defaultDistfiles, makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { hasE2fsprogs, makeExtImage } from '../support/ext-images.ts';
import { randomNumbers } from '../support/mutations.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const required = process.env['REQUIRE_TOOLS'] === '1';

let folder = '';
let fixture: CheckoutFixture = { path: '', distfiles: '' };
let disk = '';

beforeEach(async () => {
  folder = makeFolder();
  const late = Buffer.alloc(9_000_000, 'a late distfile ');
  fixture = await makeCheckout(folder, {
    distfiles: defaultDistfiles(),
    edit: (files) =>
      files.set('steps/late-3.0/sources', `f http://example.org/late.tar.gz ${sha256(late)}\n`),
  });
  writeFileSync(join(fixture.distfiles, 'late.tar.gz'), late);
  const request = bootstrapRequest(fixture, {
    configuration: { externalSources: true, externalSizeMiB: 160 },
  });
  await buildImage(request, join(folder, 'boot.img'), join(folder, 'image.json'), { replace: false });
  disk = join(folder, 'external.img');
});

function verify(path: string, withDistfiles = true): Promise<ImageVerifyReport> {
  const findDistfile = withDistfiles ? distfilesIn(fixture.distfiles) : null;
  return verifyImage({ path, checkoutPath: fixture.path, findDistfile }, {});
}

test('every byte of boot and external disk follows from the checkout, with the record beside it and without', async () => {
  const whole = await verify(disk);
  expect([whole.problems, whole.verdict, whole.order]).toEqual([[], 'accounted', null]);
  expect(whole.account.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(160 * 1024 * 1024);
  expect(whole.account.find(({ from }) => from === 'distfiles')?.items).toBe(3);
  expect((await verify(join(folder, 'boot.img'))).verdict).toBe('accounted');
  const alone = join(folder, 'copied.img');
  writeFileSync(alone, readFileSync(disk));
  // As on a drive: more room behind it.
  truncateSync(alone, 200 * 1024 * 1024);
  expect((await verify(alone, false)).problems).toEqual([]);
});

test('60 single bytes changed at random: each is found, and what it belongs to named', async () => {
  const regions = await withSource(disk, async (source) => (await mapDisk(source, {})).regions);
  const wanted = regions.filter(({ kind }) => kind !== 'free');
  const random = randomNumbers(5);
  const wrong: unknown[] = [];
  await withSource(disk, async (source) => {
    const threads = openRangeThreads(source);
    const findDistfile = distfilesIn(fixture.distfiles);
    const { plan } = await expectDisk(
      source,
      { checkoutPath: fixture.path, record: null, findDistfile, given: NOTHING_GIVEN },
      {},
    );
    const handle = await open(disk, 'r+');
    try {
      for (let index = 0; index < 60; index += 1) {
        const region = (index % 4 === 0 ? regions : wanted)[
          random(index % 4 === 0 ? regions.length : wanted.length)
        ];
        if (region === undefined || plan === null) throw new Error('nothing to change');
        const offset = region.offsetBytes + random(region.lengthBytes);
        const byte = Buffer.alloc(1);
        await handle.read(byte, 0, 1, offset);
        const changed = Buffer.from([(byte[0] ?? 0) ^ (1 + random(255))]);
        await handle.write(changed, 0, 1, offset);
        const { problems } = await verifyDisk(source, plan, threads);
        await handle.write(byte, 0, 1, offset);
        const [first] = problems;
        const right = regions[regionAt(regions, offset)];
        if (first?.offsetBytes !== offset || first.region.label !== right?.label || !first.exact)
          wrong.push({ offset, is: right?.label, named: first?.region.label, at: first?.offsetBytes });
      }
    } finally {
      await handle.close();
      await threads.close();
    }
  });
  expect(wrong).toEqual([]);
});

test('a super block beyond recognition is named as such', async () => {
  const handle = await open(disk, 'r+');
  await handle.write(Buffer.alloc(512, 0xff), 0, 512, 1024 * 1024 + 1024);
  await handle.close();
  const [first] = (await verify(disk)).problems;
  expect([first?.offsetBytes, first?.region.kind]).toEqual([1024 * 1024 + 1024, 'super-block']);
});

describe.skipIf(!hasE2fsprogs && !required)('disks of others (needs mke2fs)', () => {
  test('another program’s file system is not accounted for, and the report says why', async () => {
    const other = join(folder, 'other.img');
    const tree = join(folder, 'tree');
    cpSync(fixture.distfiles, join(tree, 'distfiles'), { recursive: true });
    makeExtImage(other, tree, '64M', ['-t', 'ext3', '-b', '4096']);
    const { verdict, warnings } = await verify(other);
    expect([verdict, warnings.join()]).toEqual(['different', expect.stringContaining('another UUID')]);
  });
});
