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

interface Task {
  path: string;
  resolve: (hashed: HashedFile) => void;
  reject: (error: unknown) => void;
}

type Answer = HashedFile | { code: string; message: string };

/** Threads are started when there is work for them. */
export function openHashPool({ signal }: { signal?: AbortSignal | undefined } = {}): HashPool {
  const most = Math.min(MOST_THREADS, availableParallelism());
  const idle: Worker[] = [];
  const threads = new Map<Worker, Task | null>();
  const queue: Task[] = [];

  function startThread(): Worker {
    const thread = new Worker(THREAD, { eval: true });
    threads.set(thread, null);
    thread.on('message', (answer: Answer) => {
      const task = threads.get(thread);
      threads.set(thread, null);
      idle.push(thread);
      if ('sha256' in answer) task?.resolve(answer);
      else if (task) task.reject(foldOsError(Object.assign(new Error(answer.message), answer), task.path));
      next();
    });
    thread.on('error', (error) => {
      threads.get(thread)?.reject(error);
      threads.delete(thread);
    });
    return thread;
  }

  function next(): void {
    while (queue.length > 0) {
      const thread = idle.pop() ?? (threads.size < most ? startThread() : undefined);
      const task = thread === undefined ? undefined : queue.shift();
      if (thread === undefined || task === undefined) return;
      threads.set(thread, task);
      thread.postMessage(task.path);
    }
  }

  async function close(): Promise<void> {
    signal?.removeEventListener('abort', abort);
    const reason: unknown = signal?.aborted === true ? signal.reason : new Error('the hash pool was closed');
    for (const task of [...queue.splice(0), ...threads.values()]) task?.reject(reason);
    await Promise.all([...threads.keys()].map((thread) => thread.terminate()));
    threads.clear();
    idle.length = 0;
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
