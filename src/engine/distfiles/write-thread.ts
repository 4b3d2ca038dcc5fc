// A thread that hashes and writes what downloads bring, so that the thread that talks to the network does nothing else. One for all files of
// a fetch. The thread is made from text, not from a file, so that no host's bundle needs a second entry.
import { Worker } from 'node:worker_threads';

export interface WriteThread {
  /** A block to fill; it comes back by itself when it was appended. */
  takeBlock(): Block;
  giveBlock(block: Block): void;
  /** Hash and append the first bytes of the block to a file that is open for appending; one call a file at a time. OS errors keep their codes. */
  append(file: number, block: Block, lengthBytes: number): Promise<void>;
  /** Hash what an open file holds already; how many bytes that is. Before the first `append`. */
  takeExisting(file: number): Promise<number>;
  /** The same, for the last block; hash of all bytes of the file so far, lower-case hexadecimal. */
  finish(file: number, block: Block, lengthBytes: number): Promise<string>;
  /** Begin a new hash; also before the file is closed, since its number will be another file's. */
  forget(file: number): void;
  close(): Promise<void>;
}

export interface Block {
  readonly index: number;
  readonly bytes: Buffer;
}

/** What the sockets give is small; a message to the thread for each piece would cost more than the piece. */
export const BLOCK_BYTES = 256 * 1024;

const THREAD = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { readSync, writeSync } = require('node:fs');
const hashes = new Map();
const blocks = [];
const hashOf = (file) => {
  if (!hashes.has(file)) hashes.set(file, createHash('sha256'));
  return hashes.get(file);
};
const tasks = {
  block(index, memory) { blocks[index] = Buffer.from(memory); },
  append(file, index, length) {
    const bytes = blocks[index].subarray(0, length);
    hashOf(file).update(bytes);
    for (let done = 0; done < length;) done += writeSync(file, bytes, done, length - done);
  },
  takeExisting(file) {
    const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
    let position = 0;
    for (let count; (count = readSync(file, buffer, 0, buffer.length, position)) > 0; position += count)
      hashOf(file).update(buffer.subarray(0, count));
    return position;
  },
  finish(file, index, length) {
    tasks.append(file, index, length);
    return hashOf(file).copy().digest('hex');
  },
  forget(file) { hashes.delete(file); },
};
parentPort.on('message', ([task, ...given]) => {
  try {
    const value = tasks[task](...given);
    if (task !== 'block' && task !== 'forget') parentPort.postMessage([value]);
  } catch (error) {
    parentPort.postMessage([null, error.code ?? '', error.message]);
  }
});
`;

type Task = 'append' | 'takeExisting' | 'finish';
type Answer = [value: unknown, code?: string, message?: string];

export function openWriteThread(): WriteThread {
  const worker = new Worker(THREAD, { eval: true });
  const waiting: { resolve: (value: unknown) => void; reject: (error: unknown) => void }[] = [];
  const spare: Block[] = [];
  let blocks = 0;
  let failure: Error | null = null;
  worker.on('message', ([value, code, message]: Answer) => {
    // Answers come in the order of the questions.
    const asked = waiting.shift();
    if (code === undefined) asked?.resolve(value);
    else asked?.reject(Object.assign(new Error(message), { code }));
  });
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the writing thread has ended')));

  function ask(task: Task, ...given: number[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (failure !== null) {
        reject(failure);
        return;
      }
      waiting.push({ resolve, reject });
      worker.postMessage([task, ...given]);
    });
  }

  function giveBlock(block: Block): void {
    spare.push(block);
  }

  return {
    takeBlock() {
      const used = spare.pop();
      if (used !== undefined) return used;
      const memory = new SharedArrayBuffer(BLOCK_BYTES);
      const block = { index: blocks, bytes: Buffer.from(memory) };
      blocks += 1;
      worker.postMessage(['block', block.index, memory]);
      return block;
    },
    giveBlock,
    append: async (file, block, lengthBytes) => {
      await ask('append', file, block.index, lengthBytes).finally(() => giveBlock(block));
    },
    finish: async (file, block, lengthBytes) =>
      String(await ask('finish', file, block.index, lengthBytes).finally(() => giveBlock(block))),
    takeExisting: async (file) => Number(await ask('takeExisting', file)),
    forget: (file) => worker.postMessage(['forget', file]),
    close: async () => {
      await worker.terminate();
    },
  };
}
