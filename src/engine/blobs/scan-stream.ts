// Looks at a file as it comes: opens what is compressed or an archive (also one in the other), and tells of every file in it. Memory is bounded whatever the
// sizes say, nothing is unpacked to disk, and names in archives are only ever shown.
import { createHash } from 'node:crypto';
import {
  applyLongField,
  applyPaxRecords,
  decodeTarHeader,
  TAR_BLOCK_BYTES,
  type TarEntry,
} from '../checkout/tar.ts';
import { generatedBy, HEAD_BYTES } from '../formats/blobs/generated.ts';
import { MAGIC_BYTES, magicOf } from '../formats/blobs/magic.ts';
import { openTextWatcher } from '../formats/blobs/text-watcher.ts';
import { type ByteQueue, openByteQueue } from './byte-queue.ts';
import { type Bytes, COMPRESSED, decompress, NotOpened } from './decompress.ts';

export interface SeenFile {
  path: string;
  sizeBytes: number;
  sha256: string;
  isText: boolean;
  kind: string;
  generated: string | null;
}

export interface ScanLimits {
  /** Bytes that may come out of one distfile. */
  mostBytes: number;
  /** Entries in one distfile. */
  mostEntries: number;
  deepest: number;
}

/** The largest distfile unpacks to less than 2 GB. */
export const SCAN_LIMITS: ScanLimits = { mostBytes: 16 * 1024 ** 3, mostEntries: 1_000_000, deepest: 6 };
const LARGEST_PAX_BYTES = 65_536;

export interface ScanContext {
  signal: AbortSignal;
  limits: ScanLimits;
  /** As in TextWatcher. */
  strict: boolean;
  seen(file: SeenFile): void;
  /** What was not opened. */
  note(path: string, reason: string): void;
}

/** Rejects only when cancelled, or with what the source itself throws. */
export async function scanStream(bytes: Bytes, path: string, context: ScanContext): Promise<void> {
  const budget = { bytes: 0, entries: 0 };
  try {
    await scan(bytes, showPath(path), context, budget, 0);
  } catch (error) {
    if (!(error instanceof NotOpened)) throw error;
    context.note(showPath(path), error.message);
  }
}

interface Budget {
  bytes: number;
  entries: number;
}

async function scan(
  bytes: Bytes,
  path: string,
  context: ScanContext,
  budget: Budget,
  depth: number,
): Promise<void> {
  const queue = openByteQueue(bytes);
  const start = await queue.peek(MAGIC_BYTES);
  const kind = magicOf(start);
  if (kind !== null && COMPRESSED.has(kind)) {
    if (depth >= context.limits.deepest) throw new NotOpened('it lies too deep in other archives');
    const inner = counted(decompress(kind, queue.rest(), context.signal), context, budget);
    await scan(inner, path, context, budget, depth + 1);
  } else if (isTar(start)) {
    if (depth >= context.limits.deepest) throw new NotOpened('it lies too deep in other archives');
    await scanTar(queue, path, context, budget, depth + 1);
  } else {
    if (kind === 'zip' || kind === 'compress' || kind === 'zstd')
      context.note(path, `Seedbed does not look into ${kind} files`);
    await look(queue.rest(), path, kind, context);
  }
}

/** A block whose checksum is right; an old one has no magic. */
function isTar(start: Buffer): boolean {
  if (start.length < TAR_BLOCK_BYTES || start[0] === 0) return false;
  const header = decodeTarHeader(start.subarray(0, TAR_BLOCK_BYTES));
  return header.kind !== 'damaged' && header.kind !== 'end';
}

/** Stops a bomb: what comes out is counted, whatever a header promises. */
async function* counted(
  bytes: Bytes,
  { limits, signal }: ScanContext,
  budget: Budget,
): AsyncGenerator<Buffer, void, void> {
  for await (const piece of bytes) {
    signal.throwIfAborted();
    budget.bytes += piece.length;
    if (budget.bytes > limits.mostBytes) throw new NotOpened('more comes out of it than Seedbed looks at');
    yield piece;
  }
}

async function scanTar(
  queue: ByteQueue,
  path: string,
  context: ScanContext,
  budget: Budget,
  depth: number,
): Promise<void> {
  let changes: ((entry: TarEntry) => TarEntry | null)[] = [];
  for (;;) {
    context.signal.throwIfAborted();
    const block = await queue.take(TAR_BLOCK_BYTES);
    if (block === null) return;
    const header = decodeTarHeader(block);
    if (header.kind === 'end') return drain(queue.rest());
    if (header.kind === 'damaged')
      throw new NotOpened('a header in the archive is damaged; what follows was not looked at');
    budget.entries += 1;
    if (budget.entries > context.limits.mostEntries)
      throw new NotOpened('it holds more files than Seedbed looks at');
    if (header.kind === 'entry') {
      let entry: TarEntry | null = header.entry;
      for (const change of changes) entry = entry === null ? null : change(entry);
      changes = [];
      if (entry === null)
        throw new NotOpened('a header in the archive is damaged; what follows was not looked at');
      const end = queue.position() + entry.sizeBytes + padding(entry.sizeBytes);
      if (entry.kind === 'file')
        await scanEntry(
          queue.run(entry.sizeBytes),
          `${path}!${showPath(entry.path)}`,
          context,
          budget,
          depth,
        );
      // Also past what was not read of it.
      await drain(queue.run(end - queue.position()));
    } else {
      const { sizeBytes } = header;
      if (header.kind === 'other') await drain(queue.run(sizeBytes));
      else {
        if (sizeBytes > LARGEST_PAX_BYTES) throw new NotOpened('a header in the archive is far too large');
        const body = await queue.take(sizeBytes);
        if (body === null) return;
        const kept = Buffer.from(body);
        const { kind } = header;
        changes.push((entry) =>
          kind === 'pax' ? applyPaxRecords(kept, entry) : applyLongField(kept, header.field, entry),
        );
      }
      await drain(queue.run(padding(sizeBytes)));
    }
  }
}

/** What cannot be opened within an archive is told, and the rest goes on. */
async function scanEntry(
  content: Bytes,
  path: string,
  context: ScanContext,
  budget: Budget,
  depth: number,
): Promise<void> {
  try {
    await scan(content, path, context, budget, depth);
  } catch (error) {
    if (!(error instanceof NotOpened) || budget.bytes > context.limits.mostBytes) throw error;
    context.note(path, error.message);
  }
}

async function look(bytes: Bytes, path: string, magic: string | null, context: ScanContext): Promise<void> {
  const watcher = openTextWatcher(context.strict);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let head = '';
  for await (const piece of bytes) {
    context.signal.throwIfAborted();
    watcher.push(piece);
    hash.update(piece);
    sizeBytes += piece.length;
    if (head.length < HEAD_BYTES) head += piece.subarray(0, HEAD_BYTES - head.length).toString('latin1');
  }
  const isText = watcher.isText();
  context.seen({
    path,
    sizeBytes,
    sha256: hash.digest('hex'),
    isText,
    kind: isText ? 'text' : (magic ?? 'data'),
    generated: generatedBy(path, head, isText),
  });
}

async function drain(bytes: Bytes): Promise<void> {
  const iterator = bytes[Symbol.asyncIterator]();
  let next = await iterator.next();
  while (next.done !== true) next = await iterator.next();
}

function padding(sizeBytes: number): number {
  return (TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
}

/** A name that anybody may have made up, fit to be shown. */
function showPath(path: string): string {
  return path
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?')
    .slice(0, 500);
}
