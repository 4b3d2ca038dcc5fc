// The last 256 KiB of a log, kept to search back in when a run ends: a kernel's panic says nothing of the compiler that failed a thousand lines before.
// What is kept depends on offsets only, never on how the log came in pieces.
import type { Evidence } from '../../../shared/model/console.ts';
import { textOf } from './bytes.ts';

const CAPACITY_BYTES = 262_144;
const EVIDENCE_LENGTH = 500;
const LF = 0x0a;
const CR = 0x0d;

export interface History {
  /** A piece of the log is being read. */
  open(chunk: Uint8Array): void;
  /** It was read, and goes away. */
  settle(): void;
  /** Lines that begin in [from, to), the last first, as far back as is kept; `visit` returns false to stop. */
  backwards(from: number, to: number, visit: (line: Evidence) => boolean): void;
}

export function openHistory(): History {
  const ring = new Uint8Array(CAPACITY_BYTES);
  let ends = 0; // offset behind the last byte in the ring
  let chunk: Uint8Array = new Uint8Array(0);

  /** The bytes of [from, to) that are kept; `to` must have been read. */
  function bytesOf(from: number, to: number): { bytes: Uint8Array; offset: number } {
    const first = Math.max(from, to - CAPACITY_BYTES, 0);
    const bytes = new Uint8Array(Math.max(0, to - first));
    for (let at = first; at < Math.min(to, ends);) {
      const place = at % CAPACITY_BYTES;
      const count = Math.min(CAPACITY_BYTES - place, Math.min(to, ends) - at);
      bytes.set(ring.subarray(place, place + count), at - first);
      at += count;
    }
    const inChunk = Math.max(first, ends);
    if (to > inChunk) bytes.set(chunk.subarray(inChunk - ends, to - ends), inChunk - first);
    return { bytes, offset: first };
  }

  return {
    open(next) {
      chunk = next;
    },
    settle() {
      const kept = chunk.subarray(Math.max(0, chunk.length - CAPACITY_BYTES));
      const from = ends + chunk.length - kept.length;
      const place = from % CAPACITY_BYTES;
      const count = Math.min(kept.length, CAPACITY_BYTES - place);
      ring.set(kept.subarray(0, count), place);
      ring.set(kept.subarray(count), 0);
      ends += chunk.length;
      chunk = new Uint8Array(0);
    },
    backwards(from, to, visit) {
      const { bytes, offset } = bytesOf(from, to);
      let end = bytes.length;
      while (end > 0) {
        let start = end;
        while (start > 0 && bytes[start - 1] !== LF && bytes[start - 1] !== CR) start -= 1;
        if (
          start < end &&
          !visit({ offset: offset + start, text: textOf(bytes, start, end, EVIDENCE_LENGTH) })
        )
          return;
        end = start - 1;
      }
    },
  };
}
