// seedbed checkout …: a person's way from nothing to a verified checkout, over a real git server, with kills on the way.
import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectedTree, readTree, unlock, useCheckouts } from '../support/checkout-harness.ts';
import { type Outcome, runCli, startCli } from '../support/cli.ts';
import { FORGE_ADDRESS } from '../support/git-forge.ts';
import { hasGitServer } from '../support/git-server.ts';

const ready = hasGitServer();
if (!ready && process.env['REQUIRE_TOOLS'] === '1') throw new Error('git with http-backend is needed');

/** So many times a fetch is killed before one is let to its end. */
const KILLS = 6;

describe.skipIf(!ready)('seedbed checkout (skipped without git and its http-backend)', () => {
  const use = useCheckouts();
  let env: Record<string, string> = {};
  let fetching: string[] = [];
  beforeEach(() => {
    env = { SEEDBED_HOME: join(use.folder, 'data') };
    fetching = [
      'checkout',
      'fetch',
      '--commit',
      use.forge.commit,
      '--from',
      `${use.server.url}live-bootstrap`,
      '--map',
      `${FORGE_ADDRESS}=${use.server.url}`,
    ];
  });
  const cli = (...args: string[]): Promise<Outcome> => runCli(args, env);
  const pathOf = (): string => join(use.checkouts, use.forge.commit);

  it('fetches, lists, shows, verifies and removes', async () => {
    const fetched = await cli(...fetching);
    expect(fetched).toMatchObject({ code: 0 });
    expect(fetched.stdout).toContain(
      `commit:   ${use.forge.commit}  (not a commit that Seedbed was tested with)`,
    );
    expect(fetched.stdout).toContain('holds:    live-bootstrap and 14 submodules');
    expect(readTree(pathOf())).toEqual(expectedTree(use.forge));
    const id = use.forge.commit.slice(0, 12);
    expect((await cli('checkout', 'list')).stdout).toContain(id);
    expect((await cli('checkout', 'show', id)).stdout).toContain(`${use.server.url}builder-hex0`);
    const good = await cli('checkout', 'verify', id, '--remote');
    expect(good).toMatchObject({ code: 0 });
    expect(good.stdout).toContain('The folder is exactly what its commits say.');
    unlock(pathOf());
    appendFileSync(join(pathOf(), 'steps/manifest'), '# one more\n');
    const bad = await cli('checkout', 'verify', id);
    expect(bad).toMatchObject({ code: 1, stderr: '' });
    expect(bad.stdout).toMatch(
      /1 difference; 1 may change the bytes of an image:\n {2}altered +steps\/manifest/,
    );
    const json = JSON.parse((await cli('checkout', 'verify', pathOf(), '--json')).stdout) as {
      differences: object[];
    };
    expect(json.differences).toHaveLength(1);
    expect((await cli('checkout', 'remove', id)).stdout).toContain('Removed');
    expect((await cli('checkout', 'list')).stdout).toContain('No checkouts yet');
  });

  it('builds from a checkout by its id', async () => {
    await cli(...fetching);
    const { code, stdout } = await cli(
      'image',
      'build',
      '--checkout',
      use.forge.commit.slice(0, 10),
      '--goal',
      'stage0',
      '--target-size',
      '0',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('goal:         stage0');
  });

  it('takes rules from a file, and folders of this machine', async () => {
    const rules = join(use.folder, 'rules');
    writeFileSync(rules, `# ours\n${FORGE_ADDRESS} ${use.forge.folder}/\n`);
    const { code } = await cli(
      'checkout',
      'fetch',
      '--commit',
      'main',
      '--from',
      join(use.forge.folder, 'live-bootstrap'),
      '--map-file',
      rules,
    );
    expect(code).toBe(0);
    expect(use.server.packs).toEqual([]);
    expect(readTree(pathOf())).toEqual(expectedTree(use.forge));
  });

  it('carries a checkout in a file to a machine without a network', async () => {
    await cli(...fetching);
    const file = join(use.folder, 'carry.tar');
    const written = await cli('checkout', 'export', file, '--checkout', use.forge.commit, '--json');
    expect(JSON.parse(written.stdout)).toMatchObject({ path: file, distfiles: 0 });
    expect(await cli('checkout', 'export', file, '--checkout', use.forge.commit)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('error[FILE_EXISTS]') as string,
    });
    await use.server.close();
    env = { SEEDBED_HOME: join(use.folder, 'elsewhere') };
    expect(await cli('checkout', 'import', file)).toMatchObject({ code: 0 });
    expect(await cli('checkout', 'verify', use.forge.commit)).toMatchObject({ code: 0 });
  });

  it('prints what the manifest comes to, and when each distfile is needed', async () => {
    await cli(...fetching);
    const scripts = await cli('checkout', 'manifest', use.forge.commit, '--mode', 'chroot');
    expect(scripts.stdout).toContain('2 builds in 1 script\n');
    const files = await cli('checkout', 'manifest', pathOf(), '--distfiles', '--set', 'CHROOT=False');
    expect(files.stdout).toMatch(/alpha-1.0.tar.gz +boot image, for kaem +alpha-1.0 \(0.sh\)/);
    expect(await cli('checkout', 'manifest', pathOf(), '--set', 'what')).toMatchObject({ code: 2 });
  });

  it('says what to do when nothing is there and nothing can be reached', async () => {
    expect(await cli('checkout', 'verify')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('seedbed checkout fetch') as string,
    });
    await use.server.close();
    const { code, stderr } = await cli(...fetching);
    expect(code).toBe(1);
    expect(stderr).toContain('error[CHECKOUT_FETCH_FAILED]: live-bootstrap could not be fetched from');
    expect(stderr).toContain('--map FROM=TO');
  });

  it('is cancelled by Ctrl-C and says what is kept', async () => {
    use.server.fault = ({ repository, isPack }) =>
      isPack && repository === 'x86' ? { kind: 'silence' } : undefined;
    const running = await startCli(fetching, env);
    await expect.poll(() => use.server.packs, { timeout: 30_000 }).toContain('x86');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stderr).toContain('are kept; the next fetch goes on from there');
  });

  it(`is whole in the end, however often it was killed on the way (${KILLS} times)`, async () => {
    for (let round = 0; round < KILLS; round += 1) {
      const running = await startCli(fetching, env);
      // Later each time, so that every part of the work is met.
      await sleep(150 + round * 350 + Math.random() * 200);
      running.child.kill('SIGKILL');
      await running.done;
      if (existsSync(pathOf())) expect(readTree(pathOf())).toEqual(expectedTree(use.forge));
    }
    const { code, stdout, stderr } = await cli(...fetching);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^(Fetched|It was there)/);
    expect(readTree(pathOf())).toEqual(expectedTree(use.forge));
    expect(await cli('checkout', 'verify', use.forge.commit)).toMatchObject({ code: 0 });
    expect(readdirSync(use.checkouts)).toEqual([use.forge.commit]);
  });
});
