// What tests of fetched checkouts share: a forge of their own, a server over it, a data folder, and a home without settings.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { fetchCheckout, type FetchedCheckout, type FetchRequest } from '../../src/engine/checkout/fetch.ts';
import { readFetchedRecord } from '../../src/engine/checkout/fetched-record.ts';
import { removeTree } from '../../src/engine/checkout/work-tree.ts';
import { isSeedbedError } from '../../src/shared/errors.ts';
import { FORGE_ADDRESS, type Forge, makeForge } from './git-forge.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { processesIn } from './temp.ts';

export interface CheckoutHarness {
  folder: string;
  home: string;
  /** Of the data folder. */
  checkouts: string;
  forge: Forge;
  server: GitServer;
  /** Fetch the forge's live-bootstrap over http unless the request says otherwise. */
  fetch(request?: Partial<FetchRequest>, signal?: AbortSignal): Promise<FetchedCheckout>;
  /** What a fetch from the forge's folder gives. It is fetched once and copied for each test. */
  fetched(): Promise<FetchedCheckout>;
}

/** Call inside a describe. The forge is made once and copied for each test. */
export function useCheckouts(): CheckoutHarness {
  let made = '';
  let template: Forge;
  const harness = {} as CheckoutHarness;
  beforeAll(() => {
    made = realpathSync(mkdtempSync(join(tmpdir(), 'seedbed-test-')));
    template = makeForge(join(made, 'forge'));
  });
  afterAll(() => rmSync(made, { recursive: true, force: true }));
  beforeEach(async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'seedbed-test-')));
    cpSync(template.folder, join(folder, 'forge'), { recursive: true });
    const home = join(folder, 'home');
    mkdirSync(home);
    vi.stubEnv('HOME', home);
    vi.stubEnv('XDG_CONFIG_HOME', undefined);
    const forge = { ...template, folder: join(folder, 'forge') };
    const server = await startGitServer(forge.folder);
    Object.assign(harness, { folder, home, forge, server, checkouts: join(folder, 'data', 'checkouts') });
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await harness.server.close();
    await expect.poll(() => processesIn(harness.folder)).toEqual([]);
    await removeTree(harness.folder);
  });
  let fetchedOnce: Promise<FetchedCheckout> | null = null;
  harness.fetched = async () => {
    fetchedOnce ??= fetchInto(join(made, 'checkouts'), { rules: fromFolder(template.folder) });
    const { path } = await fetchedOnce;
    mkdirSync(harness.checkouts, { recursive: true });
    const copy = join(harness.checkouts, harness.forge.commit);
    // Node's own copy cannot write into the folders that it has just made read-only.
    execFileSync('cp', ['-a', path, copy]);
    for (const file of readdirSync(join(copy, '.git'), { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('.json')) {
        const record = join(copy, '.git', file);
        writeFileSync(record, readFileSync(record, 'utf8').replaceAll(template.folder, harness.forge.folder));
      }
    const record = await readFetchedRecord(copy);
    if (record === null) throw new Error('the copy has no record');
    return { path: copy, record, did: 'fetched' };
  };
  harness.fetch = (request, signal) => fetchInto(harness.checkouts, request, signal);
  const fetchInto = (
    checkouts: string,
    request: Partial<FetchRequest> = {},
    signal = new AbortController().signal,
  ): Promise<FetchedCheckout> =>
    fetchCheckout(
      checkouts,
      {
        commit: null,
        from: null,
        rules: [{ from: FORGE_ADDRESS, to: harness.server.url }],
        onlyX86: false,
        ...request,
      },
      { signal, report: () => undefined },
      {
        address: `${FORGE_ADDRESS}live-bootstrap`,
        commit: harness.forge.commit,
        known: [harness.forge.commit],
        pausesMs: [50, 100],
      },
    );
  return harness;
}

/** The address map that takes everything from a forge's folder. */
function fromFolder(folder: string): FetchRequest['rules'] {
  return [{ from: FORGE_ADDRESS, to: `file://${folder}/` }];
}

/** Give oneself the right to write in a checkout, as a person would who wants to change something there. */
export function unlock(root: string): void {
  chmodSync(root, lstatSync(root).mode | 0o200);
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) unlock(path);
    else if (!entry.isSymbolicLink()) chmodSync(path, lstatSync(path).mode | 0o200);
  }
}

/** Code and data of the error that the work must end with. */
export async function refusalOf(work: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await work;
  } catch (error) {
    if (isSeedbedError(error)) return { code: error.code, ...error.data };
    throw error;
  }
  throw new Error('it was not refused');
}

/** What stands in the folder of checkouts under a name of its own. */
export function namesIn(checkouts: string): string[] {
  return existsSync(checkouts) ? readdirSync(checkouts).filter((name) => !name.startsWith('.')) : [];
}

/** Path → content with mode, or a link's target, of everything but git’s own. */
export function readTree(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (path: string): void => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      if (entry.name === '.git') continue;
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      const place = join(root, inner);
      if (entry.isSymbolicLink()) found.set(inner, `link ${readlinkSync(place)}`);
      else if (entry.isDirectory()) walk(inner);
      else
        found.set(
          inner,
          `${lstatSync(place).mode & 0o100 ? 'executable' : 'file'} ${readFileSync(place, 'latin1')}`,
        );
    }
  };
  walk('');
  return new Map([...found].sort());
}

/** What readTree must find in a checkout of the forge. */
export function expectedTree(forge: Forge): Map<string, string> {
  const found = [...forge.files].flatMap(([path, content]): [string, string][] => {
    if (typeof content === 'string' || content instanceof Uint8Array) {
      const executable = /\.sh$|rootfs\.py$/.test(path);
      return [[path, `${executable ? 'executable' : 'file'} ${Buffer.from(content).toString('latin1')}`]];
    }
    return 'link' in content ? [[path, `link ${content.link}`]] : [];
  });
  return new Map(found.sort());
}
