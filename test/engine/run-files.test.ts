// What a run keeps on disk: claims that only one can hold, events that survive a torn line, disks that are true copies, ids and removal.
import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyDisk } from '../../src/engine/run/disk-copy.ts';
import { appendEvents, eventNow, readEvents } from '../../src/engine/run/event-log.ts';
import { explainLog } from '../../src/engine/run/explain.ts';
import { identifyProcess, isAlive } from '../../src/engine/run/process-identity.ts';
import { claimRun, isClaimed } from '../../src/engine/run/run-claim.ts';
import { createRunId, isRunId } from '../../src/engine/run/run-folder.ts';
import { bootCheckConsole } from '../support/consoles.ts';
import { createFakeImage, FAKE_ENTRIES } from '../support/fake-image.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const fakeQemu = useFakeQemu();

describe('a claim', () => {
  test('is held by one of many that ask at once, again after each release', async () => {
    const folder = tempFolder();
    for (let round = 0; round < 30; round += 1) {
      const claims = await Promise.all(Array.from({ length: 8 }, () => claimRun(folder)));
      const held = claims.filter((claim) => claim !== null);
      expect(held).toHaveLength(1);
      expect(await claimRun(folder)).toBeNull();
      await held[0]?.release();
      expect(await isClaimed(folder)).toBe(false);
    }
  });

  test('of a dead host is taken over by one of many, and damaged ones count as given up', async () => {
    const folder = tempFolder();
    const dead = { owner: { pid: 999_999_999, startedTicks: '1@dead' } };
    for (const text of [JSON.stringify(dead), '{"owner":', '']) {
      writeFileSync(join(folder, 'watcher-900.json'), text);
      const claims = await Promise.all(Array.from({ length: 8 }, () => claimRun(folder)));
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
      await claims.find((claim) => claim !== null)?.release();
    }
  });
});

describe('a process', () => {
  test('is known by pid and start, also where only ps can tell', async () => {
    for (const platform of ['linux', 'darwin'] as const) {
      const self = await identifyProcess(process.pid, platform);
      expect(self).not.toBeNull();
      if (self === null) continue;
      expect(await isAlive(self, platform)).toBe(true);
      expect(await isAlive({ ...self, startedTicks: 'other' }, platform)).toBe(false);
      expect(await identifyProcess(999_999_999, platform)).toBeNull();
    }
  });
});

describe('events', () => {
  test('after a torn line begin on a line of their own, and the torn one is skipped', async () => {
    const path = join(tempFolder(), 'events.jsonl');
    expect(await readEvents(path)).toEqual([]);
    await appendEvents(path, [eventNow('created', 'one')]);
    appendFileSync(path, '{"at":"2026-11-20T13:00:00.000Z","kind":"milestone","text":"half');
    await appendEvents(path, [eventNow('started', 'two'), eventNow('ended', 'x'.repeat(5000), 7)]);
    const events = await readEvents(path);
    expect(events.map(({ kind }) => kind)).toEqual(['created', 'started', 'ended']);
    expect(events[2]?.text).toHaveLength(1000);
  });
});

describe('a disk', () => {
  test('is the image’s data with a hole behind it', async () => {
    const root = tempFolder();
    const { path, record } = createFakeImage(root);
    const [disk] = record.disks;
    const sizeBytes = 4 * 2 ** 30;
    truncateSync(path, sizeBytes);
    const target = join(root, 'disk');
    const seen: number[] = [];
    const report = ({ done }: { done: number }): void => void seen.push(done);
    await copyDisk(path, target, { ...disk, sizeBytes }, { ...quietContext, report });
    const facts = statSync(target);
    expect(facts.size).toBe(sizeBytes);
    expect(facts.blocks * 512).toBeLessThan(2 ** 20);
    expect(seen.at(-1)).toBe(disk.dataBytes);
  });

  test('is refused when the image was changed, cut or is another', async () => {
    const root = tempFolder();
    const { path, record } = createFakeImage(root);
    const [disk] = record.disks;
    const copy = (name: string, change: object): Promise<void> =>
      copyDisk(path, join(root, name), { ...disk, ...change }, quietContext);
    await expect(copy('a', { sizeBytes: 1 })).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
    await expect(copy('b', { sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
    const beyond = disk.regions.map((region) => ({ ...region, lengthBytes: disk.sizeBytes }));
    await expect(copy('c', { regions: beyond })).rejects.toMatchObject({ code: 'FILE_CHANGED' });
    const absent = copyDisk(join(root, 'absent'), join(root, 'd'), disk, quietContext);
    await expect(absent).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a list of runs', () => {
  test('is newest first, and names are found by their beginning, their end or “latest”', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root) });
    await expect(runs.resolveId('latest')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    const ids: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const { id } = await runs.start(startRequest(root), quietContext);
      await watchToEnd(runs, id);
      ids.push(id);
    }
    const [first = '', second = ''] = ids;
    expect((await runs.list()).map((run) => run.id)).toEqual([second, first]);
    expect(await runs.resolveId('latest')).toBe(second);
    expect(await runs.resolveId(first)).toBe(first);
    expect(await runs.resolveId(first.slice(-4))).toBe(first);
    await expect(runs.resolveId(first.slice(0, 8))).rejects.toMatchObject({ code: 'RUN_AMBIGUOUS' });
    for (const name of ['', '..', '../../etc', 'zzzz'])
      await expect(runs.resolveId(name)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(runs.show('../runs')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(runs.readLog('../..', 0, 10)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(runs.remove('..')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await runs.remove(first);
    expect((await runs.list()).map((run) => run.id)).toEqual([second]);
  });

  test('is watched: every change of a run shows, and a run that lives is not removed', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root, { end: 'stay', console: 'x' }) });
    const controller = new AbortController();
    const states: string[] = [];
    const watching = (async () => {
      for await (const list of runs.watchList(controller.signal)) states.push(list[0]?.state ?? 'none');
    })();
    const { id } = await runs.start(startRequest(root), quietContext);
    await expect.poll(() => states.at(-1)).toBe('running');
    await expect(runs.remove(id)).rejects.toMatchObject({ code: 'RUN_STILL_RUNNING' });
    await runs.stop(id);
    await expect.poll(() => states.at(-1)).toBe('ended');
    controller.abort();
    await watching;
    expect(states[0]).toBe('none');
  });

  test('has ids that sort by the minute and can be typed', () => {
    const id = createRunId(new Date('2026-11-20T13:22:59Z'));
    expect(id).toMatch(/^20261120-1322-[a-z0-9]{4}$/);
    expect(isRunId(id)).toBe(true);
    expect(isRunId(`${id}/..`)).toBe(false);
  });
});

test('a log from anywhere is explained', async () => {
  const root = tempFolder();
  const path = join(root, 'console.txt');
  writeFileSync(path, bootCheckConsole({ entries: FAKE_ENTRIES, verdict: 'failed memory-short' }));
  const { label, verdict, report } = await explainLog(path);
  expect(label).toBe('console.txt');
  expect(verdict).toMatchObject({ outcome: 'failed', goal: 'boot-check', cause: 'boot-check-memory-short' });
  expect(report.bytes).toBe(readFileSync(path).length);
  await expect(explainLog(join(root, 'absent'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  mkdirSync(join(root, 'folder'));
  await expect(explainLog(join(root, 'folder'))).rejects.toMatchObject({ code: 'IO_FAILED' });
});
