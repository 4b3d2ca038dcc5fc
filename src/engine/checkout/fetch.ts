// A checkout from the network, a mirror or a folder into the data folder: `checkouts/<commit>`, there only when it is whole.
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import type { FetchedCheckoutRecord } from '../../shared/model/checkout.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';
import { type AddressRule, checkAddress, rewriteAddress, withoutSecrets } from './address-map.ts';
import { compareCheckout } from './compare.ts';
import { fetchRepositories } from './fetch-repositories.ts';
import { readFetchedRecord } from './fetched-record.ts';
import { requireGit } from './git-command.ts';
import { createNetworkSource } from './network-source.ts';
import { finishCheckout, makeCheckout } from './place-checkout.ts';
import { resolveCommit } from './resolve-commit.ts';

export interface FetchRequest {
  /** A commit in full, the beginning of a known one, a tag or a branch; null for the default. */
  commit: string | null;
  /** Address of live-bootstrap, or a folder that holds it; null for upstream's. */
  from: string | null;
  rules: readonly AddressRule[];
  /** Leave out what only other processors need. */
  onlyX86: boolean;
}

/** What is data: resources/known-commits.json. */
export interface FetchDefaults {
  address: string;
  commit: string;
  known: readonly string[];
  /** Before each further try when the line broke; tests give shorter ones. */
  pausesMs?: readonly number[];
}

const PAUSES_MS = [1000, 4000];

export interface FetchedCheckout {
  path: string;
  record: FetchedCheckoutRecord;
  /** `nothing`: it was there, whole and unaltered. `remade`: it was there, but altered or not full. */
  did: 'nothing' | 'fetched' | 'remade';
}

/** Fetch, or go on with what an earlier fetch left. Throws the errors of fetchRepositories, CHECKOUT_BUSY, CHECKOUT_TAG_REWRITTEN, ADDRESS_REFUSED … */
export async function fetchCheckout(
  checkouts: string,
  request: FetchRequest,
  { signal, report }: JobContext,
  defaults: FetchDefaults,
): Promise<FetchedCheckout> {
  await atPath(checkouts, () => mkdir(checkouts, { recursive: true }));
  await requireGit(checkouts, signal);
  const near = request.from !== null && isAbsolute(request.from) ? request.from : null;
  const url = near === null ? (request.from ?? defaults.address) : defaults.address;
  const address = checkAddress(near ?? rewriteAddress(url, request.rules), { trusted: true });
  report({ step: 'resolve', label: 'Finding the commit', done: 0, total: null, unit: 'steps' });
  const { commit, asked } = await resolveCommit(request.commit ?? defaults.commit, {
    checkouts,
    address,
    url: withoutSecrets(url),
    known: defaults.known,
    signal,
  });
  const path = join(checkouts, commit);
  const before = await readFetchedRecord(path).catch(() => null);
  if (before !== null && (await isSound(path, before, request.onlyX86, signal)))
    return { path, record: before, did: 'nothing' };

  const record = await makeCheckout(checkouts, commit, async ({ root, incoming }) => {
    const repositories = await fetchRepositories({
      root,
      commit,
      url,
      leavesOut: () => request.onlyX86,
      obtain: createNetworkSource({
        ...{ incoming, rules: request.rules, near, signal },
        pausesMs: defaults.pausesMs ?? PAUSES_MS,
      }),
      signal,
      report: (words, done, total) =>
        report({ step: 'fetch', label: `Fetching ${words}`, done, total, unit: 'steps' }),
    });
    return finishCheckout(root, repositories, { commit, origin: 'network', asked }, { signal, report });
  }).catch((error: unknown) => Promise.reject(tellWhatIsKept(error)));
  return { path, record, did: before === null ? 'fetched' : 'remade' };
}

/** Full enough, and not altered. */
async function isSound(
  path: string,
  record: FetchedCheckoutRecord,
  onlyX86: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  if (!onlyX86 && record.repositories.some(({ state }) => state === 'absent')) return false;
  const { differences } = await compareCheckout({ root: path, record, signal });
  return differences.length === 0;
}

function tellWhatIsKept(error: unknown): Error {
  const known = error instanceof Error ? error : new Error(String(error));
  if (!isSeedbedError(known) || known.code !== 'CANCELLED') return known;
  const kept = 'Repositories that were fetched whole are kept; the next fetch goes on from there.';
  return new SeedbedError('CANCELLED', { kept }, { cause: known });
}
