// kill -9 of the host at any moment: no QEMU is lost, no verdict is wrong, and the log is whole.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { bootCheckConsole } from '../support/consoles.ts';
import { FAKE_ENTRIES } from '../support/fake-image.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { useHostProcesses } from '../support/host-process.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
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
