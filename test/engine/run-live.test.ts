// A run while it lives: what views are shown, how often, and in how much memory.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { progressOf } from '../../src/engine/run/progress.ts';
import type { RunSnapshot } from '../../src/shared/model/run.ts';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { bootCheckConsole, hasRealLogs, realLog } from '../support/consoles.ts';
import { FAKE_ENTRIES } from '../support/fake-image.ts';
import { useFakeQemu } from '../support/fake-qemu.ts';
import { useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const fakeQemu = useFakeQemu();
const MIB = 1_048_576;

describe('a live run', () => {
  test('shows progress that only grows, time that passes, and never “done” before its verdict', async () => {
    const root = tempFolder();
    const runs = await openHost({ root, qemu: fakeQemu(root, { pieces: 12, pieceMilliseconds: 60 }) });
    const { id } = await runs.start(startRequest(root), quietContext);
    const snapshots = await watchToEnd(runs, id);
    const live = snapshots.slice(0, -1);
    expect(live.length).toBeGreaterThan(3);
    expect(live.every((one) => one.progress !== null && one.progress < 1)).toBe(true);
    const grows = (list: number[]): boolean => list.every((value, index) => value >= (list[index - 1] ?? 0));
    expect(grows(snapshots.map((one) => one.progress ?? 0))).toBe(true);
    expect(grows(snapshots.map((one) => one.elapsedMilliseconds))).toBe(true);
    expect(grows(snapshots.map((one) => one.logBytes))).toBe(true);
    expect(live.every((one) => one.quietMilliseconds !== null && one.record.verdict === null)).toBe(true);
  });

  test('that is silent says for how long', async () => {
    const root = tempFolder();
    const runs = await openHost({
      root,
      qemu: fakeQemu(root, { end: 'stay', console: 'SeaBIOS (version 1)\r\n' }),
    });
    const { id } = await runs.start(startRequest(root), quietContext);
    await expect
      .poll(async () => (await runs.show(id)).quietMilliseconds ?? 0, { timeout: 5000 })
      .toBeGreaterThan(1000);
  });

  test('that QEMU paused because the host’s disk is full says so, and is told to go on', async () => {
    const root = tempFolder();
    const qemu = fakeQemu(root, { end: 'stay', console: 'SeaBIOS (version 1)\r\n', runState: 'io-error' });
    const runs = await openHost({ root, qemu });
    const { id } = await runs.start(startRequest(root), quietContext);
    const seen = async (): Promise<RunSnapshot> => {
      for await (const snapshot of runs.watch(id)) if (snapshot.now.includes('free space')) return snapshot;
      throw new Error('never said');
    };
    expect((await seen()).record.state).toBe('running');
    const told = join(root, 'data', 'runs', id, 'told');
    await expect.poll(() => existsSync(told) && readFileSync(told, 'utf8').startsWith('cont')).toBe(true);
    await expect.poll(async () => (await runs.show(id)).now, { timeout: 5000 }).not.toContain('free space');
  });

  test(
    'that floods its console is followed to the end: few snapshots, bounded memory, the verdict right',
    {
      timeout: 60_000,
    },
    async () => {
      const root = tempFolder();
      const words = 'some words that mean nothing to anybody, over and over again\r\n';
      const flood = Buffer.alloc(1_000_000 * words.length, words);
      const text = bootCheckConsole({ entries: FAKE_ENTRIES, verdict: 'passed' });
      const start = text.slice(0, text.indexOf('Seedbed boot check'));
      const console = Buffer.concat([Buffer.from(start), flood, Buffer.from(text.slice(start.length))]);
      const runs = await openHost({ root, qemu: fakeQemu(root, { console, pieces: 64 }) });
      const before = process.memoryUsage().rss;
      const { id } = await runs.start(startRequest(root), quietContext);
      const began = performance.now();
      let count = 0;
      let peak = 0;
      let last: RunSnapshot | undefined;
      for await (const snapshot of runs.watch(id)) {
        count += 1;
        last = snapshot;
        peak = Math.max(peak, process.memoryUsage().rss);
      }
      const seconds = (performance.now() - began) / 1000;
      expect(last?.record.verdict?.outcome).toBe('passed');
      expect(last?.logBytes).toBe(console.length);
      expect(count).toBeLessThanOrEqual(Math.ceil(seconds * 10) + 2);
      expect(peak - before).toBeLessThan(120 * MIB);
    },
  );
});

describe('progress of stage0', () => {
  const image = { streamEntries: 2345 } as Parameters<typeof progressOf>[0]['image'];

  test.skipIf(!hasRealLogs)(
    `grows over the whole of a real console and ends close to the goal${hasRealLogs ? '' : ' [SKIPPED: no real logs here]'}`,
    () => {
      const log = realLog('stage0-qemu-tcg.log');
      const reader = openConsoleReader();
      const seen: number[] = [];
      for (let at = 0; at < log.length; at += 4096) {
        reader.push(log.subarray(at, at + 4096));
        const report = reader.report();
        seen.push(progressOf({ goal: 'stage0', image }, report) ?? -1);
        if (report.milestones.some(({ id }) => id === 'script-generator-verified')) break;
      }
      expect(seen.every((value, index) => value >= (seen[index - 1] ?? 0))).toBe(true);
      expect(seen[0]).toBeLessThan(0.02);
      expect(seen.at(-1)).toBeGreaterThan(0.9);
      expect(new Set(seen.map((value) => value.toFixed(2))).size).toBeGreaterThan(10);
    },
  );

  test('is unknown where the end is', () => {
    expect(progressOf({ goal: 'end', image }, openConsoleReader().report())).toBeNull();
  });
});
