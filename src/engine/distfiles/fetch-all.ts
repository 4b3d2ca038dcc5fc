// Many wanted files at a time: those that the machine needs before it has a network first, each through its sources, all failures kept.
import type { FailedSource, Source, WantedDistfile } from '../../shared/model/distfile.ts';
import { fetchFile } from './fetch-file.ts';
import type { FetchProgress } from './fetch-progress.ts';
import type { HostGate } from './host-gate.ts';
import type { LiveTable } from './live-table.ts';
import type { FetchTools } from './fetch-tools.ts';

export interface FetchAllOptions {
  tools: FetchTools;
  gate: HostGate;
  live: LiveTable;
  progress: FetchProgress;
  parallel: number;
  sourcesOf: (wanted: WantedDistfile) => Source[];
}

export interface FetchAllResult {
  stored: WantedDistfile[];
  storedBytes: number;
  missing: { wanted: WantedDistfile; failures: FailedSource[] }[];
}

/** Comes back when every file is stored or has been given up. Throws the signal's reason, or what makes going on useless (a full disk). */
export async function fetchAll(
  wanted: readonly WantedDistfile[],
  { tools, gate, live, progress, parallel, sourcesOf }: FetchAllOptions,
): Promise<FetchAllResult> {
  const stored: WantedDistfile[] = [];
  let storedBytes = 0;
  const missing = new Map<WantedDistfile, FailedSource[]>();
  const troubled = new Map<WantedDistfile, Source[]>();
  // One file's fault that concerns all (no space, no permission) ends the others too.
  const stop = new AbortController();
  const signal = AbortSignal.any([tools.signal, stop.signal]);
  const shared = { ...tools, signal };

  async function one(file: WantedDistfile, sources: readonly Source[]): Promise<void> {
    const { sha256 } = file;
    const outcome = await fetchFile(file, sources, {
      tools: shared,
      gate,
      onSource: (source) => live.set(sha256, { state: 'fetching', source }),
      onWords: progress.say,
      onBytes: (doneBytes, totalBytes, cameBytes) => {
        live.set(sha256, { doneBytes, totalBytes });
        progress.onBytes(sha256, doneBytes, totalBytes, cameBytes);
      },
    });
    const failures = mergeFailures(missing.get(file) ?? [], outcome.failures);
    if (outcome.kind === 'stored') {
      missing.delete(file);
      troubled.delete(file);
      stored.push(file);
      storedBytes += outcome.sizeBytes;
      live.set(sha256, { state: null, source: null, failures: [] });
    } else {
      missing.set(file, failures);
      troubled.set(file, outcome.troubled);
      live.set(sha256, { state: 'failed', source: null, failures });
    }
  }

  async function run(
    files: readonly WantedDistfile[],
    work: (file: WantedDistfile) => Promise<void>,
  ): Promise<void> {
    const queue = files.values();
    const loop = async (): Promise<void> => {
      for (const file of queue) {
        signal.throwIfAborted();
        await work(file);
      }
    };
    const loops = Array.from({ length: Math.min(parallel, files.length) }, () =>
      loop().catch((error: unknown) => {
        stop.abort(error);
        throw error;
      }),
    );
    const results = await Promise.allSettled(loops);
    tools.signal.throwIfAborted();
    if (stop.signal.aborted) throw stop.signal.reason as Error;
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason as Error;
  }

  for (const { sha256 } of wanted)
    live.set(sha256, { state: 'waiting', doneBytes: 0, source: null, failures: [] });
  progress.flush();
  try {
    const inOrder = [...wanted].sort((a, b) => Number(b.preNetwork) - Number(a.preNetwork));
    await run(inOrder, async (file) => {
      await one(file, sourcesOf(file));
      progress.onEnd(file.sha256, !missing.has(file));
    });
    // Sources that were in trouble get another chance when nothing else has helped.
    const again = new Map([...troubled].filter(([, sources]) => sources.length > 0));
    if (again.size > 0 && gate.giveAnotherChance())
      await run([...again.keys()], async (file) => {
        await one(file, again.get(file) ?? []);
        if (!missing.has(file)) progress.onEnd(file.sha256, true);
      });
  } finally {
    for (const { sha256 } of wanted)
      if (live.get(sha256).state !== 'failed') live.set(sha256, { state: null, source: null });
    progress.flush();
  }
  return {
    stored,
    storedBytes,
    missing: [...missing].map(([file, failures]) => ({ wanted: file, failures })),
  };
}

/** The later word on a source counts, unless it is only that it was not asked again. */
function mergeFailures(earlier: readonly FailedSource[], later: readonly FailedSource[]): FailedSource[] {
  const merged = new Map(earlier.map((failure) => [failure.source.at, failure]));
  for (const failure of later) {
    const before = merged.get(failure.source.at);
    if (failure.cause !== 'host-down' || before === undefined)
      merged.set(failure.source.at, { ...failure, tries: failure.tries + (before?.tries ?? 0) });
  }
  return [...merged.values()];
}
