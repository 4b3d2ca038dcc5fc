// Several sha256 at once, in a thread of their own where that is worth it: an image's bytes are hashed more than once, and a build is as fast as its slowest thread.
// The thread is made from text, not from a file, so that no host's bundle needs a second entry.
import { createHash, type Hash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

export interface Hasher {
  /** Add bytes of a SharedArrayBuffer to the hash of that number; they may be reused when the promise is kept. */
  update(hash: number, bytes: Uint8Array): Promise<void>;
  /** Lower-case hexadecimal. The number is free again afterwards. */
  digest(hash: number): Promise<string>;
  /** In any case, also after an error. */
  close(): Promise<void>;
}

const THREAD = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const hashes = new Map();
parentPort.on('message', ({ hash, bytes }) => {
  if (!hashes.has(hash)) hashes.set(hash, createHash('sha256'));
  if (bytes !== null) {
    hashes.get(hash).update(bytes);
    return parentPort.postMessage('');
  }
  parentPort.postMessage(hashes.get(hash).digest('hex'));
  hashes.delete(hash);
});
`;

/** Below this a thread costs more time than it saves. */
const WORTH_A_THREAD_BYTES = 32 * 1024 * 1024;

/** For about so many bytes in all. */
export function openHasher(bytes: number): Hasher {
  return bytes < WORTH_A_THREAD_BYTES ? hashHere() : openHashThread();
}

function hashHere(): Hasher {
  const hashes = new Map<number, Hash>();
  const hashOf = (number: number): Hash => {
    const hash = hashes.get(number) ?? createHash('sha256');
    hashes.set(number, hash);
    return hash;
  };
  return {
    update(number, bytes) {
      hashOf(number).update(bytes);
      return Promise.resolve();
    },
    digest(number) {
      const sum = hashOf(number).digest('hex');
      hashes.delete(number);
      return Promise.resolve(sum);
    },
    close: () => Promise.resolve(),
  };
}

function openHashThread(): Hasher {
  const worker = new Worker(THREAD, { eval: true });
  const waiting: { resolve: (answer: string) => void; reject: (error: Error) => void }[] = [];
  let failure: Error | null = null;
  // Answers come in the order of the questions.
  worker.on('message', (answer: string) => waiting.shift()?.resolve(answer));
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error('the hashing thread ended');
    for (const { reject } of waiting.splice(0)) reject(failure);
  });
  const ask = (hash: number, bytes: Uint8Array | null): Promise<string> =>
    new Promise((resolve, reject) => {
      if (failure !== null) {
        reject(failure);
        return;
      }
      waiting.push({ resolve, reject });
      worker.postMessage({ hash, bytes });
    });
  return {
    update: async (hash, bytes) => {
      await ask(hash, bytes);
    },
    digest: (hash) => ask(hash, null),
    close: async () => {
      await worker.terminate();
    },
  };
}
