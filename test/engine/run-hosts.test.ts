// Hosts come and go, runs stay: two hosts on one folder, and what a new host makes of what it finds.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RunRecord } from '../../src/shared/model/run.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { useHostProcesses } from '../support/host-process.ts';
import { useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { processesIn, useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const fakeQemu = useFakeQemu();
const startHost = useHostProcesses();

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
    // The watching host hears of it when it looks next.
    await expect
      .poll(async () => (await first.show(id)).record.verdict?.outcome, { timeout: 10_000 })
      .toBe('stopped');
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
