// seedbed runs results, extract, compare, export and boot, as a person uses them, on a run whose disk was made by mke2fs.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../support/built.ts';
import { sha256 } from '../support/checkout-fixture.ts';
import { runCli } from '../support/cli.ts';
import { makePackage, missingDiskTools, putExtDisk, putFiles } from '../support/ext-disk.ts';
import { createFakeImage } from '../support/fake-image.ts';
import { scriptedRun } from '../support/scripted-data.ts';
import { useTempFolders } from '../support/temp.ts';

const missing = missingDiskTools();
const makeFolder = useTempFolders();
beforeAll(ensureBuilt);

const COMMIT = 'c'.repeat(40);
const [A, B] = ['20261120-1200-aaaa', '20261120-1300-bbbb'];

/** A checkout of the data folder, as `checkout fetch` leaves its record, and a run of it that has ended. */
function scene(): { env: Record<string, string>; home: string; root: string; good: Buffer } {
  const root = makeFolder();
  const home = join(root, 'home');
  const good = makePackage({ 'usr/bin/good': 'a program\n' });
  const digit = (one: string): string => one.repeat(64);
  const run = join(home, 'runs', A);
  mkdirSync(join(run, 'disks'), { recursive: true });
  const fake = createFakeImage(root, 'end').record;
  const disks = [fake.disks[0], { ...fake.disks[0], role: 'external', file: 'external.img' }];
  const checkout = { commit: COMMIT, submodules: [] };
  writeFileSync(join(run, 'image.json'), JSON.stringify({ ...fake, disks, checkout }));
  const record = scriptedRun(A, { state: 'ended', endedAt: '2026-11-20T13:00:00.000Z', goal: 'end' });
  writeFileSync(join(run, 'run.json'), JSON.stringify(record));
  writeFileSync(join(run, 'events.jsonl'), '');
  writeFileSync(join(run, 'serial.log'), 'SeaBIOS (version 1.16.2)\r\nx86/bin/catm: OK\r\n');
  putExtDisk(
    join(run, 'disks', 'external.img'),
    {
      'external/repo/good-1_0.tar.bz2': good,
      'external/repo/bad-1_0.tar.bz2': 'other bytes',
      'boot/vmlinuz': 'a kernel',
    },
    { firstSector: 2048, sizeMiB: 8 },
  );
  const folder = join(home, 'checkouts', COMMIT);
  putFiles(folder, {
    'steps/manifest': 'build: bash-1\nbuild: good-1\nbuild: bad-1\n',
    'steps/SHA256SUMS.pkgs': `${digit('2')}  bad-1_0.tar.bz2\n${sha256(good)}  good-1_0.tar.bz2\n`,
    'seed/stage0-posix/x86.answers': `${digit('a')}  x86/bin/catm\n`,
    '.git/seedbed-checkout.json': JSON.stringify({
      version: 1,
      kind: 'fetched',
      commit: COMMIT,
      origin: 'network',
      asked: null,
      at: '2026-11-20T12:00:00.000Z',
      repositories: [],
    }),
  });
  return { env: { SEEDBED_HOME: home }, home, root, good };
}

describe.skipIf(missing !== null)(
  `seedbed runs, what a run made (skipped without mke2fs, tar and bzip2: ${missing ?? 'there'})`,
  () => {
    it('accounts for it, copies it out, compares it, exports it, and tells how to start it', async () => {
      const { env, home, root, good } = scene();
      const results = await runCli(['runs', 'results'], env);
      expect(results.stdout).toContain(
        'outputs: 3 expected; 1 different, 0 missing, 1 equal, 1 seen, 0 unchecked',
      );
      expect(results.stdout).toMatch(/different\s+package\s+bad-1_0\.tar\.bz2/);
      // Something is not as it should be.
      expect(results.code).toBe(1);
      expect(JSON.parse((await runCli(['runs', 'results', '--json'], env)).stdout)).toMatchObject({
        totals: { equal: 1 },
      });

      const to = join(root, 'out');
      const extracted = await runCli(['runs', 'extract', A, '--to', to], env);
      expect(extracted).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('3 files written') as string,
      });
      expect(readFileSync(join(to, 'external/repo/good-1_0.tar.bz2')).equals(good)).toBe(true);
      const none = await runCli(['runs', 'extract', A, '/no/such', '--to', to], env);
      expect(none.stderr).toContain('error[CONTENT_NOT_FOUND]');

      cpSync(join(home, 'runs', A), join(home, 'runs', B), { recursive: true });
      writeFileSync(
        join(home, 'runs', B, 'run.json'),
        readFileSync(join(home, 'runs', A, 'run.json'), 'utf8').replace(A, B),
      );
      const compared = await runCli(['runs', 'compare', A, B], env);
      expect(compared).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('3 same, 0 differ') as string,
      });

      const archive = join(root, 'run.tar.gz');
      expect((await runCli(['runs', 'export', A, '--out', archive], env)).code).toBe(0);
      expect(existsSync(archive)).toBe(true);

      const boot = await runCli(['runs', 'boot', A, '--print'], env);
      expect(boot.code).toBe(0);
      expect(boot.stdout).toMatch(/-kernel \S+\/results\/vmlinuz-\w{12} -append '/);
      expect(boot.stdout).toContain('snapshot=on');
    });
  },
);
