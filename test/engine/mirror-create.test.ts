// Making a mirror, looking at mirrors, and what the contract says of both.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { openMirrors, type Mirrors } from '../../src/engine/mirror/mirrors.ts';
import { createRouter } from '../../src/engine/router/router.ts';
import { openSettings } from '../../src/engine/settings.ts';
import type { SeedbedClient } from '../../src/shared/contract/contract.ts';
import type { Job } from '../../src/shared/model/job.ts';
import { makeCheckout } from '../support/checkout-fixture.ts';
import {
  ALONE,
  bytesOf,
  NO_CHOICES,
  openTestDistfiles,
  quietJob,
  SHORT_LIMITS,
  wantedFile,
} from '../support/distfile-fixtures.ts';
import { useMisbehavingServers } from '../support/misbehaving-server.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const startServer = useMisbehavingServers();

const FILES = new Map(
  Array.from({ length: 12 }, (_, index) => [`file-${index}.tar`, bytesOf(`${index}`, 3000)]),
);

async function openMirrorsAt(
  root: string,
): Promise<{ mirrors: Mirrors; distfiles: Awaited<ReturnType<typeof openTestDistfiles>> }> {
  const distfiles = await openTestDistfiles(root);
  const mirrors = openMirrors({
    distfiles,
    settings: openSettings(root),
    env: process.env,
    limits: SHORT_LIMITS,
  });
  return { mirrors, distfiles };
}

describe('making a mirror', () => {
  it('lays all files out by name; the next time only changes are fetched and written', async () => {
    const server = await startServer({ files: FILES });
    const wanted = [...FILES].map(([name, bytes]) =>
      wantedFile(name, bytes, { urls: [`${server.url}/${name}`] }),
    );
    const { mirrors } = await openMirrorsAt(tempFolder());
    const folder = join(tempFolder(), 'mirror');
    const first = await mirrors.create(folder, wanted.slice(0, 10), NO_CHOICES, quietJob());
    expect(first).toMatchObject({ folder, files: 10, added: 10, unchanged: 0 });
    for (const { name } of wanted.slice(0, 10))
      expect((await readFile(join(folder, name))).equals(FILES.get(name) ?? Buffer.alloc(0))).toBe(true);
    await writeFile(join(folder, 'file-3.tar.new'), 'the user’s');
    const before = await stat(join(folder, 'file-0.tar'));
    const asked = server.requests.length;
    const second = await mirrors.create(folder, wanted, NO_CHOICES, quietJob());
    expect(second).toMatchObject({ files: 12, added: 2, unchanged: 10, strangers: ['file-3.tar.new'] });
    expect(
      server.requests
        .slice(asked)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['file-10.tar', 'file-11.tar']);
    expect((await stat(join(folder, 'file-0.tar'))).mtimeMs).toBe(before.mtimeMs);
  });

  it('what the mirror’s folder holds already is not fetched again, even with an empty store', async () => {
    const server = await startServer({ files: FILES });
    const wanted = [...FILES].map(([name, bytes]) =>
      wantedFile(name, bytes, { urls: [`${server.url}/${name}`] }),
    );
    const folder = tempFolder();
    for (const [name, bytes] of FILES) await writeFile(join(folder, name), bytes);
    const { mirrors } = await openMirrorsAt(tempFolder());
    expect(await mirrors.create(folder, wanted, NO_CHOICES, quietJob())).toMatchObject({
      added: 0,
      unchanged: 12,
    });
    expect(server.requests).toEqual([]);
  });

  it('with a file that nobody has: writes the others, then says which one', async () => {
    const server = await startServer({ files: FILES });
    const wanted = [...FILES].map(([name, bytes]) =>
      wantedFile(name, bytes, { urls: [`${server.url}/${name}`] }),
    );
    wanted.push(wantedFile('gone.tar', Buffer.from('gone'), { urls: [`${server.url}/gone.tar`] }));
    const { mirrors } = await openMirrorsAt(tempFolder());
    const folder = tempFolder();
    await expect(mirrors.create(folder, wanted, NO_CHOICES, quietJob())).rejects.toMatchObject({
      code: 'DISTFILES_INCOMPLETE',
      data: { missing: 1, first: 'gone.tar' },
    });
    expect(await readdir(folder)).toHaveLength(12);
  });
});

describe('looking at mirrors', () => {
  it('says who is whole, who has gaps and who is dead, and remembers it', async () => {
    const whole = await startServer({ files: FILES, latencyMilliseconds: 30 });
    const gaps = await startServer({ files: new Map([...FILES].slice(0, 9)) });
    const dead = await startServer({ files: FILES });
    await dead.close();
    const wanted = [...FILES].map(([name, bytes]) => wantedFile(name, bytes));
    const root = tempFolder();
    const { mirrors } = await openMirrorsAt(root);
    await openSettings(root).change({
      distfiles: { mirrors: false, ownMirrors: [dead.url, gaps.url, whole.url] },
    });
    const healths = await mirrors.check(wanted, {
      all: true,
      urls: [dead.url, gaps.url, whole.url],
      signal: undefined,
    });
    expect(healths).toMatchObject([
      { state: 'unreachable', has: 0, latencyMilliseconds: null, detail: 'the connection was refused' },
      { state: 'partial', asked: 12, has: 9, lacks: ['file-9.tar', 'file-10.tar', 'file-11.tar'] },
      { state: 'good', asked: 12, has: 12, lacks: [] },
    ]);
    expect(healths[2]?.latencyMilliseconds).toBeGreaterThanOrEqual(30);
    const on = (await mirrors.list()).filter((mirror) => mirror.on);
    expect(on.map(({ url, health }) => [url, health?.state])).toEqual([
      [whole.url, 'good'],
      [gaps.url, 'partial'],
      [dead.url, 'unreachable'],
    ]);
    expect(whole.requests.every(({ method }) => method === 'HEAD')).toBe(true);
  });

  it('a fetch asks the mirrors first how they are, and the dead one is not asked for files', async () => {
    const whole = await startServer({ files: FILES });
    const silent = await startServer({ files: FILES, behave: () => ({ kind: 'silent' }) });
    const root = tempFolder();
    const { distfiles } = await openMirrorsAt(root);
    await openSettings(root).change({
      distfiles: {
        ownMirrors: [silent.url, whole.url],
        mirrorsOff: ['samuelt.me', 'stikonas.eu'],
        mirrors: true,
      },
    });
    const wanted = [...FILES].map(([name, bytes]) => wantedFile(name, bytes));
    const report = await distfiles.fetch(wanted, NO_CHOICES, quietJob());
    expect(report).toMatchObject({ added: 12, missing: [] });
    expect(silent.requests.every(({ method }) => method === 'HEAD')).toBe(true);
    expect(silent.requests.length).toBeLessThanOrEqual(4);
  });
});

describe('over the contract', () => {
  const engines: Engine[] = [];
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close();
  });

  async function openClient(root: string): Promise<{ engine: Engine; client: SeedbedClient }> {
    const engine = await openEngine({
      host: { kind: 'command line', choose: null },
      env: { PATH: process.env['PATH'] },
      dataRoot: root,
    });
    engines.push(engine);
    await engine.settings.change(ALONE);
    return { engine, client: createRouterClient(createRouter(engine)) };
  }

  async function end(client: SeedbedClient, jobId: string): Promise<Job> {
    let last: Job | undefined;
    for await (const job of await client.job.watch({ job: jobId })) last = job;
    if (last === undefined) throw new Error('no job');
    return last;
  }

  it('fetch, report, list, verify, export, serve', async () => {
    const root = tempFolder();
    const { path } = await makeCheckout(root, {
      edit: (files) => files.delete('steps/late-3.0/sources'),
    });
    const { engine, client } = await openClient(join(root, 'home'));
    const checkout = { place: engine.places.mint(path).token };
    // example.org of the fixture cannot be asked here: its files come from the folder beside the checkout.
    const folders = [engine.places.mint(join(root, 'distfiles')).token];
    const { jobId } = await client.distfiles.fetch({
      checkout,
      options: { folders, use: { upstream: false } },
    });
    expect(await end(client, jobId)).toMatchObject({ kind: 'distfiles.fetch', state: 'done' });
    expect(await client.distfiles.report({ job: jobId })).toMatchObject({ files: 2, added: 2, missing: [] });
    const rows = await client.distfiles.list({ checkout });
    expect(rows.map(({ name, state, preNetwork }) => [name, state, preNetwork])).toEqual([
      ['alpha-1.0.tar.gz', 'present', true],
      ['beta-2.0.tar.xz', 'present', true],
    ]);
    const verify = await client.distfiles.verify({ selection: null });
    await end(client, verify.jobId);
    expect(await client.distfiles.verifyReport({ job: verify.jobId })).toMatchObject({
      files: 2,
      damaged: [],
    });
    const out = engine.places.mint(join(root, 'out')).token;
    expect(await end(client, (await client.distfiles.export({ checkout, folder: out })).jobId)).toMatchObject(
      {
        state: 'done',
        result: { path: join(root, 'out') },
      },
    );
    const serving = await client.mirror.serve({ from: { checkout }, host: '127.0.0.1', port: 0 });
    expect(serving).toMatchObject({ files: 2, answers: 0 });
    expect((await fetch(`${serving.url}/beta-2.0.tar.xz`)).status).toBe(200);
    await client.mirror.stopServing({ url: serving.url });
    await expect(fetch(`${serving.url}/beta-2.0.tar.xz`)).rejects.toThrow();
  });

  it('a fetch that could not get everything fails, and its report says why', async () => {
    const root = tempFolder();
    const { path } = await makeCheckout(root);
    const { engine, client } = await openClient(join(root, 'home'));
    const checkout = { place: engine.places.mint(path).token };
    const { jobId } = await client.distfiles.fetch({
      checkout,
      preNetwork: true,
      options: { use: { upstream: false } },
    });
    expect(await end(client, jobId)).toMatchObject({
      state: 'failed',
      error: { code: 'DISTFILES_INCOMPLETE' },
    });
    expect((await client.distfiles.report({ job: jobId }))?.missing.map(({ name }) => name)).toEqual([
      'alpha-1.0.tar.gz',
      'beta-2.0.tar.xz',
    ]);
  });

  it.each([
    ['a folder that is no checkout', { names: undefined, isCheckout: false }, 'CHECKOUT_INVALID'],
    ['a file that it does not want', { names: ['nothing.tar'], isCheckout: true }, 'DISTFILE_UNKNOWN'],
  ])('%s is refused by its name', async (_title, { names, isCheckout }, code) => {
    const root = tempFolder();
    const { path } = await makeCheckout(root);
    const { engine, client } = await openClient(join(root, 'home'));
    const place = engine.places.mint(isCheckout ? path : tempFolder()).token;
    await expect(
      client.distfiles.list({ checkout: { place }, ...(names === undefined ? {} : { names }) }),
    ).rejects.toMatchObject({ data: { code } });
  });

  it('settings: changed by name, folders by token, never by a path of the page', async () => {
    const { engine, client } = await openClient(tempFolder());
    const folder = tempFolder();
    await client.settings.addFolder({ folder: engine.places.mint(folder).token });
    const changed = await client.settings.change({ distfiles: { parallel: 5 } });
    expect(changed.distfiles).toMatchObject({ parallel: 5, folders: [folder], git: false });
    expect(await client.settings.get({})).toEqual(changed);
    const stray = { distfiles: { folders: ['/etc'] } } as never;
    await expect(client.settings.change(stray)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect((await client.settings.removeFolder({ path: folder })).distfiles.folders).toEqual([]);
  });
});
