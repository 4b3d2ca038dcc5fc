// Runs that nobody looks at: what a listener is told of them, and that their results are read by a host that stays open.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { createJobs } from '../../src/engine/jobs.ts';
import { collectDueResults } from '../../src/engine/results/collect-due.ts';
import { openResults, type Results } from '../../src/engine/results/results.ts';
import { watchNotices } from '../../src/engine/run/run-notices.ts';
import type { Runs } from '../../src/engine/run/runs.ts';
import type { RunNotice } from '../../src/shared/model/notice.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { processesIn, useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const fakeQemu = useFakeQemu();

async function firstNotice(runs: Runs, options: Parameters<typeof watchNotices>[1] = {}): Promise<RunNotice> {
  for await (const notice of watchNotices(runs, options)) return notice;
  throw new Error('nothing was told');
}

test('a listener hears of a run that another host started, asks, and ends; one that was away hears of the end', async () => {
  const root = tempFolder();
  const qemu = fakeQemu(root, {
    segments: [
      {
        text: 'SeaBIOS (version 1.16.2)\r\nWelcome to live-bootstrap!\r\nCommand: ',
        milliseconds: 0,
        waitsFor: 'V',
      },
      { text: 'bye\r\n', milliseconds: 0 },
    ],
  });
  const [here, there] = [await openHost({ root }), await openHost({ root, qemu })];
  const before = new Date();
  const asking = firstNotice(here, { settledMilliseconds: 50 });
  const { id } = await there.start(startRequest(root, { goal: 'end' }), quietContext);
  expect(await asking).toMatchObject({ run: id, kind: 'asks', text: 'Command:' });

  const ended = (async () => {
    for await (const notice of watchNotices(here)) if (notice.kind === 'ended') return notice;
    return null;
  })();
  await there.type(id, 'V\r');
  expect(await ended).toMatchObject({ run: id, tone: 'bad' });
  expect(await firstNotice(here, { since: before })).toMatchObject({ run: id, kind: 'ended' });
});

test('a listener ends with its signal, though nothing happens', async () => {
  const runs = await openHost({ root: tempFolder() });
  const ending = new AbortController();
  const heard = (async () => {
    for await (const notice of watchNotices(runs, { signal: ending.signal })) return notice;
    return null;
  })();
  ending.abort();
  expect(await heard).toBeNull();
});

test('the results of a run that ended while no host was there are read by the next that stays, once', async () => {
  const root = tempFolder();
  const qemu = fakeQemu(root, {
    console: 'SeaBIOS (version 1.16.2)\r\nx86/bin/catm: OK\r\n',
    pieces: 4,
    pieceMilliseconds: 50,
  });
  const first = await openHost({ root, qemu });
  const { id } = await first.start(startRequest(root, { goal: 'end' }), quietContext);
  await first.close();
  while ((await processesIn(join(root, 'data', 'runs'))).length > 0) await sleep(50);

  // A short command finds the end, and leaves the reading to another.
  const short = await openHost({ root });
  expect((await short.show(id)).record.state).not.toBe('running');
  await watchToEnd(short, id);
  await short.close();
  const mark = join(root, 'data', 'runs', id, 'results-due');
  expect(existsSync(mark)).toBe(true);

  const folder = await openDataFolder(join(root, 'data'));
  const asked: string[] = [];
  async function stay(isDone: (results: Results, runs: Runs) => Promise<boolean>): Promise<void> {
    const runs = await openHost({ root, qemu });
    const jobs = createJobs();
    const results = openResults({
      folder,
      runs,
      imagePath: () => Promise.resolve(null),
      checkout: () => Promise.resolve(null),
    });
    const end = collectDueResults({
      folder: folder.runs,
      runs,
      jobs,
      results: {
        collect(run, context) {
          asked.push(run);
          return results.collect(run, context);
        },
      },
    });
    await expect.poll(() => isDone(results, runs), { timeout: 30_000 }).toBe(true);
    await jobs.close();
    await end();
    await runs.close();
  }
  await stay(async (results) => (await results.read(id)) !== null && !existsSync(mark));
  expect(asked).toEqual([id]);

  // One that ends under the eyes of the host that stays.
  await stay(async (results, runs) => {
    const [latest] = await runs.list();
    if (latest?.id === id) await runs.start(startRequest(root, { goal: 'end' }), quietContext);
    return latest?.id !== undefined && (await results.read(latest.id)) !== null && latest.id !== id;
  });
  expect(asked).toHaveLength(2);

  // A boot check has none.
  const again = await openHost({ root, qemu: fakeQemu(root) });
  const check = await again.start(startRequest(root), quietContext);
  await watchToEnd(again, check.id);
  expect(existsSync(join(root, 'data', 'runs', check.id, 'results-due'))).toBe(false);
});
