// Runs in real sandboxes, of a tree with live-bootstrap's structure and tiny programs of our own: from the start to the verdict, and what they leave.
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { openResults } from '../../src/engine/results/results.ts';
import type { Runs } from '../../src/engine/run/runs.ts';
import { SandboxMode } from '../../src/shared/model/sandbox.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext } from '../support/run-settings.ts';
import { logSays, sandboxMissing, useSandboxPrograms } from '../support/sandbox-host.ts';
import { startTiny } from '../support/start-tiny.ts';
import { useTempFolders } from '../support/temp.ts';
import { createTinyCheckout } from '../support/tiny-root/tiny-root.ts';

const makeFolder = useTempFolders();
const openHost = useRunHosts();
const programs = useSandboxPrograms();

async function resultsOf(root: string, runs: Runs): Promise<ReturnType<typeof openResults>> {
  const none = (): Promise<null> => Promise.resolve(null);
  return openResults({
    folder: await openDataFolder(join(root, 'data')),
    runs,
    imagePath: none,
    checkout: none,
  });
}

describe.each(SandboxMode.options)('a run in a sandbox: %s', (mode) => {
  const missing = sandboxMissing(mode);
  // The same in both: tried once.
  const once = mode === 'bwrap' ? it : (): void => undefined;
  const title = missing === null ? 'there' : `[SKIPPED: ${missing}]`;

  describe.skipIf(missing !== null && process.env['REQUIRE_TOOLS'] !== '1')(title, () => {
    it('goes through stage0 and both builds to the end, twice with equal outputs, and says what it rests on', async () => {
      const root = makeFolder();
      const { command, tiny } = programs();
      const fixture = await createTinyCheckout(root, tiny);
      const runs = await openHost({ root, command });
      const { id } = await startTiny(runs, fixture, { mode });
      const last = (await watchToEnd(runs, id)).at(-1);
      const log = await readWholeLog(runs, id);
      expect(last?.record.verdict, log).toMatchObject({ outcome: 'passed', goal: 'end' });
      expect(last?.report.answers).toEqual({ ok: 19, failed: 0 });
      expect(last?.record).toMatchObject({ kind: mode, state: 'ended', accelerator: { used: null } });
      expect(log).toMatch(/\[seedbed\] The sandbox ended: exit status 0\.\r\n$/);
      expect(await runs.timeline(id)).toMatchObject({
        source: 'image',
        steps: [
          { id: 'build:alpha-1.0:1', state: 'done' },
          { id: 'build:beta-2.0:1', state: 'done' },
        ],
      });

      // The checkout may go: what was booted is kept beside the run.
      const second = await startTiny(runs, fixture, { mode });
      rmSync(fixture.path, { recursive: true });
      await watchToEnd(runs, second.id);
      const results = await resultsOf(root, runs);
      const collected = await results.collect(id, quietContext);
      expect(collected.totals).toMatchObject({ expected: 23, equal: 23, different: 0, missing: 0 });
      expect(collected.warnings.join()).toMatch(/kernel \(Linux .*\) ran everything/);
      const compared = await results.compare(id, second.id, quietContext);
      expect(compared).toMatchObject({ sameInputs: true, counts: { same: 23, differs: 0 } });
    });

    it('fails where a program fails, with the step that it was in', async () => {
      const root = makeFolder();
      const { command, tiny } = programs();
      const fixture = await createTinyCheckout(root, tiny, { more: ['pkg=beta-2.0', 'fail'] });
      const runs = await openHost({ root, command });
      const { id } = await startTiny(runs, fixture, { mode });
      const last = (await watchToEnd(runs, id)).at(-1);
      expect(last?.record.verdict).toMatchObject({ outcome: 'failed', cause: 'build-failed' });
    });

    it('is ended when its goal is reached, and when a step is', async () => {
      const root = makeFolder();
      const { command, tiny } = programs();
      const fixture = await createTinyCheckout(root, tiny, { more: ['wait 600'] });
      const runs = await openHost({ root, command });
      for (const goal of ['stage0', 'step:alpha-1.0'] as const) {
        const { id } = await startTiny(runs, fixture, { mode, goal });
        const last = (await watchToEnd(runs, id)).at(-1);
        expect(last?.record).toMatchObject({
          verdict: { outcome: 'passed' },
          stopReason: 'goal',
          stoppedBy: 'quit',
        });
      }
    });

    it('takes what is typed, and waits while it is paused', async () => {
      const root = makeFolder();
      const { command, tiny } = programs();
      const fixture = await createTinyCheckout(root, tiny, { more: ['answer', 'answer'] });
      const runs = await openHost({ root, command });
      const { id } = await startTiny(runs, fixture, { mode });
      await logSays(runs, id, 'Command: ');
      await runs.type(id, 'first\r');
      await logSays(runs, id, 'answered: first');
      expect((await runs.pause(id)).record.hold).toMatchObject({ by: 'user' });
      await runs.type(id, 'second\r');
      const before = await readWholeLog(runs, id);
      expect(before).not.toContain('answered: second');
      expect((await runs.resume(id)).record.hold).toBeNull();
      await watchToEnd(runs, id);
      expect(await readWholeLog(runs, id)).toContain('answered: second');
    });

    once('refuses in words what only a machine has', async () => {
      const root = makeFolder();
      const { command, tiny } = programs();
      const fixture = await createTinyCheckout(root, tiny, { more: ['answer'] });
      const runs = await openHost({ root, command });
      const { id } = await startTiny(runs, fixture, { mode });
      await expect(runs.powerDown(id)).rejects.toMatchObject({ code: 'MACHINE_REFUSED' });
      await expect(runs.checkpoint(id, 'x')).rejects.toMatchObject({ code: 'CHECKPOINT_UNAVAILABLE' });
      await runs.stop(id);
    });

    once('loses nothing of a long log', async () => {
      const root = makeFolder();
      const { command, tiny } = programs();
      const lines = 50_000;
      const fixture = await createTinyCheckout(root, tiny, { more: [`chatter ${lines}`] });
      const runs = await openHost({ root, command });
      const { id } = await startTiny(runs, fixture, { mode });
      await watchToEnd(runs, id);
      const log = readFileSync(join(root, 'data', 'runs', id, 'serial.log'), 'utf8');
      expect(log.match(/^line \d+ of /gm)).toHaveLength(lines);
      expect(log).toMatch(/exit status 0\.\r\n$/);
    });

    once('gives nothing of the host through a link that was left in its tree', async () => {
      const root = makeFolder();
      const { command, tiny } = programs();
      const fixture = await createTinyCheckout(root, tiny);
      const runs = await openHost({ root, command });
      const { id } = await startTiny(runs, fixture, { mode });
      await watchToEnd(runs, id);
      const tree = join(root, 'data', 'runs', id, 'root');
      rmSync(join(tree, 'usr/bin/beta'));
      symlinkSync('/etc/hostname', join(tree, 'usr/bin/beta'));
      symlinkSync('/etc', join(tree, 'leads-away'));
      const results = await resultsOf(root, runs);
      const { totals } = await results.collect(id, quietContext);
      expect(totals).toMatchObject({ equal: 22, seen: 1 });
      const to = join(root, 'out');
      const report = await results.extract(
        id,
        { folder: to, paths: ['/usr/bin', '/leads-away'] },
        quietContext,
      );
      expect(report.skipped.map(({ path }) => path)).toEqual(['/usr/bin/beta', '/leads-away']);
      expect(existsSync(join(to, 'usr/bin/alpha'))).toBe(true);
      expect(existsSync(join(to, 'usr/bin/beta'))).toBe(false);
    });
  });
});

describe('where no sandbox can be had', () => {
  it('says why: no command line, no bubblewrap', async () => {
    const root = makeFolder();
    const window = await openHost({ root, command: null });
    for (const { available, detail, hint } of await window.sandboxes()) {
      expect(available).toBe(false);
      expect(detail).toMatch(/cannot be had here: /);
      expect(hint).not.toBe('');
    }
    await expect(window.requireSandbox('bwrap')).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' });
  });
});
