// Reads a tar archive once, from its beginning to its end, an entry at a time.
import { type FileHandle, open } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath } from '../os-errors.ts';
import { applyLongField, applyPaxRecords, decodeTarHeader, TAR_BLOCK_BYTES, type TarEntry } from './tar.ts';

export interface TarReader {
  /** The next entry, past whatever of the last one was not read; null at the end. Throws CHECKOUT_ARCHIVE_INVALID. */
  next(): Promise<TarEntry | null>;
  /** The content of the entry, in pieces. */
  content(): AsyncGenerator<Buffer, void, void>;
  /** Types of entries that were passed over: hard links, devices, what other programs put there. */
  passedOver(): ReadonlySet<string>;
  /** Bytes of the archive that are behind. */
  position(): number;
  sizeBytes: number;
  close(): Promise<void>;
}

const PIECE_BYTES = 1 << 20;
/** A pax header holds a path, not a book. */
const LARGEST_PAX_BYTES = 65_536;

export async function openTarReader(path: string): Promise<TarReader> {
  const handle = await atPath(path, () => open(path, 'r'));
  const { size } = await atPath(path, () => handle.stat());
  let at = 0;
  let end = 0;
  let left = 0;
  const passedOver = new Set<string>();
  const invalid = (reason: string): SeedbedError =>
    new SeedbedError('CHECKOUT_ARCHIVE_INVALID', { path, reason });

  async function readAt(length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await atPath(path, () => readFully(handle, bytes, at));
    if (bytesRead < length) throw invalid('it ends in the middle');
    at += length;
    return bytes;
  }

  async function next(): Promise<TarEntry | null> {
    at = end;
    const changes: ((entry: TarEntry) => TarEntry | null)[] = [];
    for (;;) {
      const header = decodeTarHeader(await readAt(TAR_BLOCK_BYTES));
      if (header.kind === 'end') return null;
      if (header.kind === 'damaged') throw invalid(`the header at byte ${at - TAR_BLOCK_BYTES} is damaged`);
      if (header.kind === 'entry') {
        let entry: TarEntry | null = header.entry;
        for (const change of changes) entry = entry === null ? null : change(entry);
        if (entry === null) throw invalid('a header is damaged');
        left = entry.sizeBytes;
        end = at + Math.ceil(left / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
        if (end > size) throw invalid('it ends in the middle');
        return entry;
      }
      if (header.kind === 'other') passedOver.add(header.type);
      const { sizeBytes } = header;
      const after = at + Math.ceil(sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
      if (header.kind !== 'other') {
        if (sizeBytes > LARGEST_PAX_BYTES) throw invalid('a header is far too large');
        const body = await readAt(sizeBytes);
        const { kind } = header;
        changes.push((entry) =>
          kind === 'pax' ? applyPaxRecords(body, entry) : applyLongField(body, header.field, entry),
        );
      }
      at = after;
    }
  }

  return {
    next,
    async *content() {
      while (left > 0) {
        const piece = await readAt(Math.min(left, PIECE_BYTES));
        left -= piece.length;
        yield piece;
      }
    },
    passedOver: () => passedOver,
    position: () => at,
    sizeBytes: size,
    close: () => handle.close(),
  };
}

async function readFully(
  handle: FileHandle,
  bytes: Buffer,
  position: number,
): Promise<{ bytesRead: number }> {
  let bytesRead = 0;
  while (bytesRead < bytes.length) {
    const got = await handle.read(bytes, bytesRead, bytes.length - bytesRead, position + bytesRead);
    if (got.bytesRead === 0) break;
    bytesRead += got.bytesRead;
  }
  return { bytesRead };
}
