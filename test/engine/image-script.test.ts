// The exported shell script: what it derives without Seedbed is what Seedbed built.
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildImage } from '../../src/engine/image/build.ts';
import { recordPathFor } from '../../src/engine/image/image-files.ts';
import { scriptFor } from '../../src/engine/image-reading/script-for.ts';
import { bootstrapRequest, type RequestChanges } from '../support/build-request.ts';
import { makeCheckout } from '../support/checkout-fixture.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const required = process.env['REQUIRE_TOOLS'] === '1';
const shells = ['dash', 'bash'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);
const upstream = process.env['LIVE_BOOTSTRAP_DIR'];

async function exportScript(
  folder: string,
  fixture: { path: string; distfiles: string },
  changes: RequestChanges = {},
): Promise<string> {
  const image = join(folder, 'some.img');
  await buildImage(bootstrapRequest(fixture, changes), image, recordPathFor(image), { replace: true });
  const { name, text } = await scriptFor(image);
  expect(text.split('\n').length - 1).toBeLessThan(60);
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function run(
  shell: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(shell, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], TMPDIR: makeFolder() },
  });
}

describe.skipIf(shells.length === 0 && !required)('run by a shell (needs dash or bash)', () => {
  test.each(shells)(
    '%s derives the same hash, and finds a changed file and a changed distfile',
    async (shell) => {
      const folder = makeFolder();
      const fixture = await makeCheckout(folder);
      const script = await exportScript(folder, fixture);
      const good = run(shell, [script, fixture.path, fixture.distfiles]);
      expect([good.status, good.stderr]).toEqual([0, '']);
      expect(good.stdout).toContain('the same: sha256');
      appendFileSync(join(fixture.path, 'steps/env'), '\n');
      const changed = run(shell, [script, fixture.path, fixture.distfiles]);
      expect([changed.status, changed.stderr]).toEqual([1, expect.stringContaining('differs: sha256')]);
      appendFileSync(join(fixture.distfiles, 'alpha-1.0.tar.gz'), 'x');
      const other = run(shell, [script, fixture.path, fixture.distfiles]);
      expect([other.status, other.stderr]).toEqual([1, expect.stringContaining('alpha-1.0.tar.gz')]);
      expect(run(shell, [script]).status).toBe(2);
    },
  );

  test.each(shells)('%s derives a stage0 image, and one with an overlay', async (shell) => {
    const folder = makeFolder();
    const fixture = await makeCheckout(folder);
    const stage0 = await exportScript(folder, fixture, { goal: 'stage0' });
    expect(run(shell, [stage0, fixture.path])).toMatchObject({ status: 0, stderr: '' });
    const overlay = join(folder, 'overlay');
    mkdirSync(join(overlay, 'steps', 'after'), { recursive: true });
    writeFileSync(join(overlay, 'steps', 'after', '90-mine.sh'), 'echo mine\n');
    writeFileSync(join(overlay, 'steps', 'env'), 'ENV=other\n');
    const changed = await exportScript(folder, fixture, { overlays: [{ folder: overlay }] });
    expect(run(shell, [changed, fixture.path, fixture.distfiles, overlay])).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});

describe.skipIf(upstream === undefined)('upstream’s own checkout (needs LIVE_BOOTSTRAP_DIR)', () => {
  test('its stage0 image is derived by dash', async () => {
    const folder = makeFolder();
    const copy = join(folder, 'live-bootstrap');
    cpSync(upstream ?? '', copy, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => basename(path) !== '.git',
    });
    const script = await exportScript(folder, { path: copy, distfiles: folder }, { goal: 'stage0' });
    const done = run('dash', [script, copy]);
    expect([done.status, done.stderr]).toEqual([0, '']);
  });
});

test('a boot check has no such script', async () => {
  const folder = makeFolder();
  const image = join(folder, 'check.img');
  await buildImage({ kind: 'boot-check' }, image, recordPathFor(image), { replace: false });
  expect(await refusalOf(() => scriptFor(image))).toMatchObject(['INPUT_INVALID', {}]);
});
