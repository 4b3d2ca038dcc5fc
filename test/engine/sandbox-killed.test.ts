// What is left when somebody is killed: the host, what looks after the sandbox, the first program in it. The right state, the whole log, nothing mounted,
// no process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ProcessIdentity, RunRecord } from '../../src/shared/model/run.ts';
import { SandboxMode } from '../../src/shared/model/sandbox.ts';
import { identifyProcess, isAlive } from '../../src/engine/run/process-identity.ts';
import type { Runs } from '../../src/engine/run/runs.ts';
import { descendantsOf, isNamespaceInit } from '../../src/engine/sandbox/process-tree.ts';
import { bundleProgram } from '../support/bundle.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
import { logSays, sandboxMissing, useSandboxPrograms } from '../support/sandbox-host.ts';
import { startTiny } from '../support/start-tiny.ts';
import { useTempFolders } from '../support/temp.ts';
import { createTinyCheckout } from '../support/tiny-root/tiny-root.ts';

const makeFolder = useTempFolders();
const openHost = useRunHosts();
const programs = useSandboxPrograms();

/** 128 + SIGKILL; unshare of util-linux 2.38 stumbles over a first program that was killed, and says 1. */
const ENDED_BY_SIGNAL = /The sandbox ended: exit status (?:137|1)\.\r\n$/;

/** Children that hold on, in sessions of their own, and a first program that waits for them. */
const HOLDING = { first: ['fork-many 5', 'wait 600'] };

async function startHolding(
  mode: SandboxMode,
): Promise<{ root: string; runs: Runs; record: RunRecord; inside: ProcessIdentity[] }> {
  const root = makeFolder();
  const { command, tiny } = programs();
  const fixture = await createTinyCheckout(root, tiny, HOLDING);
  const runs = await openHost({ root, command });
  const record = await startTiny(runs, fixture, { mode });
  await logSays(runs, record.id, 'forked: 5');
  const inside = await livingIn(record);
  return { root, runs, record, inside };
}

async function livingIn(record: RunRecord): Promise<ProcessIdentity[]> {
  const pids = descendantsOf(record.process?.pid ?? 0);
  const inside = (await Promise.all(pids.map((pid) => identifyProcess(pid)))).filter((one) => one !== null);
  expect(inside.length).toBeGreaterThanOrEqual(7);
  return inside;
}

async function allGone(processes: readonly ProcessIdentity[]): Promise<boolean> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (!(await Promise.all(processes.map((one) => isAlive(one)))).includes(true)) return true;
    await sleep(50);
  }
  return false;
}

function mountsIn(root: string): string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(root));
}

describe.each(SandboxMode.options)('when somebody is killed: %s', (mode) => {
  const missing = sandboxMissing(mode);
  const title = missing === null ? 'there' : `[SKIPPED: ${missing}]`;

  describe.skipIf(missing !== null && process.env['REQUIRE_TOOLS'] !== '1')(title, () => {
    it('the host: the run has gone on when another comes, which can stop it', async () => {
      const root = makeFolder();
      const { command, tiny } = programs();
      const fixture = await createTinyCheckout(root, tiny, HOLDING);
      const program = await bundleProgram('sandbox-host-program.ts', root);
      const args = [program, root, fixture.path, fixture.distfiles, mode, ...command];
      const host = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(host, 'exit');
      const [line] = (await once(createInterface({ input: host.stdout }), 'line')) as [string];
      const id = line.slice('started '.length);
      host.kill('SIGKILL');
      await ended;

      const runs = await openHost({ root, command });
      const { record } = await runs.show(id);
      expect(record.state).toBe('running');
      await logSays(runs, id, 'forked: 5');
      const inside = await livingIn(record);
      const stopped = await runs.stop(id);
      expect(stopped.record).toMatchObject({
        state: 'ended',
        stopReason: 'user',
        stoppedBy: 'quit',
        verdict: { outcome: 'stopped' },
      });
      expect(await allGone(inside)).toBe(true);
      expect(mountsIn(root)).toEqual([]);
      expect(await readWholeLog(runs, id)).toContain('forked: 5');
    });

    it('what looks after it: the sandbox ends with it, and the run has ended early', async () => {
      const { root, runs, record, inside } = await startHolding(mode);
      process.kill(record.process?.pid ?? 0, 'SIGKILL');
      expect(await allGone(inside)).toBe(true);
      const last = (await watchToEnd(runs, record.id)).at(-1);
      expect(last?.record).toMatchObject({ state: 'ended', verdict: { outcome: 'failed' } });
      expect(mountsIn(root)).toEqual([]);
      expect(await readWholeLog(runs, record.id)).toContain('forked: 5');
    });

    it('the first program in it: everything in it ends, and the log says how', async () => {
      const { root, runs, record, inside } = await startHolding(mode);
      const first = inside.find(({ pid }) => isNamespaceInit(pid));
      process.kill(first?.pid ?? 0, 'SIGKILL');
      const last = (await watchToEnd(runs, record.id)).at(-1);
      expect(last?.record).toMatchObject({ state: 'ended', verdict: { outcome: 'failed' } });
      expect(await readWholeLog(runs, record.id)).toMatch(ENDED_BY_SIGNAL);
      expect(await allGone(inside)).toBe(true);
      expect(mountsIn(root)).toEqual([]);
    });
  });
});
