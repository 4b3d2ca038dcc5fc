// sha256 of many files on several processors. The threads are made from text, not from a file, so that no host's bundle needs a second entry.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { foldOsError } from '../os-errors.ts';

export interface HashedFile {
  sha256: string;
  sizeBytes: number;
}

export interface HashPool {
  /** Hash of the file's bytes. OS errors are folded; the pool may be closed meanwhile, then it rejects with the abort reason. */
  hash(path: string): Promise<HashedFile>;
  close(): Promise<void>;
}

/** Read synchronously: a thread has nothing else to do, and a hop per piece costs more than the piece (toolchain.md 2). */
const THREAD = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { openSync, readSync, closeSync } = require('node:fs');
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
parentPort.on('message', (path) => {
  let file = -1;
  try {
    file = openSync(path, 'r');
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for (let count; (count = readSync(file, buffer, 0, buffer.length, null)) > 0; sizeBytes += count)
      hash.update(count === buffer.length ? buffer : buffer.subarray(0, count));
    parentPort.postMessage({ sha256: hash.digest('hex'), sizeBytes });
  } catch (error) {
    parentPort.postMessage({ code: error.code, message: error.message });
  } finally {
    if (file >= 0) closeSync(file);
  }
});
`;

/** More threads than this wait for the disk. */
const MOST_THREADS = 4;
/** A thread has its next file at hand when it has done with one. */
const FILES_AT_HAND = 2;

interface Task {
  path: string;
  resolve: (hashed: HashedFile) => void;
  reject: (error: unknown) => void;
}

type Answer = HashedFile | { code: string; message: string };

/** Threads are started when there is work for them. */
export function openHashPool({ signal }: { signal?: AbortSignal | undefined } = {}): HashPool {
  const most = Math.min(MOST_THREADS, availableParallelism());
  /** What each was given, in order. */
  const threads = new Map<Worker, Task[]>();
  const queue: Task[] = [];

  function startThread(): Worker {
    const thread = new Worker(THREAD, { eval: true });
    const given: Task[] = [];
    threads.set(thread, given);
    thread.on('message', (answer: Answer) => {
      const task = given.shift();
      if ('sha256' in answer) task?.resolve(answer);
      else if (task) task.reject(foldOsError(Object.assign(new Error(answer.message), answer), task.path));
      next();
    });
    thread.on('error', (error) => {
      for (const task of given.splice(0)) task.reject(error);
      threads.delete(thread);
    });
    return thread;
  }

  function next(): void {
    while (queue.length > 0) {
      const thread = leastBusy();
      const task = thread === null ? undefined : queue.shift();
      if (thread === null || task === undefined) return;
      threads.get(thread)?.push(task);
      thread.postMessage(task.path);
    }
  }

  /** A thread that can take one more; a new one before others are given a second. */
  function leastBusy(): Worker | null {
    let best: Worker | null = null;
    let fewest = FILES_AT_HAND;
    for (const [thread, given] of threads) {
      if (given.length >= fewest) continue;
      best = thread;
      fewest = given.length;
    }
    return fewest > 0 && threads.size < most ? startThread() : best;
  }

  async function close(): Promise<void> {
    signal?.removeEventListener('abort', abort);
    const reason: unknown = signal?.aborted === true ? signal.reason : new Error('the hash pool was closed');
    for (const task of [...queue.splice(0), ...[...threads.values()].flat()]) task.reject(reason);
    await Promise.all([...threads.keys()].map((thread) => thread.terminate()));
    threads.clear();
  }
  const abort = (): void => void close();
  signal?.addEventListener('abort', abort);

  return {
    hash: (path) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason as Error);
          return;
        }
        queue.push({ path, resolve, reject });
        next();
      }),
    close,
  };
}
