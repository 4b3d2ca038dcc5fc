// Words in a serial log, letters' case aside, without ever holding more than a piece of it. Bytes are compared as bytes: every letter of the words
// becomes a choice of the byte sequences of its two cases, so offsets are true whatever else the log holds.
import { type FileHandle, open } from 'node:fs/promises';
import type { LogMatch } from '../../shared/model/run.ts';
import { atPath } from '../os-errors.ts';

const PIECE_BYTES = 1_048_576;
/** So much of the line around a match is shown. */
const SHOWN_BYTES = 300;

export interface SearchOptions {
  words: string;
  fromBytes: number;
  direction: 'forward' | 'backward';
  signal?: AbortSignal | undefined;
  pieceBytes?: number;
}

/** Forward: the first match that begins at or after `fromBytes`. Backward: the last one that begins before it. */
export async function searchLog(path: string, options: SearchOptions): Promise<LogMatch | null> {
  const pattern = bytePattern(options.words);
  return atPath(path, async () => {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const at =
        options.direction === 'forward'
          ? await findForward(file, size, pattern, options)
          : await findBackward(file, size, pattern, options);
      return at === null ? null : { offsetBytes: at, text: await lineAround(file, size, at) };
    } finally {
      await file.close();
    }
  });
}

interface BytePattern {
  expression: RegExp;
  /** The longest that a match can be. */
  maxBytes: number;
}

async function findForward(
  file: FileHandle,
  size: number,
  { expression, maxBytes }: BytePattern,
  { fromBytes, signal, pieceBytes = PIECE_BYTES }: SearchOptions,
): Promise<number | null> {
  for (let at = fromBytes; at < size; at += pieceBytes) {
    signal?.throwIfAborted();
    // The overlap holds matches that cross into the next piece; one that begins there is found there.
    const text = await readBytes(file, at, Math.min(pieceBytes + maxBytes - 1, size - at));
    expression.lastIndex = 0;
    const match = expression.exec(text);
    if (match !== null && match.index < pieceBytes) return at + match.index;
  }
  return null;
}

async function findBackward(
  file: FileHandle,
  size: number,
  { expression, maxBytes }: BytePattern,
  { fromBytes, signal, pieceBytes = PIECE_BYTES }: SearchOptions,
): Promise<number | null> {
  for (let end = Math.min(fromBytes, size); end > 0; end -= pieceBytes) {
    signal?.throwIfAborted();
    const at = Math.max(0, end - pieceBytes);
    const text = await readBytes(file, at, Math.min(end - at + maxBytes - 1, size - at));
    let last: number | null = null;
    expression.lastIndex = 0;
    for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
      if (match.index >= end - at) break;
      last = match.index;
      expression.lastIndex = match.index + 1;
    }
    if (last !== null) return at + last;
  }
  return null;
}

/** Bytes as characters 0–255, so that string positions are byte positions. */
async function readBytes(file: FileHandle, from: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.toString('latin1', 0, done);
}

function bytePattern(words: string): BytePattern {
  let source = '';
  let maxBytes = 0;
  for (const letter of words) {
    const forms = [...new Set([letter, letter.toLowerCase(), letter.toUpperCase()])].map((form) =>
      utf8(form),
    );
    source += `(?:${forms.map(escapeBytes).join('|')})`;
    maxBytes += Math.max(...forms.map((form) => form.length));
  }
  return { expression: new RegExp(source, 'g'), maxBytes };
}

function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function escapeBytes(bytes: string): string {
  return bytes.replace(/[^]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The row that holds the byte at `at`, cut where it is very long. */
async function lineAround(file: FileHandle, size: number, at: number): Promise<string> {
  const from = Math.max(0, at - SHOWN_BYTES);
  const text = await readBytes(file, from, Math.min(2 * SHOWN_BYTES, size - from));
  const begin = text.lastIndexOf('\n', at - from - 1) + 1;
  const end = text.indexOf('\n', at - from);
  const row = Buffer.from(text.slice(at === from ? 0 : begin, end < 0 ? undefined : end), 'latin1');
  return row.toString('utf8').replace(/\r$/, '');
}
