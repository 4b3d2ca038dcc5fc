// A scripted host that also has sources: distfiles, mirrors and settings say what the script holds, and what the page asked is kept.
import { join } from 'node:path';
import { implement } from '@orpc/server';
import { createTopic, type Topic } from '../../src/engine/broadcast.ts';
import { totalRows } from '../../src/engine/distfiles/live-table.ts';
import { guarded } from '../../src/engine/router/guard.ts';
import { contract } from '../../src/shared/contract/contract.ts';
import type { CheckoutJobReport, CheckoutListing } from '../../src/shared/contract/checkout.ts';
import type { DistfileSelection } from '../../src/shared/contract/distfiles.ts';
import { SeedbedError } from '../../src/shared/errors.ts';
import type { CheckoutReport } from '../../src/shared/model/checkout.ts';
import type { DistfileReport, DistfileRow, PruneReport } from '../../src/shared/model/distfile.ts';
import type { Job } from '../../src/shared/model/job.ts';
import type { MirrorCreateReport, MirrorServing, MirrorView } from '../../src/shared/model/mirror.ts';
import { Settings } from '../../src/shared/model/settings.ts';
import { startWebHost } from '../../src/web/web-host.ts';
import { PROJECT_ROOT } from './built.ts';
import { checkoutReport, checkoutRouter } from './scripted-checkouts.ts';
import { scriptedJob } from './scripted-data.ts';
import { scriptedRouter } from './scripted-router.ts';
import { createScript, type Script } from './scripted-script.ts';

export interface SourcesScript extends Script {
  rows: Topic<DistfileRow[]>;
  mirrors: MirrorView[];
  settings: Settings;
  serving: Topic<MirrorServing[]>;
  reports: Map<string, DistfileReport>;
  mirrorReport: MirrorCreateReport | null;
  pruned: PruneReport;
  kept: Topic<CheckoutListing[]>;
  /** What a comparison of any checkout finds. */
  comparison: CheckoutReport;
  checkoutReport: CheckoutJobReport | null;
  /** What the page asked for, in order: the call and its names. */
  asked: { call: string; names: string[] | null }[];
  /** Of fetches, in order. */
  selections: DistfileSelection[];
}

export interface SourcesHost extends SourcesScript {
  url: string;
  close(): Promise<void>;
}

export async function startSourcesHost(): Promise<SourcesHost> {
  const script: SourcesScript = {
    ...createScript(),
    rows: createTopic<DistfileRow[]>([]),
    mirrors: [],
    settings: Settings.parse({}),
    serving: createTopic<MirrorServing[]>([]),
    reports: new Map(),
    mirrorReport: null,
    pruned: { dryRun: true, freedBytes: 0, removed: [] },
    kept: createTopic<CheckoutListing[]>([]),
    comparison: checkoutReport(),
    checkoutReport: null,
    asked: [],
    selections: [],
  };
  const host = await startWebHost({
    router: Object.assign({}, scriptedRouter(script), sourcesRouter(script), checkoutRouter(script)),
    pageFolder: join(PROJECT_ROOT, 'out', 'renderer'),
    port: 0,
  });
  return Object.assign(script, { url: host.url, close: () => host.close() });
}

/** The whole table first, then the rows that are other objects than before. */
async function* watchRows(script: SourcesScript, signal?: AbortSignal) {
  let before: readonly DistfileRow[] = [];
  for await (const rows of script.rows.watch({ signal })) {
    yield { totals: totalRows(rows), rows: rows.filter((row) => !before.includes(row)) };
    before = rows;
  }
}

function sourcesRouter(script: SourcesScript) {
  const { distfiles, mirror, settings } = contract;
  const os = implement({ distfiles, mirror, settings }).use(({ next }) =>
    guarded(() => Promise.resolve(next())),
  );
  function start(kind: Job['kind'], call: string, names: string[] | undefined): { jobId: string } {
    script.asked.push({ call, names: names ?? null });
    const id = `job-${script.asked.length}`;
    const job = scriptedJob(id, { kind, label: `Scripted ${call}`, progress: null });
    script.jobs.set([...script.jobs.get(), job]);
    return { jobId: id };
  }
  function labelOf(token: string): string {
    const label = script.folders.get(token)?.place.label;
    if (label === undefined) throw new SeedbedError('PLACE_UNKNOWN', { token });
    return label;
  }
  function check(selection: DistfileSelection): void {
    if ('place' in selection.checkout && !script.folders.has(selection.checkout.place))
      throw new SeedbedError('PLACE_UNKNOWN', { token: selection.checkout.place });
  }
  return os.router({
    distfiles: {
      list: os.distfiles.list.handler(() => script.rows.get()),
      watch: os.distfiles.watch.handler(({ input, signal }) => {
        check(input);
        return Promise.resolve(watchRows(script, signal));
      }),
      fetch: os.distfiles.fetch.handler(({ input }) => {
        script.selections.push(input);
        return start('distfiles.fetch', 'fetch', input.names);
      }),
      sources: os.distfiles.sources.handler(() =>
        script.rows.get().map(({ name, urls }) => ({
          name,
          sources: urls.map((at) => ({ kind: 'upstream' as const, label: new URL(at).host, at })),
        })),
      ),
      confirm: os.distfiles.confirm.handler(({ input }) =>
        start('distfiles.confirm', 'confirm', input.names),
      ),
      confirmReport: os.distfiles.confirmReport.handler(() => null),
      verify: os.distfiles.verify.handler(() => start('distfiles.verify', 'verify', undefined)),
      import: os.distfiles.import.handler(() => start('distfiles.import', 'import', undefined)),
      receive: os.distfiles.receive.handler(() => start('distfiles.import', 'receive', undefined)),
      receivePiece: os.distfiles.receivePiece.handler(({ input }) => {
        script.asked.push({ call: 'piece', names: [input.name] });
        return { state: 'stored' as const };
      }),
      receiveEnd: os.distfiles.receiveEnd.handler(() => ({})),
      export: os.distfiles.export.handler(() => start('distfiles.export', 'export', undefined)),
      report: os.distfiles.report.handler(({ input }) => script.reports.get(input.job) ?? null),
      verifyReport: os.distfiles.verifyReport.handler(() => null),
      prune: os.distfiles.prune.handler(({ input }) => {
        if (!input.dryRun) script.asked.push({ call: 'prune', names: null });
        return { ...script.pruned, dryRun: input.dryRun };
      }),
    },
    mirror: {
      list: os.mirror.list.handler(() => script.mirrors),
      check: os.mirror.check.handler(() => {
        script.asked.push({ call: 'check', names: null });
        return [];
      }),
      create: os.mirror.create.handler(() => start('mirror.create', 'mirror', undefined)),
      createReport: os.mirror.createReport.handler(() => script.mirrorReport),
      serve: os.mirror.serve.handler(({ input }) => {
        const url = `http://${input.host}:8000`;
        const one = { url, port: 8000, label: 'the stored distfiles', files: 3, answers: 0, sentBytes: 0 };
        script.serving.set([...script.serving.get(), one]);
        return one;
      }),
      stopServing: os.mirror.stopServing.handler(({ input }) => {
        script.serving.set(script.serving.get().filter(({ url }) => url !== input.url));
        return {};
      }),
      watchServing: os.mirror.watchServing.handler(({ signal }) =>
        Promise.resolve(script.serving.watch({ signal })),
      ),
    },
    settings: {
      get: os.settings.get.handler(() => script.settings),
      change: os.settings.change.handler(({ input }) => {
        const { distfiles: files, checkout } = script.settings;
        script.settings = Settings.parse({
          distfiles: { ...files, ...input.distfiles },
          checkout: { ...checkout, ...input.checkout },
        });
        const { mirrorsOff } = script.settings.distfiles;
        script.mirrors = script.mirrors.map((one) => ({ ...one, on: !mirrorsOff.includes(one.id) }));
        return script.settings;
      }),
      mapToFolder: os.settings.mapToFolder.handler(({ input: { from, folder } }) => {
        script.settings.checkout.map.push({ from, to: `file://${labelOf(folder)}/` });
        return script.settings;
      }),
      addFolder: os.settings.addFolder.handler(({ input }) => {
        script.settings.distfiles.folders.push(labelOf(input.folder));
        return script.settings;
      }),
      removeFolder: os.settings.removeFolder.handler(({ input }) => {
        const { distfiles: files } = script.settings;
        files.folders = files.folders.filter((path) => path !== input.path);
        return script.settings;
      }),
    },
  });
}
