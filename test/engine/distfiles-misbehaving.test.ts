// The downloader against servers that misbehave. Whatever they do: every file ends verified, or named as missing with every cause, and
// nothing wrong is ever in the store.
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Distfiles } from '../../src/engine/distfiles/distfiles.ts';
import type { DistfileReport, WantedDistfile } from '../../src/shared/model/distfile.ts';
import {
  bytesOf,
  expectSoundStore,
  NO_CHOICES,
  openTestDistfiles,
  quietJob,
  SHORT_LIMITS,
  sha256Of,
  wantedFile,
} from '../support/distfile-fixtures.ts';
import { type Behaviour, useMisbehavingServers } from '../support/misbehaving-server.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const startServer = useMisbehavingServers();

const SIZE = 300_000;
const CONTENT = bytesOf('the file', SIZE);
const NAME = 'some-1.0.tar';

async function fetchFrom(
  urls: string[],
  { name = NAME, distfiles }: { name?: string; distfiles?: Distfiles } = {},
): Promise<{ distfiles: Distfiles; report: DistfileReport; wanted: WantedDistfile }> {
  const engine = distfiles ?? (await openTestDistfiles(tempFolder()));
  const wanted = wantedFile(name, CONTENT, { urls });
  const report = await engine.fetch([wanted], NO_CHOICES, quietJob());
  await expectSoundStore(engine);
  return { distfiles: engine, report, wanted };
}

async function expectStored({
  distfiles,
  report,
  wanted,
}: Awaited<ReturnType<typeof fetchFrom>>): Promise<void> {
  expect(report.missing).toEqual([]);
  const path = await distfiles.resolve(wanted.sha256);
  expect(path).not.toBeNull();
  if (path !== null) expect((await readFile(path)).equals(CONTENT)).toBe(true);
  expect(await readdir(distfiles.store.files)).toEqual([wanted.sha256]);
}

/** A server with the file, whose nth answer is the nth behaviour; good answers after them. */
function serverDoing(...behaviours: Behaviour[]): ReturnType<typeof startServer> {
  return startServer({
    files: new Map([[NAME, CONTENT]]),
    behave: (_name, nth) => behaviours[nth - 1],
  });
}

describe('one server that recovers', () => {
  const cases: [string, Behaviour[], number][] = [
    ['a cut connection is resumed where it ended', [{ kind: 'cut', afterBytes: 100_000 }], 2],
    ['a connection that is cut before the first byte is made again', [{ kind: 'cut', afterBytes: 0 }], 2],
    [
      'HTTP 500 is asked again',
      [
        { kind: 'status', status: 500 },
        { kind: 'status', status: 503 },
      ],
      3,
    ],
    ['a server that does not answer is asked again', [{ kind: 'silent' }], 2],
    [
      '20 kB/s, then silence: given up and resumed',
      [{ kind: 'slow', bytesPerSecond: 20_000, silentAfter: 4000 }],
      2,
    ],
    [
      'a Content-Length that is too large: the hash says that the file is whole',
      [{ kind: 'length', by: 5000 }],
      1,
    ],
    ['an answer that is not HTTP', [{ kind: 'not-http' }], 2],
  ];
  it.each(cases)('%s', async (_title, behaviours, requests) => {
    const server = await serverDoing(...behaviours);
    await expectStored(await fetchFrom([`${server.url}/${NAME}`]));
    expect(server.of(NAME)).toHaveLength(requests);
  });

  it('asks for the rest only, on condition that the file is the same', async () => {
    const server = await serverDoing({ kind: 'cut', afterBytes: 120_000 });
    await expectStored(await fetchFrom([`${server.url}/${NAME}`]));
    const [first, second] = server.of(NAME);
    expect(first).toMatchObject({ range: null, ifRange: null, encoding: 'identity' });
    expect(second?.range).toBe('bytes=120000-');
    expect(second?.ifRange).toMatch(/^"/);
    expect(second?.sentBytes).toBe(SIZE - 120_000);
  });

  it('takes the whole file from a server that knows no ranges', async () => {
    const server = await serverDoing({ kind: 'cut', afterBytes: 120_000 }, { kind: 'serve', ranges: false });
    await expectStored(await fetchFrom([`${server.url}/${NAME}`]));
    expect(server.of(NAME)[1]?.sentBytes).toBe(SIZE);
  });

  it('begins anew when the answer to a range begins elsewhere', async () => {
    const server = await serverDoing({ kind: 'cut', afterBytes: 120_000 }, { kind: 'wrong-range' });
    await expectStored(await fetchFrom([`${server.url}/${NAME}`]));
    expect(server.of(NAME).map(({ range }) => range)).toEqual([null, 'bytes=120000-', null]);
  });

  it('begins anew when the file has changed at the server between two tries', async () => {
    const files = new Map([[NAME, bytesOf('an older file', SIZE)]]);
    const server = await startServer({
      files,
      behave: (_name, nth) => {
        if (nth === 1) return { kind: 'cut', afterBytes: 100_000 };
        files.set(NAME, CONTENT);
        return undefined;
      },
    });
    await expectStored(await fetchFrom([`${server.url}/${NAME}`]));
    expect(server.of(NAME)[1]).toMatchObject({ range: 'bytes=100000-', sentBytes: SIZE });
  });

  it('forgets what another source left when it does not fit', async () => {
    const other = await startServer({
      files: new Map([[NAME, bytesOf('another file', SIZE)]]),
      behave: (_name, nth) =>
        nth === 1 ? { kind: 'cut', afterBytes: 50_000 } : { kind: 'status', status: 404 },
    });
    const server = await serverDoing();
    await expectStored(await fetchFrom([`${other.url}/${NAME}`, `${server.url}/${NAME}`]));
    expect(server.of(NAME).map(({ range }) => range)).toEqual(['bytes=50000-', null]);
  });

  it('follows a line that is cut again and again as long as it gets on', async () => {
    const cuts = [30_000, 1, 45_000, 7, 60_000, 33_333, 25_000, 12_345];
    const server = await serverDoing(...cuts.map((afterBytes) => ({ kind: 'cut' as const, afterBytes })));
    await expectStored(await fetchFrom([`${server.url}/${NAME}`]));
    expect(server.of(NAME)).toHaveLength(cuts.length + 1);
    expect(server.requests.reduce((sum, { sentBytes }) => sum + sentBytes, 0)).toBe(SIZE);
  });

  it('takes a body without a length', async () => {
    const server = await serverDoing({ kind: 'serve', chunked: true });
    await expectStored(await fetchFrom([`${server.url}/${NAME}`]));
  });

  it('follows redirects, and says where they led', async () => {
    const target = await serverDoing();
    const server = await startServer({
      files: new Map(),
      behave: (name) => ({ kind: 'redirect', to: name === NAME ? '/hop' : `${target.url}/${NAME}` }),
    });
    const outcome = await fetchFrom([`${server.url}/${NAME}`]);
    await expectStored(outcome);
    const [row] = await outcome.distfiles.list([outcome.wanted]);
    expect(row?.evidence.stored).toMatchObject({
      transport: 'http',
      note: `redirected to ${target.url}/${NAME}`,
      source: { kind: 'upstream', at: `${server.url}/${NAME}` },
    });
  });
});

describe('one server that does not', () => {
  const cases: [string, Behaviour, string, number][] = [
    ['404', { kind: 'status', status: 404 }, 'not-there', 1],
    ['403', { kind: 'status', status: 403 }, 'refused', 1],
    ['500 for ever, also at the end', { kind: 'status', status: 500 }, 'server-error', 6],
    ['wrong bytes', { kind: 'wrong', bytes: bytesOf('other', SIZE) }, 'wrong-bytes', 1],
    ['an error page with status 200', { kind: 'wrong', bytes: Buffer.from('<html>oops') }, 'wrong-bytes', 1],
    ['an empty file', { kind: 'wrong', bytes: Buffer.alloc(0) }, 'wrong-bytes', 1],
    ['a Content-Length that is too small', { kind: 'length', by: -1000 }, 'wrong-bytes', 1],
    ['gzip content encoding of a plain file', { kind: 'gzip' }, 'encoded', 1],
    ['a redirect to itself', { kind: 'redirect', to: NAME }, 'redirects', 1],
    ['a redirect to another protocol', { kind: 'redirect', to: 'ftp://example.org/x' }, 'redirects', 1],
    ['a redirect to a local file', { kind: 'redirect', to: 'file:///etc/passwd' }, 'redirects', 1],
    ['silence, also when it gets another chance at the end', { kind: 'silent' }, 'stalled', 4],
    ['cuts before the first byte, also at the end', { kind: 'cut', afterBytes: 0 }, 'cut', 6],
    [
      'asks to come back in an hour',
      { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
      'server-error',
      1,
    ],
  ];
  it.each(cases)('%s: missing, with the cause', async (_title, behaviour, cause, requests) => {
    const server = await startServer({ files: new Map([[NAME, CONTENT]]), behave: () => behaviour });
    const { report, distfiles, wanted } = await fetchFrom([`${server.url}/${NAME}`]);
    expect(report.missing).toHaveLength(1);
    expect(report.missing[0]?.failures).toMatchObject([
      { cause, source: { kind: 'upstream', label: server.host, at: `${server.url}/${NAME}` } },
    ]);
    expect(report.missing[0]?.failures[0]?.detail).not.toBe('');
    expect(server.of(NAME).length).toBe(requests);
    expect(await distfiles.resolve(wanted.sha256)).toBeNull();
    const [row] = await distfiles.list([wanted]);
    expect(row).toMatchObject({ state: 'failed', failures: [{ cause }] });
  });

  it('a long pause that a server asks for is told', async () => {
    const server = await serverDoing({ kind: 'status', status: 503, headers: { 'retry-after': '3600' } });
    const { report } = await fetchFrom([`${server.url}/${NAME}`]);
    expect(report.missing[0]?.failures[0]?.detail).toBe('HTTP 503; it asks to come back in 3600 s');
  });

  it('a chain of redirects that never ends is left after ten', async () => {
    const server = await startServer({
      files: new Map(),
      behave: (name) => ({ kind: 'redirect', to: `/${name}x` }),
    });
    const { report } = await fetchFrom([`${server.url}/${NAME}`]);
    expect(report.missing[0]?.failures).toMatchObject([{ cause: 'redirects', tries: 1 }]);
    expect(server.requests.length).toBe(11);
  });

  it('a circle of redirects over two addresses is noticed at once', async () => {
    const server = await startServer({
      files: new Map(),
      behave: (name) => ({ kind: 'redirect', to: name === 'a' ? '/b' : '/a' }),
    });
    const { report } = await fetchFrom([`${server.url}/a`]);
    expect(report.missing[0]?.failures[0]?.detail).toContain('circle');
    expect(server.requests.length).toBe(2);
  });

  it('a server that nobody runs, and a name that nobody has', async () => {
    const server = await serverDoing();
    await server.close();
    const { report } = await fetchFrom([`${server.url}/${NAME}`, `http://no-such-host.invalid/${NAME}`]);
    expect(report.missing[0]?.failures.map(({ cause }) => cause)).toEqual(['unreachable', 'unreachable']);
  });

  it('a wrong file is set aside with the name, both hashes and where it came from', async () => {
    const wrong = bytesOf('something else', 5000);
    const server = await serverDoing({ kind: 'wrong', bytes: wrong });
    const { distfiles, wanted } = await fetchFrom([`${server.url}/${NAME}`]);
    const kept = join(distfiles.store.setAsideFolder, sha256Of(wrong));
    expect((await readFile(kept)).equals(wrong)).toBe(true);
    expect(JSON.parse(await readFile(`${kept}.json`, 'utf8'))).toMatchObject({
      name: NAME,
      expectedSha256: wanted.sha256,
      actualSha256: sha256Of(wrong),
      sizeBytes: 5000,
      source: expect.stringContaining(`${server.url}/${NAME}`) as string,
    });
  });

  it('a file over the size limit is refused before it comes, and when its size was not said, while it comes', async () => {
    const limits = { ...SHORT_LIMITS, largestFileBytes: 100_000 };
    for (const chunked of [false, true]) {
      const server = await serverDoing({ kind: 'serve', chunked });
      const distfiles = await openTestDistfiles(tempFolder(), { limits });
      const { report } = await fetchFrom([`${server.url}/${NAME}`], { distfiles });
      expect(report.missing[0]?.failures).toMatchObject([{ cause: 'too-large' }]);
    }
  });
});

describe('several sources', () => {
  it('two mirrors that disagree: the right one is kept, the other is named', async () => {
    const wrong = await startServer({ files: new Map([[NAME, bytesOf('tampered with', SIZE)]]) });
    const right = await serverDoing();
    const outcome = await fetchFrom([`${wrong.url}/${NAME}`, `${right.url}/${NAME}`]);
    await expectStored(outcome);
    const [row] = await outcome.distfiles.list([outcome.wanted]);
    expect(row?.evidence.stored?.source.label).toBe(right.host);
    expect(row?.evidence.wrong).toMatchObject([{ source: { label: wrong.host } }]);
  });

  it('goes on at the second source where the first one ended', async () => {
    const first = await startServer({
      files: new Map([[NAME, CONTENT]]),
      behave: (_name, nth) =>
        nth === 1 ? { kind: 'cut', afterBytes: 200_000 } : { kind: 'status', status: 404 },
    });
    const second = await serverDoing();
    const outcome = await fetchFrom([`${first.url}/${NAME}`, `${second.url}/${NAME}`]);
    await expectStored(outcome);
    expect(second.requests).toMatchObject([{ range: 'bytes=200000-', ifRange: null, sentBytes: 100_000 }]);
  });

  it('all failing: each with its own cause, in the order in which they were asked', async () => {
    const behaviours: Behaviour[] = [
      { kind: 'status', status: 404 },
      { kind: 'wrong', bytes: Buffer.from('x') },
      { kind: 'status', status: 500 },
      { kind: 'redirect', to: NAME },
    ];
    const servers = await Promise.all(
      behaviours.map((behaviour) => startServer({ files: new Map(), behave: () => behaviour })),
    );
    const { report } = await fetchFrom(servers.map(({ url }) => `${url}/${NAME}`));
    expect(report.missing[0]?.failures.map(({ source, cause }) => [source.label, cause])).toEqual([
      [servers[0]?.host, 'not-there'],
      [servers[1]?.host, 'wrong-bytes'],
      [servers[2]?.host, 'server-error'],
      [servers[3]?.host, 'redirects'],
    ]);
  });

  it('a file that is compressed itself is taken although the server labels it so', async () => {
    const old = createServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'x-gzip', 'content-length': SIZE }).end(CONTENT),
    );
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    const address = old.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const outcome = await fetchFrom([`http://127.0.0.1:${port}/some-1.0.tar.gz`], {
        name: 'some-1.0.tar.gz',
      });
      await expectStored(outcome);
    } finally {
      old.closeAllConnections();
      await new Promise((resolve) => old.close(resolve));
    }
  });
});
