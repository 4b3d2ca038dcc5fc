// The checkouts of a data folder: those that Seedbed fetched or took in, and the user's own folders that it was shown.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import {
  type CheckoutReport,
  type CheckoutView,
  type KnownCommits,
  LinkedCheckoutRecord,
} from '../../shared/model/checkout.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { createTopic } from '../broadcast.ts';
import type { JobContext } from '../jobs.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { compareCheckout, type CompareRequest } from './compare.ts';
import { exportCheckout, type ExportRequest, type ExportResult } from './export-checkout.ts';
import { fetchCheckout, type FetchedCheckout, type FetchRequest } from './fetch.ts';
import { parseRecord, readFetchedRecord } from './fetched-record.ts';
import { OBJECT_ID } from './git-objects.ts';
import { importCheckout, type ImportedCheckout, type ImportRequest } from './import-checkout.ts';
import { knownCommits } from './known-commits.ts';
import { openCheckout } from './open-checkout.ts';
import { stagingFolder } from './place-checkout.ts';
import { listRemoteRefs } from './remote-refs.ts';
import { removeTree } from './work-tree.ts';

/** Which checkout: by id (or `default`, or the beginning of a commit), or any folder. */
export type CheckoutTarget = { id: string } | { path: string };

export interface Checkouts {
  folder: string;
  known(): Promise<KnownCommits>;
  /** The default one first, then by commit. What cannot be read is left out; `get` says why. */
  list(): Promise<CheckoutView[]>;
  /** Throws CHECKOUT_NOT_FOUND, CHECKOUT_AMBIGUOUS, RECORD_INVALID. */
  get(id: string): Promise<CheckoutView>;
  fetch(request: FetchRequest, context: JobContext): Promise<FetchedCheckout>;
  /** Compare with the commits; `remote` asks the servers about their tags too. */
  verify(target: CheckoutTarget, options: VerifyOptions): Promise<CheckoutReport>;
  /** Remember a folder of the user's, with its differences from its commits. Nothing in it is written. Throws CHECKOUT_INVALID … */
  use(path: string, options?: Pick<VerifyOptions, 'against' | 'signal'>): Promise<CheckoutView>;
  /** Throws CHECKOUT_NOT_EXPORTABLE. */
  exportTo(
    id: string,
    request: Omit<ExportRequest, 'folder' | 'record'>,
    context: JobContext,
  ): Promise<ExportResult>;
  importFrom(request: ImportRequest, context: JobContext): Promise<ImportedCheckout>;
  /** A fetched one with all its files; of a folder of the user's only what Seedbed remembers. Throws CHECKOUT_NOT_FOUND, CHECKOUT_BUSY. */
  remove(id: string): Promise<CheckoutView>;
  watch(signal?: AbortSignal): AsyncGenerator<CheckoutView[], void, void>;
}

export interface VerifyOptions {
  remote: boolean;
  /** Id of a fetched checkout whose commits count, instead of those that the folder stands at. */
  against?: string | null;
  signal?: AbortSignal | undefined;
}

const LINKED_ID = /^folder-[0-9a-f]{12}$/;

export function openCheckouts(folder: string): Checkouts {
  const changes = createTopic(0);
  const changed = <T>(result: T): T => {
    changes.set(changes.get() + 1);
    return result;
  };

  async function names(): Promise<string[]> {
    try {
      return await readdir(folder);
    } catch (error) {
      if (osCodeOf(error) === 'ENOENT') return [];
      return atPath(folder, () => Promise.reject(error as Error));
    }
  }

  async function list(): Promise<CheckoutView[]> {
    const ids = (await names()).map((name) => name.replace(/\.json$/, ''));
    const views = await Promise.all([...new Set(ids)].map((id) => view(id).catch(() => null)));
    return views
      .filter((found) => found !== null)
      .sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || (a.id < b.id ? -1 : 1));
  }

  /** Null when there is nothing of that id. */
  async function view(id: string): Promise<CheckoutView | null> {
    const { default: preferred, commits } = await knownCommits();
    const isKnown = (commit: string | null): boolean => commits.some((known) => known.commit === commit);
    if (OBJECT_ID.test(id)) {
      const path = join(folder, id);
      const record = await readFetchedRecord(path);
      return record && { id, path, known: isKnown(id), isDefault: id === preferred, record };
    }
    if (!LINKED_ID.test(id)) return null;
    const file = join(folder, `${id}.json`);
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) return null;
    const record = parseRecord(text, file, LinkedCheckoutRecord);
    return { id, path: record.path, known: isKnown(record.report.commit), isDefault: false, record };
  }

  async function get(asked: string): Promise<CheckoutView> {
    const id = asked === 'default' ? (await knownCommits()).default : asked.toLowerCase();
    const exact = await view(id);
    if (exact !== null) return exact;
    const matches = /^[0-9a-f]{4,39}$/.test(id) ? (await list()).filter((one) => one.id.startsWith(id)) : [];
    const [match, ...others] = matches;
    if (match === undefined)
      throw new SeedbedError('CHECKOUT_NOT_FOUND', {
        checkout: asked === id ? asked : `${id} (the default)`,
      });
    if (others.length > 0)
      throw new SeedbedError('CHECKOUT_AMBIGUOUS', {
        checkout: asked,
        matches: matches.map((one) => one.id).join(', '),
      });
    return match;
  }

  async function verify(target: CheckoutTarget, options: VerifyOptions): Promise<CheckoutReport> {
    const { signal } = options;
    const found = 'id' in target ? await get(target.id) : null;
    const asked = found?.path ?? ('path' in target ? target.path : '');
    const root = await atPath(asked, () => realpath(asked));
    const record = found?.record.kind === 'fetched' ? found.record : await readFetchedRecord(root);
    const ask = (address: string, name: string): ReturnType<typeof listRemoteRefs> =>
      listRemoteRefs(address, { cwd: root, signal, name });
    const remoteRefs = options.remote ? ask : null;
    return compareCheckout({ root, record, signal, remoteRefs, against: await fetched(options.against) });
  }

  async function fetched(
    id: string | null | undefined,
  ): Promise<NonNullable<CompareRequest['against']> | null> {
    if (id === null || id === undefined) return null;
    const { path, record } = await get(id);
    if (record.kind === 'linked') throw new SeedbedError('CHECKOUT_NOT_FOUND', { checkout: id });
    return { folder: path, record };
  }

  return {
    folder,
    known: knownCommits,
    list,
    get,
    verify,
    async fetch(request, context) {
      const { address, default: commit, commits } = await knownCommits();
      const known = commits.map((one) => one.commit);
      return changed(await fetchCheckout(folder, request, context, { address, commit, known }));
    },
    async use(path, { against, signal } = {}) {
      const { path: root } = await openCheckout(path, { signal });
      const report = await compareCheckout({ root, record: null, signal, against: await fetched(against) });
      const id = `folder-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;
      const record: LinkedCheckoutRecord = {
        version: 1,
        kind: 'linked',
        path: root,
        at: new Date().toISOString(),
        report,
      };
      await atPath(folder, () => mkdir(folder, { recursive: true }));
      await writeFileAtomically(join(folder, `${id}.json`), `${JSON.stringify(record, null, 2)}\n`);
      return changed(await get(id));
    },
    async exportTo(id, request, context) {
      const { path, record, id: checkout } = await get(id);
      const refuse = (reason: string): SeedbedError =>
        new SeedbedError('CHECKOUT_NOT_EXPORTABLE', { checkout, reason });
      if (record.kind === 'linked') throw refuse('it is a folder of your own');
      context.report({
        step: 'verify',
        label: 'Verifying the checkout',
        done: 0,
        total: null,
        unit: 'files',
      });
      const { differences } = await compareCheckout({ root: path, record, signal: context.signal });
      if (differences.length > 0)
        throw refuse(
          `it differs from its commits in ${differences.length === 1 ? 'one place' : `${differences.length} places`}; seedbed checkout verify names them`,
        );
      return exportCheckout({ ...request, folder: path, record }, context);
    },
    importFrom: async (request, context) => changed(await importCheckout(folder, request, context)),
    async remove(id) {
      const found = await get(id);
      if (found.record.kind === 'linked') await atPath(folder, () => rm(join(folder, `${found.id}.json`)));
      else {
        // First out of sight, so that nobody meets half of it.
        const going = join(folder, `${found.id}.old-removed`);
        await removeTree(going);
        await atPath(found.path, () => rename(found.path, going));
        await removeTree(going);
        await removeTree(stagingFolder(folder, found.id));
      }
      return changed(found);
    },
    async *watch(signal) {
      let last = '';
      for await (const count of changes.watch({ signal })) {
        const found = await list();
        const text = JSON.stringify(found);
        if (count === 0 || text !== last) yield found;
        last = text;
      }
    },
  };
}
