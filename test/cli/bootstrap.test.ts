// seedbed bootstrap as a person uses it: from a forge and a server of the test's own to a scripted QEMU, killed at every stage and started again.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { removeTree } from '../../src/engine/checkout/work-tree.ts';
import { launchVariables } from '../../src/engine/formats/bootstrap-variables.ts';
import { stepListOf } from '../../src/engine/formats/console/step-list.ts';
import type { RunRecord } from '../../src/shared/model/run.ts';
import { bootstrapConsole } from '../support/bootstrap-consoles.ts';
import { ensureBuilt } from '../support/built.ts';
import { defaultDistfiles, fixtureFiles, makeCheckout } from '../support/checkout-fixture.ts';
import { namesIn } from '../support/checkout-harness.ts';
import { runCli, startCli } from '../support/cli.ts';
import { type FakeQemuScenario, useFakeQemu } from '../support/fake-qemu.ts';
import { FORGE_ADDRESS, makeForge } from '../support/git-forge.ts';
import { startGitServer } from '../support/git-server.ts';
import {
  type Behaviour,
  type MisbehavingServer,
  useMisbehavingServers,
} from '../support/misbehaving-server.ts';
import { processesIn, useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const makeQemu = useFakeQemu();
const startServer = useMisbehavingServers();
const closers: (() => Promise<void>)[] = [];
beforeAll(ensureBuilt);
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const FILES = new Map([...defaultDistfiles()].map(([name, bytes]) => [name, Buffer.from(bytes)]));

interface Scene {
  home: string;
  server: MisbehavingServer;
  env: Record<string, string>;
  args: string[];
}

interface SceneOptions {
  /** Where the checkout comes from: git repositories over http, or a folder that is there. */
  from?: 'forge' | 'folder';
  qemu?: FakeQemuScenario;
  behave?: (name: string, nth: number) => Behaviour | undefined;
}

async function scene({ from = 'folder', qemu = {}, behave }: SceneOptions = {}): Promise<Scene> {
  const root = makeFolder();
  const home = join(root, 'home');
  mkdirSync(join(root, 'user'));
  // The mirror of a run ends soon after it; on a busy computer a little later.
  closers.push(() => expect.poll(() => processesIn(root), { timeout: 15_000 }).toEqual([]));
  const server = await startServer({ files: FILES, ...(behave === undefined ? {} : { behave }) });
  const manifest = fixtureFiles(defaultDistfiles()).get('steps/manifest') as string;
  const console = bootstrapConsole({
    list: stepListOf(manifest, launchVariables('kernel-bootstrap'), null),
  });
  return {
    ...{ home, server },
    env: { SEEDBED_HOME: home, SEEDBED_QEMU: makeQemu(root, { console, ...qemu }), HOME: join(root, 'user') },
    args: [
      'bootstrap',
      ...(from === 'forge' ? await serveForge(root) : ['--checkout', (await makeCheckout(root)).path]),
      ...['--mirror', server.url, '--no-mirrors', '--no-upstream', '--no-archives', '--no-git'],
      ...['--accel', 'tcg', '--memory', '3072', '--cores', '1', '--quiet', '--goal', 'beta-2.0'],
    ],
  };
}

async function serveForge(root: string): Promise<string[]> {
  const forge = makeForge(join(root, 'forge'));
  const git = await startGitServer(forge.folder);
  closers.push(async () => {
    await git.close();
    // Checkouts are read-only: the test's folder could not be removed.
    await removeTree(join(root, 'home', 'checkouts'));
  });
  const map = `${FORGE_ADDRESS}=${git.url}`;
  return ['--commit', forge.commit, '--from', `${FORGE_ADDRESS}live-bootstrap`, '--map', map, '--only-x86'];
}

/** A machine that has just begun. */
const STAYS: FakeQemuScenario = { end: 'stay', console: 'SeaBIOS (version 1.16.2)\r\n' };
const SLOW: Behaviour = { kind: 'slow', bytesPerSecond: 20_000 };

function runIds(home: string): string[] {
  return namesIn(join(home, 'runs'));
}

function recordOf(home: string, id: string): RunRecord {
  return JSON.parse(readFileSync(join(home, 'runs', id, 'run.json'), 'utf8')) as RunRecord;
}

describe('seedbed bootstrap', () => {
  it('goes from nothing to a run that passes, though killed while it fetched; a second time only the run is new', async () => {
    const { env, args, home, server } = await scene({ from: 'forge' });
    const killed = await startCli(args, env);
    await killed.says(/1 of 4: Fetching/);
    killed.child.kill('SIGKILL');
    await killed.done;
    const first = await runCli(args, env);
    expect(first.stderr).toContain('✓ checkout: The checkout was fetched');
    expect(first.stderr).toContain('✓ distfiles: 2 of 3 distfiles are stored, 2 of them new.');
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('verdict: passed') as string });
    expect(first.stdout).toMatch(/outputs: \d+ expected; 0 different, 0 missing/);
    const asked = server.requests.length;
    const second = await runCli(args, env);
    expect(second).toMatchObject({ code: 0 });
    expect(second.stderr).toContain('✓ checkout: The checkout is there');
    expect(second.stderr).toMatch(/✓ images: The image \S+ is there, whole/);
    // Only what no source has is asked for again.
    expect(
      server.requests
        .slice(asked)
        .map(({ name }) => name)
        .filter((name) => FILES.has(name)),
    ).toEqual([]);
    expect(runIds(home)).toHaveLength(2);
    expect(readdirSync(join(home, 'images'))).toHaveLength(1);
  });

  it('ends where it is told to, and reports what each stage came to', async () => {
    const { env, args, home } = await scene();
    const done = await runCli([...args, '--to', 'distfiles', '--json'], env);
    expect(done.code).toBe(0);
    const report = JSON.parse(done.stdout) as { stages: { stage: string; state: string }[]; sources: string };
    expect(report.stages.map(({ stage, state }) => `${stage} ${state}`)).toEqual([
      'checkout found',
      'distfiles done',
      'images left',
      'run left',
    ]);
    expect(report.sources).toBe('mirror');
    expect(runIds(home)).toEqual([]);
  });

  it('says what is kept when it is interrupted, and exits with 130', async () => {
    const { env, args } = await scene({ behave: (name) => (name.startsWith('beta') ? SLOW : undefined) });
    const running = await startCli(args, env);
    await running.says(/2 of 4: Fetching/);
    running.child.kill('SIGINT');
    const { code, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stderr).toContain('error[CANCELLED]');
    expect(stderr).toContain('The checkout is there');
    expect(stderr).toMatch(/\d of 3 distfiles are in the store/);
    expect(stderr).toContain('Start again, and it goes on from there.');
  });

  it('refuses to leave out a file that has to travel on a disk', async () => {
    const { env, args } = await scene({
      behave: (name) => (name === 'beta-2.0.tar.xz' ? { kind: 'status', status: 404 } : undefined),
    });
    const done = await runCli(args, env);
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('✗ distfiles');
    expect(done.stderr).toContain('error[DISTFILES_INCOMPLETE]');
    expect((await runCli([...args, '--preset', 'offline'], env)).stderr).toContain(
      'error[DISTFILES_INCOMPLETE]',
    );
  });

  it('serves the machine from this computer as long as the run lives, whoever watches', async () => {
    const { env, args, home } = await scene({
      qemu: { end: 'stay', console: 'SeaBIOS (version 1.16.2)\r\n' },
    });
    const done = await runCli([...args, '--detach'], env);
    expect(done.code).toBe(0);
    const [id = ''] = runIds(home);
    const mirror = recordOf(home, id).guestMirror;
    expect(mirror?.url).toBe(`http://10.0.2.2:${mirror?.port ?? 0}`);
    const cfg = (
      JSON.parse(readFileSync(join(home, 'runs', id, 'image.json'), 'utf8')) as { bootstrapCfg: string }
    ).bootstrapCfg;
    expect(cfg).toContain(`MIRRORS="${mirror?.url ?? ''}"`);
    const address = `http://127.0.0.1:${mirror?.port ?? 0}/alpha-1.0.tar.gz`;
    expect(Buffer.from(await (await fetch(address)).arrayBuffer())).toEqual(FILES.get('alpha-1.0.tar.gz'));
    const answer = (): Promise<string> =>
      fetch(address).then(
        () => 'answers',
        () => 'gone',
      );
    // Killed, it is started again by the next host that looks after the data folder.
    for (const { pid, command } of await processesIn(dirname(home)))
      if (command.includes('mirror serve')) process.kill(pid, 'SIGKILL');
    await expect.poll(answer).toBe('gone');
    const host = await startCli(['serve'], env);
    await expect.poll(answer, { timeout: 15_000 }).toBe('answers');
    host.child.kill('SIGTERM');
    await host.done;
    expect(await answer()).toBe('answers');
    expect((await runCli(['runs', 'stop', id], env)).code).toBe(0);
    await expect.poll(answer, { timeout: 10_000 }).toBe('gone');
  });

  it.each([
    ['distfiles', 'cli says', /2 of 4: Fetching/],
    ['images', 'a folder fills', /images/],
  ] as const)(
    'killed in the stage %s, the same command goes on and loses nothing',
    async (stage, sign, when) => {
      const { env, args, home } = await scene({
        qemu: { pieces: 10, pieceMilliseconds: 100 },
        behave: (name, nth) =>
          nth === 1 && stage === 'distfiles' && name.startsWith('beta') ? SLOW : undefined,
      });
      const first = await startCli(args, env);
      if (sign === 'cli says') await first.says(when);
      else
        await expect
          .poll(() => namesIn(join(home, 'images')).length, { interval: 1, timeout: 30_000 })
          .not.toBe(0);
      first.child.kill('SIGKILL');
      await first.done;
      const second = await runCli(args, env);
      expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('verdict: passed') as string });
      // What was killed left nothing half-made under a final name.
      expect(readdirSync(join(home, 'images')).filter((name) => !name.includes('.partial'))).toHaveLength(1);
    },
  );

  it('killed while the machine runs, the same command finds the run on its way', async () => {
    const { env, args, home } = await scene({ qemu: STAYS });
    const first = await startCli(args, env);
    await first.says(/run \d{8}-\d{4}-\w{4}:/);
    first.child.kill('SIGKILL');
    await first.done;
    const [id = '', ...others] = runIds(home);
    expect(others).toEqual([]);
    const second = await runCli([...args, '--detach'], env);
    expect(second.stderr).toContain(`✓ run: Run ${id} is on its way.`);
    expect(runIds(home)).toEqual([id]);
    expect((await runCli(['runs', 'stop', id], env)).code).toBe(0);
  });
});
