// The checkouts of a data folder, through the contract, as every host reaches them.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { createRouter } from '../../src/engine/router/router.ts';
import { knownCommits } from '../../src/engine/checkout/known-commits.ts';
import type { CheckoutFetchInput, CheckoutJobReport } from '../../src/shared/contract/checkout.ts';
import type { SeedbedClient } from '../../src/shared/contract/contract.ts';
import { readWireError } from '../../src/shared/wire-errors.ts';
import { makeCheckout } from '../support/checkout-fixture.ts';
import { expectedTree, readTree, useCheckouts } from '../support/checkout-harness.ts';
import { FORGE_ADDRESS, git } from '../support/git-forge.ts';
import { hasGitServer } from '../support/git-server.ts';

const ready = hasGitServer();
if (!ready && process.env['REQUIRE_TOOLS'] === '1') throw new Error('git with http-backend is needed');

describe.skipIf(!ready)('checkouts through the contract (skipped without git and its http-backend)', () => {
  const use = useCheckouts();
  let engine: Engine;
  let client: SeedbedClient;

  beforeEach(async () => {
    engine = await openEngine({
      host: { kind: 'command line', choose: null },
      env: process.env,
      dataRoot: join(use.folder, 'data'),
    });
    client = createRouterClient(createRouter(engine));
  });
  afterEach(() => engine.close());

  const place = (path: string): string => engine.places.mint(path).token;
  const fetching = (change: Partial<CheckoutFetchInput> = {}): CheckoutFetchInput => ({
    commit: use.forge.commit,
    from: { folder: place(join(use.forge.folder, 'live-bootstrap')) },
    maps: [{ from: FORGE_ADDRESS, folder: place(use.forge.folder), rest: '/' }],
    onlyX86: false,
    ...change,
  });
  async function finish({ jobId }: { jobId: string }): Promise<CheckoutJobReport | null> {
    for await (const job of await client.job.watch({ job: jobId }))
      if (job.state !== 'running' && job.error !== null)
        throw new Error(`${job.error.code}: ${job.error.message}`);
    return client.checkout.report({ job: jobId });
  }
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'no error',
      (error: unknown) => readWireError(error).code,
    );

  it('are fetched by tokens of folders, listed, shown, verified and removed', async () => {
    const id = use.forge.commit;
    expect(await client.checkout.list({})).toEqual([]);
    expect(await finish(await client.checkout.fetch(fetching()))).toEqual({
      kind: 'fetch',
      id,
      did: 'fetched',
    });
    const [listing, ...others] = await client.checkout.list({});
    expect(others).toEqual([]);
    expect(listing).toMatchObject({ id, known: false, isDefault: false, path: join(use.checkouts, id) });
    expect(await client.checkout.show({ id: id.slice(0, 8) })).toEqual(listing);
    expect(readTree(join(use.checkouts, id))).toEqual(expectedTree(use.forge));

    const report = await client.checkout.verify({ checkout: { id }, remote: true });
    expect(report).toMatchObject({ commit: id, differences: [] });
    // The token of its folder is as good as its id.
    const again = await client.checkout.verify({ checkout: { place: listing?.place ?? '' }, remote: false });
    expect(again.differences).toEqual([]);

    expect(await finish(await client.checkout.fetch(fetching()))).toMatchObject({ did: 'nothing' });
    await client.checkout.remove({ id });
    expect(await client.checkout.list({})).toEqual([]);
    expect(readdirSync(use.checkouts)).toEqual([]);
  });

  it('take rules of the settings behind those of the call', async () => {
    await client.settings.change({ checkout: { map: [{ from: FORGE_ADDRESS, to: use.server.url }] } });
    await finish(await client.checkout.fetch(fetching({ maps: [], onlyX86: true })));
    const { record } = await client.checkout.show({ id: use.forge.commit });
    const from = record.kind === 'fetched' ? record.repositories.map((one) => one.from) : [];
    expect(from[1]).toBe(`${use.server.url}builder-hex0`);
  });

  it('are built from, and their distfiles are known, by id', async () => {
    await finish(await client.checkout.fetch(fetching()));
    const { place: folder } = await client.checkout.show({ id: use.forge.commit });
    const found = await client.image.checkout({ checkout: folder });
    expect(found.facts.commit).toBe(use.forge.commit);
    expect(found.findings).toEqual([]);
    const rows = await client.distfiles.list({ checkout: { id: use.forge.commit } });
    expect(rows.map(({ name }) => name)).toEqual(['alpha-1.0.tar.gz', 'beta-2.0.tar.xz', 'late.tar.gz']);
    const plan = await client.checkout.manifest({
      checkout: { id: use.forge.commit },
      configuration: { mode: 'chroot', variables: {} },
    });
    expect(plan.scripts.flatMap(({ entries }) => entries.map(({ argument }) => argument))).toEqual([
      'alpha-1.0',
      'late-3.0',
    ]);
  });

  it('of the user’s own are remembered with their differences and never touched', async () => {
    const fixture = await makeCheckout(use.folder);
    git(fixture.path, 'init', '--quiet');
    git(fixture.path, 'add', '--force', 'steps', 'seed/seed.kaem', 'seed/after.kaem');
    git(fixture.path, 'commit', '--quiet', '-m', 'one');
    appendFileSync(join(fixture.path, 'steps/manifest'), '# mine\n');
    const before = readTree(fixture.path);
    const listing = await client.checkout.use({ folder: place(fixture.path) });
    expect(listing).toMatchObject({ path: fixture.path, known: false });
    expect(listing.id).toMatch(/^folder-[0-9a-f]{12}$/);
    const report = listing.record.kind === 'linked' ? listing.record.report : null;
    expect(report?.commit).toBe(git(fixture.path, 'rev-parse', 'HEAD'));
    expect(report?.differences.filter(({ kind }) => kind !== 'stray').map(({ path }) => path)).toEqual([
      'steps/manifest',
    ]);
    expect(readTree(fixture.path)).toEqual(before);
    // The same folder once more is the same checkout, looked at again.
    expect((await client.checkout.use({ folder: place(fixture.path) })).id).toBe(listing.id);
    expect(await client.checkout.list({})).toHaveLength(1);
    const refused = await client.checkout.export({
      id: listing.id,
      out: { folder: place(use.folder), name: 'x.tar', replace: false },
      distfiles: false,
    });
    await expect(finish(refused)).rejects.toThrow(/CHECKOUT_NOT_EXPORTABLE/);
    await client.checkout.remove({ id: listing.id });
    expect(existsSync(fixture.path)).toBe(true);
    expect(await client.checkout.list({})).toEqual([]);
  });

  it('are not any folder', async () => {
    expect(await codeOf(client.checkout.use({ folder: place(use.home) }))).toBe('CHECKOUT_INVALID');
  });

  it('go into a file and come out of it, with the distfiles, which land in the store', async () => {
    await finish(await client.checkout.fetch(fetching()));
    const alpha = Buffer.from('the bytes of alpha\n');
    const loose = join(use.folder, 'loose');
    mkdirSync(loose);
    writeFileSync(join(loose, 'some name'), alpha);
    const { jobId: importing } = await client.distfiles.import({
      checkout: { id: use.forge.commit },
      from: [place(loose)],
    });
    for await (const job of await client.job.watch({ job: importing })) expect(job.error).toBeNull();

    const out = { folder: place(use.folder), name: 'carry.tar', replace: false };
    const written = await finish(
      await client.checkout.export({ id: use.forge.commit, out, distfiles: true }),
    );
    expect(written).toMatchObject({
      kind: 'export',
      distfiles: 1,
      missing: ['beta-2.0.tar.xz', 'late.tar.gz'],
    });

    const other = await openEngine({
      host: { kind: 'command line', choose: null },
      env: process.env,
      dataRoot: join(use.folder, 'other'),
    });
    try {
      const there = createRouterClient(createRouter(other));
      const { jobId } = await there.checkout.import({
        archive: other.places.mint(join(use.folder, 'carry.tar')).token,
      });
      for await (const job of await there.job.watch({ job: jobId })) expect(job.error).toBeNull();
      expect(await there.checkout.report({ job: jobId })).toMatchObject({
        kind: 'import',
        id: use.forge.commit,
        distfiles: { added: 1 },
      });
      const rows = await there.distfiles.list({ checkout: { id: use.forge.commit } });
      expect(rows.map(({ state }) => state)).toEqual(['present', 'missing', 'missing']);
      expect(readFileSync((await other.distfiles.resolve(rows[0]?.sha256 ?? '')) ?? '')).toEqual(alpha);
    } finally {
      await other.close();
    }
  });

  it('are told to a view whenever the list changes', async () => {
    const controller = new AbortController();
    const lists: number[] = [];
    const watching = (async () => {
      for await (const found of await client.checkout.watch({}, { signal: controller.signal })) {
        lists.push(found.length);
        if (lists.length === 3) controller.abort();
      }
    })();
    await expect.poll(() => lists).toEqual([0]);
    await finish(await client.checkout.fetch(fetching()));
    await expect.poll(() => lists).toEqual([0, 1]);
    await client.checkout.remove({ id: use.forge.commit });
    await watching;
    expect(lists).toEqual([0, 1, 0]);
  });

  it('are not found under what is no id, and a page can name no path', async () => {
    expect(await codeOf(client.checkout.show({ id: 'nothing' }))).toBe('CHECKOUT_NOT_FOUND');
    expect(await codeOf(client.checkout.show({ id: '../../etc' }))).toBe('CHECKOUT_NOT_FOUND');
    expect(await codeOf(client.checkout.show({ id: 'default' }))).toBe('CHECKOUT_NOT_FOUND');
    const refused = [
      fetching({ from: { address: 'file:///etc' } }),
      fetching({ from: { address: 'ext::sh' } }),
      fetching({ maps: [{ from: FORGE_ADDRESS, to: 'file:///etc' }] }),
      fetching({ maps: [{ from: FORGE_ADDRESS, folder: place(use.folder), rest: '/../etc' }] }),
      fetching({ commit: '--upload-pack=x' }),
    ];
    for (const input of refused) expect(await codeOf(client.checkout.fetch(input))).toBe('INPUT_INVALID');
  });
});

describe('the known commits', () => {
  it('are data, and the default is one of them', async () => {
    const known = await knownCommits();
    expect(known.commits.map(({ commit }) => commit)).toContain(known.default);
    expect(known.default).toBe('984b832224ed9ea701c38e70cf703c6a2aa33243');
    expect(known.address).toBe('https://github.com/fosslinux/live-bootstrap');
  });
});
