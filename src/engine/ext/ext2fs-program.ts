// The program of the thread in which ext2fs (libext2fs as WebAssembly) reads a disk. Text, not a file, so that no host's bundle needs a second entry.
// ext2fs is kept from everything but reading: files are opened without times of access, links
// as themselves (its own O_NOATIME and O_NOFOLLOW), a write is refused, and a request may read only so much, since a damaged disk can lead it in circles.

/** What the thread is told at its start. */
export interface Ext2fsTask {
  /** Where the package ext2fs stands. */
  program: string;
  /** File or device, and offset of the file system in it. */
  path: string;
  offsetBytes: number;
  sizeBytes: number;
  blockBytes: number;
  /** Blocks whose newest bytes lie elsewhere, in the journal. */
  newer: [block: number, from: number, isEscaped: boolean][];
}

export interface Ext2fsStat {
  inode: number;
  /** With the kind in its upper bits. */
  mode: number;
  sizeBytes: number;
  modifiedSeconds: number;
}

export interface Ext2fsCalls {
  /** Read bitmaps and descriptors; before all others. */
  mount(path: ''): null;
  names(path: Uint8Array): string[];
  stat(path: Uint8Array): Ext2fsStat;
  target(path: Uint8Array): string;
  open(path: Uint8Array): number;
  /** The next bytes of an open file: as many as are wanted, or up to its end. */
  read(wanted: { file: number; lengthBytes: number }): Uint8Array;
  /** All of a small file, if it has no more than are wanted. */
  take(wanted: { path: Uint8Array; lengthBytes: number }): Uint8Array;
  close(file: number): null;
}

export type Ext2fsAnswer = { value: unknown } | { failure: string };

export const EXT2FS_PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { constants, openSync, readSync } = require('node:fs');
const { program, path, offsetBytes, sizeBytes, blockBytes, newer } = workerData;
const READ_ONLY = 0o1000000 | 0o400000;
const MOST_BYTES = 128 * 1024 * 1024;
const MAGIC = [0xc0, 0x3b, 0x39, 0x98];
const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
const blocks = new Map(newer.map(([block, from, isEscaped]) => [block, { from, isEscaped }]));
let left = MOST_BYTES;
let wanted = '';
const readAt = (target, at, position) => {
  for (let done = 0; done < target.length; ) {
    const count = readSync(file, target, done, target.length - done, offsetBytes + position + done);
    if (count === 0) throw new Error('the disk ends before');
    done += count;
  }
};
const layOver = (target, position) => {
  for (let block = Math.floor(position / blockBytes); block * blockBytes < position + target.length; block += 1) {
    const found = blocks.get(block);
    if (found === undefined) continue;
    const bytes = Buffer.alloc(blockBytes);
    readAt(bytes, 0, found.from * blockBytes);
    if (found.isEscaped) bytes.set(MAGIC);
    const start = block * blockBytes;
    const from = Math.max(0, position - start);
    target.set(bytes.subarray(from, Math.min(blockBytes, position + target.length - start)), start + from - position);
  }
};
const refuse = async () => {
  wanted = 'it would have to write on the disk';
  throw new Error(wanted);
};
const disk = {
  getCapacity: async () => sizeBytes,
  read: async (buffer, at, length, position) => {
    left -= length;
    if (left < 0) wanted = 'it goes on reading without an end';
    else if (position < 0 || position + length > sizeBytes) wanted = 'it looks for bytes that the disk does not have';
    if (wanted !== '') throw new Error(wanted);
    const target = buffer.subarray(at, at + length);
    readAt(target, 0, position);
    if (blocks.size > 0) layOver(target, position);
    return { bytesRead: length, buffer };
  },
  write: refuse,
  discard: refuse,
  flush: async () => {},
};
let fs = null;
const calls = {
  async mount() {
    fs = (await require(program).mount(disk, 0)).promises;
    return null;
  },
  names: (folder) => fs.readdir(Buffer.from(folder)),
  async stat(name) {
    const handle = await fs.open(Buffer.from(name), READ_ONLY);
    try {
      const { ino, mode, size, mtime } = await fs.fstat(handle.fd);
      return { inode: ino, mode, sizeBytes: size, modifiedSeconds: mtime.getTime() / 1000 };
    } finally {
      await fs.close(handle.fd);
    }
  },
  target: (name) => fs.readlink(Buffer.from(name)),
  open: async (name) => (await fs.open(Buffer.from(name), READ_ONLY)).fd,
  async read({ file, lengthBytes }) {
    const buffer = Buffer.allocUnsafeSlow(lengthBytes);
    const { bytesRead } = await fs.read(file, buffer, 0, lengthBytes, null);
    return buffer.subarray(0, bytesRead);
  },
  async take({ path, lengthBytes }) {
    const file = await calls.open(path);
    try {
      return await calls.read({ file, lengthBytes });
    } finally {
      await fs.close(file);
    }
  },
  async close(open) {
    await fs.close(open);
    return null;
  },
};
parentPort.on('message', async ([call, argument]) => {
  left = MOST_BYTES;
  wanted = '';
  try {
    const value = await calls[call](argument);
    parentPort.postMessage({ value }, Buffer.isBuffer(value) ? [value.buffer] : []);
  } catch (error) {
    parentPort.postMessage({ failure: wanted || String(error && error.message) });
  }
});
`;
