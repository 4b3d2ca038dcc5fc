// Hosts come and go, runs stay: kill -9 at any moment, two hosts on one folder, and what a new host makes of what it finds.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RunRecord } from '../../src/shared/model/run.ts';
import { bootCheckConsole } from '../support/consoles.ts';
import { FAKE_ENTRIES } from '../support/fake-image.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { useHostProcesses } from '../support/host-process.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { processesIn, useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const fakeQemu = useFakeQemu();
const startHost = useHostProcesses();

const passedConsole = bootCheckConsole({ entries: FAKE_ENTRIES, verdict: 'passed' });

describe('after kill -9 of the host', () => {
  test('in the middle of a run, another host attaches and gives the verdict with the whole log', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { pieces: 10, pieceMilliseconds: 120 });
    const host = startHost(root, qemu, 'start');
    const id = await host.saw('started');
    await sleep(300);
    await host.kill();
    const runs = await openHost({ root });
    const snapshot = await runs.show(id);
    expect(snapshot.record.state).toBe('running');
    expect(snapshot.report.milestones.length).toBeGreaterThan(0);
    const last = (await watchToEnd(runs, id)).at(-1);
    expect(last?.record).toMatchObject({ state: 'ended', verdict: { outcome: 'passed' } });
    expect(await readWholeLog(runs, id)).toBe(passedConsole);
    const events = await runs.events(id);
    expect(events.filter((event) => event.kind === 'attached')).toHaveLength(1);
    const milestones = events.filter((event) => event.kind === 'milestone').map((event) => event.text);
    expect(milestones).toEqual(last?.report.milestones.map((milestone) => milestone.label));
  });

  test('a run that ended meanwhile is judged by its log, with the time at which it ended', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { pieces: 4, pieceMilliseconds: 100 });
    const host = startHost(root, qemu, 'start');
    const id = await host.saw('started');
    await host.kill();
    while ((await processesIn(root)).length > 0) await sleep(50);
    const before = Date.now();
    await sleep(300);
    const runs = await openHost({ root });
    const [run] = await runs.list();
    expect(run).toMatchObject({ id, state: 'ended', verdict: { outcome: 'passed' } });
    expect(Date.parse(run?.endedAt ?? '')).toBeLessThanOrEqual(before);
  });

  test('a run whose QEMU was killed too is lost when its log decides nothing', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { console: 'SeaBIOS (version 1)\r\n', end: 'stay' });
    const host = startHost(root, qemu, 'start');
    const id = await host.saw('started');
    await host.kill();
    for (const { pid } of await processesIn(join(root, 'data', 'runs'))) process.kill(pid, 'SIGKILL');
    await expect.poll(() => processesIn(join(root, 'data', 'runs'))).toEqual([]);
    const runs = await openHost({ root });
    expect(await runs.list()).toMatchObject([
      { id, state: 'lost', verdict: { outcome: 'lost', cause: 'lost' } },
    ]);
    expect((await runs.events(id)).at(-1)?.kind).toBe('lost');
  });

  test('in the middle of a probe, its QEMU goes with the host', async () => {
    const root = tempFolder();
    const host = startHost(root, fakeQemu(root, { kvm: 'silent' }), 'probe');
    const probes = async (): Promise<string[]> =>
      (await processesIn(root))
        .map(({ command }) => command)
        .filter((command) => command.includes('-accel kvm'));
    await expect.poll(async () => (await probes()).length, { timeout: 10_000 }).toBeGreaterThan(0);
    await host.kill();
    await expect.poll(probes, { timeout: 5000 }).toEqual([]);
    expect(await (await openHost({ root })).list()).toEqual([]);
  });

  test('in the middle of the stop ladder, the next host climbs on', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { console: 'x', end: 'stay', ignoreQuit: true, ignoreTerm: true });
    const host = startHost(root, qemu, 'stop');
    const id = await host.saw('started');
    await sleep(150);
    await host.kill();
    const runs = await openHost({ root });
    const last = (await watchToEnd(runs, id)).at(-1);
    expect(last?.record).toMatchObject({
      stopReason: 'user',
      stoppedBy: 'SIGKILL',
      verdict: { outcome: 'stopped' },
    });
  });

  test(
    'at 20 moments of a start and a run, no QEMU is lost and no verdict is wrong',
    { timeout: 120_000 },
    async () => {
      const seen: Record<string, number> = {};
      for (let round = 0; round < 20; round += 1) {
        const root = tempFolder();
        const qemu = fakeQemu(root, { pieces: 5, pieceMilliseconds: 60 });
        const host = startHost(root, qemu, 'start');
        await host.saw('open');
        await sleep(round * 30);
        const told = host.lines.find((line) => line.startsWith('started'));
        await host.kill();
        const runs = await openHost({ root });
        const [run, ...others] = await runs.list();
        expect(others).toEqual([]);
        if (run !== undefined) await watchToEnd(runs, run.id);
        const [last] = await runs.list();
        const outcome = last?.verdict?.outcome ?? 'nothing';
        seen[outcome] = (seen[outcome] ?? 0) + 1;
        if (told !== undefined) expect(outcome).toBe('passed');
        else expect(['nothing', 'lost', 'passed']).toContain(outcome);
        if (outcome === 'passed') expect(await readWholeLog(runs, last?.id ?? '')).toBe(passedConsole);
        await runs.close();
      }
      // The moments were spread over the whole of it.
      expect(Object.keys(seen).length).toBeGreaterThan(1);
    },
  );
});

describe('two hosts on one data folder', () => {
  test('see the same run; the second reads, and takes over when the first closes', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { pieces: 10, pieceMilliseconds: 100 });
    const first = await openHost({ root, qemu });
    const { id } = await first.start(startRequest(root), quietContext);
    const second = await openHost({ root });
    expect(await second.list()).toMatchObject([{ id, state: 'running' }]);
    expect((await second.events(id)).some((event) => event.kind === 'attached')).toBe(false);
    await first.close();
    const last = (await watchToEnd(second, id)).at(-1);
    expect(last?.record.verdict?.outcome).toBe('passed');
    expect((await second.events(id)).filter((event) => event.kind === 'attached')).toHaveLength(1);
  });

  test('both get the final snapshot, and one of them alone writes the end', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { pieces: 5, pieceMilliseconds: 60 });
    const first = await openHost({ root, qemu });
    const second = await openHost({ root });
    const { id } = await first.start(startRequest(root), quietContext);
    const [a, b] = await Promise.all([watchToEnd(first, id), watchToEnd(second, id)]);
    expect(b.at(-1)?.record).toEqual(a.at(-1)?.record);
    expect(b.at(-1)?.record.verdict?.outcome).toBe('passed');
    const ends = (await first.events(id)).filter((event) => event.kind === 'ended');
    expect(ends).toHaveLength(1);
  });

  test('the one that does not watch can stop a run', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { console: 'x', end: 'stay' });
    const first = await openHost({ root, qemu });
    const second = await openHost({ root });
    const { id } = await first.start(startRequest(root), quietContext);
    const snapshot = await second.stop(id);
    expect(snapshot.record).toMatchObject({
      stopReason: 'user',
      stoppedBy: 'quit',
      verdict: { outcome: 'stopped' },
    });
    expect((await first.show(id)).record.verdict?.outcome).toBe('stopped');
  });

  test('a host that hangs does not keep another one from stopping its run', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { console: 'x', end: 'stay' });
    const hung = startHost(root, qemu, 'start');
    const id = await hung.saw('started');
    hung.signal('SIGSTOP');
    const runs = await openHost({ root });
    const stopping = runs.stop(id);
    while ((await processesIn(join(root, 'data', 'runs'))).length > 0) await sleep(50);
    hung.signal('SIGCONT');
    expect((await stopping).record).toMatchObject({
      state: 'ended',
      stopReason: 'user',
      verdict: { outcome: 'stopped' },
    });
  });
});

describe('a host that opens a data folder', () => {
  test('only to have a look leaves no trace in a living run', async () => {
    const root = tempFolder();
    const first = await openHost({ root, qemu: fakeQemu(root, { console: '', end: 'stay' }) });
    const { id } = await first.start(startRequest(root), quietContext);
    await first.close();
    for (let looks = 0; looks < 3; looks += 1) {
      const host = await openHost({ root });
      expect((await host.show(id)).record.state).toBe('running');
      await host.close();
    }
    const last = await openHost({ root });
    expect((await last.events(id)).map((event) => event.kind)).toEqual(['created', 'started']);
    await last.stop(id);
    expect((await last.events(id)).map((event) => event.kind).slice(2)).toEqual([
      'attached',
      'stop-asked',
      'ended',
    ]);
  });

  test('skips folders without a record and records that it cannot read, and removes only what was abandoned', async () => {
    const root = tempFolder();
    const runsFolder = join(root, 'data', 'runs');
    const make = (id: string): string => {
      mkdirSync(join(runsFolder, id), { recursive: true });
      return join(runsFolder, id);
    };
    const old = make('20260101-0000-aaaa');
    make('20260101-0001-bbbb');
    const damaged = make('20260101-0002-cccc');
    writeFileSync(join(damaged, 'run.json'), '{"version": 99}');
    make('.removed-20260101-0003-dddd');
    make('something-else');
    const longAgo = new Date(Date.now() - 3_600_000);
    for (const path of [old, damaged]) utimesSync(path, longAgo, longAgo);
    const runs = await openHost({ root });
    expect(await runs.list()).toEqual([]);
    expect(readdirSync(runsFolder).sort()).toEqual([
      '20260101-0001-bbbb',
      '20260101-0002-cccc',
      'something-else',
    ]);
    await expect(runs.show('20260101-0002-cccc')).rejects.toMatchObject({ code: 'RECORD_INVALID' });
    await expect(runs.show('20260101-0001-bbbb')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  test('never takes a reused pid for its QEMU', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root) });
    const { id } = await runs.start(startRequest(root), quietContext);
    await watchToEnd(runs, id);
    const path = join(root, 'data', 'runs', id, 'run.json');
    const record = RunRecord.parse(JSON.parse(readFileSync(path, 'utf8')));
    // As if the host had died while this very test's pid belonged to QEMU.
    const identity = { pid: process.pid, startedTicks: '1@another' };
    writeFileSync(
      path,
      JSON.stringify({
        ...record,
        state: 'stopping',
        stopReason: 'user',
        verdict: null,
        report: null,
        process: identity,
      }),
    );
    appendFileSync(
      join(root, 'data', 'runs', id, 'events.jsonl'),
      '{"at":"2026-11-20T13:00:00.000Z","kind":"mile',
    );
    const later = await openHost({ root });
    expect(await later.list()).toMatchObject([{ id, state: 'ended', verdict: { outcome: 'passed' } }]);
    expect((await later.events(id)).every((event) => event.text !== '')).toBe(true);
  });
});
