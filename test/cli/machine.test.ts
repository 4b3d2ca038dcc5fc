// seedbed on a machine that lives, as a person uses it: the real QEMU under TCG with a guest that counts.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../src/shared/model/machine.ts';
import type { RunSnapshot } from '../../src/shared/model/run.ts';
import { type Outcome, runCli } from '../support/cli.ts';
import { createCountingImage } from '../support/counting-payload.ts';
import { qemuMissing, qemuTitle } from '../support/qemu.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

describe.skipIf(qemuMissing() !== null)(qemuTitle('seedbed'), () => {
  test('prints a command that sh runs: the machine of a boot check, and it passes', async () => {
    const env = { SEEDBED_HOME: join(tempFolder(), 'home') };
    const printed = await runCli(['run', '--accel', 'tcg', '--print-command'], env);
    expect(printed.code).toBe(0);
    const { stdout } = spawnSync('sh', ['-s'], {
      input: printed.stdout,
      encoding: 'latin1',
      timeout: 60_000,
    });
    expect(stdout).toContain('verdict: passed');
    expect(JSON.parse((await runCli(['runs', 'list', '--json'], env)).stdout)).toEqual([]);
  });

  test('pauses, looks, types, saves, and goes on from what was saved', async () => {
    const root = tempFolder();
    const env = { SEEDBED_HOME: join(root, 'home') };
    const { path, record } = createCountingImage(root);
    writeFileSync(`${path}.image.json`, JSON.stringify(record));
    const seedbed = async (...args: string[]): Promise<Outcome> => {
      const outcome = await runCli(args, env);
      expect([outcome.code, outcome.stderr]).toEqual([0, expect.not.stringContaining('error[')]);
      return outcome;
    };
    const asJson = async <T>(...args: string[]): Promise<T> =>
      JSON.parse((await seedbed(...args, '--json')).stdout) as T;
    await seedbed(
      'run',
      '--image',
      path,
      '--accel',
      'tcg',
      '--memory',
      '256',
      '--checkpoints',
      '--paused',
      '--detach',
    );
    expect((await asJson<RunSnapshot>('runs', 'show', '--now')).record.machine).toMatchObject({
      checkpoints: true,
    });
    expect((await seedbed('runs', 'continue')).stdout).toContain('run ');
    await expect
      .poll(async () => (await seedbed('runs', 'log')).stdout, { timeout: 30_000 })
      .toContain('count 0003 0003');
    await seedbed('runs', 'type', 'latest', 'x', '--no-enter');
    await expect
      .poll(async () => (await seedbed('runs', 'log')).stdout, { timeout: 30_000 })
      .toContain('key x');
    expect((await seedbed('runs', 'pause')).stdout).toContain('paused');
    const picture = join(root, 'screen.png');
    await seedbed('runs', 'screen', '--out', picture);
    expect(readFileSync(picture).toString('latin1', 1, 4)).toBe('PNG');
    expect((await seedbed('runs', 'statistics')).stdout).toMatch(/^boot +\S/m);
    expect((await seedbed('runs', 'checkpoint', '--label', 'Now')).stdout).toContain('Saved as now');
    const [saved] = await asJson<Checkpoint[]>('runs', 'checkpoints');
    await seedbed('runs', 'stop');
    await seedbed('runs', 'resume', '--from', 'now', '--detach');
    const again = await asJson<RunSnapshot>('runs', 'show', '--now');
    expect(again.record.resumedFrom?.checkpoint).toBe('now');
    await expect
      .poll(async () => (await asJson<RunSnapshot>('runs', 'show', '--now')).logBytes, { timeout: 30_000 })
      .toBeGreaterThan(saved?.logBytes ?? 0);
    await seedbed('runs', 'stop');
    const first = again.record.resumedFrom?.run ?? '';
    const removed = await seedbed('runs', 'remove-checkpoint', first, 'now');
    expect(removed.stdout).toContain('Removed checkpoint now');
    expect((await seedbed('runs', 'checkpoints', first)).stdout).toContain('Nothing was saved of this run.');
    const late = await runCli(['runs', 'pause'], env);
    expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('RUN_NOT_RUNNING')]);
  });
});
