// Reading images back as a person does: inspect, list, extract, verify, diff, script.
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { buildImage } from '../../src/engine/image/build.ts';
import { recordPathFor } from '../../src/engine/image/image-files.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { type CheckoutFixture, makeCheckout } from '../support/checkout-fixture.ts';
import { type Outcome, runCli } from '../support/cli.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();

let folder = '';
let fixture: CheckoutFixture = { path: '', distfiles: '' };
let image = '';

beforeEach(async () => {
  folder = makeFolder();
  fixture = await makeCheckout(folder);
  image = join(folder, 'some.img');
  await buildImage(bootstrapRequest(fixture), image, recordPathFor(image), { replace: false });
});

function cli(...args: string[]): Promise<Outcome> {
  return runCli(args, { SEEDBED_HOME: join(folder, 'home') });
}

test('verify accounts for every byte and exits with 0, or names the first wrong one and exits with 1', async () => {
  const good = await cli('image', 'verify', image, '--against', fixture.path);
  expect([good.code, good.stdout]).toEqual([
    0,
    expect.stringMatching(/Every byte accounted for: (\d+ ?)+ of/),
  ]);
  const bytes = readFileSync(image);
  const at = bytes.indexOf('beta beta') + 1000;
  bytes[at] = 0x58;
  writeFileSync(image, bytes);
  const bad = await cli(
    'image',
    'verify',
    image,
    '--against',
    fixture.path,
    '--distfiles',
    fixture.distfiles,
  );
  expect([bad.code, bad.stdout]).toEqual([1, expect.stringContaining(`at:        byte ${at},`)]);
  expect(bad.stdout).toContain('./external/distfiles/beta-2.0.tar.xz');
  const json = await cli('image', 'verify', image, '--against', fixture.path, '--json');
  expect([json.code, JSON.parse(json.stdout)]).toMatchObject([
    1,
    { verdict: 'different', problems: [{ exact: false }] },
  ]);
  const without = await cli('image', 'verify', image);
  expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('name the checkout')]);
});

test('inspect tells regions with where they come from, list and extract their contents', async () => {
  const inspected = await cli('image', 'inspect', image, '--against', fixture.path, '--search', 'steps/env');
  expect([inspected.code, inspected.stdout]).toEqual([
    0,
    expect.stringContaining('live-bootstrap@(no commit):steps/env'),
  ]);
  expect(inspected.stdout).toContain('agrees with its record');
  const whole = await cli('image', 'inspect', image, '--json');
  const { map } = JSON.parse(whole.stdout) as {
    map: { regions: { offsetBytes: number; lengthBytes: number }[]; sizeBytes: number };
  };
  expect(map.regions.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)).toBe(map.sizeBytes);
  const listed = await cli('image', 'list', image, '/steps');
  expect([listed.code, listed.stdout.split('\n').some((line) => line.endsWith(' alpha-1.0/'))]).toEqual([
    0,
    true,
  ]);
  const out = join(folder, 'out');
  const extracted = await cli('image', 'extract', image, '/steps/env', '/external', '--to', out);
  expect([extracted.code, readFileSync(join(out, 'env'), 'utf8')]).toEqual([0, 'ENV=1\n']);
  const again = await cli('image', 'extract', image, '/steps/env', '--to', out);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('FILE_EXISTS')]);
  const absent = await cli('image', 'list', image, '/nowhere');
  expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('CONTENT_NOT_FOUND')]);
});

test('diff exits with 0 for the same content and with 1 for another; script prints a script', async () => {
  const copy = join(folder, 'copy.img');
  copyFileSync(image, copy);
  const same = await cli('image', 'diff', image, copy);
  expect([same.code, same.stdout]).toEqual([0, expect.stringContaining('identical')]);
  appendFileSync(join(fixture.path, 'steps/env'), 'MORE=1\n');
  await buildImage(bootstrapRequest(fixture), copy, recordPathFor(copy), { replace: true });
  const other = await cli('image', 'diff', image, copy);
  expect([other.code, other.stdout]).toEqual([1, expect.stringMatching(/changed .*\.\/steps\/env/)]);
  const script = await cli('image', 'script', image);
  expect([script.code, script.stdout]).toEqual([0, expect.stringMatching(/^#!\/bin\/sh\n/)]);
});

test('the boot check is accounted for without a checkout', async () => {
  const check = join(folder, 'check.img');
  expect((await cli('image', 'build', '--boot-check', '--out', check)).code).toBe(0);
  const verified = await cli('image', 'verify', check);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('Every byte accounted for')]);
});
