// What the table in docs/sandboxes.md says of each mode, tried with a hostile program in a real sandbox.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/engine/distfiles/store.ts';
import { identifyProcess, isAlive } from '../../src/engine/run/process-identity.ts';
import { descendantsOf } from '../../src/engine/sandbox/process-tree.ts';
import { SandboxMode } from '../../src/shared/model/sandbox.ts';
import { PROJECT_ROOT } from '../support/built.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
import { logSays, sandboxMissing, useSandboxPrograms } from '../support/sandbox-host.ts';
import { startTiny } from '../support/start-tiny.ts';
import { useTempFolders } from '../support/temp.ts';
import { sha256 } from '../support/checkout-fixture.ts';
import { createTinyCheckout } from '../support/tiny-root/tiny-root.ts';

const makeFolder = useTempFolders();
const openHost = useRunHosts();
const programs = useSandboxPrograms();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Row → what it says of a mode. */
function readTable(mode: SandboxMode): Map<string, string> {
  const text = readFileSync(join(PROJECT_ROOT, 'docs', 'sandboxes.md'), 'utf8');
  const column = mode === 'bwrap' ? 2 : 3;
  const rows = text.split('\n').flatMap((line): [string, string][] => {
    const cells = line.split('|').map((cell) => cell.trim());
    return cells.length === 5 && /contained$/.test(cells[column] ?? '')
      ? [[cells[1] ?? '', cells[column] ?? '']]
      : [];
  });
  return new Map(rows);
}

async function listenOnLoopback(): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const SAYS = (contained: boolean): string => (contained ? 'contained' : 'not contained');
/** More than any build, few enough for a busy machine. */
const FORKS = 300;

describe.each(SandboxMode.options)('what the documentation says of a sandbox: %s', (mode) => {
  const missing = sandboxMissing(mode);
  const title = missing === null ? 'there' : `[SKIPPED: ${missing}]`;

  describe.skipIf(missing !== null && process.env['REQUIRE_TOOLS'] !== '1')(title, () => {
    it('is true of every row', async () => {
      const root = makeFolder();
      const { command, tiny } = programs();
      const outside = join(root, 'written-outside');
      const port = await listenOnLoopback();
      const fixture = await createTinyCheckout(root, tiny, {
        more: [
          'append /external/distfiles/alpha.tar.gz',
          `write-outside ${outside}`,
          'write-sys',
          'count-processes',
          `reach ${port}`,
        ],
      });
      const bytes = readFileSync(join(fixture.distfiles, 'alpha.tar.gz'));
      const store = await openStore(join(root, 'store'));
      const temporary = store.temporaryPath();
      writeFileSync(temporary, bytes);
      await store.commit(temporary, sha256(bytes));
      const stored = join(root, 'store', 'sha256', sha256(bytes));
      const runs = await openHost({ root, command });
      const request = { distfiles: { from: 'store' as const, store } };

      const { id } = await startTiny(runs, fixture, { mode, request });
      await watchToEnd(runs, id);
      const log = await readWholeLog(runs, id);
      // It did write to its own copy.
      const own = readFileSync(join(root, 'data', 'runs', id, 'root', 'external/distfiles/alpha.tar.gz'));
      expect(own.length, log).toBe(bytes.length + 1);

      const online = await startTiny(runs, fixture, { mode, request, network: true });
      await watchToEnd(runs, online.id);
      const onlineLog = await readWholeLog(runs, online.id);

      const forking = await createTinyCheckout(join(root, 'forking'), tiny, {
        first: [`fork-many ${FORKS}`, 'wait 600'],
      });
      const third = await startTiny(runs, forking, { mode });
      await logSays(runs, third.id, 'forked: ');
      const pids = descendantsOf(third.process?.pid ?? 0);
      const alive = (await Promise.all(pids.map((pid) => identifyProcess(pid)))).filter(
        (one) => one !== null,
      );
      await runs.stop(third.id);
      const left = (await Promise.all(alive.map((one) => isAlive(one)))).filter(Boolean);

      expect(readTable(mode)).toEqual(
        new Map([
          // The program says whether it could; only what it reached counts, and it must have tried.
          ['write outside of its root', SAYS(!log.includes('outside: written'))],
          ['write to the distfiles of the store', SAYS(readFileSync(stored).equals(bytes))],
          ["write to the host's settings in /sys", SAYS(!log.includes('sys: writable'))],
          ['see processes of the host', SAYS(Number(/processes: (\d+)/.exec(log)?.[1]) < 10)],
          ['reach a network, where all sources are given', SAYS(log.includes('network: refused'))],
          [
            'reach a network, where distfiles are fetched later',
            SAYS(onlineLog.includes('network: refused')),
          ],
          ['fork without end', SAYS(alive.length < FORKS)],
          ['outlive the stop of the run', SAYS(left.length === 0)],
        ]),
      );
      expect(log).toMatch(/outside: (?:written|refused)/);
      expect(log).toMatch(/sys: (?:writable|read-only)/);
    });
  });
});
