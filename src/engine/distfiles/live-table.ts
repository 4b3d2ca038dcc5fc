// What is going on with each distfile now, for views: the whole table first, then the rows that changed, at most ten times a second.
import type {
  DistfileRow,
  DistfileTable,
  Evidence,
  FailedSource,
  Source,
  WantedDistfile,
} from '../../shared/model/distfile.ts';
import { createTopic } from '../broadcast.ts';
import { NO_EVIDENCE } from './evidence-log.ts';

export interface LiveFile {
  state: 'waiting' | 'fetching' | 'failed' | null;
  doneBytes: number;
  totalBytes: number | null;
  source: Source | null;
  failures: FailedSource[];
}

export interface LiveTable {
  get(sha256: string): LiveFile;
  set(sha256: string, change: Partial<LiveFile>): void;
  /** The store has changed in a way that rows should show. */
  touch(sha256: string): void;
  /** The store has changed in ways that are not known one by one. */
  touchAll(): void;
  /** Hashes that changed, again and again until the signal aborts; null for all, as the first time. */
  watchChanges(signal: AbortSignal | undefined): AsyncGenerator<Set<string> | null, void, void>;
}

const IDLE: LiveFile = { state: null, doneBytes: 0, totalBytes: null, source: null, failures: [] };

export function createLiveTable(): LiveTable {
  const files = new Map<string, { live: LiveFile; version: number }>();
  const version = createTopic(0);
  let allVersion = 0;

  function set(sha256: string, change: Partial<LiveFile>): void {
    const next = version.get() + 1;
    files.set(sha256, { live: { ...(files.get(sha256)?.live ?? IDLE), ...change }, version: next });
    version.set(next);
  }

  return {
    get: (sha256) => files.get(sha256)?.live ?? IDLE,
    set,
    touch: (sha256) => set(sha256, {}),
    touchAll() {
      allVersion = version.get() + 1;
      version.set(allVersion);
    },
    async *watchChanges(signal) {
      let seen: number | null = null;
      for await (const now of version.watch({ signal })) {
        if (seen === null || allVersion > seen) yield null;
        else {
          const changed = new Set<string>();
          for (const [sha256, file] of files) if (file.version > seen) changed.add(sha256);
          yield changed;
        }
        seen = now;
      }
    },
  };
}

/** `sizeBytes` is of the stored file; null when it is not stored. */
export function describeRow(
  wanted: WantedDistfile,
  sizeBytes: number | null,
  live: LiveFile,
  evidence: Evidence | undefined,
): DistfileRow {
  const isPresent = sizeBytes !== null;
  return {
    ...wanted,
    state: isPresent ? 'present' : (live.state ?? 'missing'),
    sizeBytes: sizeBytes ?? live.totalBytes,
    doneBytes: sizeBytes ?? live.doneBytes,
    source: isPresent ? null : live.source,
    evidence: evidence ?? NO_EVIDENCE,
    failures: isPresent ? [] : live.failures,
  };
}

export function totalRows(rows: readonly DistfileRow[]): DistfileTable['totals'] {
  const present = rows.filter(({ state }) => state === 'present');
  return {
    files: rows.length,
    present: present.length,
    presentBytes: present.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
    failed: rows.filter(({ state }) => state === 'failed').length,
  };
}
