// Hashes ranges of a file and looks for the first byte other than zero, on several processors. The threads read for themselves: bytes that only
// one thread looks at need not cross to it. They are made from text, not from a file, so that no host's bundle needs a second entry.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { SeedbedError } from '../../shared/errors.ts';
import { foldOsError } from '../os-errors.ts';
import type { ByteSource } from './byte-source.ts';

export interface ByteRange {
  fromBytes: number;
  toBytes: number;
}

export interface RangeThreads {
  /** sha256 of each range, in order. */
  hashes(ranges: readonly ByteRange[]): Promise<string[]>;
  /** One sha256 over several ranges, as if they lay together. */
  joinedHash(ranges: readonly ByteRange[]): Promise<string>;
  /** Offset of the first byte in the range that is not zero; null when all are. */
  firstNonZero(range: ByteRange): Promise<number | null>;
  /** In any case, also after an error. */
  close(): Promise<void>;
}

/**
 * Reading past the cache is quickest over holes, and leaves the cache to others; it needs memory at a page's beginning, which WebAssembly gives, and
 * offsets in whole pages. Where the file system refuses, the ordinary way does.
 */
const THREAD = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { constants, openSync, readSync } = require('node:fs');
const SIZE = 1048576;
const PAGE = 4096;
let path = '';
let offset = 0;
const buffer = Buffer.from(new WebAssembly.Memory({ initial: SIZE / 65536 }).buffer);
const zero = Buffer.alloc(SIZE);
let plain = -1;
let direct = -1;
const plainFile = () => (plain < 0 ? (plain = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)) : plain);
const readPlain = (at, wanted) => {
  const count = readSync(plainFile(), buffer, 0, Math.min(SIZE, wanted), offset + at);
  if (count === 0) throw Object.assign(new Error('it became shorter'), { code: 'SHORTER' });
  return buffer.subarray(0, count);
};
const readDirect = (at, wanted) => {
  if (direct === null || wanted < SIZE || (offset + at) % PAGE !== 0) return readPlain(at, wanted);
  try {
    if (direct < 0) direct = openSync(path, constants.O_RDONLY | (constants.O_DIRECT ?? 0));
    const count = readSync(direct, buffer, 0, SIZE, offset + at);
    if (count > 0) return buffer.subarray(0, count);
  } catch {
    direct = null;
  }
  return readPlain(at, wanted);
};
const hashOf = (ranges) => {
  const hash = createHash('sha256');
  for (const [from, to] of ranges)
    for (let at = from; at < to; ) {
      const bytes = readPlain(at, to - at);
      hash.update(bytes);
      at += bytes.length;
    }
  return hash.digest('hex');
};
const tasks = {
  hashes: (ranges) => ranges.map((range) => hashOf([range])),
  joined: hashOf,
  nonZero: ([from, to]) => {
    for (let at = from; at < to; ) {
      const wanted = Math.min(to - at, SIZE - ((offset + at) % PAGE));
      const bytes = readDirect(at, wanted);
      if (!bytes.equals(zero.subarray(0, bytes.length))) return at + bytes.findIndex((byte) => byte !== 0);
      at += bytes.length;
    }
    return null;
  },
};
parentPort.on('message', ([task, given]) => {
  if (task === 'open') return void ([path, offset] = given);
  try {
    parentPort.postMessage({ value: tasks[task](given) });
  } catch (error) {
    parentPort.postMessage({ code: error.code ?? '', message: error.message });
  }
});
`;

/** More threads than this wait for the disk. */
const MOST_THREADS = 4;
/** Zeros are looked for in parts of this size, so that a cancelled search ends soon. */
const PART_BYTES = 256 * 1024 * 1024;
/** A task of hashes holds about this much: small files go together, since a message costs more than a small hash. */
const BATCH_BYTES = 8 * 1024 * 1024;

type Task =
  { task: 'hashes' | 'joined'; given: [number, number][] } | { task: 'nonZero'; given: [number, number] };
type Answer = { value: unknown } | { code: string; message: string };
interface Waiting {
  asked: Task;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** Started before there was anything to read. */
const spare: Worker[] = [];

/** Start threads for what will be opened soon: they take as long to begin as a command takes to find out what it has to do. They hold up no end of the process. */
export function readyRangeThreads(): void {
  while (spare.length < mostThreads()) {
    const worker = new Worker(THREAD, { eval: true });
    worker.unref();
    spare.push(worker);
  }
}

function mostThreads(): number {
  return Math.min(MOST_THREADS, availableParallelism());
}

export function openRangeThreads(source: ByteSource, signal?: AbortSignal): RangeThreads {
  const { path, offsetBytes } = source.place;
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting>();
  const queue: Waiting[] = [];
  const most = mostThreads();
  let ended: Error | null = null;

  function end(error: Error): void {
    ended ??= error;
    for (const waiting of [...queue.splice(0), ...busy.values()]) waiting.reject(ended);
    busy.clear();
  }
  const abort = (): void => end(new SeedbedError('CANCELLED', { kept: '' }));
  signal?.addEventListener('abort', abort);
  if (signal?.aborted === true) abort();

  const workers: Worker[] = [];
  function startThread(): Worker {
    const worker = spare.pop() ?? new Worker(THREAD, { eval: true });
    worker.ref();
    worker.postMessage(['open', [path, offsetBytes]]);
    workers.push(worker);
    worker.on('message', (answer: Answer) => {
      const waiting = busy.get(worker);
      busy.delete(worker);
      idle.push(worker);
      if (waiting !== undefined) {
        if ('value' in answer) waiting.resolve(answer.value);
        else waiting.reject(errorOf(answer, path));
      }
      next();
    });
    worker.on('error', (error) => end(error instanceof Error ? error : new Error('a reading thread ended')));
    return worker;
  }
  function next(): void {
    while (queue.length > 0 && (idle.length > 0 || workers.length < most)) {
      const waiting = queue.shift();
      if (waiting === undefined) return;
      const worker = idle.pop() ?? startThread();
      busy.set(worker, waiting);
      worker.postMessage([waiting.asked.task, waiting.asked.given]);
    }
  }
  const ask = (asked: Task): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended !== null) {
        reject(ended);
        return;
      }
      queue.push({ asked, resolve, reject });
      next();
    });

  return {
    async hashes(ranges) {
      const batches = batched(ranges);
      const answers = await Promise.all(batches.map((given) => ask({ task: 'hashes', given })));
      return answers.flat() as string[];
    },
    async joinedHash(ranges) {
      const given = ranges.map(({ fromBytes, toBytes }): [number, number] => [fromBytes, toBytes]);
      return String(await ask({ task: 'joined', given }));
    },
    async firstNonZero({ fromBytes, toBytes }) {
      const parts: Promise<unknown>[] = [];
      for (let at = fromBytes; at < toBytes; at += PART_BYTES)
        parts.push(ask({ task: 'nonZero', given: [at, Math.min(toBytes, at + PART_BYTES)] }));
      const found = (await Promise.all(parts)) as (number | null)[];
      return found.find((at) => at !== null) ?? null;
    },
    async close() {
      signal?.removeEventListener('abort', abort);
      end(new Error('the reading threads were closed'));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function batched(ranges: readonly ByteRange[]): [number, number][][] {
  const batches: [number, number][][] = [];
  let room = 0;
  for (const { fromBytes, toBytes } of ranges) {
    if (room <= 0 || batches.length === 0) {
      batches.push([]);
      room = BATCH_BYTES;
    }
    batches.at(-1)?.push([fromBytes, toBytes]);
    room -= toBytes - fromBytes;
  }
  return batches;
}

function errorOf({ code, message }: { code: string; message: string }, path: string): unknown {
  if (code === 'SHORTER') return new SeedbedError('FILE_CHANGED', { path });
  return foldOsError(Object.assign(new Error(message), { code }), path);
}
