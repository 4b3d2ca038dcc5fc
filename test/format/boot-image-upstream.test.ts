// Our boot image against the one that live-bootstrap's own generator makes from the same checkout: upstream is the judge.
// Everything happens in a copy of the checkout, so that nothing is written into the user's.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openCheckout, readPreNetworkDistfiles } from '../../src/engine/checkout/open-checkout.ts';
import { buildImage, recordPathFor } from '../../src/engine/image/build.ts';
import { inspectImage } from '../../src/engine/image/inspect.ts';
import { type PlainImage, readPlainImage } from '../support/read-image.ts';
import { useTempFolders } from '../support/temp.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const hasPython = spawnSync('python3', ['--version']).status === 0;
const required = process.env['REQUIRE_TOOLS'] === '1';

const MIRRORS = ['http://mirror.example/live-bootstrap', 'https://other.example'];
const TARGET_MIB = 64;
/** builder-hex0 a2781242: stage2 reads from here. */
const STREAM_SECTOR = 175;

/**
 * What `rootfs.py --qemu --cores 3 --target-size 64M --mirrors …` does before it starts QEMU. `requests` is a stand-in: every distfile is there.
 * With `stage0` the distfiles are left out, which is the one thing that upstream has no option for.
 */
const DRIVER = `
import os, sys, types
sys.modules['requests'] = types.ModuleType('requests')
import argparse, rootfs
from lib.generator import Generator
goal, out, mirrors = sys.argv[1], sys.argv[2], sys.argv[3:]
os.umask(0o022)
args = argparse.Namespace(arch='x86', force_timestamps=False, chroot=False, bwrap=False, update_checksums=False, cores=3, swap=0,
  internal_ci=None, interactive=False, qemu=True, bare_metal=False, kernel=None, repo=None, external_sources=False,
  build_kernels=False, configurator=False, mirrors=mirrors)
try:
    os.remove('steps/bootstrap.cfg')
except FileNotFoundError:
    pass
rootfs.create_configuration_file(args)
generator = Generator('x86', False, None, None, mirrors)
if goal == 'stage0':
    generator.source_manifest = []
os.makedirs(out)
generator.prepare(types.SimpleNamespace(path=out), kernel_bootstrap=True, target_size=${TARGET_MIB})
`;

const makeFolder = useTempFolders();

/** A copy of the checkout without git's data: what its generator reads. */
function copyCheckout(to: string): string {
  const copy = join(to, 'live-bootstrap');
  cpSync(checkout ?? '', copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => basename(source) !== '.git' && basename(source) !== 'distfiles',
  });
  return copy;
}

function runUpstream(copy: string, goal: 'stage0' | 'end', out: string): string {
  const done = spawnSync('python3', ['-c', DRIVER, goal, out, ...MIRRORS], { cwd: copy, encoding: 'utf8' });
  expect([done.status, done.stderr]).toEqual([0, '']);
  return join(out, 'init.img');
}

interface Pair {
  theirs: PlainImage;
  ours: PlainImage;
  theirPath: string;
  ourPath: string;
}

async function buildBoth(folder: string, copy: string, goal: 'stage0' | 'end'): Promise<Pair> {
  const theirPath = runUpstream(copy, goal, join(folder, 'target'));
  const ourPath = join(folder, 'ours.img');
  await buildImage(
    {
      kind: 'kernel-bootstrap',
      goal,
      checkoutPath: copy,
      distfilesPath: goal === 'end' ? join(copy, 'distfiles') : null,
      cores: 3,
      mirrors: MIRRORS,
      targetSizeMiB: TARGET_MIB,
    },
    ourPath,
    recordPathFor(ourPath),
    { replace: false },
  );
  return {
    theirs: await readPlainImage(theirPath, STREAM_SECTOR),
    ours: await readPlainImage(ourPath, STREAM_SECTOR),
    theirPath,
    ourPath,
  };
}

function sorted(entries: PlainImage['entries']): string[] {
  return entries.map(({ path, sizeBytes, sha256 }) => `${path} ${sizeBytes} ${sha256}`).sort();
}

function expectSameImage({ theirs, ours }: Pair): void {
  expect(ours.bootSector.equals(theirs.bootSector)).toBe(true);
  expect(ours.stage2).toBe(theirs.stage2);
  expect(ours.padding.equals(theirs.padding)).toBe(true);
  expect(ours.streamOffset).toBe(theirs.streamOffset);
  expect(sorted(ours.entries)).toEqual(sorted(theirs.entries));
  expect(ours.commands).toBe(theirs.commands);
  expect(ours.streamEnd).toBe(theirs.streamEnd);
  expect(ours.sizeBytes).toBe(theirs.sizeBytes);
  const behind = (image: PlainImage): boolean =>
    image.bytes.subarray(image.streamEnd).every((byte) => byte === 0);
  expect([behind(ours), behind(theirs)]).toEqual([true, true]);
}

describe.skipIf(checkout === undefined || (!hasPython && !required))(
  'equal to upstream’s generator (needs LIVE_BOOTSTRAP_DIR and python3)',
  () => {
    let folder = '';
    let copy = '';
    beforeEach(() => {
      folder = makeFolder();
      copy = copyCheckout(folder);
    });

    test('the goal stage0: the same stages, padding, tail and set of entries', async () => {
      const pair = await buildBoth(folder, copy, 'stage0');
      expectSameImage(pair);
      expect(pair.ours.entries.length).toBeGreaterThan(2000);
      expect(
        pair.ours.entries.filter(({ path }) => path.startsWith('./external')).map(({ path }) => path),
      ).toEqual(['./external', './external/distfiles']);
    });

    test('the whole pre-network set, with placeholders for the distfiles', async () => {
      const names = await replaceDistfiles(copy);
      const pair = await buildBoth(folder, copy, 'end');
      expectSameImage(pair);
      const inImage = pair.ours.entries.filter(({ path }) => path.startsWith('./external/distfiles/'));
      expect(inImage.map(({ path }) => path.slice('./external/distfiles/'.length)).sort()).toEqual(
        names.sort(),
      );
      expect(names.length).toBe(71);
    });

    test('inspecting both gives the same input digest, and nothing was written into the checkout', async () => {
      const before = listing(copy);
      const { theirPath, ourPath } = await buildBoth(folder, copy, 'stage0');
      const [theirs, ours] = [await inspectImage(theirPath), await inspectImage(ourPath)];
      expect(theirs.inputDigest).toBe(ours.inputDigest);
      expect([ours.matchesRecord, theirs.matchesRecord]).toEqual([true, null]);
      expect([theirs.directories, theirs.files, theirs.payloadBytes, theirs.streamLba]).toEqual([
        ours.directories,
        ours.files,
        ours.payloadBytes,
        STREAM_SECTOR,
      ]);
      // Upstream's generator wrote its configuration; ours nothing.
      expect(listing(copy).filter((path) => !before.includes(path) && !/__pycache__/.test(path))).toEqual([
        join('steps', 'bootstrap.cfg'),
      ]);
    });
  },
);

function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

/** Put a small file in place of each pre-network distfile, and its sha256 into the sources files. Gives their names. */
async function replaceDistfiles(copy: string): Promise<string[]> {
  const distfiles = await readPreNetworkDistfiles(await openCheckout(copy));
  mkdirSync(join(copy, 'distfiles'));
  for (const { name, sha256, steps } of distfiles) {
    const bytes = `placeholder for ${name}\n`.repeat(1 + (name.length % 7));
    writeFileSync(join(copy, 'distfiles', name), bytes);
    const replacement = createHash('sha256').update(bytes).digest('hex');
    for (const step of steps) {
      const path = join(copy, 'steps', step, 'sources');
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(sha256, replacement));
    }
  }
  return distfiles.map(({ name }) => name);
}
