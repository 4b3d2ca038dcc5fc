// The stored distfiles of a checkout, each looked into as it is read.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { GeneratedFiles, ScannedDistfile } from '../../shared/model/blobs.ts';
import type { WantedDistfile } from '../../shared/model/distfile.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';
import { SCAN_LIMITS, type ScanLimits, scanStream } from './scan-stream.ts';

/** Of each distfile so many are listed; all are counted. */
const LISTED = 200;
const EXAMPLES = 3;

export interface StoredFiles {
  /** Path of the stored file with this hash, or null. */
  resolve(sha256: string): Promise<string | null>;
}

export async function scanDistfiles(
  wanted: readonly WantedDistfile[],
  store: StoredFiles,
  { signal, report }: JobContext,
  limits: ScanLimits = SCAN_LIMITS,
): Promise<ScannedDistfile[]> {
  const scanned: ScannedDistfile[] = [];
  let doneBytes = 0;
  const stored = await Promise.all(wanted.map(({ sha256 }) => store.resolve(sha256)));
  const sizes = await Promise.all(
    stored.map(async (path) => (path === null ? 0 : (await atPath(path, () => stat(path))).size)),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (const [index, { name }] of wanted.entries()) {
    const path = stored[index] ?? null;
    if (path === null) {
      scanned.push({
        name,
        state: 'not stored',
        notes: [],
        files: 0,
        blobCount: 0,
        blobs: [],
        generated: [],
      });
      continue;
    }
    signal.throwIfAborted();
    const progress = (bytes: number): void =>
      report({
        step: 'distfiles',
        label: `Looking into ${name}`,
        done: doneBytes + bytes,
        total,
        unit: 'bytes',
      });
    progress(0);
    scanned.push(await scanOne(name, path, signal, progress, limits));
    doneBytes += sizes[index] ?? 0;
  }
  return scanned;
}

async function scanOne(
  name: string,
  path: string,
  signal: AbortSignal,
  progress: (bytes: number) => void,
  limits: ScanLimits,
): Promise<ScannedDistfile> {
  const result: ScannedDistfile = {
    name,
    state: 'scanned',
    notes: [],
    files: 0,
    blobCount: 0,
    blobs: [],
    generated: [],
  };
  const generated = new Map<string, GeneratedFiles>();
  async function* read(): AsyncGenerator<Buffer, void, void> {
    let bytes = 0;
    for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      progress(bytes);
      yield piece;
    }
  }
  await atPath(path, () =>
    scanStream(read(), name, {
      signal,
      limits,
      strict: false,
      seen({ path: at, sizeBytes, sha256, isText, kind, generated: rule }) {
        result.files += 1;
        if (rule !== null) {
          const known = generated.get(rule) ?? { rule, count: 0, examples: [] };
          known.count += 1;
          if (known.examples.length < EXAMPLES) known.examples.push(at);
          generated.set(rule, known);
        }
        if (isText) return;
        result.blobCount += 1;
        if (result.blobs.length < LISTED)
          result.blobs.push({ path: at, sizeBytes, sha256, kind, explanation: null });
      },
      note(at, reason) {
        if (result.notes.length < LISTED) result.notes.push(at === name ? reason : `${at}: ${reason}`);
      },
    }),
  );
  if (result.notes.length > 0) result.state = result.files === 0 ? 'not opened' : 'partly';
  return { ...result, generated: [...generated.values()].sort((a, b) => (a.rule < b.rule ? -1 : 1)) };
}
