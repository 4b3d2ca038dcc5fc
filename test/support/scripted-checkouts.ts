// The checkout part of a scripted host with sources: kept checkouts, what a comparison finds, and what the page asked.
import { implement } from '@orpc/server';
import { guarded } from '../../src/engine/router/guard.ts';
import type { CheckoutListing } from '../../src/shared/contract/checkout.ts';
import { contract } from '../../src/shared/contract/contract.ts';
import { SeedbedError } from '../../src/shared/errors.ts';
import type { CheckoutReport } from '../../src/shared/model/checkout.ts';
import { scriptedJob } from './scripted-data.ts';
import type { SourcesScript } from './scripted-sources.ts';

export const COMMIT = '984b8322'.padEnd(40, '0');

export function checkoutReport(change: Partial<CheckoutReport> = {}): CheckoutReport {
  return {
    commit: COMMIT,
    repositories: [{ path: '', commit: COMMIT, state: 'present' }],
    files: 4321,
    bytes: 48_000_000,
    differences: [],
    leftOut: 0,
    elapsedMilliseconds: 900,
    ...change,
  };
}

export function fetchedCheckout(place: string): CheckoutListing {
  return {
    id: COMMIT,
    path: `/home/user/.local/share/seedbed/checkouts/${COMMIT}`,
    known: true,
    isDefault: true,
    place,
    record: {
      version: 1,
      kind: 'fetched',
      commit: COMMIT,
      origin: 'network',
      at: '2026-11-20T13:38:35.000Z',
      asked: null,
      repositories: [],
    },
  };
}

export function linkedCheckout(place: string, path: string, report: CheckoutReport): CheckoutListing {
  return {
    id: 'folder-1',
    path,
    known: false,
    isDefault: false,
    place,
    record: { version: 1, kind: 'linked', path, at: '2026-11-20T13:38:35.000Z', report },
  };
}

/** One altered file that an image holds, and a stray one. */
export function alteredReport(): CheckoutReport {
  return checkoutReport({
    differences: [
      {
        kind: 'altered',
        path: 'steps/manifest',
        detail: 'Its bytes are not those of the commit: expected blob 1a2b3c4, found 5d6e7f8.',
        inImage: true,
        ignored: false,
      },
      {
        kind: 'stray',
        path: 'notes/',
        detail: 'No commit knows this folder.',
        inImage: false,
        ignored: false,
      },
    ],
  });
}

export function checkoutRouter(script: SourcesScript) {
  const { checkout } = contract;
  const os = implement({ checkout }).use(({ next }) => guarded(() => Promise.resolve(next())));
  const find = (id: string): CheckoutListing => {
    const found = script.kept.get().find((one) => one.id === id);
    if (found === undefined) throw new SeedbedError('CHECKOUT_NOT_FOUND', { checkout: id });
    return found;
  };
  const start = (
    kind: 'checkout.fetch' | 'checkout.export' | 'checkout.import',
    label: string,
  ): { jobId: string } => {
    script.asked.push({ call: kind, names: null });
    const id = `job-${script.asked.length}`;
    script.jobs.set([...script.jobs.get(), scriptedJob(id, { kind, label, progress: null })]);
    return { jobId: id };
  };
  return os.router({
    checkout: {
      known: os.checkout.known.handler(() => ({
        version: 1 as const,
        address: 'https://github.com/fosslinux/live-bootstrap',
        default: COMMIT,
        commits: [{ commit: COMMIT, date: '2025-11-15', note: 'Whole bootstrap in QEMU.' }],
      })),
      list: os.checkout.list.handler(() => script.kept.get()),
      watch: os.checkout.watch.handler(({ signal }) => Promise.resolve(script.kept.watch({ signal }))),
      show: os.checkout.show.handler(({ input }) => find(input.id)),
      fetch: os.checkout.fetch.handler(() => start('checkout.fetch', 'Fetching live-bootstrap')),
      verify: os.checkout.verify.handler(() => script.comparison),
      use: os.checkout.use.handler(({ input }) => {
        const path = script.folders.get(input.folder)?.place.label;
        if (path === undefined) throw new SeedbedError('PLACE_UNKNOWN', { token: input.folder });
        const linked = linkedCheckout(input.folder, path, script.comparison);
        script.kept.set([...script.kept.get().filter(({ id }) => id !== linked.id), linked]);
        return linked;
      }),
      export: os.checkout.export.handler(() => start('checkout.export', 'Writing one file')),
      import: os.checkout.import.handler(() => start('checkout.import', 'Taking in a file')),
      remove: os.checkout.remove.handler(({ input }) => {
        script.kept.set(script.kept.get().filter(({ id }) => id !== input.id));
        return {};
      }),
      report: os.checkout.report.handler(() => script.checkoutReport),
      manifest: os.checkout.manifest.handler(() => {
        throw new SeedbedError('CHECKOUT_NOT_FOUND', { checkout: 'scripted' });
      }),
    },
  });
}
