// kill -9 at twenty random moments during a fetch of 300 files: the next fetch completes, asks again only for what was on its way, and the
// store is sound all the time.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Distfiles } from '../../src/engine/distfiles/distfiles.ts';
import { DistfileReport, type WantedDistfile } from '../../src/shared/model/distfile.ts';
import { bundleProgram } from '../support/bundle.ts';
import { bytesOf, expectSoundStore, openTestDistfiles, wantedFile } from '../support/distfile-fixtures.ts';
import { type SeenRequest, useMisbehavingServers } from '../support/misbehaving-server.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const startServer = useMisbehavingServers();

const KILLS = 20;
const FILES = 300;

let programs = '';
const running = new Set<ChildProcess>();
beforeAll(async () => {
  programs = mkdtempSync(join(tmpdir(), 'seedbed-fetch-'));
  await bundleProgram('distfile-host-program.ts', programs);
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});
afterAll(() => rmSync(programs, { recursive: true, force: true }));

it(
  `completes after ${KILLS} kills, and nothing that was stored is fetched again`,
  { timeout: 240_000 },
  async () => {
    // Every tenth is large and slow enough to be killed half-way and resumed.
    const files = new Map(
      Array.from({ length: FILES }, (_, index) => [
        `file-${index}`,
        bytesOf(`file ${index}`, index % 10 === 0 ? 1_500_000 : 20_000 + index),
      ]),
    );
    const server = await startServer({
      files,
      latencyMilliseconds: 140,
      behave: (name) =>
        (files.get(name)?.length ?? 0) > 1_000_000 ? { kind: 'slow', bytesPerSecond: 4_000_000 } : undefined,
    });
    const root = tempFolder();
    const wanted = [...files].map(([name, bytes]) =>
      wantedFile(name, bytes, { urls: [`${server.url}/${name}`] }),
    );
    const list = join(root, 'wanted.json');
    await writeFile(list, JSON.stringify(wanted));
    const distfiles = await openTestDistfiles(root);
    const nameOf = new Map(wanted.map(({ name, sha256 }) => [sha256, name]));
    const stored = async (): Promise<string[]> =>
      (await distfiles.store.list()).map(({ sha256 }) => nameOf.get(sha256) ?? sha256);

    let before: string[] = [];
    let kept = new Map<string, number>();
    let resumed = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const asked = server.requests.length;
      const host = startFetch(root, list);
      await host.fetching;
      // On a busy machine random moments may all be too early to find a file half-way: the first few wait for one.
      for (let wait = 0; kill < 3 && wait < 100 && !isHalfWay(server.requests.slice(asked)); wait += 1)
        await sleep(20);
      await sleep(20 + Math.random() * 200);
      await host.kill();
      expect(server.requests.slice(asked).filter(({ name }) => before.includes(name))).toEqual([]);
      resumed += expectResumed(server.requests.slice(asked), kept);
      before = await stored();
      kept = await keptBytes(distfiles, wanted);
      expect(before.length).toBeLessThan(FILES);
    }
    await expectSoundStore(distfiles);

    const asked = server.requests.length;
    const last = startFetch(root, list);
    const report = DistfileReport.parse(JSON.parse(await last.report));
    expect(report).toMatchObject({ files: FILES, alreadyThere: before.length, missing: [] });
    expect(before.length).toBeGreaterThan(0);
    await expectSoundStore(distfiles);
    expect((await stored()).sort()).toEqual([...files.keys()].sort());
    expect((await readdir(distfiles.store.files)).filter((name) => name.includes('.'))).toEqual([]);
    // What was on its way when a kill came went on where it stood on the disk.
    expect(resumed + expectResumed(server.requests.slice(asked), kept)).toBeGreaterThan(0);
    const most = Math.max(...[...files.keys()].map((name) => server.of(name).length));
    expect(most).toBeLessThanOrEqual(KILLS + 1);
  },
);

function isHalfWay(requests: readonly SeenRequest[]): boolean {
  return requests.some(({ sentBytes }) => sentBytes > 500_000 && sentBytes < 1_300_000);
}

/** How much of each half-fetched file stands on the disk, with a record of where it came from. */
async function keptBytes(
  { store }: Distfiles,
  wanted: readonly WantedDistfile[],
): Promise<Map<string, number>> {
  const names = await readdir(store.files);
  const kept = new Map<string, number>();
  for (const { name, sha256 } of wanted) {
    const record = `${sha256}.partial.json`;
    // The kill may have come while it was written.
    if (names.includes(record) && (await readFile(join(store.files, record), 'utf8')).endsWith('}'))
      kept.set(name, (await stat(join(store.files, `${sha256}.partial`))).size);
  }
  return kept;
}

/** The first request for each of them is for the rest; how many there were. */
function expectResumed(requests: readonly SeenRequest[], kept: ReadonlyMap<string, number>): number {
  let resumed = 0;
  for (const [name, size] of kept) {
    const first = requests.find((request) => request.name === name);
    if (first === undefined) continue;
    expect(first).toMatchObject({ range: `bytes=${size}-`, ifRange: expect.stringMatching(/^"/) as string });
    resumed += 1;
  }
  return resumed;
}

function startFetch(
  root: string,
  list: string,
): { fetching: Promise<string>; report: Promise<string>; kill: () => Promise<void> } {
  const child = spawn(process.execPath, [join(programs, 'distfile-host-program.mjs'), root, list], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the fetch ended without a word');
    return line.value;
  };
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const fetching = next();
  const report = fetching.then(next);
  report.catch(() => undefined);
  return {
    fetching,
    report,
    async kill() {
      child.kill('SIGKILL');
      await ended;
      running.delete(child);
    },
  };
}
