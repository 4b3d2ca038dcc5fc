// sha256 in a thread of its own, for the hash of a whole image: a build is as fast as its slowest processor.
// The thread is made from text, not from a file, so that no host's bundle needs a second entry.
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

export interface AsyncHash {
  /** Takes bytes of a SharedArrayBuffer; they may be reused when the promise is kept. More calls may follow before that. */
  update(bytes: Uint8Array): Promise<void>;
  /** Lower-case hexadecimal. */
  digest(): Promise<string>;
  /** In any case, also after an error. */
  close(): Promise<void>;
}

const THREAD = `
const { parentPort } = require('node:worker_threads');
const hash = require('node:crypto').createHash('sha256');
parentPort.on('message', (bytes) => {
  if (bytes === null) return parentPort.postMessage(hash.digest('hex'));
  hash.update(bytes);
  parentPort.postMessage('');
});
`;

/** Below this a thread costs more time than it saves. */
const WORTH_A_THREAD_BYTES = 32 * 1024 * 1024;

export function createAsyncHash(expectedBytes: number): AsyncHash {
  return expectedBytes < WORTH_A_THREAD_BYTES ? hashHere() : hashInThread();
}

function hashHere(): AsyncHash {
  const hash = createHash('sha256');
  return {
    update: (bytes) => {
      hash.update(bytes);
      return Promise.resolve();
    },
    digest: () => Promise.resolve(hash.digest('hex')),
    close: () => Promise.resolve(),
  };
}

function hashInThread(): AsyncHash {
  const worker = new Worker(THREAD, { eval: true });
  const waiting: { resolve: (answer: string) => void; reject: (error: Error) => void }[] = [];
  let failure: Error | null = null;
  // Answers come in the order of the questions.
  worker.on('message', (answer: string) => waiting.shift()?.resolve(answer));
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error('the hashing thread ended');
    for (const { reject } of waiting.splice(0)) reject(failure);
  });
  const ask = (message: Uint8Array | null): Promise<string> =>
    new Promise((resolve, reject) => {
      if (failure !== null) {
        reject(failure);
        return;
      }
      waiting.push({ resolve, reject });
      worker.postMessage(message);
    });
  return {
    update: async (bytes) => {
      await ask(bytes);
    },
    digest: () => ask(null),
    close: async () => {
      await worker.terminate();
    },
  };
}
