// Reads whole file systems through the npm package ext2fs, which is libext2fs as WebAssembly. In a thread: it changes how its process treats errors.
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

export interface ReadEntry {
  type: 'directory' | 'file' | 'symlink';
  /** Permission bits. */
  mode: number;
  /** A file's sha256, a link's target. */
  holds: string;
}

const ext2fs = createRequire(import.meta.url).resolve('ext2fs');

const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { openSync, fstatSync, readSync } = require('node:fs');

function diskOf(file, sizeBytes) {
  return {
    getCapacity: async () => sizeBytes,
    read: async (buffer, bufferOffset, length, offset) => {
      const bytesRead = readSync(file, buffer, bufferOffset, length, offset);
      return { bytesRead, buffer };
    },
    // Times of access: let it believe that they were written.
    write: async (buffer, bufferOffset, length) => ({ bytesWritten: length, buffer }),
    flush: async () => {},
    discard: async () => {},
  };
}

async function walk(fs, folder, found) {
  for (const name of await fs.readdir(folder || '/')) {
    const path = folder + '/' + name;
    const stat = await fs.lstat(path);
    const mode = stat.mode & 0o7777;
    if (stat.isSymbolicLink()) found[path] = { type: 'symlink', mode, holds: await fs.readlink(path) };
    else if (stat.isDirectory()) {
      found[path] = { type: 'directory', mode, holds: '' };
      await walk(fs, path, found);
    } else {
      const hash = createHash('sha256');
      const file = await fs.open(path, 'r');
      const buffer = Buffer.alloc(1 << 20);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) break;
        hash.update(buffer.subarray(0, bytesRead));
      }
      await file.close();
      found[path] = { type: 'file', mode, holds: hash.digest('hex') };
    }
  }
  return found;
}

const { path, offset, ext2fs } = workerData;
const { mount } = require(ext2fs);
const file = openSync(path, 'r');
mount(diskOf(file, fstatSync(file).size), offset)
  .then(({ promises }) => walk(promises, '', {}))
  .then((found) => parentPort.postMessage(found), (error) => parentPort.postMessage(String(error)));
`;

/** path → entry, of the file system that begins at `offset`. A thread each time: ext2fs 4.2.5 never gives memory back, and fails when it writes times of access at an unmount, also on mke2fs's own file systems. */
export async function readWithExt2fs(path: string, offset = 0): Promise<Record<string, ReadEntry>> {
  const worker = new Worker(THREAD, { eval: true, workerData: { path, offset, ext2fs } });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('ext2fs ended without an answer')));
      worker.once('message', (answer: Record<string, ReadEntry> | string) => {
        if (typeof answer === 'string') reject(new Error(answer));
        else resolve(answer);
      });
    });
  } finally {
    await worker.terminate();
  }
}
