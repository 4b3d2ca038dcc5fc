// The real live-bootstrap in both sandboxes: from the seed to 19 verified tools, and on to the first distfile, which is not given. Minutes.
// LIVE_BOOTSTRAP_DIR names a checkout of live-bootstrap with its submodules.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { openResults } from '../../src/engine/results/results.ts';
import { SandboxMode } from '../../src/shared/model/sandbox.ts';
import { useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext } from '../support/run-settings.ts';
import { sandboxMissing, useSandboxPrograms } from '../support/sandbox-host.ts';
import { startTiny } from '../support/start-tiny.ts';
import { useTempFolders } from '../support/temp.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'] ?? '';
const missing =
  checkout === '' ? 'LIVE_BOOTSTRAP_DIR is not set' : (sandboxMissing('bwrap') ?? sandboxMissing('chroot'));
const makeFolder = useTempFolders();
const openHost = useRunHosts();
const programs = useSandboxPrograms();

describe.skipIf(missing !== null)(
  `the real tree in sandboxes${missing === null ? '' : ` [SKIPPED: ${missing}]`}`,
  () => {
    it('verifies its 19 tools in each, with equal outputs, and fails at the distfile that is not there', async () => {
      const root = makeFolder();
      const runs = await openHost({ root, command: programs().command });
      const none = (): Promise<null> => Promise.resolve(null);
      const folder = await openDataFolder(join(root, 'data'));
      const results = openResults({ folder, runs, imagePath: none, checkout: none });
      const ids: string[] = [];
      for (const mode of [...SandboxMode.options, 'bwrap' as const]) {
        // The tree of stage0 has no distfiles, and this step wants one.
        const { id } = await startTiny(
          runs,
          { path: checkout, distfiles: '' },
          { mode, goal: 'step:build:mes-0.27.1:1', request: { goal: 'stage0' } },
        );
        const last = (await watchToEnd(runs, id)).at(-1);
        expect(last?.report.answers).toEqual({ ok: 19, failed: 0 });
        expect(last?.report.milestones.map((one) => one.id)).toContain('script-generator-verified');
        expect(last?.record.verdict).toMatchObject({ outcome: 'failed', cause: 'source-missing' });
        expect(last?.record.verdict?.sentence).toContain('mes-0.27.1.tar.gz');
        const { outputs, warnings } = await results.collect(id, quietContext);
        const stage0 = outputs.filter(({ layer }) => layer === 'stage0');
        // x86.answers, by the bytes of the files: what a run in QEMU checks on its console, too.
        expect(stage0.map(({ state }) => state)).toEqual(Array.from({ length: 19 }, () => 'equal'));
        expect(warnings.join()).toContain('ran everything');
        ids.push(id);
      }
      const [first = '', second = '', third = ''] = ids;
      for (const other of [second, third]) {
        const { counts } = await results.compare(first, other, quietContext);
        expect(counts.differs).toBe(0);
        expect(counts.same).toBeGreaterThanOrEqual(23);
      }
    });
  },
);
