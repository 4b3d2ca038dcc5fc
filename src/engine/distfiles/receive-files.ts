// Files that come in pieces from a page that alone can read them (dropped on a browser's page, which is not told where they lie). Each is hashed while it
// comes and gets its name in the store only when its hash is a wanted one. One piece at a time: the next is asked for when this one is on disk.
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ReceivedState } from '../../shared/contract/distfiles.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { DistfileReport, Source, WantedDistfile } from '../../shared/model/distfile.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';
import type { EvidenceLog } from './evidence-log.ts';
import { type DistfileStore, removeIfThere, sealFile } from './store.ts';

export interface FilePiece {
  /** Path below what was dropped; never used as a path here. */
  name: string;
  sizeBytes: number;
  offsetBytes: number;
  bytes: Buffer;
}

export interface FileReceiver {
  /** The work of a job: ends when `end` was called, the signal aborts, or no piece has come for too long (CANCELLED). */
  run(context: JobContext): Promise<DistfileReport>;
  /** Throws INPUT_INVALID for a piece out of order, CANCELLED or DISK_FULL … when the job has ended for that reason. */
  take(piece: FilePiece): Promise<ReceivedState>;
  end(): void;
  /** The work cannot begin: pieces that wait for it are refused with this error. */
  fail(error: unknown): void;
}

export interface ReceiveOptions {
  store: DistfileStore;
  evidence: EvidenceLog;
  /** Bytes that are announced, for the progress. */
  totalBytes: number;
  /** How long the page may be silent, in milliseconds. */
  idleMilliseconds: number;
  /** A file was stored. */
  onStored: (sha256: string) => void;
}

interface Coming {
  name: string;
  sizeBytes: number;
  doneBytes: number;
  temporary: string;
  handle: FileHandle;
  hash: Hash;
}

export function createReceiver(
  wanted: readonly WantedDistfile[],
  { store, evidence, totalBytes, idleMilliseconds, onStored }: ReceiveOptions,
): FileReceiver {
  const byHash = new Map(wanted.map((file) => [file.sha256, file]));
  const wrong: DistfileReport['wrong'] = [];
  let coming: Coming | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let added = 0;
  let addedBytes = 0;
  let receivedBytes = 0;
  let report: JobContext['report'] = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const began = defer();
  const ended = defer();
  let isOver = false;

  function fail(error: unknown): void {
    isOver = true;
    began.reject(error as Error);
    ended.reject(error as Error);
  }

  function waitForMore(): void {
    clearTimeout(timer);
    if (isOver) return;
    timer = setTimeout(
      () =>
        fail(new SeedbedError('CANCELLED', { kept: 'The page sent no more. Files that came whole stay.' })),
      idleMilliseconds,
    );
  }

  async function takeNow(piece: FilePiece): Promise<ReceivedState> {
    await began.promise;
    if (isOver) await ended.promise;
    clearTimeout(timer);
    try {
      if (piece.offsetBytes === 0) coming = await beginFile(piece);
      const file = checkOrder(coming, piece);
      await atPath(file.temporary, () => file.handle.writeFile(piece.bytes));
      file.hash.update(piece.bytes);
      file.doneBytes += piece.bytes.length;
      receivedBytes += piece.bytes.length;
      const label = `Taking in ${basename(file.name)}`;
      report({ step: 'receive', label, done: receivedBytes, total: totalBytes, unit: 'bytes' });
      if (file.doneBytes < file.sizeBytes) return 'more';
      coming = null;
      return await finishFile(file);
    } catch (error) {
      fail(error);
      throw error;
    } finally {
      waitForMore();
    }
  }

  async function beginFile({ name, sizeBytes }: FilePiece): Promise<Coming> {
    await forget(coming);
    const temporary = store.temporaryPath();
    const handle = await atPath(temporary, () => open(temporary, 'wx'));
    return { name, sizeBytes, doneBytes: 0, temporary, handle, hash: createHash('sha256') };
  }

  async function finishFile(file: Coming): Promise<ReceivedState> {
    const sha256 = file.hash.digest('hex');
    try {
      await atPath(file.temporary, () => file.handle.close());
      const fits = byHash.get(sha256);
      if (fits === undefined) {
        noteNamesake(file.name, sha256);
        return 'not-wanted';
      }
      const line = lineFor(fits, file);
      if ((await store.find(sha256)) !== null) {
        await evidence.add({ ...line, event: 'agreed' });
        return 'was-here';
      }
      await sealFile(file.temporary);
      await evidence.add({ ...line, event: 'stored' });
      await store.commit(file.temporary, sha256);
      added += 1;
      addedBytes += file.sizeBytes;
      onStored(sha256);
      return 'stored';
    } finally {
      await removeIfThere(file.temporary);
    }
  }

  /** Named like a wanted file, but other bytes: worth saying, since somebody meant it to fit. */
  function noteNamesake(path: string, actualSha256: string): void {
    const name = basename(path);
    if (wanted.some((file) => file.name === name)) wrong.push({ path, name, actualSha256 });
  }

  async function reportOf(): Promise<DistfileReport> {
    const missing: DistfileReport['missing'] = [];
    for (const { name, sha256, urls, git, steps } of wanted)
      if ((await store.find(sha256)) === null) missing.push({ name, sha256, urls, git, steps, failures: [] });
    const alreadyThere = wanted.length - added - missing.length;
    return { files: wanted.length, alreadyThere, added, addedBytes, receivedBytes: 0, missing, wrong };
  }

  return {
    async run(context) {
      report = context.report;
      const cancel = (): void => fail(new SeedbedError('CANCELLED', { kept: 'Files that came whole stay.' }));
      context.signal.addEventListener('abort', cancel, { once: true });
      if (context.signal.aborted) cancel();
      try {
        began.resolve();
        waitForMore();
        await ended.promise;
        return await reportOf();
      } finally {
        isOver = true;
        clearTimeout(timer);
        context.signal.removeEventListener('abort', cancel);
        await last.catch(() => undefined);
        await forget(coming);
      }
    },
    take(piece) {
      const taken = last.catch(() => undefined).then(() => takeNow(piece));
      last = taken;
      return taken;
    },
    end() {
      isOver = true;
      ended.resolve();
    },
    fail,
  };
}

interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** A promise that is settled from outside. Whoever waits for it hears of a failure; nobody may be waiting. */
function defer(): Deferred {
  let resolve: Deferred['resolve'] = () => undefined;
  let reject: Deferred['reject'] = () => undefined;
  const promise = new Promise<void>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

/** The file that the piece belongs to. Throws INPUT_INVALID. */
function checkOrder(coming: Coming | null, { name, sizeBytes, offsetBytes, bytes }: FilePiece): Coming {
  const isNext =
    coming !== null &&
    coming.name === name &&
    coming.sizeBytes === sizeBytes &&
    coming.doneBytes === offsetBytes &&
    offsetBytes + bytes.length <= sizeBytes &&
    (bytes.length > 0 || sizeBytes === 0);
  if (isNext) return coming;
  throw new SeedbedError('INPUT_INVALID', { reason: `${name}: a piece came out of order` });
}

async function forget(coming: Coming | null): Promise<void> {
  if (coming === null) return;
  await coming.handle.close().catch(() => undefined);
  await removeIfThere(coming.temporary);
}

function lineFor(
  { name, sha256 }: WantedDistfile,
  { name: path, sizeBytes }: Coming,
): Omit<Parameters<EvidenceLog['add']>[0], 'event'> {
  const source: Source = { kind: 'folder', label: path, at: `dropped on the page: ${path}` };
  return { name, sha256, actualSha256: null, sizeBytes, source, transport: 'file', note: '' };
}
