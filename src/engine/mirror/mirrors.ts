// Mirrors of a data folder: which there are and how they are, making one, serving one.
import { join } from 'node:path';
import type { WantedDistfile } from '../../shared/model/distfile.ts';
import type {
  Mirror,
  MirrorCreateReport,
  MirrorHealth,
  MirrorServing,
  MirrorView,
} from '../../shared/model/mirror.ts';
import { createTopic } from '../broadcast.ts';
import { type Distfiles, requireAll } from '../distfiles/distfiles.ts';
import type { FetchChoices } from '../distfiles/fetch-wanted.ts';
import { createHttpClient } from '../distfiles/http-client.ts';
import { DEFAULT_LIMITS, type FetchLimits } from '../distfiles/limits.ts';
import type { JobContext } from '../jobs.ts';
import type { SettingsFile } from '../settings.ts';
import { type FileServer, type FileSource, startFileServer } from './file-server.ts';
import { listMirrors } from './known-mirrors.ts';
import { checkMirror, chooseSample, orderMirrors, readHealths, writeHealths } from './mirror-health.ts';
import { serveFolder, serveStore } from './served-files.ts';

export interface Mirrors {
  /** Best first. */
  list(): Promise<MirrorView[]>;
  check(
    wanted: readonly WantedDistfile[],
    options: { all: boolean; urls: readonly string[]; signal: AbortSignal | undefined },
  ): Promise<MirrorHealth[]>;
  /** Fetch what is missing, then lay it out in `folder`. Throws DISTFILES_INCOMPLETE after having written what there is. */
  create(
    folder: string,
    wanted: readonly WantedDistfile[],
    choices: FetchChoices,
    context: JobContext,
  ): Promise<MirrorCreateReport>;
  /** Throws PORT_IN_USE, NOT_FOUND. */
  serve(
    from: { folder: string } | { wanted: readonly WantedDistfile[] },
    at: ListenAt,
  ): Promise<MirrorServing>;
  /** True when there was such a server. */
  stopServing(url: string): Promise<boolean>;
  watchServing(signal?: AbortSignal): AsyncGenerator<MirrorServing[], void, void>;
  close(): Promise<void>;
}

export interface ListenAt {
  host: string;
  port: number;
}

export interface MirrorsOptions {
  distfiles: Distfiles;
  settings: SettingsFile;
  env: NodeJS.ProcessEnv;
  limits?: FetchLimits;
}

/** Enough to tell a whole mirror from one that stopped long ago, and no burden to it. */
const SAMPLE = 24;

export function openMirrors({ distfiles, settings, env, limits = DEFAULT_LIMITS }: MirrorsOptions): Mirrors {
  const healthPath = join(distfiles.store.root, 'mirrors.json');
  const servers = new Map<string, FileServer>();
  const serving = createTopic<MirrorServing[]>([]);

  return {
    async list() {
      const healths = await readHealths(healthPath);
      const mirrors = listMirrors((await settings.get()).distfiles);
      return orderMirrors(mirrors, healths).map((mirror) => ({
        ...mirror,
        health: healths.find(({ url }) => url === mirror.url) ?? null,
      }));
    },
    async check(wanted, { all, urls, signal = new AbortController().signal }) {
      const known = listMirrors((await settings.get()).distfiles, urls);
      const mirrors: Mirror[] = urls.length > 0 ? known.filter(({ origin }) => origin === 'command') : known;
      const asked = all ? wanted : chooseSample(wanted, SAMPLE);
      const client = createHttpClient(limits, env);
      try {
        const healths = await Promise.all(
          mirrors.map((mirror) => checkMirror(mirror, asked, { client, signal })),
        );
        await writeHealths(healthPath, healths);
        return healths;
      } finally {
        client.close();
      }
    },
    async create(folder, wanted, choices, context) {
      // What an earlier run laid out there need not be fetched again.
      const report = await distfiles.fetch(
        wanted,
        { ...choices, folders: [folder, ...choices.folders] },
        context,
      );
      const missing = new Set(report.missing.map(({ sha256 }) => sha256));
      const there = wanted.filter(({ sha256 }) => !missing.has(sha256));
      const written = await distfiles.exportTo(folder, there, { ...context, link: true });
      requireAll(await distfiles.list(wanted));
      return { folder, ...written };
    },
    async serve(from, { host, port }) {
      const source: FileSource =
        'folder' in from
          ? await serveFolder(from.folder)
          : serveStore(distfiles.store, new Map(from.wanted.map(({ name, sha256 }) => [name, sha256])));
      const files = (await source.names()).length;
      let url = '';
      const server = await startFileServer(source, {
        host,
        port,
        onAnswer: ({ bytes }) =>
          serving.set(
            serving
              .get()
              .map((one) =>
                one.url === url
                  ? { ...one, answers: one.answers + 1, sentBytes: one.sentBytes + bytes }
                  : one,
              ),
          ),
      });
      url = server.url;
      servers.set(url, server);
      const label = 'folder' in from ? from.folder : 'the stored distfiles';
      const shown: MirrorServing = { url, port: server.port, label, files, answers: 0, sentBytes: 0 };
      serving.set([...serving.get(), shown]);
      return shown;
    },
    async stopServing(url) {
      const server = servers.get(url);
      servers.delete(url);
      serving.set(serving.get().filter((one) => one.url !== url));
      await server?.close();
      return server !== undefined;
    },
    watchServing: (signal) => serving.watch({ signal }),
    async close() {
      await Promise.all([...servers.values()].map((server) => server.close()));
      servers.clear();
      serving.end();
    },
  };
}
