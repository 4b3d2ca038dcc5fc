// What the elevated helper is told and what it answers: fixed arguments, then JSON lines on its standard input and output. Nothing is believed;
// a line that is not exactly one of these ends the helper before anything is written.

/** The unit of reading, writing, hashing and resuming. */
export const CHUNK_BYTES = 4 * 1024 * 1024;
/** Written over at both ends first: at the beginning MBR and primary GPT, at the end the backup GPT (UEFI 2.10, 5.3.1). */
export const EDGE_BYTES = 1024 * 1024;
export const SHA256_BYTES = 32;
/** Hashes in one line, and so the length of a line that is still read. */
export const MOST_HASHES_A_LINE = 256;
export const LONGEST_LINE_CHARACTERS = 32_768;
/** 4 TiB of image: its hashes take 32 MiB of memory. */
export const MOST_CHUNKS = 1_048_576;

/** What the kernel must say of the device; null is not compared. */
export interface ExpectedIdentity {
  majorMinor: string;
  sizeBytes: number;
  diskseq: number | null;
  serial: string | null;
  wwn: string | null;
  model: string | null;
}

export interface HelperArguments {
  mode: 'write' | 'verify';
  device: string;
  identity: ExpectedIdentity;
  /** The image file; null for a verification by hashes alone. */
  image: string | null;
  imageBytes: number;
  /** sha256 over the hashes of all chunks: what the person confirmed. */
  chunksSha256: string;
  /** Unmount what is mounted from this very device. */
  unmount: boolean;
  eject: boolean;
}

export type HelperRequest =
  /** Hashes of the chunks from number `from` on. */
  | { type: 'hashes'; from: number; sha256: string[] }
  /** Chunks that are zeros. */
  | { type: 'zeros'; from: number; count: number }
  /** An earlier try wrote the chunks below this number: each is read and compared before that is believed. */
  | { type: 'resume'; upTo: number }
  | { type: 'begin' }
  | { type: 'cancel' };

export type Phase = 'check' | 'wipe' | 'write' | 'sync' | 'head' | 'verify' | 'eject';

export type FailureCode =
  | 'bad-arguments'
  | 'bad-environment'
  | 'bad-message'
  | 'not-a-device'
  | 'no-permission'
  | 'identity-changed'
  | 'system-drive'
  | 'in-use'
  | 'holds-image'
  | 'read-only'
  | 'too-small'
  | 'image-unreadable'
  | 'image-changed'
  | 'unplugged'
  | 'bad-sector'
  | 'device-full'
  | 'mismatch'
  | 'cancelled'
  | 'bug';

export interface Failure {
  code: FailureCode;
  phase: Phase;
  /** On the device, to the sector or byte; null where there is no place. */
  offsetBytes: number | null;
  /** `EIO`; null when it was no error of the system. */
  osCode: string | null;
  detail: string;
  /** Chunks that differ, of a mismatch. */
  badChunks: number[];
  badChunkCount: number;
}

export interface Done {
  /** How zeros came onto the device. */
  zeroing: 'kernel' | 'written' | 'none';
  verifiedBytes: number;
  writtenBytes: number;
  zeroedBytes: number;
  /** Chunks of an earlier try that were read, found right and kept. */
  resumedChunks: number;
  /** Milliseconds by phase. */
  timings: Partial<Record<Phase, number>>;
  peakMemoryBytes: number;
  unmounted: string[];
  /** Null when it was ejected, or not asked for; else why it was not. */
  ejectProblem: string | null;
}

export type HelperEvent =
  | { type: 'ready'; identity: ExpectedIdentity; unmounted: string[] }
  | { type: 'progress'; phase: Phase; doneBytes: number; totalBytes: number; writtenUpTo: number }
  | { type: 'done'; done: Done }
  | { type: 'failed'; failure: Failure; headIsZero: boolean };

/** A line of input as a request; null when it is none. */
export function parseRequest(line: string): HelperRequest | null {
  if (line.length > LONGEST_LINE_CHARACTERS) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const given = value as Record<string, unknown>;
  const has = (...names: string[]): boolean =>
    Object.keys(given).length === names.length + 1 && names.every((name) => Object.hasOwn(given, name));
  if (!Object.hasOwn(given, 'type')) return null;
  const { type, from, count, upTo, sha256 } = given;
  if (type === 'begin' || type === 'cancel') return has() ? { type } : null;
  if (type === 'resume' && has('upTo') && isCount(upTo)) return { type, upTo };
  if (type === 'zeros' && has('from', 'count') && isCount(from) && isCount(count) && count > 0)
    return { type, from, count };
  if (type === 'hashes' && has('from', 'sha256') && isCount(from) && isHashes(sha256))
    return { type, from, sha256 };
  return null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MOST_CHUNKS;
}

function isHashes(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MOST_HASHES_A_LINE &&
    value.every((one) => typeof one === 'string' && /^[0-9a-f]{64}$/.test(one))
  );
}
