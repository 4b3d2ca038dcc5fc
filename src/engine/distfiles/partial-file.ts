// A file on its way: <hash>.partial with the bytes so far, hashed as they come, and <hash>.partial.json with what the server said of
// them, so that another run can go on where this one ended.
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { atPath } from '../os-errors.ts';
import { type DistfileStore, removeIfThere } from './store.ts';

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
  write(bytes: Buffer): Promise<void>;
  /** Hash of all bytes so far. */
  digest(): string;
  /** Forget all bytes. */
  restart(): Promise<void>;
  /** Everything is right: sync and store it. The partial is closed then. */
  commit(): Promise<void>;
  /** Close and hand over the file, for setting aside. */
  detach(): Promise<string>;
  /** Close and keep what is here for the next time. */
  keep(): Promise<void>;
}

/** Bytes are written in pieces of this size; fewer bytes than this are not worth a record of their origin either. */
const PIECE_BYTES = 512 * 1024;

/** Open what an earlier run left, or begin. One process at a time (the fetch's claim). */
export async function openPartial(store: DistfileStore, sha256: string): Promise<PartialFile> {
  const path = `${store.pathOf(sha256)}${PARTIAL_ENDING}`;
  const recordPath = `${path}.json`;
  let origin = await readOrigin(recordPath);
  const handle = await atPath(path, () => open(path, 'a+'));
  let hash = createHash('sha256');
  let sizeBytes = await atPath(path, async () => {
    if (origin === null) await handle.truncate(0);
    return hashSoFar(handle, hash);
  }).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  let pieces: Buffer[] = [];
  let waitingBytes = 0;
  let isRecorded = true;
  let writing: Promise<void> = Promise.resolve();
  let failure: unknown = null;

  async function flush(): Promise<void> {
    await writing;
    if (failure !== null) throw failure as Error;
    if (waitingBytes === 0) return;
    const batch = pieces;
    pieces = [];
    waitingBytes = 0;
    writing = atPath(path, async () => {
      await writeAll(handle, batch);
      if (!isRecorded) {
        isRecorded = true;
        await writeFile(recordPath, JSON.stringify(origin));
      }
    }).catch((error: unknown) => {
      failure = error;
    });
  }

  async function settle(): Promise<void> {
    await flush();
    await writing;
    if (failure !== null) throw failure as Error;
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
    async write(bytes) {
      hash.update(bytes);
      sizeBytes += bytes.length;
      pieces.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes >= PIECE_BYTES) await flush();
    },
    digest: () => hash.copy().digest('hex'),
    async restart() {
      await settle();
      await atPath(path, () => handle.truncate(0));
      await removeIfThere(recordPath);
      hash = createHash('sha256');
      sizeBytes = 0;
      origin = null;
    },
    async commit() {
      // Nobody will go on from here.
      isRecorded = true;
      try {
        await settle();
        await atPath(path, () => handle.sync());
      } finally {
        await handle.close();
      }
      await store.commit(path, sha256);
      await removeIfThere(recordPath);
    },
    async detach() {
      try {
        await settle();
      } finally {
        await handle.close();
      }
      await removeIfThere(recordPath);
      return path;
    },
    async keep() {
      try {
        await settle();
      } finally {
        await handle.close();
        // Too little to go on with.
        if (origin === null || !isRecorded || sizeBytes === 0) await removeIfThere(path);
      }
    },
  };
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

/** Bytes in the file; the hash has taken them. */
async function hashSoFar(handle: FileHandle, hash: Hash): Promise<number> {
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return position;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** Append; writev may write less than it was given. */
async function writeAll(handle: FileHandle, batch: Buffer[]): Promise<void> {
  const total = batch.reduce((sum, piece) => sum + piece.length, 0);
  const { bytesWritten } = await handle.writev(batch);
  if (bytesWritten < total) await handle.appendFile(Buffer.concat(batch).subarray(bytesWritten));
}
