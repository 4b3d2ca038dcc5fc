// Runs in real sandboxes, of a tree with live-bootstrap's structure and tiny programs of our own: from the start to the verdict, and what they leave.
import { describe, expect, it } from 'vitest';
import { SandboxMode } from '../../src/shared/model/sandbox.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
import { sandboxMissing, startTiny, useSandboxPrograms } from '../support/sandbox-host.ts';
import { useTempFolders } from '../support/temp.ts';
import { createTinyCheckout } from '../support/tiny-root/tiny-root.ts';

const makeFolder = useTempFolders();
const openHost = useRunHosts();
const programs = useSandboxPrograms();

describe.each(SandboxMode.options)('a run in a sandbox: %s', (mode) => {
  const missing = sandboxMissing(mode);
  const title = missing === null ? 'there' : `[SKIPPED: ${missing}]`;

  describe.skipIf(missing !== null && process.env['REQUIRE_TOOLS'] !== '1')(title, () => {
    it('goes through stage0 and both builds to the end, and passes', async () => {
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
    });
  });
});
