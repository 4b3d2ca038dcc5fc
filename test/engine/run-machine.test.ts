// What a host does for a living machine, with a scripted guest: answers, pauses, checkpoints, faults that are kept, a full host, a host that restarted.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openSampler } from '../../src/engine/run/resources.ts';
import type { Runs } from '../../src/engine/run/runs.ts';
import { bootCheckConsole } from '../support/consoles.ts';
import { FAKE_ENTRIES } from '../support/fake-image.ts';
import { type FakeSegment, useFakeQemu } from '../support/fake-qemu.ts';
import { useHostProcesses } from '../support/host-process.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const fakeQemu = useFakeQemu();
const startHost = useHostProcesses();

const FIRMWARE = 'SeaBIOS (version 1)\r\n\r\nBooting from Hard Disk...\r\n';
const passed = bootCheckConsole({ entries: FAKE_ENTRIES, verdict: 'passed' });
const patience = { timeout: 10_000, interval: 30 };
const kindsOf = async (runs: Runs, id: string): Promise<string[]> =>
  (await runs.events(id)).map((event) => event.kind);

/** Lines that come one after the other. */
function lines(count: number, milliseconds: number): FakeSegment[] {
  return [
    { text: FIRMWARE, milliseconds: 0 },
    ...Array.from({ length: count }, (_, index) => ({ text: `line ${index + 1}\r\n`, milliseconds })),
  ];
}

describe('a guest that asks', () => {
  const asking: FakeSegment[] = [
    { text: `${FIRMWARE}Welcome to live-bootstrap!\r\nCommand: `, milliseconds: 0, waitsFor: 'V' },
    { text: 'Command: ', milliseconds: 0, waitsFor: 'e' },
    { text: passed, milliseconds: 0 },
  ];

  test('gets the answers of its script in order, each once, and the events say so', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root, { segments: asking }) });
    const answers = [
      { expect: 'Command:', answer: 'V' },
      { expect: 'Command:', answer: 'e' },
    ];
    const { id, machine } = await runs.start(startRequest(root, { machine: { answers } }), quietContext);
    expect(machine.answers).toEqual(answers);
    await watchToEnd(runs, id);
    expect(readFileSync(join(root, 'data', 'runs', id, 'typed'), 'utf8')).toBe('V\re\r');
    expect((await kindsOf(runs, id)).filter((kind) => kind === 'answered')).toHaveLength(2);
  });

  test('without a script waits for a person, says so, and takes what is typed', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root, { segments: asking }) });
    const { id } = await runs.start(startRequest(root), quietContext);
    await expect.poll(async () => (await runs.show(id)).report.waitsForInput, patience).toBe(true);
    expect((await runs.show(id)).now).toContain('waits for input');
    await runs.type(id, 'V\r');
    await expect.poll(async () => (await readWholeLog(runs, id)).includes('Command: V'), patience).toBe(true);
    await runs.type(id, 'e\r');
    await watchToEnd(runs, id);
    await expect(runs.type(id, 'late')).rejects.toMatchObject({ code: 'RUN_NOT_RUNNING' });
  });
});

describe('a machine that cannot go on', () => {
  const broken = {
    console: bootCheckConsole({ entries: FAKE_ENTRIES, verdict: 'failed memory-short' }),
    end: 'stay',
  } as const;

  test('is ended, unless it is to be kept: then it lives until somebody stops it', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root, broken) });
    const stopped = await runs.start(startRequest(root), quietContext);
    expect((await watchToEnd(runs, stopped.id)).at(-1)?.record).toMatchObject({
      state: 'ended',
      stopReason: 'failure',
    });
    const kept = await runs.start(startRequest(root, { machine: { onFault: 'keep' } }), quietContext);
    await expect.poll(async () => (await runs.show(kept.id)).record.hold?.by, patience).toBe('fault');
    await sleep(600);
    const snapshot = await runs.show(kept.id);
    expect(snapshot.record.state).toBe('running');
    expect(snapshot.now).toContain('kept for a look');
    expect((await kindsOf(runs, kept.id)).filter((kind) => kind === 'fault')).toHaveLength(1);
    expect((await runs.stop(kept.id)).record.verdict?.outcome).toBe('failed');
  });

  test('because its disk fails tells which one and why, once', async () => {
    const root = tempFolder();
    const data = { device: 'boot', operation: 'write', action: 'report', reason: 'Input/output error' };
    const event = { name: 'BLOCK_IO_ERROR', data };
    const segments = [
      { text: FIRMWARE, milliseconds: 300, events: [event, event] },
      { text: 'more\r\n', milliseconds: 100, events: [event] },
    ];
    const runs = await openHost({ root, qemu: fakeQemu(root, { segments, end: 'stay' }) });
    const { id } = await runs.start(startRequest(root), quietContext);
    await expect.poll(async () => kindsOf(runs, id), patience).toContain('machine');
    await sleep(300);
    const told = (await runs.events(id)).filter(({ kind }) => kind === 'machine');
    expect(told.map(({ text }) => text)).toEqual([
      'The disk boot could not be written: Input/output error. The guest was told.',
    ]);
  });
});

describe('checkpoints', () => {
  test('are refused for a run that was started without, and listed with their cost for one with', async () => {
    const root = tempFolder();
    const runs = await openHost({
      root,
      qemu: fakeQemu(root, { segments: lines(400, 20), saveMilliseconds: 100 }),
    });
    const plain = await runs.start(startRequest(root), quietContext);
    await expect(runs.checkpoint(plain.id, 'x')).rejects.toMatchObject({ code: 'CHECKPOINT_UNAVAILABLE' });
    const { id } = await runs.start(startRequest(root, { machine: { checkpoints: true } }), quietContext);
    const saved = await runs.checkpoint(id, 'Before the jump!');
    expect(saved).toMatchObject({ id: 'before-the-jump', why: 'asked' });
    expect(saved.pausedMilliseconds).toBeGreaterThanOrEqual(100);
    expect(await runs.checkpoints(id)).toEqual([saved]);
    await expect.poll(async () => kindsOf(runs, id), patience).toContain('checkpoint');
    expect((await runs.show(id)).record.hold).toBeNull();
  });

  test('give a run that goes on from there, with the log up to there and the times of what it told', async () => {
    const root = tempFolder();
    const segments = [
      ...lines(20, 20),
      { text: passed.slice(passed.indexOf('Seedbed boot check')), milliseconds: 0 },
    ];
    const runs = await openHost({ root, qemu: fakeQemu(root, { segments }) });
    const { id } = await runs.start(startRequest(root, { machine: { checkpoints: true } }), quietContext);
    await expect.poll(async () => (await readWholeLog(runs, id)).includes('line 5'), patience).toBe(true);
    const saved = await runs.checkpoint(id, 'five');
    const whole = (await watchToEnd(runs, id)).at(-1)?.logBytes;
    const again = await runs.resumeFrom({ run: id, checkpoint: 'latest', paused: false }, quietContext);
    const end = (await watchToEnd(runs, again.id)).at(-1);
    expect(end?.logBytes).toBe(whole);
    expect(await readWholeLog(runs, again.id)).toBe(await readWholeLog(runs, id));
    const first = (events: Awaited<ReturnType<Runs['events']>>): unknown =>
      events.find(({ kind }) => kind === 'milestone');
    expect(first(await runs.events(again.id))).toEqual(first(await runs.events(id)));
    expect(saved.logBytes).toBeLessThan(whole ?? 0);
    // The run that it came from can go: nothing of it is needed.
    await runs.remove(id);
    expect(readdirSync(join(root, 'data', 'runs', again.id, 'disks')).sort()).toEqual([
      'boot.img',
      'boot.qcow2',
    ]);
  });

  test('after kill -9 of a host in the middle of saving, the next one lets the machine go on', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { segments: lines(400, 20), saveMilliseconds: 1500 });
    const host = startHost(root, qemu, 'save');
    const id = await host.saw('started');
    await host.saw('saving');
    await sleep(300);
    await host.kill();
    const runs = await openHost({ root });
    const before = (await runs.show(id)).logBytes;
    await expect
      .poll(async () => (await runs.show(id)).logBytes, { timeout: 15_000 })
      .toBeGreaterThan(before);
    expect((await runs.show(id)).record.hold).toBeNull();
    expect(await runs.checkpoints(id)).toEqual([]);
  });
});

describe('a host that', () => {
  test('is nearly full pauses the machine even when another host watches it later, and it goes on by itself', async () => {
    const root = tempFolder();
    let free = 0;
    const freeBytes = (): Promise<number> => Promise.resolve(free);
    const first = await openHost({ root, qemu: fakeQemu(root, { segments: lines(400, 20) }), freeBytes });
    const { id } = await first.start(startRequest(root), quietContext);
    await expect.poll(async () => (await first.show(id)).record.hold?.by, patience).toBe('host-space');
    await first.close();
    const second = await openHost({ root, freeBytes });
    await sleep(500);
    const held = await second.show(id);
    expect(held.record.hold?.by).toBe('host-space');
    free = 1e12;
    await expect.poll(async () => (await second.show(id)).record.hold, patience).toBeNull();
    await expect.poll(async () => (await second.show(id)).logBytes, patience).toBeGreaterThan(held.logBytes);
  });

  test('was restarted finds its run lost, with its log', async () => {
    const root = tempFolder();
    const first = await openHost({ root, qemu: fakeQemu(root, { segments: lines(5, 10), end: 'stay' }) });
    const { id, process: identity } = await first.start(startRequest(root), quietContext);
    await expect.poll(async () => readWholeLog(first, id), patience).toContain('line 5');
    await first.close();
    // The same pid and start, counted from another boot of this host.
    const path = join(root, 'data', 'runs', id, 'run.json');
    const record = JSON.parse(readFileSync(path, 'utf8')) as { process: { startedTicks: string } };
    const ours = record.process.startedTicks;
    record.process.startedTicks = ours.replace(/@.*$/, '@00000000');
    writeFileSync(path, JSON.stringify(record));
    const second = await openHost({ root });
    const snapshot = await second.show(id);
    expect(snapshot.record).toMatchObject({ state: 'lost', verdict: { outcome: 'lost' } });
    expect(await readWholeLog(second, id)).toContain('line 5');
    process.kill(identity?.pid ?? 0, 'SIGKILL');
  });
});

test('a machine’s cost is measured while it lives: processor, memory, disks, what is free', async () => {
  const root = tempFolder();
  const runs = await openHost({ root, qemu: fakeQemu(root, { segments: lines(400, 20) }) });
  const { id } = await runs.start(startRequest(root), quietContext);
  await expect.poll(async () => (await runs.show(id)).resources, patience).not.toBeNull();
  const { resources } = await runs.show(id);
  expect(resources?.memoryBytes).toBeGreaterThan(1_000_000);
  expect(resources?.cpuMilliseconds).toBeGreaterThan(0);
  expect(resources?.diskBytes).toBeGreaterThan(0);
  expect(resources?.freeBytes).toBeGreaterThan(0);
  expect((await runs.stop(id)).resources).toBeNull();
});

test('processor time is told as cores in use since the sample before', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'disk'), Buffer.alloc(10_000, 1));
  const sampler = openSampler({ pid: process.pid, disks: folder, freeBytes: () => Promise.resolve(7) });
  expect(await sampler.sample()).toMatchObject({ cpuCores: null, freeBytes: 7 });
  const until = performance.now() + 300;
  while (performance.now() < until);
  const second = await sampler.sample();
  expect(second?.cpuCores).toBeGreaterThan(0.05);
  expect(second?.diskBytes).toBeGreaterThanOrEqual(10_000);
  expect(
    await openSampler({ pid: 2 ** 22 + 1, disks: folder, freeBytes: () => Promise.resolve(0) }).sample(),
  ).toBeNull();
});
