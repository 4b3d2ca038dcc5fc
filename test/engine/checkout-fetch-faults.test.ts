// Fetching a checkout when servers, lines, disks and trees are not as they should be.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { compareCheckout } from '../../src/engine/checkout/compare.ts';
import type { FetchedCheckout } from '../../src/engine/checkout/fetch.ts';
import {
  expectedTree,
  namesIn,
  readTree,
  refusalOf,
  unlock,
  useCheckouts,
} from '../support/checkout-harness.ts';
import { addCommit, FORGE_ADDRESS, git } from '../support/git-forge.ts';
import { hasGitServer } from '../support/git-server.ts';
import { processesIn } from '../support/temp.ts';

const ready = hasGitServer();
if (!ready && process.env['REQUIRE_TOOLS'] === '1') throw new Error('git with http-backend is needed');

const STAGE0 = 'seed/stage0-posix';

describe.skipIf(!ready)('a fetch that meets trouble (skipped without git and its http-backend)', () => {
  const use = useCheckouts();

  it('goes on after a connection that broke in the middle of a pack', async () => {
    use.server.fault = ({ repository, isPack, packsBefore }) =>
      repository === 'live-bootstrap' && isPack && packsBefore === 0
        ? { kind: 'cut', afterBytes: 2000 }
        : undefined;
    expect((await use.fetch()).did).toBe('fetched');
    expect(use.server.packs.filter((name) => name === 'live-bootstrap')).toHaveLength(2);
  });

  it('names a submodule that x86 needs and no server has, keeps the others and fetches only it the next time', async () => {
    use.server.fault = ({ repository }) =>
      repository === 'x86' ? { kind: 'status', status: 404 } : undefined;
    expect(await refusalOf(use.fetch())).toMatchObject({
      code: 'CHECKOUT_FETCH_FAILED',
      repository: `${STAGE0}/x86`,
      address: `${use.server.url}x86`,
      reason: expect.stringMatching(/not found/) as string,
    });
    expect(namesIn(use.checkouts)).toEqual([]);
    use.server.fault = null;
    use.server.packs = [];
    expect((await use.fetch()).did).toBe('fetched');
    expect(use.server.packs).toEqual(['x86']);
  });

  it('goes on over files and links that a killed fetch had written already', async () => {
    use.server.fault = ({ repository }) =>
      repository === 'x86' ? { kind: 'status', status: 404 } : undefined;
    await refusalOf(use.fetch());
    use.server.fault = null;
    const tree = join(use.checkouts, `.partial-${use.forge.commit}`, 'tree');
    const mine = join(use.folder, 'mine');
    writeFileSync(mine, 'mine', { mode: 0o600 });
    writeFileSync(join(tree, '.gitattributes'), 'half');
    symlinkSync(mine, join(tree, 'rootfs.py'));
    const fetched = await use.fetch();
    expect(readTree(fetched.path)).toEqual(expectedTree(use.forge));
    expect(readFileSync(mine, 'utf8')).toBe('mine');
    expect(statSync(mine).mode & 0o777).toBe(0o600);
  });

  it('goes on over the lock that a killed git left', async () => {
    use.server.fault = ({ repository }) =>
      repository === 'x86' ? { kind: 'status', status: 404 } : undefined;
    await refusalOf(use.fetch());
    use.server.fault = null;
    const lock = join(use.checkouts, `.partial-${use.forge.commit}`, 'tree', '.git', 'index.lock');
    writeFileSync(lock, '');
    const fetched = await use.fetch();
    expect(fetched.did).toBe('fetched');
    expect(await differencesIn(fetched)).toEqual([]);
  });

  it('does not leave out what x86 does not need unless it is told to, and then fills it in later', async () => {
    use.server.fault = ({ repository }) =>
      repository === 'AMD64' ? { kind: 'status', status: 404 } : undefined;
    expect(await refusalOf(use.fetch())).toMatchObject({
      code: 'CHECKOUT_SUBMODULES_UNAVAILABLE',
      submodules: [`${STAGE0}/AMD64`],
    });
    const part = await use.fetch({ onlyX86: true });
    expect(part.record.repositories.find(({ path }) => path === `${STAGE0}/AMD64`)).toMatchObject({
      state: 'absent',
      from: null,
    });
    expect(readdirSync(join(part.path, STAGE0, 'AMD64'))).toEqual([]);
    expect(await differencesIn(part)).toEqual([]);
    use.server.fault = null;
    use.server.packs = [];
    const full = await use.fetch();
    expect(full.did).toBe('remade');
    expect(use.server.packs).toEqual(['AMD64']);
    expect(readTree(full.path)).toEqual(expectedTree(use.forge));
  });

  it('ends at once when it is cancelled, leaves no process and no half checkout, and goes on from there', async () => {
    const controller = new AbortController();
    let silent = 0;
    use.server.fault = ({ repository, isPack }) => {
      if (repository !== 'M2-Planet' || !isPack) return undefined;
      silent += 1;
      return { kind: 'silence' };
    };
    const fetching = refusalOf(use.fetch({}, controller.signal));
    await expect.poll(() => silent, { timeout: 20_000 }).toBe(1);
    const began = performance.now();
    controller.abort();
    expect(await fetching).toMatchObject({
      code: 'CANCELLED',
      kept: expect.stringMatching(/are kept/) as string,
    });
    expect(performance.now() - began).toBeLessThan(4000);
    expect(namesIn(use.checkouts)).toEqual([]);
    expect(await processesIn(use.folder)).toEqual([]);
    const before = use.server.packs.filter((name) => name === STAGE0).length;
    use.server.fault = null;
    await use.fetch();
    expect(use.server.packs.filter((name) => name === STAGE0)).toHaveLength(before);
  });

  it('takes no address from a tree that leads into this machine or to a program', async () => {
    const superproject = join(use.forge.folder, 'live-bootstrap');
    const commit = addCommit(
      superproject,
      '.gitmodules',
      `[submodule "a"]\n\tpath = builder-hex0\n\turl = file://${use.forge.folder}/builder-hex0\n[submodule "b"]\n\tpath = ${STAGE0}\n\turl = ext::touch ${use.folder}/mark\n`,
    );
    const found = await refusalOf(use.fetch({ commit }));
    expect(found).toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(existsSync(join(use.folder, 'mark'))).toBe(false);
  });

  it.each([
    ['a git folder', '.git'],
    ['a git folder in other letters', '.GIT'],
    ['a way up', '..'],
  ])('puts nothing on disk from a tree that holds %s', async (_name, bad) => {
    const superproject = join(use.forge.folder, 'live-bootstrap');
    const commit = commitWithName(superproject, bad);
    const found = await refusalOf(use.fetch({ commit }));
    expect(found['code']).toMatch(/^CHECKOUT_(FETCH_FAILED|NAME_REFUSED)$/);
    expect(namesIn(use.checkouts)).toEqual([]);
    expect(existsSync(join(use.checkouts, `.partial-${commit}`, 'tree', 'evil'))).toBe(false);
  });

  it('finds the commit of a tag and of a branch, and refuses a tag that was rewritten since', async () => {
    const superproject = join(use.forge.folder, 'live-bootstrap');
    git(superproject, 'tag', 'v1', use.forge.commit);
    const first = await use.fetch({ commit: 'v1' });
    expect(first.record).toMatchObject({ commit: use.forge.commit, asked: 'v1' });
    const newer = addCommit(superproject, 'newer', 'newer\n');
    expect((await use.fetch({ commit: 'main' })).record.commit).toBe(newer);
    git(superproject, 'tag', '-f', 'v1', newer);
    expect(await refusalOf(use.fetch({ commit: 'v1' }))).toEqual({
      code: 'CHECKOUT_TAG_REWRITTEN',
      tag: 'v1',
      address: `${FORGE_ADDRESS}live-bootstrap`,
      recorded: use.forge.commit,
      found: newer,
    });
  });

  it('makes a checkout again that was altered, and fetches a repository again whose objects are damaged', async () => {
    const { path } = await use.fetch();
    unlock(path);
    const manifest = join(path, 'steps/manifest');
    rmSync(manifest);
    writeFileSync(manifest, 'build: something-else\n');
    damagePack(join(path, '.git/modules/builder-hex0'));
    use.server.packs = [];
    const again = await use.fetch();
    expect(again.did).toBe('remade');
    expect(use.server.packs).toEqual(['builder-hex0']);
    expect(readTree(again.path)).toEqual(expectedTree(use.forge));
    expect(readdirSync(use.checkouts)).toEqual([use.forge.commit]);
  });

  it('lets only one fetch work on a commit', async () => {
    const controller = new AbortController();
    use.server.fault = ({ isPack }) => (isPack ? { kind: 'silence' } : undefined);
    const first = refusalOf(use.fetch({}, controller.signal));
    await expect.poll(() => use.server.packs.length, { timeout: 20_000 }).toBe(1);
    expect(await refusalOf(use.fetch())).toEqual({ code: 'CHECKOUT_BUSY', checkout: use.forge.commit });
    controller.abort();
    await first;
  });

  it('says that git is missing or too old', async () => {
    const bin = join(use.folder, 'bin');
    mkdirSync(bin);
    vi.stubEnv('PATH', bin);
    expect(await refusalOf(use.fetch())).toEqual({ code: 'GIT_NOT_FOUND' });
    writeFileSync(join(bin, 'git'), '#!/bin/sh\necho git version 2.29.3\n', { mode: 0o755 });
    expect(await refusalOf(use.fetch())).toEqual({ code: 'GIT_TOO_OLD', version: '2.29.3', minimum: '2.30' });
    vi.unstubAllEnvs();
  });
});

async function differencesIn({ path, record }: FetchedCheckout): Promise<string[]> {
  const { differences } = await compareCheckout({ root: path, record });
  return differences.map((one) => `${one.kind} ${one.path}`);
}

/** A commit whose tree has a folder of that name with a file `evil` in it. */
function commitWithName(repository: string, name: string): string {
  const file = join(repository, 'evil');
  writeFileSync(file, 'evil\n');
  const blob = git(repository, 'hash-object', '-w', file);
  const inner = git(repository, 'mktree', '--missing', '-z');
  const tree = (entry: string): string => writeTree(repository, entry);
  rmSync(file);
  const folder = tree(`100644 evil\0${hexBytes(blob)}`);
  const root = tree(`40000 ${name}\0${hexBytes(folder)}`);
  const commit = git(repository, 'commit-tree', '-m', inner, root);
  git(repository, 'update-ref', 'refs/heads/evil', commit);
  return commit;
}

function writeTree(repository: string, latin1: string): string {
  const file = join(repository, 'tree-bytes');
  writeFileSync(file, latin1, 'latin1');
  const id = git(repository, 'hash-object', '-w', '-t', 'tree', '--literally', file);
  rmSync(file);
  return id;
}

function hexBytes(id: string): string {
  return Buffer.from(id, 'hex').toString('latin1');
}

/** Flip a byte in the middle of the repository’s only pack. */
function damagePack(gitDir: string): void {
  const packs = join(gitDir, 'objects/pack');
  const name = readdirSync(packs).find((entry) => entry.endsWith('.pack')) ?? '';
  const bytes = readFileSync(join(packs, name));
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
  rmSync(join(packs, name));
  writeFileSync(join(packs, name), bytes);
}
