// A checkout out of an archive (export-checkout.ts). Of all that is in it only packs are taken, which git checks object by object; the files come from
// the objects then, as after a fetch. Distfiles are handed on and must have the hashes that the checkout names.
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SeedbedError } from '../../shared/errors.ts';
import {
  CheckoutArchiveRecord,
  type CheckoutRepository,
  type FetchedCheckoutRecord,
} from '../../shared/model/checkout.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';
import { compareCheckout } from './compare.ts';
import { ARCHIVE_RECORD } from './export-checkout.ts';
import { fetchRepositories, repositoryName } from './fetch-repositories.ts';
import { readFetchedRecord } from './fetched-record.ts';
import { requireGit } from './git-command.ts';
import { refusedName } from './git-objects.ts';
import { finishCheckout, makeCheckout, type Staging } from './place-checkout.ts';
import { openTarReader, type TarReader } from './tar-reader.ts';
import { unpackRepositories } from './unpack-repositories.ts';

export interface ImportRequest {
  archive: string;
  /** Takes over a folder with the archive's distfiles, by name; they are not checked yet. Null leaves them in the archive. */
  takeDistfiles: ((folder: string, checkout: string) => Promise<void>) | null;
}

export interface ImportedCheckout {
  path: string;
  record: FetchedCheckoutRecord;
  /** Distfiles that were in the archive. */
  distfiles: number;
}

/** Throws CHECKOUT_ARCHIVE_INVALID, CHECKOUT_BUSY, CANCELLED … The checkout is there only when it is whole. */
export async function importCheckout(
  checkouts: string,
  { archive, takeDistfiles }: ImportRequest,
  context: JobContext,
): Promise<ImportedCheckout> {
  await atPath(checkouts, () => mkdir(checkouts, { recursive: true }));
  await requireGit(checkouts, context.signal);
  const reader = await openTarReader(archive);
  try {
    const about = await readRecord(reader, archive);
    const path = join(checkouts, about.commit);
    const there = await readFetchedRecord(path).catch(() => null);
    const sound = there !== null && (await isAsGood(path, there, about, context.signal));
    const record = sound
      ? there
      : await makeCheckout(checkouts, about.commit, (staging) =>
          unpack(reader, archive, about, staging, context),
        );
    const distfiles =
      takeDistfiles === null ? 0 : await passOnDistfiles(reader, about, path, takeDistfiles, context);
    return { path, record, distfiles };
  } finally {
    await reader.close();
  }
}

async function readRecord(reader: TarReader, path: string): Promise<CheckoutArchiveRecord> {
  const invalid = (reason: string): SeedbedError =>
    new SeedbedError('CHECKOUT_ARCHIVE_INVALID', { path, reason });
  const first = await reader.next();
  if (first?.path !== ARCHIVE_RECORD || first.kind !== 'file' || first.sizeBytes > LARGEST_RECORD_BYTES)
    throw invalid(`it does not begin with ${ARCHIVE_RECORD}`);
  const parts: Buffer[] = [];
  for await (const part of reader.content()) parts.push(part);
  const record = CheckoutArchiveRecord.safeParse(parseJson(Buffer.concat(parts).toString('utf8')));
  if (!record.success) throw invalid(`its ${ARCHIVE_RECORD} is of another version, or damaged`);
  const bad = record.data.repositories.find(
    ({ path: at }) => at !== '' && at.split('/').some((name) => refusedName(name) !== null),
  );
  if (bad !== undefined) throw invalid('it names a folder that cannot be');
  return record.data;
}

const LARGEST_RECORD_BYTES = 4 * 1024 * 1024;

/** There is nothing to gain from the archive. */
async function isAsGood(
  path: string,
  there: FetchedCheckoutRecord,
  about: CheckoutArchiveRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const absent = (repositories: readonly Pick<CheckoutRepository, 'state'>[]): number =>
    repositories.filter(({ state }) => state === 'absent').length;
  if (absent(there.repositories) > absent(about.repositories)) return false;
  return (await compareCheckout({ root: path, record: there, signal })).differences.length === 0;
}

async function unpack(
  reader: TarReader,
  archive: string,
  about: CheckoutArchiveRecord,
  staging: Staging,
  context: JobContext,
): Promise<FetchedCheckoutRecord> {
  const { root, incoming } = staging;
  const { signal, report } = context;
  const invalid = (reason: string): SeedbedError =>
    new SeedbedError('CHECKOUT_ARCHIVE_INVALID', { path: archive, reason });
  await unpackRepositories({ reader, archive, about, root, incoming }, context);
  const absent = new Set(about.repositories.flatMap(({ path, state }) => (state === 'absent' ? path : [])));
  const own = about.repositories.find(({ path }) => path === '');
  const repositories = await fetchRepositories({
    root,
    commit: about.commit,
    url: own?.url ?? '',
    leavesOut: (path) => absent.has(path),
    obtain: ({ path }) =>
      Promise.reject(invalid(`it does not hold ${repositoryName(path)}, or not all of it`)),
    signal,
    report: (words, done, total) =>
      report({ step: 'check', label: `Checking ${words}`, done, total, unit: 'steps' }),
  });
  return finishCheckout(
    root,
    repositories,
    { commit: about.commit, origin: 'archive', asked: null },
    context,
  );
}

/** Distfiles stand behind the tree. Only names and sizes are looked at here. */
async function passOnDistfiles(
  reader: TarReader,
  about: CheckoutArchiveRecord,
  checkout: string,
  take: NonNullable<ImportRequest['takeDistfiles']>,
  { signal, report }: JobContext,
): Promise<number> {
  const names = new Set(about.distfiles.map(({ name }) => name));
  if (names.size === 0) return 0;
  const folder = join(dirname(checkout), `.distfiles-${about.commit}`);
  let count = 0;
  try {
    await rm(folder, { recursive: true, force: true });
    await atPath(folder, () => mkdir(folder));
    for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
      const [, name = ''] = /^distfiles\/([^/\\]+)$/.exec(entry.path) ?? [];
      if (!names.has(name) || entry.kind !== 'file' || /^\.{1,2}$/.test(name)) continue;
      const place = join(folder, name);
      await atPath(place, () =>
        pipeline(reader.content(), createWriteStream(place, { flags: 'wx' }), { signal }),
      );
      count += 1;
      report({
        step: 'distfiles',
        label: 'Taking distfiles out',
        done: count,
        total: names.size,
        unit: 'files',
      });
    }
    await take(folder, checkout);
    return count;
  } catch (error) {
    if (signal.aborted)
      throw new SeedbedError(
        'CANCELLED',
        { kept: 'The checkout itself is whole and kept.' },
        { cause: error },
      );
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
