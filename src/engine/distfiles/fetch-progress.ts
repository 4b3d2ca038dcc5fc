// The sum of what a fetch has done: bytes so far, of about how many, at most ten reports a second.
import type { ProgressReport } from '../jobs.ts';

export interface FetchProgress {
  onBytes(sha256: string, doneBytes: number, totalBytes: number | null, cameBytes: number): void;
  onEnd(sha256: string, isStored: boolean): void;
  /** What takes long without bytes of its own; empty when it is over. */
  say: (words: string) => void;
  readonly receivedBytes: number;
  /** Say how it stands, whenever that was last said. */
  flush(): void;
}

const REPORT_INTERVAL_MILLISECONDS = 100;
/** From this share of known sizes on, the rest is taken to be like them. */
const KNOWN_SHARE = 0.25;

export function createFetchProgress(
  files: number,
  report: (progress: ProgressReport) => void,
  now: () => number = () => performance.now(),
): FetchProgress {
  const sizes = new Map<string, { done: number; total: number | null }>();
  let ended = 0;
  let stored = 0;
  let receivedBytes = 0;
  let reportedAt = -Infinity;
  let said = '';

  function flush(): void {
    reportedAt = now();
    const all = [...sizes.values()];
    const done = all.reduce((sum, file) => sum + file.done, 0);
    report({
      step: 'fetch',
      label: `Fetching distfiles (${stored} of ${files} are here${said === '' ? '' : `; ${said}`})`,
      done,
      total: estimateTotal(
        all.map(({ done: here, total }) => (total === null ? null : Math.max(here, total))),
        files,
        ended,
      ),
      unit: 'bytes',
    });
  }
  function tick(): void {
    if (now() - reportedAt >= REPORT_INTERVAL_MILLISECONDS) flush();
  }

  return {
    get receivedBytes() {
      return receivedBytes;
    },
    onBytes(sha256, doneBytes, totalBytes, cameBytes) {
      sizes.set(sha256, { done: doneBytes, total: totalBytes });
      receivedBytes += cameBytes;
      tick();
    },
    onEnd(sha256, isStored) {
      ended += 1;
      const file = sizes.get(sha256);
      if (isStored) {
        stored += 1;
        if (file !== undefined) sizes.set(sha256, { done: file.done, total: file.done });
      } else sizes.set(sha256, { done: file?.done ?? 0, total: file?.done ?? 0 });
      tick();
    },
    say(words) {
      said = words;
      tick();
    },
    flush,
  };
}

/** Bytes of all files, those of unknown size taken as the mean of the others; null while too little is known. */
export function estimateTotal(
  sizes: readonly (number | null)[],
  files: number,
  ended: number,
): number | null {
  const known = sizes.filter((size) => size !== null);
  if (known.length === 0 || (known.length < files * KNOWN_SHARE && ended < files)) return null;
  const sum = known.reduce((total, size) => total + size, 0);
  return Math.round(sum + (sum / known.length) * Math.max(0, files - known.length));
}
