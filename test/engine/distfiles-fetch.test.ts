// A fetch of many files: the order of sources, limits per host, hosts that are down, cancel and continue, what is remembered.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DistfileTable, WantedDistfile } from '../../src/shared/model/distfile.ts';
import {
  bytesOf,
  expectSoundStore,
  NO_CHOICES,
  openTestDistfiles,
  quietJob,
  wantedFile,
} from '../support/distfile-fixtures.ts';
import { type MisbehavingServer, useMisbehavingServers } from '../support/misbehaving-server.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const startServer = useMisbehavingServers();

const FILES = new Map(
  Array.from({ length: 40 }, (_, index) => [
    `file-${index}.tar`,
    bytesOf(`file ${index}`, 5000 + index * 100),
  ]),
);

function wantedFrom(servers: readonly MisbehavingServer[], names = [...FILES.keys()]): WantedDistfile[] {
  return names.map((name) =>
    wantedFile(name, FILES.get(name) ?? Buffer.alloc(0), {
      urls: servers.map(({ url }) => `${url}/${name}`),
    }),
  );
}

describe('many files', () => {
  it('come at the same time, but from one host not more than twice as many as was allowed at first', async () => {
    const server = await startServer({ files: FILES, latencyMilliseconds: 20 });
    const distfiles = await openTestDistfiles(tempFolder(), {
      settings: { distfiles: { parallel: 16, parallelPerHost: 3 } },
    });
    const report = await distfiles.fetch(wantedFrom([server]), NO_CHOICES, quietJob());
    expect(report).toMatchObject({ files: 40, alreadyThere: 0, added: 40, missing: [] });
    expect(report.addedBytes).toBe([...FILES.values()].reduce((sum, { length }) => sum + length, 0));
    expect(report.receivedBytes).toBe(report.addedBytes);
    expect(server.mostAtOnce).toBeGreaterThanOrEqual(3);
    expect(server.mostAtOnce).toBeLessThanOrEqual(6);
    await expectSoundStore(distfiles);
  });

  it('those for which the first host has no place come from the next one', async () => {
    const first = await startServer({ files: FILES, latencyMilliseconds: 20 });
    const second = await startServer({ files: FILES, latencyMilliseconds: 20 });
    const distfiles = await openTestDistfiles(tempFolder(), {
      settings: { distfiles: { parallel: 16, parallelPerHost: 2 } },
    });
    await distfiles.fetch(wantedFrom([first, second]), NO_CHOICES, quietJob());
    expect(first.requests.length + second.requests.length).toBe(40);
    expect(second.requests.length).toBeGreaterThan(0);
    expect(first.mostAtOnce).toBeLessThanOrEqual(4);
  });

  it('a host that bears only two at a time gives all of them', async () => {
    let now = 0;
    const server: MisbehavingServer = await startServer({
      files: FILES,
      latencyMilliseconds: 20,
      behave: () => {
        now += 1;
        setTimeout(() => (now -= 1), 20);
        return now > 2 ? { kind: 'status', status: 503 } : undefined;
      },
    });
    const distfiles = await openTestDistfiles(tempFolder());
    const report = await distfiles.fetch(wantedFrom([server]), NO_CHOICES, quietJob());
    expect(report).toMatchObject({ added: 40, missing: [] });
    const refused = server.requests.filter(({ behaviour }) => behaviour === 'status').length;
    expect(refused).toBeLessThan(60);
  });

  it('those that the machine needs before it has a network are asked for first', async () => {
    const server = await startServer({ files: FILES });
    const distfiles = await openTestDistfiles(tempFolder(), { settings: { distfiles: { parallel: 1 } } });
    const wanted = wantedFrom([server]).map((file, index) => ({ ...file, preNetwork: index >= 30 }));
    await distfiles.fetch(wanted, NO_CHOICES, quietJob());
    const asked = server.requests.map(({ name }) => name);
    expect(asked.slice(0, 10)).toEqual(wanted.slice(30).map(({ name }) => name));
  });

  it('nothing is asked for what is there', async () => {
    const server = await startServer({ files: FILES });
    const distfiles = await openTestDistfiles(tempFolder());
    const wanted = wantedFrom([server], ['file-1.tar', 'file-2.tar']);
    await distfiles.fetch(wanted, NO_CHOICES, quietJob());
    const again = await distfiles.fetch(
      wantedFrom([server], ['file-2.tar', 'file-3.tar']),
      NO_CHOICES,
      quietJob(),
    );
    expect(again).toMatchObject({ files: 2, alreadyThere: 1, added: 1 });
    expect(server.requests.map(({ name }) => name).sort()).toEqual([
      'file-1.tar',
      'file-2.tar',
      'file-3.tar',
    ]);
  });

  it('two names of the same bytes are one file', async () => {
    const server = await startServer({
      files: new Map([
        ['a', Buffer.from('same')],
        ['b', Buffer.from('same')],
      ]),
    });
    const distfiles = await openTestDistfiles(tempFolder());
    const wanted = ['a', 'b'].map((name) =>
      wantedFile(name, Buffer.from('same'), { urls: [`${server.url}/${name}`] }),
    );
    expect(await distfiles.fetch(wanted, NO_CHOICES, quietJob())).toMatchObject({
      files: 1,
      added: 1,
      missing: [],
    });
  });
});

describe('sources', () => {
  it('are asked in their order: mirror by name, then upstream', async () => {
    const mirror = await startServer({
      files: new Map([['file-1.tar', FILES.get('file-1.tar') ?? Buffer.alloc(0)]]),
    });
    const upstream = await startServer({ files: FILES });
    const distfiles = await openTestDistfiles(tempFolder());
    const wanted = wantedFrom([upstream], ['file-1.tar', 'file-2.tar']);
    await distfiles.fetch(wanted, { ...NO_CHOICES, mirrors: [`${mirror.url}/`] }, quietJob());
    expect(upstream.requests.map(({ name }) => name)).toEqual(['file-2.tar']);
    const rows = await distfiles.list(wanted);
    expect(rows.map(({ evidence }) => evidence.stored?.source.kind)).toEqual(['mirror', 'upstream']);
    expect(rows[0]?.evidence.stored).toMatchObject({
      transport: 'http',
      sizeBytes: 5100,
      name: 'file-1.tar',
    });
  });

  it('a folder of the user’s is looked into first, whatever the names are, and the network is left alone', async () => {
    const server = await startServer({ files: FILES });
    const folder = tempFolder();
    await writeFile(join(folder, 'renamed.bin'), FILES.get('file-1.tar') ?? '');
    const distfiles = await openTestDistfiles(tempFolder());
    const wanted = wantedFrom([server], ['file-1.tar']);
    await distfiles.fetch(wanted, { ...NO_CHOICES, folders: [folder, '/no/such/folder'] }, quietJob());
    expect(server.requests).toEqual([]);
    const [row] = await distfiles.list(wanted);
    expect(row?.evidence.stored).toMatchObject({
      transport: 'file',
      source: { kind: 'folder', at: join(folder, 'renamed.bin') },
    });
  });

  it('a dead mirror is left alone after three tries, and named for every file that nobody else had', async () => {
    const dead = await startServer({ files: FILES });
    await dead.close();
    const upstream = await startServer({ files: new Map([...FILES].slice(0, 39)) });
    const distfiles = await openTestDistfiles(tempFolder(), { settings: { distfiles: { parallel: 1 } } });
    const report = await distfiles.fetch(
      wantedFrom([upstream]),
      { ...NO_CHOICES, mirrors: [dead.url] },
      quietJob(),
    );
    expect(report).toMatchObject({ added: 39, missing: [{ name: 'file-39.tar' }] });
    expect(report.missing[0]?.failures.map(({ source, cause }) => [source.kind, cause])).toEqual([
      ['mirror', 'unreachable'],
      ['upstream', 'not-there'],
    ]);
  });

  it('a host that was only down for a while gets its turn at the end', async () => {
    const answers = { silent: true };
    const server = await startServer({
      files: FILES,
      behave: () => (answers.silent ? { kind: 'silent' } : undefined),
    });
    const good = await startServer({
      files: FILES,
      behave: (name) => {
        // When the last of these is asked for, the other one has recovered.
        if (name === 'file-9.tar') answers.silent = false;
        return undefined;
      },
    });
    const distfiles = await openTestDistfiles(tempFolder(), {
      settings: { distfiles: { parallel: 1 } },
    });
    const wanted = [
      ...wantedFrom([server], ['file-1.tar', 'file-2.tar']),
      ...wantedFrom([good], ['file-8.tar', 'file-9.tar']),
    ];
    const report = await distfiles.fetch(wanted, NO_CHOICES, quietJob());
    expect(report).toMatchObject({ added: 4, missing: [] });
  });

  it('wrong settings are not passed over: nobody is asked', async () => {
    const root = tempFolder();
    const server = await startServer({ files: FILES });
    const distfiles = await openTestDistfiles(root);
    await writeFile(join(root, 'settings.json'), '{"version":2}');
    await expect(distfiles.fetch(wantedFrom([server]), NO_CHOICES, quietJob())).rejects.toThrow(
      'RECORD_INVALID',
    );
    expect(server.requests).toEqual([]);
  });
});

describe('cancel and continue', () => {
  it('what came is kept, and only the rest is asked for', async () => {
    const big = bytesOf('big', 3_000_000);
    const server = await startServer({
      files: new Map([['big', big]]),
      behave: (_name, nth) =>
        nth === 1 ? { kind: 'slow', bytesPerSecond: 10_000_000, silentAfter: 1_500_000 } : undefined,
    });
    const root = tempFolder();
    const distfiles = await openTestDistfiles(root);
    const wanted = [wantedFile('big', big, { urls: [`${server.url}/big`] })];
    const controller = new AbortController();
    const fetching = distfiles.fetch(wanted, NO_CHOICES, quietJob(controller.signal));
    fetching.catch(() => undefined);
    await expect.poll(() => server.requests[0]?.sentBytes ?? 0, { timeout: 5000 }).toBe(1_500_000);
    await sleep(50);
    controller.abort();
    await expect(fetching).rejects.toMatchObject({ code: 'CANCELLED', data: { kept: /^0 of 1 / } });
    expect((await readdir(distfiles.store.files)).some((name) => name.endsWith('.partial'))).toBe(true);

    const next = await openTestDistfiles(root);
    const report = await next.fetch(wanted, NO_CHOICES, quietJob());
    expect(report).toMatchObject({ added: 1, missing: [], receivedBytes: 1_500_000 });
    expect(server.requests[1]?.range).toBe('bytes=1500000-');
    expect(await readdir(next.store.files)).toEqual([wanted[0]?.sha256]);
    await expectSoundStore(next);
  });

  it('a half-written record of the origin means that the file begins anew', async () => {
    const server = await startServer({ files: FILES });
    const distfiles = await openTestDistfiles(tempFolder());
    const wanted = wantedFrom([server], ['file-1.tar']);
    const path = join(distfiles.store.files, `${wanted[0]?.sha256 ?? ''}.partial`);
    await writeFile(path, 'rubbish');
    await writeFile(`${path}.json`, '{"url":"http://x');
    expect(await distfiles.fetch(wanted, NO_CHOICES, quietJob())).toMatchObject({ added: 1, missing: [] });
    await expectSoundStore(distfiles);
  });

  it('two hosts on one data folder: the second is told that it is busy', async () => {
    const server = await startServer({
      files: FILES,
      behave: (_name, nth) => (nth === 1 ? { kind: 'silent' } : undefined),
    });
    const root = tempFolder();
    const [one, two] = [await openTestDistfiles(root), await openTestDistfiles(root)];
    const wanted = wantedFrom([server], ['file-1.tar']);
    const first = one.fetch(wanted, NO_CHOICES, quietJob());
    await expect.poll(() => server.requests.length).toBe(1);
    await expect(two.fetch(wanted, NO_CHOICES, quietJob())).rejects.toMatchObject({ code: 'DISTFILES_BUSY' });
    expect(await first).toMatchObject({ added: 1 });
    expect(await two.fetch(wanted, NO_CHOICES, quietJob())).toMatchObject({ alreadyThere: 1, added: 0 });
  });
});

describe('what a view sees', () => {
  it('the whole table first, then only rows that changed, and at last that all is there', async () => {
    const server = await startServer({ files: FILES });
    const distfiles = await openTestDistfiles(tempFolder());
    const wanted = wantedFrom([server]);
    const controller = new AbortController();
    const seen: DistfileTable[] = [];
    const watching = (async () => {
      for await (const table of distfiles.watch(wanted, controller.signal)) {
        seen.push(table);
        if (table.totals.present === wanted.length) return;
      }
    })();
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]?.rows.map(({ state }) => state)).toEqual(wanted.map(() => 'missing'));
    const began = performance.now();
    await distfiles.fetch(wanted.slice(0, 5), NO_CHOICES, quietJob());
    await expect.poll(() => seen.at(-1)?.totals.present).toBe(5);
    expect(
      seen
        .slice(1)
        .flatMap(({ rows }) => rows)
        .every(({ name }) => wanted.slice(0, 5).some((file) => file.name === name)),
    ).toBe(true);
    await distfiles.fetch(wanted, NO_CHOICES, quietJob());
    await watching;
    const seconds = (performance.now() - began) / 1000;
    expect(seen.length).toBeLessThanOrEqual(3 + seconds * 10);
    controller.abort();
  });

  it('what another process brings in is seen, too', async () => {
    const server = await startServer({ files: FILES });
    const root = tempFolder();
    const [here, there] = [await openTestDistfiles(root), await openTestDistfiles(root)];
    const wanted = wantedFrom([server], ['file-1.tar', 'file-2.tar']);
    const present: number[] = [];
    const watching = (async () => {
      for await (const { totals } of here.watch(wanted)) {
        present.push(totals.present);
        if (totals.present === 2) return;
      }
    })();
    await expect.poll(() => present).toEqual([0]);
    await there.fetch(wanted, NO_CHOICES, quietJob());
    await watching;
    expect(present.at(-1)).toBe(2);
  });

  it('why a file is missing is still known to the next host, until a fetch has got it', async () => {
    const state = { there: false };
    const server = await startServer({
      files: FILES,
      behave: () => (state.there ? undefined : { kind: 'status', status: 404 }),
    });
    const root = tempFolder();
    const wanted = wantedFrom([server], ['file-1.tar']);
    await (await openTestDistfiles(root)).fetch(wanted, NO_CHOICES, quietJob());
    const next = await openTestDistfiles(root);
    expect(await next.list(wanted)).toMatchObject([{ state: 'failed', failures: [{ cause: 'not-there' }] }]);
    state.there = true;
    await next.fetch(wanted, NO_CHOICES, quietJob());
    expect(await next.list(wanted)).toMatchObject([{ state: 'present', failures: [], sizeBytes: 5100 }]);
  });

  it('a line of evidence that a kill cut short hides nothing else', async () => {
    const server = await startServer({ files: FILES });
    const root = tempFolder();
    const distfiles = await openTestDistfiles(root);
    const wanted = wantedFrom([server], ['file-1.tar', 'file-2.tar']);
    await distfiles.fetch(wanted.slice(0, 1), NO_CHOICES, quietJob());
    const path = join(root, 'distfiles', 'evidence.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, `${text}{"at":"2026-01-01T00:00:00.000Z","event":"sto`);
    await distfiles.fetch(wanted, NO_CHOICES, quietJob());
    const rows = await distfiles.list(wanted);
    expect(rows.every(({ evidence }) => evidence.stored?.source.kind === 'upstream')).toBe(true);
  });
});
