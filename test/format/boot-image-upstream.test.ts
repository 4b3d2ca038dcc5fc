// Our boot image against the one that live-bootstrap's own generator makes from the same checkout: upstream is the judge.
// Everything happens in a copy of the checkout, so that nothing is written into the user's.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { wantedDistfiles } from '../../src/engine/checkout/wanted-distfiles.ts';
import { buildImage, recordPathFor } from '../../src/engine/image/build.ts';
import { inspectImage } from '../../src/engine/image/inspect.ts';
import { verifyImage } from '../../src/engine/image-reading/verify-image.ts';
import type { BootstrapRequest } from '../../src/engine/image/build-request.ts';
import { bootstrapRequest, type RequestChanges } from '../support/build-request.ts';
import { type PlainImage, readPlainImage } from '../support/read-image.ts';
import { useTempFolders } from '../support/temp.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const hasPython = spawnSync('python3', ['--version']).status === 0;
const required = process.env['REQUIRE_TOOLS'] === '1';
/** e2fsprogs lies there on Debian, which is in no user's PATH. */
const TOOLS = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
const hasDebugfs = spawnSync('debugfs', ['-V'], { env: TOOLS }).status === 0;

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

interface Options extends RequestChanges {
  goal: 'stage0' | 'end';
  line: readonly string[];
}

const ONE_DISK = {
  line: ['--qemu', '--target-size', `${TARGET_MIB}M`],
  configuration: { targetSizeMiB: TARGET_MIB },
};

function requestOf(copy: string, { configuration, ...changes }: RequestChanges): BootstrapRequest {
  return bootstrapRequest(
    { path: copy, distfiles: join(copy, 'distfiles') },
    { ...changes, configuration: { cores: 3, mirrors: MIRRORS, ...configuration } },
  );
}

async function buildBoth(folder: string, copy: string, { line, ...options }: Options): Promise<Pair> {
  const target = runUpstream(copy, options.goal, join(folder, 'target'), line);
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

const inCopy = (title: string): string => `${title} (needs LIVE_BOOTSTRAP_DIR and python3)`;
const cannotRun = checkout === undefined || (!hasPython && !required);

describe.skipIf(cannotRun)(inCopy('equal to upstream’s generator'), () => {
  // One copy for all: upstream writes its configuration into it, which ours never reads.
  let copy = '';
  let names: string[] = [];
  let home = '';
  let folder = '';
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'seedbed-upstream-'));
    copy = copyCheckout(home);
    names = await replaceDistfiles(copy);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  beforeEach(() => {
    folder = makeFolder();
  });

  test('the goal stage0: the same stages, padding, tail and set of entries; the same input digest; nothing written', async () => {
    const before = listing(copy);
    const pair = await buildBoth(folder, copy, { goal: 'stage0', ...ONE_DISK });
    expectSameImage(pair);
    expect(pair.ours.entries.length).toBeGreaterThan(2000);
    expect(
      pair.ours.entries.filter(({ path }) => path.startsWith('./external')).map(({ path }) => path),
    ).toEqual(['./external', './external/distfiles']);
    const [theirs, ours] = [await inspectImage(pair.theirPath), await inspectImage(pair.ourPath)];
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

  test('the whole pre-network set, with placeholders for the distfiles', async () => {
    const pair = await buildBoth(folder, copy, { goal: 'end', ...ONE_DISK });
    expectSameImage(pair);
    const inImage = pair.ours.entries.filter(({ path }) => path.startsWith('./external/distfiles/'));
    expect(inImage).toHaveLength(71);
    expect(inImage.filter(({ path }) => !names.includes(basename(path)))).toEqual([]);
    expect(names).toHaveLength(310);
    // Theirs, whose entries stand in another order, is accounted for to the last byte; so is ours.
    for (const [path, order] of [
      [pair.theirPath, 'other'],
      [pair.ourPath, 'sorted'],
    ] as const)
      expect(await verifyImage({ path, checkoutPath: copy, findDistfile: null }, {})).toMatchObject({
        verdict: 'accounted',
        order,
        problems: [],
      });
  });

  test('bare metal, with every option that only the configuration tells', async () => {
    const pair = await buildBoth(folder, copy, {
      goal: 'end',
      line: [
        '--bare-metal',
        '--swap',
        '2G',
        '--force-timestamps',
        '--update-checksums',
        '--interactive',
        '--configurator',
        '--internal-ci',
        'pass1',
      ],
      configuration: {
        machine: 'bare-metal',
        disk: 'sda',
        targetSizeMiB: 0,
        swapMiB: 2048,
        forceTimestamps: true,
        updateChecksums: true,
        interactive: true,
        configurator: true,
        internalCi: 'pass1',
      },
    });
    expectSameImage(pair);
  });

  test('an early preseed, links and all', async () => {
    const preseed = join(folder, 'preseed');
    for (const path of [
      'usr/bin/bash',
      'usr/lib/empty/.keep',
      'x86/hex0_x86.hex0',
      'steps/env',
      'external/repo/old',
    ])
      put(join(preseed, path), `preseeded ${path}\n`);
    symlinkSync('bash', join(preseed, 'usr', 'bin', 'sh'));
    symlinkSync('usr/lib', join(preseed, 'lib'));
    const tar = join(folder, 'preseed.tar');
    execFileSync('tar', ['-cf', tar, '-C', preseed, '.']);
    const pair = await buildBoth(folder, copy, {
      goal: 'end',
      line: [...ONE_DISK.line, '--early-preseed', tar],
      configuration: { ...ONE_DISK.configuration, earlyPreseed: true },
      preseedPath: tar,
    });
    expectSameImage(pair);
    expect(pair.ours.entries.map(({ path }) => path)).toContain('./usr/bin/sh');
  });

  describe.skipIf(!hasDebugfs && !required)('disks with file systems (need debugfs)', () => {
    test.each<[string, string[], RequestChanges, number]>([
      ['packages', ['--repo', 'PACKAGES'], { configuration: { repoPreseeded: true } }, 71],
      [
        'both',
        ['--external-sources', '--repo', 'PACKAGES'],
        { configuration: { externalSources: true, repoPreseeded: true } },
        310,
      ],
    ])(
      'two disks with %s: the same boot image, the same tree on the other',
      async (_what, line, { configuration }, count) => {
        const packages = join(folder, 'packages');
        for (const name of ['gcc-15.2.0_0.tar.bz2', 'more/linux_0.tar.bz2'])
          put(join(packages, name), `built ${name}\n`);
        const pair = await buildBoth(folder, copy, {
          goal: 'end',
          line: [...ONE_DISK.line, ...line.map((word) => (word === 'PACKAGES' ? packages : word))],
          configuration: { ...ONE_DISK.configuration, externalSizeMiB: 64, ...configuration },
          repoPath: configuration?.repoPreseeded === true ? packages : null,
        });
        expectSameImage(pair);
        const ours = dumpTree(join(folder, 'ours.img.external.img'), 1, join(folder, 'dump'));
        expect(ours).toEqual(readTree(join(pair.target, 'external')));
        expect([...ours.keys()].filter((path) => path.startsWith('distfiles/'))).toHaveLength(count);
      },
    );

    test('a supplied kernel: the same root tree, but for what git keeps', async () => {
      // Upstream makes this folder only when a folder is the first that it finds in stage0-posix.
      mkdirSync(join(folder, 'target', 'disk'), { recursive: true });
      const target = runUpstream(copy, 'end', join(folder, 'target'), [
        '--qemu',
        '--kernel',
        'bzImage',
        '--external-sources',
      ]);
      const path = join(folder, 'root.img');
      const request = requestOf(copy, {
        goal: 'end',
        configuration: { suppliedKernel: true, externalSources: true, targetSizeMiB: 1200 },
      });
      await buildImage(request, path, recordPathFor(path), { replace: false });
      const theirs = readTree(join(target, 'disk'));
      for (const name of theirs.keys()) if (name.includes('.git')) theirs.delete(name);
      expect(dumpTree(path, 1024, join(folder, 'dump'))).toEqual(theirs);
      expect(theirs.size).toBeGreaterThan(2000);
      expect(statSync(join(folder, 'dump', 'init')).mode & 0o777).toBe(0o755);
    });
  });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Path → sha256, or `folder`. */
function readTree(root: string): Map<string, string> {
  const tree = new Map<string, string>();
  for (const path of listing(root).sort()) {
    const place = join(root, path);
    tree.set(
      path,
      statSync(place).isDirectory()
        ? 'folder'
        : createHash('sha256').update(readFileSync(place)).digest('hex'),
    );
  }
  return tree;
}

/** What debugfs finds in the partition at `offsetMiB`. */
function dumpTree(image: string, offsetMiB: number, to: string): Map<string, string> {
  mkdirSync(to);
  spawnSync('debugfs', ['-R', `rdump / ${to}`, `${image}?offset=${offsetMiB * 1_048_576}`], { env: TOOLS });
  const tree = readTree(to);
  tree.delete('lost+found');
  return tree;
}

function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

/** Put a small file in place of each distfile, and its sha256 into the sources files. Gives their names. */
async function replaceDistfiles(copy: string): Promise<string[]> {
  const distfiles = await wantedDistfiles({ path: copy });
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
