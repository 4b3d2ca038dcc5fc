// What a run made, read out of a real ext4 disk: packages made as upstream makes them are hashed, accounted for, copied out and given back.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { openResults, type Results } from '../../src/engine/results/results.ts';
import type { Runs } from '../../src/engine/run/runs.ts';
import { encodeQcow2Layer } from '../../src/engine/formats/qcow2.ts';
import { type ExtDisk, makePackage, missingDiskTools, putExtDisk, putFiles } from '../support/ext-disk.ts';
import { createFakeImage } from '../support/fake-image.ts';
import { refusalOf } from '../support/checkout-harness.ts';
import { scriptedRun } from '../support/scripted-data.ts';
import { quietContext } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const missing = missingDiskTools();
const makeFolder = useTempFolders();
const COMMIT = 'c'.repeat(40);
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const sum = (digit: string): string => digit.repeat(64);

/** Where live-bootstrap puts the root: 1 MiB on the external disk (small here), 1 GiB on a single one. */
const TWO_DISKS: ExtDisk = { firstSector: 2048, sizeMiB: 16 };

interface Scene {
  results: Results;
  runs: string;
  root: string;
  good: Buffer;
  kernel: Buffer;
}

const CONSOLE = [
  'SeaBIOS (version 1.16.2)',
  'x86/bin/catm: OK',
  'Linux version 4.14.341-openela',
  'good-1: beginning build using script pass1.sh',
  'good-1_0.tar.bz2: OK',
  'good-1: build successful',
  'bad-1: beginning build using script pass1.sh',
  'bad-1: build successful',
];

async function scene({ disk = TWO_DISKS, on = 'external', moved = true, change = {} } = {}): Promise<Scene> {
  const root = makeFolder();
  const good = makePackage({ 'usr/bin/good': 'a program\n', 'usr/share/good/notes': 'words\n' });
  const bad = makePackage({ 'usr/bin/bad': 'other bytes than upstream’s\n' });
  const kernel = Buffer.alloc(300_000, 'kernel ');
  const checkout = join(root, 'checkout');
  putFiles(checkout, {
    'steps/manifest': 'build: bash-1\nbuild: good-1\nbuild: bad-1\nbuild: late-1\n',
    'steps/bash-1/bash-1.checksums': `${sum('b')}  /usr/bin/bash\n`,
    'steps/SHA256SUMS.pkgs': `${sum('2')}  bad-1_0.tar.bz2\n${sha256(good)}  good-1_0.tar.bz2\n${sum('3')}  late-1_0.tar.bz2\n${sum('4')}  stale-1_0.tar.bz2\n`,
    'seed/stage0-posix/x86.answers': `${sum('a')}  x86/bin/catm\n`,
    'seed/configurator.x86.checksums': `${sha256('configurator')}  configurator\n`,
    'seed/script-generator.x86.checksums': `${sum('5')}  script-generator\n`,
  });
  const data = await openDataFolder(join(root, 'data'));
  const record = scriptedRun('20261120-1200-aaaa', {
    state: 'ended',
    endedAt: '2026-11-20T13:00:00.000Z',
    goal: 'end',
    ...change,
  });
  const folder = join(data.runs, record.id);
  mkdirSync(join(folder, 'disks'), { recursive: true });
  const fake = createFakeImage(root, 'end').record;
  const [boot] = fake.disks;
  const disks = on === 'external' ? [boot, { ...boot, role: 'external', file: 'external.img' }] : [boot];
  writeFileSync(
    join(folder, 'image.json'),
    JSON.stringify({ ...fake, disks, checkout: { commit: COMMIT, submodules: [] } }),
  );
  writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
  writeFileSync(join(folder, 'events.jsonl'), '');
  writeFileSync(join(folder, 'serial.log'), CONSOLE.map((line) => `${line}\r\n`).join(''));
  writeFileSync(join(folder, 'disks', 'boot.img'), Buffer.alloc(1_048_576, 1));
  const files = moved
    ? {
        'external/repo/good-1_0.tar.bz2': good,
        'external/repo/bad-1_0.tar.bz2': bad,
        'external/repo/own-1_0.tar.bz2': 'built besides',
        'boot/vmlinuz': kernel,
        'steps/SHA256SUMS.pkgs': 'as the machine left it\n',
        configurator: 'configurator',
        'x86/bin/catm': 'replaced later',
      }
    : { 'distfiles/some.tar.gz': 'not moved to yet' };
  putExtDisk(join(folder, 'disks', on === 'external' ? 'external.img' : 'boot.img'), files, disk);
  const results = openResults({
    folder: data,
    runs: {
      show: (id: string) => Promise.resolve({ record: { ...record, id } }),
      timeline: () => Promise.resolve({ steps: [timedStep] }),
    } as unknown as Pick<Runs, 'show' | 'timeline'>,
    imagePath: () => Promise.resolve(null),
    checkout: (commit) => Promise.resolve(commit === COMMIT ? checkout : null),
  });
  return { results, runs: data.runs, root, good, kernel };
}

const RUN = '20261120-1200-aaaa';
const timedStep = {
  id: 'build:good-1:1',
  directive: 'build',
  argument: 'good-1',
  pass: 1,
  milliseconds: 5000,
};

describe.skipIf(missing !== null)(
  `results of a run on a real ext4 disk (skipped without mke2fs, tar and bzip2: ${missing ?? 'there'})`,
  () => {
    it.each([
      ['the external disk', {}],
      [
        'the only disk, behind what GRUB wrote over',
        { on: 'boot' as const, disk: { firstSector: 8192, sizeMiB: 16 } },
      ],
    ])('are found on %s, hashed here and accounted for', async (_where, options) => {
      const { results, good } = await scene(options);
      const found = await results.collect(RUN, quietContext);
      const states = Object.fromEntries(found.outputs.map(({ name, state }) => [name, state]));
      expect(states).toEqual({
        'x86/bin/catm': 'seen',
        configurator: 'equal',
        'script-generator': 'unchecked',
        '/usr/bin/bash': 'unchecked',
        'good-1_0.tar.bz2': 'equal',
        'bad-1_0.tar.bz2': 'different',
        'late-1_0.tar.bz2': 'unchecked',
      });
      expect(found.totals).toEqual({
        expected: 7,
        equal: 2,
        seen: 1,
        different: 1,
        missing: 0,
        unchecked: 3,
      });
      expect(found.outputs.find(({ name }) => name === 'good-1_0.tar.bz2')?.found).toEqual({
        path: '/external/repo/good-1_0.tar.bz2',
        sizeBytes: good.length,
        sha256: sha256(good),
      });
      expect(found.unused).toEqual(['stale-1_0.tar.bz2']);
      expect(found.files.map(({ what, path }) => `${what} ${path}`).sort()).toEqual([
        'checksums /steps/SHA256SUMS.pkgs',
        'extra-package /external/repo/own-1_0.tar.bz2',
        'kernel /boot/vmlinuz',
      ]);
      expect(await results.read(RUN)).toEqual(found);
    });

    it('of a run that never moved to its disk are what the console said', async () => {
      const { results } = await scene({ moved: false });
      const found = await results.collect(RUN, quietContext);
      expect(found.disk).toBeNull();
      expect(found.diskNote).toContain('never moved to its disk');
      expect(found.totals).toMatchObject({ equal: 0, seen: 2, missing: 1 });
      expect(await refusalOf(results.repository(RUN, quietContext))).toMatchObject({
        code: 'RESULTS_NOT_ON_DISK',
      });
    });

    it('wait for the end of a run', async () => {
      const { results } = await scene({ change: { state: 'running', endedAt: null } });
      expect(await refusalOf(results.collect(RUN, quietContext))).toEqual({
        code: 'RUN_STILL_RUNNING',
        run: RUN,
      });
    });

    it('are copied out byte for byte, and a second time only what is not there', async () => {
      const { results, root, good, kernel } = await scene();
      const to = join(root, 'out');
      await results.collect(RUN, quietContext);
      const first = await results.extract(RUN, { folder: to, paths: [] }, quietContext);
      expect(first).toMatchObject({ written: 5, unchanged: 0, skippedCount: 0 });
      expect(readFileSync(join(to, 'external/repo/good-1_0.tar.bz2')).equals(good)).toBe(true);
      expect(readFileSync(join(to, 'boot/vmlinuz')).equals(kernel)).toBe(true);
      // The package is one: tar and bzip2 take it.
      const listing = execFileSync('tar', ['-tjf', join(to, 'external/repo/good-1_0.tar.bz2')]).toString();
      expect(listing.split('\n')).toContain('./usr/bin/good');
      execFileSync('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], { cwd: to });
      expect(await results.extract(RUN, { folder: to, paths: ['/boot'] }, quietContext)).toMatchObject({
        written: 0,
        unchanged: 1,
      });
      appendFileSync(join(to, 'boot/vmlinuz'), 'changed');
      expect(
        await refusalOf(results.extract(RUN, { folder: to, paths: ['/boot/vmlinuz'] }, quietContext)),
      ).toMatchObject({ code: 'FILE_EXISTS' });
      expect(
        await refusalOf(results.extract(RUN, { folder: to, paths: ['/no/such'] }, quietContext)),
      ).toMatchObject({ code: 'CONTENT_NOT_FOUND' });
    });

    it('are given back as a repository: only packages with the bytes that upstream names', async () => {
      const { results, good } = await scene();
      const { folder, packages } = await results.repository(RUN, quietContext);
      expect(packages).toBe(1);
      expect(readdirSync(folder)).toEqual(['good-1_0.tar.bz2']);
      expect(readFileSync(join(folder, 'good-1_0.tar.bz2')).equals(good)).toBe(true);
    });

    it('are read through the layer of a run with checkpoints', async () => {
      const { results, runs } = await scene();
      const disk = join(runs, RUN, 'disks', 'external.img');
      const { size } = statSync(disk);
      writeFileSync(join(runs, RUN, 'disks', 'external.qcow2'), encodeQcow2Layer(size, 'external.img'));
      const found = await results.collect(RUN, quietContext);
      expect(found.disk?.file).toBe('disks/external.qcow2');
      expect(found.totals).toMatchObject({ equal: 2, different: 1 });
    });

    it('start again with the run’s own kernel, and the disk stays as it is', async () => {
      const { results, runs, kernel } = await scene();
      const { argv } = await results.boot(RUN, { memoryMiB: 2048, cores: 1 }, quietContext);
      const disk = join(runs, RUN, 'disks', 'external.img');
      expect(argv.join(' ')).toContain(`file=${disk},format=raw`);
      expect(argv.join(' ')).toContain('snapshot=on');
      expect(argv).not.toContain(join(runs, RUN, 'disks', 'boot.img'));
      const kernelPath = argv[argv.indexOf('-kernel') + 1] ?? '';
      expect(readFileSync(kernelPath).equals(kernel)).toBe(true);
      expect(argv[argv.indexOf('-append') + 1]).toContain('root=/dev/sda1 rootfstype=ext4');
    });

    it('of two runs are compared by hash and by time', async () => {
      const { results, runs } = await scene();
      const other = '20261120-1300-bbbb';
      cpSync(join(runs, RUN), join(runs, other), { recursive: true });
      const log = join(runs, other, 'serial.log');
      writeFileSync(log, readFileSync(log, 'utf8').replace('x86/bin/catm: OK', 'x86/bin/catm: FAILED'));
      const compared = await results.compare(RUN, other, quietContext);
      expect(compared.sameInputs).toBe(true);
      expect(compared.counts).toEqual({ same: 4, differs: 1, onlyA: 0, onlyB: 0, unknown: 3 });
      expect(compared.firstDifference?.name).toBe('x86/bin/catm');
      expect(compared.steps).toEqual([
        { id: 'build:good-1:1', title: 'good-1 (pass 1)', aMilliseconds: 5000, bMilliseconds: 5000 },
      ]);
    });

    it('go into one archive with record, events and log, and no disk', async () => {
      const { results, root, runs } = await scene();
      await results.collect(RUN, quietContext);
      const path = join(root, 'run.tar.gz');
      const archive = await results.exportTo(RUN, { path, replace: false }, quietContext);
      const names = execFileSync('tar', ['-tzf', path]).toString().trim().split('\n');
      expect(names).toEqual(
        ['run.json', 'image.json', 'events.jsonl', 'serial.log', 'results/results.json'].map(
          (name) => `run-${RUN}/${name}`,
        ),
      );
      expect(archive.files).toHaveLength(5);
      expect(
        execFileSync('tar', ['-xzOf', path, `run-${RUN}/serial.log`]).equals(
          readFileSync(join(runs, RUN, 'serial.log')),
        ),
      ).toBe(true);
      const first = gunzipSync(readFileSync(path));
      await results.exportTo(RUN, { path, replace: true }, quietContext);
      expect(gunzipSync(readFileSync(path)).equals(first)).toBe(true);
      expect(await refusalOf(results.exportTo(RUN, { path, replace: false }, quietContext))).toMatchObject({
        code: 'IMAGE_EXISTS',
      });
    });
  },
);
