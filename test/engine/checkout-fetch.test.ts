// Fetching a checkout: real git, real repositories, a real http server.
import { cpSync, existsSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareCheckout } from '../../src/engine/checkout/compare.ts';
import type { FetchedCheckout } from '../../src/engine/checkout/fetch.ts';
import { openCheckout } from '../../src/engine/checkout/open-checkout.ts';
import { expectedTree, namesIn, readTree, refusalOf, useCheckouts } from '../support/checkout-harness.ts';
import { addCommit, FORGE_ADDRESS, git } from '../support/git-forge.ts';
import { hasGitServer } from '../support/git-server.ts';

const ready = hasGitServer();
if (!ready && process.env['REQUIRE_TOOLS'] === '1') throw new Error('git with http-backend is needed');

const STAGE0 = 'seed/stage0-posix';
/** live-bootstrap and 14 submodules, four of them nested. */
const REPOSITORIES = 15;

describe.skipIf(!ready)('fetching a checkout (skipped without git and its http-backend)', () => {
  const use = useCheckouts();

  it('gives the very bytes, modes and links of all repositories, whatever settings and attributes say', async () => {
    writeFileSync(
      join(use.home, '.gitconfig'),
      '[core]\n\tautocrlf = true\n\tsymlinks = false\n[filter "x"]\n\tsmudge = false\n',
    );
    const found = await use.fetch();
    expect(found.did).toBe('fetched');
    expect(readTree(found.path)).toEqual(expectedTree(use.forge));
    expect(namesIn(use.checkouts)).toEqual([use.forge.commit]);
    expect(await differencesIn(found)).toEqual([]);
  });

  it('records its origins, is clean for git, may not be written to, and is not fetched twice', async () => {
    const { path, record } = await use.fetch();
    expect(record).toMatchObject({ commit: use.forge.commit, origin: 'network', asked: null });
    expect(record.repositories).toHaveLength(REPOSITORIES);
    expect(record.repositories.map((one) => [one.path, one.commit])).toEqual([...use.forge.commits].sort());
    expect(record.repositories.every(({ depth, state }) => depth === 'commit' && state === 'present')).toBe(
      true,
    );
    expect(record.repositories.find((one) => one.path === 'builder-hex0')).toMatchObject({
      url: `${FORGE_ADDRESS}builder-hex0`,
      from: `${use.server.url}builder-hex0`,
      tags: [{ name: 'plain-1', object: use.forge.commits.get('builder-hex0') }],
    });
    const tagged = record.repositories.find((one) => one.path === `${STAGE0}/mescc-tools`);
    expect(tagged?.tags.map(({ name }) => name)).toEqual(['Release_1']);

    const recorded = use.forge.commits.get('builder-hex0') ?? '';
    expect(git(path, 'rev-parse', 'HEAD', 'HEAD:builder-hex0')).toBe(`${use.forge.commit}\n${recorded}`);
    expect(git(path, 'diff', 'HEAD', '--name-only')).toBe('');
    expect(git(join(path, STAGE0, 'M2-Planet', 'M2libc'), 'status', '--porcelain')).toBe('');
    const opened = await openCheckout(path);
    expect(opened.facts.commit).toBe(use.forge.commit);
    expect(opened.findings).toEqual([]);

    const mode = (name: string): number => lstatSync(join(path, name)).mode & 0o777;
    expect([mode('steps/manifest'), mode('rootfs.py'), mode('steps'), mode('')]).toEqual([
      0o444, 0o555, 0o555, 0o555,
    ]);

    use.server.packs = [];
    expect((await use.fetch()).did).toBe('nothing');
    expect(use.server.packs).toEqual([]);
  });

  it('fetches from files by a rule with names, without any network', async () => {
    await use.server.close();
    cpSync(join(use.forge.folder, STAGE0), join(use.forge.folder, 'stage0-posix'), { recursive: true });
    const rules = [
      { from: 'https://example.org/{name}', to: `file://${use.forge.folder}/{name}` },
      { from: 'https://example.org/{owner}/{name}', to: `${use.forge.folder}/{name}` },
    ];
    expect(readTree((await use.fetch({ rules })).path)).toEqual(expectedTree(use.forge));
  });

  it('fetches from a clone of the user’s, submodules too, without any network', async () => {
    const { path } = await use.fetch();
    await use.server.close();
    use.checkouts = join(use.folder, 'other');
    const found = await use.fetch({ from: path, rules: [] });
    expect(readTree(found.path)).toEqual(expectedTree(use.forge));
    expect(found.record.repositories.find((one) => one.path === '')).toMatchObject({
      url: `${FORGE_ADDRESS}live-bootstrap`,
      from: `file://${path}`,
    });
  });

  it('honours insteadOf in the user’s own settings', async () => {
    writeFileSync(
      join(use.home, '.gitconfig'),
      `[url "${use.server.url}"]\n\tinsteadOf = ${FORGE_ADDRESS}\n`,
    );
    expect((await use.fetch({ rules: [] })).did).toBe('fetched');
  });

  it('runs no hooks and no programs that settings name', async () => {
    const mark = join(use.folder, 'mark');
    const hooks = join(use.home, 'hooks');
    mkdirSync(hooks);
    for (const name of ['reference-transaction', 'post-checkout', 'post-index-change', 'post-update'])
      writeFileSync(join(hooks, name), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
    writeFileSync(
      join(use.home, '.gitconfig'),
      `[core]\n\thooksPath = ${hooks}\n\tfsmonitor = touch ${mark}\n[init]\n\ttemplateDir = ${use.folder}\n[filter "x"]\n\tsmudge = touch ${mark}\n[credential]\n\thelper = "!touch ${mark}"\n`,
    );
    await use.fetch();
    expect(existsSync(mark)).toBe(false);
  });

  it('takes the whole history from a server that gives no single commits', async () => {
    use.server.onlyAdvertised = true;
    const old = use.forge.commits.get('builder-hex0') ?? '';
    addCommit(join(use.forge.folder, 'builder-hex0'), 'newer', 'newer\n');
    git(join(use.forge.folder, 'builder-hex0'), 'tag', '-d', 'plain-1');
    const { record, path } = await use.fetch();
    expect(record.repositories.find((one) => one.path === 'builder-hex0')).toMatchObject({
      commit: old,
      depth: 'history',
    });
    expect(record.repositories.find((one) => one.path === '')?.depth).toBe('commit');
    expect(readTree(path)).toEqual(expectedTree(use.forge));
  });

  it('knows the beginning of a commit, and says when there is no such thing', async () => {
    expect((await use.fetch({ commit: use.forge.commit.slice(0, 10) })).record.commit).toBe(use.forge.commit);
    expect(await refusalOf(use.fetch({ commit: 'nothing-of-that-name' }))).toMatchObject({
      code: 'CHECKOUT_COMMIT_MISSING',
      commit: 'nothing-of-that-name',
    });
    const absent = 'f'.repeat(40);
    expect(await refusalOf(use.fetch({ commit: absent }))).toMatchObject({
      code: 'CHECKOUT_COMMIT_MISSING',
      commit: absent,
    });
  });
});

async function differencesIn({ path, record }: FetchedCheckout): Promise<string[]> {
  const { differences } = await compareCheckout({ root: path, record });
  return differences.map((one) => `${one.kind} ${one.path}`);
}
