// kill -9 of the host, of QEMU or of both at any moment of fifty runs of the real QEMU: every run ends in the right state, nobody is left behind, no byte of
// the log is lost, and no reader ever meets half a record. CHAOS_SEED repeats a run of this test.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { findQemu } from '../../src/engine/run/find-qemu.ts';
import { RunRecord } from '../../src/shared/model/run.ts';
import { useHostProcesses } from '../support/host-process.ts';
import { qemuMissing, qemuTitle } from '../support/qemu.ts';
import { readWholeLog, useRunHosts } from '../support/run-host.ts';
import { processesIn, useTempFolders } from '../support/temp.ts';

const RUNS = 50;
/** From before the record is there to well into the counting. */
const LATEST_MILLISECONDS = 2500;

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const startHost = useHostProcesses();
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);

/** Lehmer’s generator (Park and Miller, 1988). */
function randomFrom(start: number): () => number {
  let state = (start % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function recordIn(runs: string): RunRecord | null {
  const [id] = safely(() => readdirSync(runs).filter((name) => !name.startsWith('.'))) ?? [];
  const text = id === undefined ? null : safely(() => readFileSync(join(runs, id, 'run.json'), 'utf8'));
  // Not there yet is right; half of it is not.
  return text === null ? null : RunRecord.parse(JSON.parse(text));
}

function safely<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

describe.skipIf(qemuMissing() !== null)(qemuTitle(`chaos with seed ${seed}`), () => {
  const random = randomFrom(seed);
  const plans = Array.from({ length: RUNS }, (_, number) => ({
    number: number + 1,
    victim: (['host', 'qemu', 'both'] as const)[Math.floor(random() * 3)] ?? 'host',
    after: Math.round(random() * LATEST_MILLISECONDS),
  }));

  test.each(plans)('run $number: kill -9 of $victim after $after ms', async ({ victim, after }) => {
    const root = tempFolder();
    const folder = join(root, 'data', 'runs');
    const host = startHost(root, (await findQemu({ env: process.env })).path, 'count');
    await host.saw('open');
    const until = performance.now() + after;
    while (performance.now() < until) {
      recordIn(folder);
      await sleep(5);
    }
    const seen = recordIn(folder);
    const killedQemu = victim !== 'host' && seen !== null && seen.process !== null && kill(seen.process.pid);
    if (victim !== 'qemu') await host.kill();
    else if (killedQemu)
      await expect.poll(() => recordIn(folder)?.verdict ?? null, { timeout: 20_000 }).not.toBeNull();
    else await host.kill();

    const runs = await openHost({ root });
    const [summary] = await runs.list();
    if (summary === undefined) {
      // Killed before there was a record: nothing may have been started.
      expect(await processesIn(folder)).toEqual([]);
      return;
    }
    const { id } = summary;
    const now = (await runs.show(id)).record;
    if (killedQemu) expect(['ended', 'lost']).toContain(now.state);
    if (now.state === 'running' || now.state === 'starting') {
      const { logBytes } = await runs.show(id);
      await expect
        .poll(async () => (await runs.show(id)).logBytes, { timeout: 20_000 })
        .toBeGreaterThan(logBytes);
      expect((await runs.stop(id)).record).toMatchObject({ state: 'ended', verdict: { outcome: 'stopped' } });
    }
    const end = await runs.show(id);
    expect(end.record.verdict).not.toBeNull();
    expect(await processesIn(join(folder, id))).toEqual([]);
    // What views get is what QEMU wrote, and the machine's own numbers have no gap.
    const written = readFileSync(join(folder, id, 'serial.log'));
    expect(end.logBytes).toBe(written.length);
    expect(end.report.bytes).toBe(written.length);
    expect(Buffer.from(await readWholeLog(runs, id)).equals(written)).toBe(true);
    const counted = [...written.toString('latin1').matchAll(/^count ([0-9A-F]{4}) ([0-9A-F]{4})\r$/gm)];
    expect(counted.map(([, memory, disk]) => [memory, disk])).toEqual(
      counted.map((_, index) => {
        const text = (index + 1).toString(16).toUpperCase().padStart(4, '0');
        return [text, text];
      }),
    );
  });
});

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
