// A piece of a serial log by offset, as text: cut at character boundaries (UTF-8, RFC 3629), bytes that are no character replaced, offsets always true.
import { open } from 'node:fs/promises';
import type { LogChunk } from '../../shared/model/run.ts';
import { atPath } from '../os-errors.ts';

/** The longest character has four bytes: so far a boundary may be from any offset. */
const CHARACTER_BYTES = 4;

export interface ReadLogOptions {
  fromBytes: number;
  /** At least 4, so that every piece moves on. */
  limitBytes: number;
  /** The file may still grow: an unfinished character at its end is left for the next piece. */
  mayGrow: boolean;
}

export async function readLogChunk(
  path: string,
  { fromBytes, limitBytes, mayGrow }: ReadLogOptions,
): Promise<LogChunk> {
  return atPath(path, async () => {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const asked = Math.min(fromBytes, size);
      // Bytes before the asked offset tell whether it stands inside a character.
      const before = Math.min(asked, CHARACTER_BYTES - 1);
      const buffer = new Uint8Array(before + Math.min(limitBytes, size - asked));
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await file.read(
          buffer,
          length,
          buffer.length - length,
          asked - before + length,
        );
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      const bytes = buffer.subarray(0, length);
      const from = characterStart(bytes, before);
      const atEnd = asked - before + length >= size;
      const to = atEnd && !mayGrow ? length : Math.max(from, completeLength(bytes));
      return {
        fromBytes: asked - before + from,
        toBytes: asked - before + to,
        sizeBytes: size,
        text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, to)),
      };
    } finally {
      await file.close();
    }
  });
}

/** Where the character begins that holds the byte at `at`; `at` itself when that byte begins one or belongs to none. */
function characterStart(bytes: Uint8Array, at: number): number {
  for (let back = 1; back < CHARACTER_BYTES && back <= at; back += 1) {
    if (!isContinuation(bytes[at - back + 1])) return at;
    const length = characterLength(bytes[at - back]);
    if (length > 1) return length > back ? at - back : at;
  }
  return at;
}

/** Length without a character at the end that lacks bytes. */
function completeLength(bytes: Uint8Array): number {
  for (let back = 1; back < CHARACTER_BYTES && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back];
    if (isContinuation(byte)) continue;
    return characterLength(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** By the first byte; 1 for ASCII and for bytes that begin nothing. */
function characterLength(first: number | undefined): number {
  if (first === undefined || first < 0xc2 || first > 0xf4) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
