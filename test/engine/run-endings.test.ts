// Every way in which a run can end, with a QEMU that is made up: verdict, record, events, log, and nothing left running.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/shared/model/run.ts';
import { bootCheckConsole, stage0Console } from '../support/consoles.ts';
import { FAKE_ENTRIES } from '../support/fake-image.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const fakeQemu = useFakeQemu();

const passedConsole = bootCheckConsole({ entries: FAKE_ENTRIES, verdict: 'passed' });
const kinds = (events: RunEvent[]): string[] => events.map((event) => event.kind);

describe('a run ends', () => {
  test('passed, when the guest says so and powers off', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root, { pieces: 4, pieceMilliseconds: 40 }) });
    const record = await runs.start(startRequest(root), quietContext);
    expect(record.state).toBe('running');
    const last = (await watchToEnd(runs, record.id)).at(-1);
    expect(last?.record).toMatchObject({
      state: 'ended',
      verdict: { outcome: 'passed' },
      stopReason: null,
      stoppedBy: null,
      accelerator: { used: 'tcg' },
    });
    expect(last?.progress).toBe(1);
    expect(last?.quietMilliseconds).toBeNull();
    expect(last?.logBytes).toBe(passedConsole.length);
    expect(await readWholeLog(runs, record.id)).toBe(passedConsole);
    const events = await runs.events(record.id);
    expect(kinds(events).slice(0, 2)).toEqual(['created', 'started']);
    expect(kinds(events).filter((kind) => kind === 'milestone').length).toBeGreaterThan(2);
    expect(kinds(events).at(-1)).toBe('ended');
    expect(new Set(events.map((event) => `${event.kind} ${event.text} ${event.offset ?? ''}`)).size).toBe(
      events.length,
    );
  });

  test('passed for stage0 by Seedbed itself, since the guest would go on', async () => {
    const root = tempFolder();
    const console = stage0Console({ entries: ['/a', '/b'] });
    const runs = await openHost({ root, qemu: fakeQemu(root, { console, end: 'stay' }) });
    const record = await runs.start(startRequest(root, { goal: 'stage0' }), quietContext);
    const last = (await watchToEnd(runs, record.id)).at(-1);
    expect(last?.record).toMatchObject({
      state: 'ended',
      stopReason: 'goal',
      stoppedBy: 'quit',
      verdict: { outcome: 'passed', goal: 'stage0' },
    });
  });

  test('passed for stage0 even when the guest fails later and QEMU exits before anyone looks', async () => {
    const root = tempFolder();
    const console = stage0Console({ entries: ['/a'], fail: 'missing' });
    const runs = await openHost({ root, qemu: fakeQemu(root, { console }) });
    const record = await runs.start(startRequest(root, { goal: 'stage0' }), quietContext);
    const last = (await watchToEnd(runs, record.id)).at(-1);
    expect(last?.record.verdict?.outcome).toBe('passed');
  });

  test('failed, when the console says so, though QEMU exits with 0', async () => {
    const root = tempFolder();
    const console = stage0Console({ entries: ['/a'], fail: 'answer' });
    const runs = await openHost({ root, qemu: fakeQemu(root, { console, exitStatus: 0 }) });
    const record = await runs.start(startRequest(root, { goal: 'stage0' }), quietContext);
    const last = (await watchToEnd(runs, record.id)).at(-1);
    expect(last?.record).toMatchObject({
      state: 'ended',
      verdict: { outcome: 'failed', cause: 'stage0-mismatch' },
    });
  });

  test('failed and QEMU ended, when the guest is over but QEMU lives on', async () => {
    const root = tempFolder();
    const console = bootCheckConsole({ entries: FAKE_ENTRIES, verdict: 'failed memory-short' });
    const runs = await openHost({ root, qemu: fakeQemu(root, { console, end: 'stay' }) });
    const record = await runs.start(startRequest(root), quietContext);
    const last = (await watchToEnd(runs, record.id)).at(-1);
    expect(last?.record).toMatchObject({
      stopReason: 'failure',
      stoppedBy: 'quit',
      verdict: { outcome: 'failed', cause: 'boot-check-memory-short' },
    });
  });

  test('failed, when QEMU dies in the middle without a word', async () => {
    const root = tempFolder();
    const console = bootCheckConsole({ entries: FAKE_ENTRIES, verdict: null });
    const qemu = fakeQemu(root, { console, exitStatus: 3, stderr: 'qemu: the sky fell\n' });
    const runs = await openHost({ root, qemu });
    const record = await runs.start(startRequest(root), quietContext);
    const verdict = (await watchToEnd(runs, record.id)).at(-1)?.record.verdict;
    expect(verdict).toMatchObject({ outcome: 'failed', cause: 'ended-early' });
    const evidence = JSON.stringify(verdict?.evidence);
    expect(evidence).toContain('the sky fell');
    expect(evidence).toContain('exit status 3');
  });

  test('failed with the accelerator’s fault, when KVM gives up in the run and QEMU stays paused', async () => {
    const root = tempFolder();
    const runs = await openHost({
      root,
      qemu: fakeQemu(root, { kvm: 'broken-later', pieceMilliseconds: 200 }),
      kvmDevice: '/dev/null',
    });
    const record = await runs.start(startRequest(root, { accelerator: 'kvm' }), quietContext);
    expect(record.accelerator.used).toBe('kvm');
    const last = (await watchToEnd(runs, record.id)).at(-1);
    expect(last?.record).toMatchObject({
      stopReason: 'failure',
      stoppedBy: 'quit',
      verdict: { outcome: 'failed', cause: 'accelerator-fault' },
    });
    expect(JSON.stringify(last?.record.verdict)).toContain('KVM internal error. Suberror: 1');
  });

  test('failed with the accelerator’s fault, when QEMU says it only to those who ask', async () => {
    const root = tempFolder();
    const runs = await openHost({
      root,
      qemu: fakeQemu(root, { kvm: 'paused-later' }),
      kvmDevice: '/dev/null',
    });
    const record = await runs.start(startRequest(root, { accelerator: 'kvm' }), quietContext);
    const last = (await watchToEnd(runs, record.id)).at(-1);
    expect(last?.record).toMatchObject({ stopReason: 'failure', verdict: { cause: 'accelerator-fault' } });
  });

  test('stopped, when a user asks, on the first rung that works', async () => {
    const root = tempFolder();
    const rungs = [
      [{ end: 'stay' }, 'quit'],
      [{ end: 'stay', ignoreQuit: true }, 'SIGTERM'],
      [{ end: 'stay', ignoreQuit: true, ignoreTerm: true }, 'SIGKILL'],
    ] as const;
    for (const [index, [scenario, rung]] of rungs.entries()) {
      const folder = join(root, String(index));
      const console = 'SeaBIOS (version 1)\r\n';
      const runs = await openHost({ root: folder, qemu: fakeQemu(folder, { ...scenario, console }) });
      const record = await runs.start(startRequest(folder), quietContext);
      const snapshot = await runs.stop(record.id);
      expect(snapshot.record).toMatchObject({
        state: 'ended',
        stoppedBy: rung,
        stopReason: 'user',
        verdict: { outcome: 'stopped' },
      });
      expect(kinds(await runs.events(record.id)).slice(-2)).toEqual(['stop-asked', 'ended']);
      await expect(runs.stop(record.id)).rejects.toMatchObject({ code: 'RUN_NOT_RUNNING' });
    }
  });

  test('at once with QEMU’s own words, when QEMU refuses to start', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { exitAtOnce: 1, stderr: 'qemu: -frobnicate: invalid option\n' });
    const runs = await openHost({ root, qemu });
    await expect(runs.start(startRequest(root), quietContext)).rejects.toMatchObject({
      code: 'QEMU_START_FAILED',
      data: { output: expect.stringContaining('invalid option') as string, exit: 'exit status 1' },
    });
    const [run] = await runs.list();
    expect(run).toMatchObject({ state: 'ended', verdict: { outcome: 'failed', cause: 'qemu-died' } });
  });

  test('cancelled while it starts: no QEMU is left, what there is of it is kept', async () => {
    const root = tempFolder();
    const runs = await openHost({
      root,
      qemu: fakeQemu(root, { noMonitor: true, end: 'stay', console: '' }),
    });
    const controller = new AbortController();
    const starting = runs.start(startRequest(root), { ...quietContext, signal: controller.signal });
    setTimeout(() => controller.abort(), 400);
    await expect(starting).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await runs.list()).toMatchObject([{ state: 'ended', verdict: { outcome: 'stopped' } }]);
  });

  test('cancelled before QEMU was started: nothing is left', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root) });
    const controller = new AbortController();
    const context = {
      signal: controller.signal,
      report: () => controller.abort(),
    };
    await expect(runs.start(startRequest(root), context)).rejects.toThrow(/abort/i);
    expect(await runs.list()).toEqual([]);
  });

  test('and its sockets and stop request are gone, its folder is private', async () => {
    const root = tempFolder();
    const environmentFile = join(root, 'environment.json');
    const qemu = fakeQemu(root, { end: 'stay', environmentFile });
    const runs = await openHost({
      root,
      qemu,
      env: { ...process.env, SEEDBED_QEMU: qemu, LD_PRELOAD: '', NODE_OPTIONS: '--no-warnings' },
    });
    const record = await runs.start(startRequest(root), quietContext);
    await runs.stop(record.id).catch(() => undefined);
    const folder = join(root, 'data', 'runs', record.id);
    for (const name of ['qmp.sock', 'serial.sock', 'stop-asked'])
      expect(existsSync(join(folder, name))).toBe(false);
    const environment = JSON.parse(readFileSync(environmentFile, 'utf8')) as Record<string, string>;
    expect(environment).not.toHaveProperty('LD_PRELOAD');
    expect(environment).not.toHaveProperty('NODE_OPTIONS');
    expect(environment).toHaveProperty('PATH');
  });
});
