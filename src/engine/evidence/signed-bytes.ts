// The bytes that a signature may be over: the file itself, or what it holds uncompressed, as kernel.org signs (https://www.kernel.org/signature.html).
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { decompress, NotOpened } from '../blobs/decompress.ts';
import { atPath } from '../os-errors.ts';

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/\.t?gz$/, 'gzip'],
  [/\.t?xz$/, 'xz'],
  [/\.(bz2|tbz2?)$/, 'bzip2'],
];

/** Endings of compressed files, those that are not opened here among them. */
const COMPRESSED = /\.(t?gz|t?xz|bz2|tbz2?|lzma|lz|zst|Z)$/;

export function isCompressedName(name: string): boolean {
  return COMPRESSED.test(name);
}

/**
 * What the file at `path` holds uncompressed, by the ending of `name`; in memory, nothing is written. A string says in plain words why it could not be
 * opened.
 */
export async function readUncompressed(
  path: string,
  name: string,
  mostBytes: number,
  signal: AbortSignal,
): Promise<Buffer | string> {
  const kind = KINDS.find(([ending]) => ending.test(name))?.[1];
  if (kind === undefined) return `nothing here opens ${name.slice(name.lastIndexOf('.'))} files`;
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of decompress(kind, createReadStream(path), signal)) {
      bytes += piece.length;
      if (bytes > mostBytes) return `it holds more than ${mostBytes} bytes`;
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof NotOpened) return error.message;
    throw error;
  }
  return Buffer.concat(pieces, bytes);
}

/** Throws SIGNATURE_UNREADABLE for what is no file or too large. */
export async function readBounded(path: string, mostBytes: number): Promise<Buffer> {
  return atPath(path, async () => {
    const handle = await open(path, 'r');
    try {
      const found = await handle.stat();
      if (!found.isFile() || found.size > mostBytes)
        throw new SeedbedError('SIGNATURE_UNREADABLE', { path, reason: 'it is no file of a likely size' });
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  });
}
