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
import type { BootstrapRequest } from '../../src/engine/image/build-request.ts';
import type { BootstrapConfiguration } from '../../src/shared/model/bootstrap-config.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { type PlainImage, readPlainImage } from '../support/read-image.ts';
import { useTempFolders } from '../support/temp.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const hasPython = spawnSync('python3', ['--version']).status === 0;
const required = process.env['REQUIRE_TOOLS'] === '1';

const MIRRORS = ['http://mirror.example/live-bootstrap', 'http://other.example'];
const TARGET_MIB = 64;
/** builder-hex0 a2781242: stage2 reads from here. */
const STREAM_SECTOR = 175;

/**
 * Upstream's own main() for a command line, without starting QEMU and without making file systems (mke2fs does that, not the generator). `requests`
 * is a stand-in: every distfile is there. With `stage0` the distfiles are left out, which is the one thing that upstream has no option for.
 */
const DRIVER = `
import sys, types
sys.modules['requests'] = types.ModuleType('requests')
import rootfs
from lib.target import Target
goal = sys.argv[1]
sys.argv = ['rootfs.py'] + sys.argv[2:]
rootfs.run = lambda *arguments, **options: None
Target.add_disk = lambda self, name, **options: self._disks.__setitem__(name, '')
if goal == 'stage0':
    rootfs.Generator.get_source_manifest = classmethod(lambda cls, pre_network=False: [])
rootfs.main()
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

/** Gives the folder that it filled. */
function runUpstream(
  copy: string,
  goal: 'stage0' | 'end',
  target: string,
  options: readonly string[],
): string {
  const fixed = ['--cores', '3', '--target', target, '--mirrors', ...MIRRORS];
  const done = spawnSync('python3', ['-c', DRIVER, goal, ...options, ...fixed], {
    cwd: copy,
    encoding: 'utf8',
  });
  expect([done.status, done.stderr]).toEqual([0, '']);
  return target;
}

interface Pair {
  theirs: PlainImage;
  ours: PlainImage;
  theirPath: string;
  ourPath: string;
  /** What upstream would put onto disks with file systems. */
  target: string;
}

interface Options {
  goal: 'stage0' | 'end';
  line: readonly string[];
  configuration: Partial<BootstrapConfiguration>;
}

const ONE_DISK = {
  line: ['--qemu', '--target-size', `${TARGET_MIB}M`],
  configuration: { targetSizeMiB: TARGET_MIB },
};

function requestOf(copy: string, { goal, configuration }: Omit<Options, 'line'>): BootstrapRequest {
  return bootstrapRequest(
    { path: copy, distfiles: join(copy, 'distfiles') },
    { goal, configuration: { cores: 3, mirrors: MIRRORS, ...configuration } },
  );
}

async function buildBoth(folder: string, copy: string, options: Options): Promise<Pair> {
  const target = runUpstream(copy, options.goal, join(folder, 'target'), options.line);
  const theirPath = join(target, 'init.img');
  const ourPath = join(folder, 'ours.img');
  await buildImage(requestOf(copy, options), ourPath, recordPathFor(ourPath), { replace: false });
  return {
    theirs: await readPlainImage(theirPath, STREAM_SECTOR),
    ours: await readPlainImage(ourPath, STREAM_SECTOR),
    theirPath,
    ourPath,
    target,
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
      const pair = await buildBoth(folder, copy, { goal: 'stage0', ...ONE_DISK });
      expectSameImage(pair);
      expect(pair.ours.entries.length).toBeGreaterThan(2000);
      expect(
        pair.ours.entries.filter(({ path }) => path.startsWith('./external')).map(({ path }) => path),
      ).toEqual(['./external', './external/distfiles']);
    });

    test('the whole pre-network set, with placeholders for the distfiles', async () => {
      const names = await replaceDistfiles(copy);
      const pair = await buildBoth(folder, copy, { goal: 'end', ...ONE_DISK });
      expectSameImage(pair);
      const inImage = pair.ours.entries.filter(({ path }) => path.startsWith('./external/distfiles/'));
      expect(inImage.map(({ path }) => path.slice('./external/distfiles/'.length)).sort()).toEqual(
        names.sort(),
      );
      expect(names.length).toBe(71);
    });

    test('inspecting both gives the same input digest, and nothing was written into the checkout', async () => {
      const before = listing(copy);
      const { theirPath, ourPath } = await buildBoth(folder, copy, { goal: 'stage0', ...ONE_DISK });
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
