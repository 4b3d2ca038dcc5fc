// Reads whole file systems through the npm package ext2fs, which is libext2fs as WebAssembly. In a thread: it changes how its process treats errors.
import { Worker } from 'node:worker_threads';

export interface ReadEntry {
  type: 'directory' | 'file' | 'symlink';
  /** Permission bits. */
  mode: number;
  /** A file's sha256, a link's target. */
  holds: string;
}

const THREAD = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { openSync, closeSync, fstatSync, readSync } = require('node:fs');
const { withMountedDisk } = require('ext2fs');

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

parentPort.on('message', async ({ path, offset }) => {
  const file = openSync(path, 'r');
  try {
    const disk = diskOf(file, fstatSync(file).size);
    parentPort.postMessage(await withMountedDisk(disk, offset, ({ promises }) => walk(promises, '', {})));
  } catch (error) {
    parentPort.postMessage(String(error));
  } finally {
    closeSync(file);
  }
});
`;

export interface Ext2fsReader {
  /** path → entry, of the file system that begins at `offset`. */
  read(path: string, offset?: number): Promise<Record<string, ReadEntry>>;
  close(): Promise<number>;
}

export function openExt2fsReader(): Ext2fsReader {
  const worker = new Worker(THREAD, { eval: true });
  return {
    read: (path, offset = 0) =>
      new Promise((resolve, reject) => {
        worker.once('error', reject);
        worker.once('message', (answer: Record<string, ReadEntry> | string) => {
          worker.off('error', reject);
          if (typeof answer === 'string') reject(new Error(answer));
          else resolve(answer);
        });
        worker.postMessage({ path, offset });
      }),
    close: () => worker.terminate(),
  };
}
