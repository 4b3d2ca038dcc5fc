// A file on its way: <hash>.partial with the bytes so far, hashed as they come, and <hash>.partial.json with what the server said of
// them, so that another run can go on where this one ended.
import { chmod, type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { atPath, osCodeOf } from '../os-errors.ts';
import { type DistfileStore, removeIfThere, STORED_MODE } from './store.ts';
import { type Block, BLOCK_BYTES, type WriteThread } from './write-thread.ts';

export const PARTIAL_ENDING = '.partial';

/** What was known of the bytes when they began to come. */
const Origin = z.object({
  url: z.string(),
  /** A strong validator for If-Range, or null (RFC 9110, 13.1.5). */
  validator: z.string().nullable(),
  totalBytes: z.int().nonnegative().nullable(),
  /** Bytes came from more than one address. */
  isJoined: z.boolean(),
});
export type Origin = z.infer<typeof Origin>;

export interface PartialFile {
  /** Bytes that are here, hashed. */
  readonly sizeBytes: number;
  readonly origin: Origin | null;
  /** Where the coming bytes are from; they are appended to what is here. */
  startedFrom(origin: Origin): void;
  /** Takes the bytes at once; null, or a promise that is to be kept before more is given. */
  write(bytes: Buffer): Promise<void> | null;
  /** Hash of all bytes so far. */
  digest(): Promise<string>;
  /** Forget all bytes. */
  restart(): Promise<void>;
  /** Everything is right: sync and store it. The partial is closed then. */
  commit(): Promise<void>;
  /** Close and hand over the file, for setting aside. */
  detach(): Promise<string>;
  /** Close and keep what is here for the next time. */
  keep(): Promise<void>;
}

/** Open what an earlier run left, or begin. One process at a time (the fetch's claim). */
export async function openPartial(
  store: DistfileStore,
  thread: WriteThread,
  sha256: string,
): Promise<PartialFile> {
  const path = `${store.pathOf(sha256)}${PARTIAL_ENDING}`;
  const recordPath = `${path}.json`;
  // Most files are new: nothing else is looked at then.
  const fresh = await createOrNull(path);
  let origin = fresh === null ? await readOrigin(recordPath) : null;
  let hasRecord = origin !== null;
  const handle = fresh ?? (await reopen(path));
  const file = handle.fd;
  let sizeBytes = 0;
  if (fresh === null)
    sizeBytes = await atPath(path, async () => {
      if (origin === null) await handle.truncate(0);
      return thread.takeExisting(file);
    }).catch(async (error: unknown) => {
      thread.forget(file);
      await handle.close();
      throw error;
    });
  /** Taken with the first byte, given back with the last. */
  let block: Block | null = null;
  /** Bytes of the block that are neither hashed nor written yet. */
  let waitingBytes = 0;
  let isRecorded = true;
  let writing: Promise<void> = Promise.resolve();
  let failure: unknown = null;

  async function flush(): Promise<void> {
    await writing;
    if (failure !== null) throw failure as Error;
    if (block === null) return;
    const full = block;
    const length = waitingBytes;
    block = null;
    waitingBytes = 0;
    writing = atPath(path, async () => {
      await thread.append(file, full, length);
      if (sizeBytes >= BLOCK_BYTES) await record();
    }).catch((error: unknown) => {
      failure = error;
    });
  }

  function fill(bytes: Buffer): Promise<void> | null {
    block ??= thread.takeBlock();
    const count = bytes.copy(block.bytes, waitingBytes);
    waitingBytes += count;
    if (waitingBytes < BLOCK_BYTES) return null;
    const rest = bytes.subarray(count);
    return flush().then(() => (rest.length > 0 ? fill(rest) : null)?.then());
  }

  /** A file that has come within its first block never gets one. */
  async function record(): Promise<void> {
    if (isRecorded) return;
    isRecorded = true;
    hasRecord = true;
    await writeFile(recordPath, JSON.stringify(origin));
  }

  async function settle(): Promise<void> {
    await flush();
    await writing;
    if (failure !== null) throw failure as Error;
  }

  async function close(): Promise<void> {
    if (block !== null) thread.giveBlock(block);
    thread.forget(file);
    await handle.close();
  }

  async function forgetRecord(): Promise<void> {
    if (hasRecord) await removeIfThere(recordPath);
    hasRecord = false;
  }

  return {
    get sizeBytes() {
      return sizeBytes;
    },
    get origin() {
      return origin;
    },
    startedFrom(from) {
      origin = from;
      isRecorded = false;
    },
    write(bytes) {
      sizeBytes += bytes.length;
      return fill(bytes);
    },
    async digest() {
      // The last bytes and the question go to the thread together.
      await writing;
      if (failure !== null) throw failure as Error;
      const last = block ?? thread.takeBlock();
      const length = waitingBytes;
      block = null;
      waitingBytes = 0;
      return atPath(path, () => thread.finish(file, last, length));
    },
    async restart() {
      await settle();
      await atPath(path, () => handle.truncate(0));
      thread.forget(file);
      await forgetRecord();
      sizeBytes = 0;
      origin = null;
    },
    async commit() {
      try {
        await settle();
        await atPath(path, () => handle.sync());
      } finally {
        await close();
      }
      await store.commit(path, sha256);
      await forgetRecord();
    },
    async detach() {
      try {
        await settle();
      } finally {
        await close();
      }
      await forgetRecord();
      return path;
    },
    async keep() {
      try {
        await settle();
        if (sizeBytes > 0) await atPath(recordPath, record);
      } finally {
        await close();
        // Bytes of unknown origin are of no use.
        if (!hasRecord) await removeIfThere(path);
      }
    },
  };
}

/** A new file with the mode that it will have in the store; null when there is one. */
async function createOrNull(path: string): Promise<FileHandle | null> {
  return atPath(path, async () => {
    try {
      return await open(path, 'ax+', STORED_MODE);
    } catch (error) {
      if (osCodeOf(error) === 'EEXIST') return null;
      throw error;
    }
  });
}

async function reopen(path: string): Promise<FileHandle> {
  return atPath(path, async () => {
    await chmod(path, 0o644);
    const handle = await open(path, 'a+');
    await handle.chmod(STORED_MODE);
    return handle;
  });
}

async function readOrigin(path: string): Promise<Origin | null> {
  try {
    const parsed = Origin.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    // Absent, or half-written by a process that was killed: begin anew.
    return null;
  }
}
