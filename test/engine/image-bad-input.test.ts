// Bad input and bad luck: each has its code, and nothing half-made stands under a final name.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildImage, type BuildRequest, recordPathFor, writePlan } from '../../src/engine/image/build.ts';
import type { BuildOptions } from '../../src/engine/image/image-plan.ts';
import { planImage } from '../../src/engine/image/plan.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import {
  type CheckoutFixture,
  defaultDistfiles,
  type FixtureOptions,
  makeCheckout,
  sha256,
  stage1Text,
  stage2Text,
} from '../support/checkout-fixture.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const STAGE1 = 'builder-hex0/builder-hex0-x86-stage1.hex0';
const STAGE2 = 'builder-hex0/builder-hex0-x86-stage2.hex0';

let folder = '';
/** Where images go: its contents are what a build leaves. */
let outFolder = '';
let out = '';
beforeEach(() => {
  folder = makeFolder();
  outFolder = join(folder, 'out');
  out = join(outFolder, 'boot.bin');
  mkdirSync(outFolder);
});

function requestFor(fixture: CheckoutFixture, goal: 'stage0' | 'end' = 'end'): BuildRequest {
  return bootstrapRequest(fixture, { goal });
}

async function tryBuild(
  fixture: CheckoutFixture,
  options: BuildOptions & { replace?: boolean } = {},
): Promise<unknown> {
  return refusalOf(() =>
    buildImage(requestFor(fixture), out, recordPathFor(out), { replace: false, ...options }),
  );
}

async function tryBuildWith(options: FixtureOptions): Promise<unknown> {
  const outcome = await tryBuild(await makeCheckout(folder, options));
  expect(readdirSync(outFolder)).toEqual([]);
  return outcome;
}

const edit = (
  change: (files: Parameters<NonNullable<FixtureOptions['edit']>>[0]) => void,
): FixtureOptions => ({
  edit: change,
});

describe('the checkout', () => {
  test('is none', async () => {
    expect(await tryBuild({ path: outFolder, distfiles: outFolder })).toEqual([
      'CHECKOUT_INVALID',
      { path: outFolder, missing: 'steps/manifest' },
    ]);
    expect(readdirSync(outFolder)).toEqual([]);
  });

  test('holds a name with a space', async () => {
    expect(await tryBuildWith(edit((files) => files.set('steps/alpha-1.0/two words', 'x')))).toMatchObject([
      'SRCFS_NAME_REFUSED',
      { path: './steps/alpha-1.0/two words' },
    ]);
  });

  test('has a stage2 of another length than its own number says', async () => {
    const text = stage2Text({ lines: 300, lba: 175 });
    expect(await tryBuildWith(edit((files) => files.set(STAGE2, text)))).toEqual([
      'STAGE2_MISFIT',
      { sizeBytes: text.length, needsLba: 1 + Math.ceil((text.length + 1) / 512), statesLba: 175 },
    ]);
  });

  test('has a stage2 whose text fills its last sector, so that stage1 would run into the stream', async () => {
    const short = stage2Text({ lines: 200 });
    const text = `${short}${'#'.repeat(512 - (short.length % 512) - 1)}\n`;
    expect(text.length % 512).toBe(0);
    expect(await tryBuildWith(edit((files) => files.set(STAGE2, text)))).toMatchObject(['STAGE2_MISFIT', {}]);
  });

  test('has a stage2 that says nothing', async () => {
    expect(await tryBuildWith(edit((files) => files.set(STAGE2, '90 90\n')))).toEqual([
      'STAGE2_MISFIT',
      { sizeBytes: 6, needsLba: 2, statesLba: null },
    ]);
  });

  test('has stages that are no hex0, or no boot sector', async () => {
    expect(await tryBuildWith(edit((files) => files.set(STAGE2, '90\nxyz\n')))).toMatchObject([
      'HEX0_INVALID',
      { file: STAGE2, line: 2, column: 1 },
    ]);
    rmSync(join(folder, 'checkout'), { recursive: true });
    expect(
      await tryBuildWith(edit((files) => files.set(STAGE1, stage1Text().replace('55 AA', '55 AB')))),
    ).toMatchObject(['STAGE1_MISFIT', { sizeBytes: 512 }]);
  });

  test('has too long a path', async () => {
    const long = Array.from({ length: 5 }, (_, index) => `${index}${'x'.repeat(220)}`).join('/');
    expect(await tryBuildWith(edit((files) => files.set(`steps/alpha-1.0/${long}`, 'x')))).toMatchObject([
      'SRCFS_BUDGET_EXCEEDED',
      { what: 'the longest path', limit: 1024 },
    ]);
  });

  test('has a manifest of another kind', async () => {
    expect(await tryBuildWith(edit((files) => files.set('steps/manifest', 'make: all\n')))).toMatchObject([
      'CHECKOUT_UNREADABLE',
      { file: 'steps/manifest', line: 1 },
    ]);
  });
});

describe('the distfiles', () => {
  test('are not there: the first is named, and how many more', async () => {
    const fixture = await makeCheckout(folder);
    rmSync(fixture.distfiles, { recursive: true });
    mkdirSync(fixture.distfiles);
    expect(await tryBuild(fixture)).toEqual([
      'DISTFILE_MISSING',
      {
        name: 'alpha-1.0.tar.gz',
        sha256: sha256(defaultDistfiles().get('alpha-1.0.tar.gz') ?? ''),
        folder: fixture.distfiles,
        step: 'alpha-1.0',
        others: 1,
      },
    ]);
    expect(readdirSync(outFolder)).toEqual([]);
  });

  test('have no folder', async () => {
    const fixture = await makeCheckout(folder);
    const none = join(folder, 'none');
    expect(await tryBuild({ ...fixture, distfiles: none })).toEqual(['NOT_FOUND', { path: none }]);
  });

  test.each([
    ['one byte is another', (bytes: Buffer) => bytes.fill(0, 60_000, 60_001)],
    ['the end is cut off', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['it is empty', () => Buffer.alloc(0)],
  ])('are wrong: %s', async (_what, spoil) => {
    const fixture = await makeCheckout(folder);
    const path = join(fixture.distfiles, 'beta-2.0.tar.xz');
    const wrong = spoil(readFileSync(path));
    writeFileSync(path, wrong);
    expect(await tryBuild(fixture)).toEqual([
      'DISTFILE_MISMATCH',
      {
        name: 'beta-2.0.tar.xz',
        expected: sha256(defaultDistfiles().get('beta-2.0.tar.xz') ?? ''),
        actual: sha256(wrong),
        path,
      },
    ]);
    expect(readdirSync(outFolder)).toEqual([]);
  });

  test.each([
    ['grows', (path: string) => appendFileSync(path, 'more'), 'FILE_CHANGED'],
    ['shrinks', (path: string) => truncateSync(path, 10), 'FILE_CHANGED'],
    ['is taken away', (path: string) => rmSync(path), 'NOT_FOUND'],
  ])('one %s between the plan and the copy', async (_what, change, code) => {
    const fixture = await makeCheckout(folder);
    const plan = await planImage(requestFor(fixture));
    const path = join(fixture.distfiles, 'beta-2.0.tar.xz');
    change(path);
    const paths = { image: out, record: recordPathFor(out) };
    expect(await refusalOf(() => writePlan(plan, paths, {}))).toEqual([code, { path }]);
    expect(readdirSync(outFolder)).toEqual([]);
  });

  test('a pipe in the place of one does not make us wait', async () => {
    const fixture = await makeCheckout(folder);
    const plan = await planImage(requestFor(fixture));
    const path = join(fixture.distfiles, 'beta-2.0.tar.xz');
    rmSync(path);
    spawnSync('mkfifo', [path]);
    const paths = { image: out, record: recordPathFor(out) };
    expect(await refusalOf(() => writePlan(plan, paths, {}))).toEqual(['FILE_CHANGED', { path }]);
    expect(await tryBuild(fixture)).toMatchObject(['DISTFILE_MISSING', { name: 'beta-2.0.tar.xz' }]);
  });

  test('are more than builder-hex0 has memory for: told before a byte of them is read', async () => {
    const fixture = await makeCheckout(folder);
    truncateSync(join(fixture.distfiles, 'beta-2.0.tar.xz'), 330_301_440);
    expect(await tryBuild(fixture)).toMatchObject([
      'SRCFS_BUDGET_EXCEEDED',
      { what: 'the size of all files together', limit: 330_301_440, unit: 'bytes' },
    ]);
  });
});

describe('the output', () => {
  test('exists: it stays as it was, unless it may be replaced', async () => {
    const fixture = await makeCheckout(folder);
    writeFileSync(out, 'precious');
    expect(await tryBuild(fixture)).toEqual(['IMAGE_EXISTS', { path: out }]);
    expect(readdirSync(outFolder)).toEqual(['boot.bin']);
    expect(readFileSync(out, 'utf8')).toBe('precious');
    expect(await tryBuild(fixture, { replace: true })).toBe('accepted');
    expect(readFileSync(out).length).toBe(1_048_576);
  });

  test('a failed build with replace leaves the old image and its record', async () => {
    const fixture = await makeCheckout(folder);
    await tryBuild(fixture);
    const before = [readFileSync(out), readFileSync(recordPathFor(out))];
    writeFileSync(join(fixture.distfiles, 'beta-2.0.tar.xz'), 'wrong');
    expect(await tryBuild(fixture, { replace: true })).toMatchObject(['DISTFILE_MISMATCH', {}]);
    expect([readFileSync(out), readFileSync(recordPathFor(out))]).toEqual(before);
    expect(readdirSync(outFolder).sort()).toEqual(['boot.bin', 'boot.bin.image.json']);
  });

  test('has a record of something else beside it', async () => {
    const fixture = await makeCheckout(folder);
    writeFileSync(recordPathFor(out), '{}');
    expect(await tryBuild(fixture)).toEqual(['IMAGE_EXISTS', { path: recordPathFor(out) }]);
  });

  test('is a folder, or lies in a folder that is not there', async () => {
    const fixture = await makeCheckout(folder);
    mkdirSync(out);
    expect(await tryBuild(fixture, { replace: true })).toMatchObject(['INPUT_INVALID', {}]);
    out = join(outFolder, 'none', 'boot.bin');
    expect(await tryBuild(fixture)).toMatchObject(['NOT_FOUND', {}]);
  });

  test('partial files that a killed build left long ago are cleared, young ones and other programs’ are not touched', async () => {
    const fixture = await makeCheckout(folder);
    const [old, young, foreign] = [
      `${out}.00000000.partial`,
      `${out}.11111111.partial`,
      `${out}.other.partial`,
    ];
    for (const path of [old, young, foreign]) writeFileSync(path, 'half');
    const yesterday = Date.now() / 1000 - 86_400;
    for (const path of [old, foreign]) utimesSync(path, yesterday, yesterday);
    await tryBuild(fixture);
    expect([old, young, foreign, out].map((path) => existsSync(path))).toEqual([false, true, true, true]);
  });
});

describe('cancelled', () => {
  test('before it begins', async () => {
    const fixture = await makeCheckout(folder);
    expect(await tryBuild(fixture, { signal: AbortSignal.abort() })).toMatchObject(['CANCELLED', {}]);
    expect(readdirSync(outFolder)).toEqual([]);
  });

  test.each(['read', 'write'])('while it does the step %s', async (step) => {
    const fixture = await makeCheckout(folder, {
      distfiles: new Map([['alpha-1.0.tar.gz', Buffer.alloc(40_000_000, 1)]]),
    });
    const controller = new AbortController();
    let seen = 0;
    const outcome = await tryBuild(fixture, {
      signal: controller.signal,
      report: (progress) => {
        if (progress.step !== step) return;
        seen += 1;
        controller.abort();
      },
    });
    expect(outcome).toMatchObject(['CANCELLED', {}]);
    expect(seen).toBeLessThan(8);
    expect(readdirSync(outFolder)).toEqual([]);
  });
});

describe('a full disk', () => {
  let mounted = '';
  afterEach(() => {
    if (mounted !== '') spawnSync('umount', ['-l', mounted]);
    mounted = '';
  });

  /** A file system of its own, 16 MiB, mounted over the output folder. */
  function mountSmall(): boolean {
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', outFolder]).status !== 0) return false;
    mounted = outFolder;
    return true;
  }

  const canMount = ((): boolean => {
    const probe = makeProbe();
    const can =
      probe !== '' && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe]).status === 0;
    if (can) spawnSync('umount', [probe]);
    if (probe !== '') rmSync(probe, { recursive: true });
    return can;
  })();

  test.skipIf(!canMount)(
    'too small from the start: told before anything is written (needs leave to mount)',
    async () => {
      const fixture = await makeCheckout(folder, {
        distfiles: new Map([['alpha-1.0.tar.gz', Buffer.alloc(17_000_000, 1)]]),
      });
      expect(mountSmall()).toBe(true);
      const steps = new Set<string>();
      expect(await tryBuild(fixture, { report: ({ step }) => steps.add(step) })).toEqual([
        'DISK_FULL',
        { path: out },
      ]);
      expect([...steps]).toEqual(['read']);
      expect(readdirSync(outFolder)).toEqual([]);
    },
  );

  test.skipIf(!canMount)(
    'filled by others meanwhile: what was written is removed (needs leave to mount)',
    async () => {
      const fixture = await makeCheckout(folder, {
        distfiles: new Map([['alpha-1.0.tar.gz', Buffer.alloc(12_000_000, 1)]]),
      });
      expect(mountSmall()).toBe(true);
      const filler = join(outFolder, 'filler');
      const outcome = await tryBuild(fixture, {
        report: ({ step }) => {
          if (step !== 'write' || existsSync(filler)) return;
          fillUp(filler);
        },
      });
      expect(outcome).toEqual(['DISK_FULL', { path: out }]);
      expect(readdirSync(outFolder)).toEqual(['filler']);
    },
  );
});

/** Until nothing more goes in: the build writes at the same time, so nobody knows how much that is. */
function fillUp(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(65_536));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(file);
  }
}

function makeProbe(): string {
  const done = spawnSync('mktemp', ['-d'], { encoding: 'utf8' });
  return process.platform === 'linux' && done.status === 0 ? done.stdout.trim() : '';
}
