// The contract's part for checkouts.
import { join } from 'node:path';
import { implement } from '@orpc/server';
import {
  type AddressRuleInput,
  checkoutContract,
  type CheckoutFetchInput,
  type CheckoutJobReport,
  type CheckoutListing,
} from '../../shared/contract/checkout.ts';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import type { CheckoutView } from '../../shared/model/checkout.ts';
import type { DistfileReport } from '../../shared/model/distfile.ts';
import type { AddressRule } from '../checkout/address-map.ts';
import type { Checkouts } from '../checkout/checkouts.ts';
import type { FetchRequest } from '../checkout/fetch.ts';
import { planManifest } from '../checkout/manifest-plan.ts';
import { wantedDistfiles } from '../checkout/wanted-distfiles.ts';
import type { Distfiles } from '../distfiles/distfiles.ts';
import type { JobContext, Jobs } from '../jobs.ts';
import type { Places } from '../places.ts';
import type { SettingsFile } from '../settings.ts';
import { NO_RESULT } from './distfiles-router.ts';
import { guarded } from './guard.ts';
import { createReports } from './job-reports.ts';

export interface CheckoutRouterNeeds {
  places: Places;
  jobs: Jobs;
  checkouts: Checkouts;
  distfiles: Distfiles;
  settings: SettingsFile;
  /** Folder of the checkout that was chosen. */
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

export function createCheckoutRouter(needs: CheckoutRouterNeeds) {
  const { places, jobs, checkouts, distfiles, settings, checkoutPath } = needs;
  const os = implement(checkoutContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const reports = createReports<CheckoutJobReport>();
  const listed = (view: CheckoutView): CheckoutListing => ({ ...view, place: places.mint(view.path).token });

  return os.router({
    known: os.known.handler(() => checkouts.known()),
    list: os.list.handler(async () => (await checkouts.list()).map(listed)),
    watch: os.watch.handler(({ signal }) => Promise.resolve(mapItems(checkouts.watch(signal), listed))),
    show: os.show.handler(async ({ input }) => listed(await checkouts.get(input.id))),
    fetch: os.fetch.handler(async ({ input }) => {
      const { checkout } = await settings.get();
      const request = foldFetch(input, checkout.map, places);
      const job = jobs.start('checkout.fetch', 'Fetching live-bootstrap', async (context) => {
        const { path, record, did } = await checkouts.fetch(request, context);
        reports.set(job.id, { kind: 'fetch', id: record.commit, did });
        return { ...NO_RESULT, path };
      });
      return { jobId: job.id };
    }),
    verify: os.verify.handler(async ({ input: { checkout, remote, against = null }, signal }) => {
      const target = 'id' in checkout ? checkout : { path: places.resolve(checkout.place) };
      return checkouts.verify(target, { remote, against, signal });
    }),
    use: os.use.handler(async ({ input, signal }) =>
      listed(await checkouts.use(places.resolve(input.folder), { against: input.against ?? null, signal })),
    ),
    export: os.export.handler(async ({ input }) => {
      const { id, path: folder } = await checkouts.get(input.id);
      const path = join(places.resolve(input.out.folder), input.out.name);
      const wanted = input.distfiles ? await wantedDistfiles({ path: folder }) : null;
      const job = jobs.start('checkout.export', `Writing ${input.out.name}`, async (context) => {
        const carried = wanted && { wanted, resolve: (sha256: string) => distfiles.resolve(sha256) };
        const result = await checkouts.exportTo(
          id,
          { path, replace: input.out.replace, distfiles: carried },
          context,
        );
        reports.set(job.id, { kind: 'export', ...result });
        return { ...NO_RESULT, path };
      });
      return { jobId: job.id };
    }),
    import: os.import.handler(({ input }) => {
      const archive = places.resolve(input.archive);
      const job = jobs.start('checkout.import', `Taking in ${archive}`, async (context) => {
        const { path, id, report } = await importArchive(archive, context);
        reports.set(job.id, { kind: 'import', id, distfiles: report });
        return { ...NO_RESULT, path };
      });
      return { jobId: job.id };
    }),
    remove: os.remove.handler(async ({ input }) => {
      await checkouts.remove(input.id);
      return {};
    }),
    report: os.report.handler(({ input }) => reports.get(input.job)),
    manifest: os.manifest.handler(async ({ input }) =>
      planManifest({ path: await checkoutPath(input.checkout) }, input.configuration),
    ),
  });

  /** Distfiles of the archive go into the store, which takes what the checkout wants by hash. */
  async function importArchive(
    archive: string,
    context: JobContext,
  ): Promise<{ path: string; id: string; report: DistfileReport | null }> {
    let report: DistfileReport | null = null;
    const takeDistfiles = async (folder: string, checkout: string): Promise<void> => {
      report = await distfiles.import(folder, await wantedDistfiles({ path: checkout }), context);
    };
    const { path, record } = await checkouts.importFrom({ archive, takeDistfiles }, context);
    return { path, id: record.commit, report };
  }
}

export function foldFetch(
  input: CheckoutFetchInput,
  remembered: readonly AddressRule[],
  places: Places,
): FetchRequest {
  const { from, commit, onlyX86 } = input;
  return {
    commit,
    onlyX86,
    from: from === null ? null : 'address' in from ? from.address : places.resolve(from.folder),
    rules: [...input.maps.map((rule) => foldRule(rule, places)), ...remembered],
  };
}

function foldRule(rule: AddressRuleInput, places: Places): AddressRule {
  return 'to' in rule ? rule : { from: rule.from, to: `${places.resolve(rule.folder)}${rule.rest}` };
}

async function* mapItems<T, R>(
  items: AsyncGenerator<T[]>,
  map: (item: T) => R,
): AsyncGenerator<R[], void, void> {
  for await (const list of items) yield list.map(map);
}
