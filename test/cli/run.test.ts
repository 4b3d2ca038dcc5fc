// The main job from the command line, on the real QEMU: the boot check under TCG.
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli, startCli } from '../support/cli.ts';
import { qemuMissing, qemuTitle } from '../support/qemu.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'seedbed-cli-'));
});
afterEach(async () => {
  await runCli(['runs', 'stop'], { SEEDBED_HOME: home });
  await rm(home, { recursive: true, force: true });
});

const cli = (...args: string[]) => runCli(args, { SEEDBED_HOME: home });

describe.skipIf(qemuMissing() !== null)(qemuTitle('seedbed run'), () => {
  it('builds and boots the boot check, streams its console and says the verdict', async () => {
    const { code, stdout, stderr } = await cli('run', '--accel', 'tcg');
    expect(stderr).not.toContain('error[');
    expect(code).toBe(0);
    expect(stdout).toContain('Seedbed boot check 1');
    expect(stdout).toContain('verdict: passed');
    // Guest text reaches a terminal without the firmware's control sequences.
    expect(stdout).not.toContain('\u001bc');
  });

  it('prints one JSON object with --json, and lists, shows and logs the run afterwards', async () => {
    const run = await cli('run', '--accel', 'tcg', '--json');
    expect(run.code).toBe(0);
    const snapshot = JSON.parse(run.stdout) as {
      record: { id: string; verdict: { outcome: string } };
      logBytes: number;
    };
    expect(snapshot.record.verdict.outcome).toBe('passed');

    const list = JSON.parse((await cli('runs', 'list', '--json')).stdout) as { id: string }[];
    expect(list.map(({ id }) => id)).toEqual([snapshot.record.id]);
    const raw = await cli('runs', 'log', '--raw');
    expect(Buffer.byteLength(raw.stdout)).toBe(snapshot.logBytes);
    const events = await cli('runs', 'events');
    expect(events.stdout).toContain('ended');
    const log = join(home, 'runs', snapshot.record.id, 'serial.log');
    const explained = await cli('log', 'explain', log);
    expect(explained.code).toBe(0);
    expect(explained.stdout).toContain('verdict: passed');

    expect((await cli('runs', 'remove', snapshot.record.id)).code).toBe(0);
    expect(await readdir(join(home, 'runs'))).toEqual([]);
  });

  it('kill -9 of the host in the middle harms nothing: runs show ends with the verdict and a complete log', async () => {
    const host = await startCli(['run', '--accel', 'tcg'], { SEEDBED_HOME: home });
    await host.says(/run (\S+): /);
    host.child.kill('SIGKILL');
    expect((await host.done).signal).toBe('SIGKILL');

    const shown = await cli('runs', 'show', '--json');
    expect(shown.stderr).not.toContain('error');
    expect(shown.code).toBe(0);
    const { record, logBytes } = JSON.parse(shown.stdout) as {
      record: { id: string; state: string; verdict: { outcome: string } };
      logBytes: number;
    };
    expect([record.state, record.verdict.outcome]).toEqual(['ended', 'passed']);
    const log = join(home, 'runs', record.id, 'serial.log');
    expect((await stat(log)).size).toBe(logBytes);
    expect(await readFile(log, 'latin1')).toMatch(/Seedbed boot check 1[^]*verdict: passed/);
  });

  it('too little memory is the boot check’s own verdict', async () => {
    const { code, stdout } = await cli('run', '--accel', 'tcg', '--memory', '2048', '--quiet');
    expect(code).toBe(1);
    expect(stdout).toContain('verdict: failed');
    expect(stdout).toContain('memory-short');
    expect(stdout).toMatch(/\nhint: .+memory/);
  });

  it('--detach comes back while QEMU runs; runs stop ends it', async () => {
    const started = await cli('run', '--accel', 'tcg', '--detach', '--json');
    expect(started.code).toBe(0);
    const { record } = JSON.parse(started.stdout) as {
      record: { id: string; process: { pid: number } | null };
    };
    await cli('runs', 'stop', record.id);
    const shown = JSON.parse((await cli('runs', 'show', record.id, '--now', '--json')).stdout) as {
      record: { state: string };
    };
    expect(shown.record.state).toBe('ended');
  });

  it('an image built into a file runs, and a second build refuses to replace it', async () => {
    const file = join(home, 'check, with comma.img');
    const built = await cli('image', 'build', '--boot-check', '--out', file);
    expect(built.stderr).not.toContain('error[');
    expect(built.code).toBe(0);
    expect((await readdir(home)).filter((name) => name.includes('partial'))).toEqual([]);
    const again = await cli('image', 'build', '--boot-check', '--out', file);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('error[IMAGE_EXISTS]');
    expect((await cli('image', 'build', '--boot-check', '--out', file, '--force')).code).toBe(0);
    const inspected = await cli('image', 'inspect', file);
    expect(inspected.stdout).toContain('agrees with its record');
    const run = await cli('run', '--image', file, '--accel', 'tcg', '--quiet');
    expect(run.stdout).toContain('verdict: passed');
    expect(run.code).toBe(0);
  });
});
