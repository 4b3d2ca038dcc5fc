// Console bytes to logical lines: line ends, escape sequences, and rows that the firmware cut at 80 columns.
// Source of truth: SeaBIOS's serial console as QEMU 7.2 runs it (rows written with int 10h; seen with a boot sector that prints rows of
// 79, 80, 81 and 160 columns): a full row is followed by CR LF, and a line of exactly 80 (160, …) columns by one more, empty row.
import { AFTER_ESCAPE, GROUND, MAX_SEQUENCE_LENGTH, nextEscapeState } from '../../../shared/terminal-text.ts';

/** Columns of the text mode that the firmware writes to. */
const COLUMNS = 80;
/** Longer logical lines keep their beginning. */
export const MAX_LINE_BYTES = 65_536;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;
const SMALL_C = 0x63;

interface LineSink {
  /**
   * One logical line: `bytes[start..end)` without line end, escapes and control characters (TAB stays). `offset` is where the first
   * row of the line begins in the log. The bytes are only good during the call when `transient`, else until `push` returns.
   */
  line(bytes: Uint8Array, start: number, end: number, offset: number, transient: boolean): void;
  /** A row that was cut: the line goes on. Always transient. A fault of the disk prints nothing else, so it must be seen here. */
  cutRow(bytes: Uint8Array, start: number, end: number, offset: number): void;
}

interface LineSplitter {
  push(chunk: Uint8Array): void;
  /** Whether rows of exactly 80 columns go on in the next row (text written by the firmware) or not (written to the port directly). */
  setCutRows: (cut: boolean) => void;
  counts(): { bytes: number; rows: number; lines: number };
  /** The unterminated line so far; good until the next push. */
  tail(): Uint8Array;
}

export function openLineSplitter(sink: LineSink): LineSplitter {
  const carry = new Uint8Array(MAX_LINE_BYTES);
  let carryLength = 0; // of the logical line
  let rowStart = 0; // in the carry
  let rowWidth = 0; // in characters
  let lineOffset = 0;
  let rowOffset = 0;
  let base = 0; // offset of the chunk's first byte
  let pendingReturn = false;
  let escape: number = GROUND;
  let escapeLength = 0;
  let cutRows = false;
  let rows = 0;
  let lines = 0;

  function beginLine(offset: number): void {
    carryLength = 0;
    rowStart = 0;
    rowWidth = 0;
    rowOffset = offset;
    lineOffset = offset;
  }

  function beginCutRow(offset: number): void {
    rowStart = carryLength;
    rowWidth = 0;
    rowOffset = offset;
  }

  function append(chunk: Uint8Array, start: number, end: number, width: number): void {
    const room = Math.min(end - start, MAX_LINE_BYTES - carryLength);
    for (let index = 0; index < room; index += 1) carry[carryLength + index] = chunk[start + index] as number;
    carryLength += room;
    rowWidth += width;
  }

  function endLine(next: number): void {
    rows += 1;
    lines += 1;
    const offset = lineOffset;
    const length = carryLength;
    beginLine(next);
    sink.line(carry, 0, length, offset, true);
  }

  function endRow(next: number): void {
    if (!cutRows || rowWidth !== COLUMNS) {
      endLine(next);
      return;
    }
    rows += 1;
    sink.cutRow(carry, rowStart, carryLength, rowOffset);
    beginCutRow(next);
  }

  /** A row that stands whole in the chunk and begins its line. */
  function wholeRow(chunk: Uint8Array, start: number, end: number, width: number, next: number): void {
    if (cutRows && width === COLUMNS) {
      append(chunk, start, end, width);
      endRow(next);
      return;
    }
    rows += 1;
    lines += 1;
    const offset = lineOffset;
    beginLine(next);
    sink.line(chunk, start, Math.min(end, start + MAX_LINE_BYTES), offset, false);
  }

  /** One byte after a CR: CR LF ends a row, and so does a lone CR (progress meters), which never counts as cut. */
  function afterReturn(byte: number, at: number): number {
    if (byte === CR) return at + 1;
    pendingReturn = false;
    if (byte === LF) {
      endRow(base + at + 1);
      return at + 1;
    }
    if (carryLength > 0) endLine(base + at);
    return at;
  }

  /** One byte inside an escape sequence. */
  function inEscape(byte: number, at: number): number {
    const isReset = escape === AFTER_ESCAPE && byte === SMALL_C;
    escape = nextEscapeState(escape, byte);
    escapeLength += 1;
    if (byte === CR || byte === LF) return at;
    if (escapeLength > MAX_SEQUENCE_LENGTH) escape = GROUND;
    // `ESC c` clears the screen: firmware starts, and what stood there without a line end is over.
    if (isReset && carryLength > 0) endLine(base + at - 1);
    return at + 1;
  }

  function control(byte: number, chunk: Uint8Array, at: number): void {
    if (byte === LF) endRow(base + at + 1);
    else if (byte === CR) pendingReturn = true;
    else if (byte === TAB) append(chunk, at, at + 1, 1);
    else if (byte === ESC) {
      escape = AFTER_ESCAPE;
      escapeLength = 1;
    }
  }

  return {
    push(chunk) {
      const length = chunk.length;
      let at = 0;
      while (at < length) {
        if (pendingReturn) {
          at = afterReturn(chunk[at] as number, at);
          continue;
        }
        if (escape !== GROUND) {
          at = inEscape(chunk[at] as number, at);
          continue;
        }
        const start = at;
        let high = 0;
        let byte = 0;
        while (at < length) {
          byte = chunk[at] as number;
          if (byte < 0x20) break;
          high |= byte;
          at += 1;
        }
        const width = high < 0x80 ? at - start : countCharacters(chunk, start, at);
        if (at < length && carryLength === 0) {
          const next = byte === LF ? at + 1 : byte === CR && chunk[at + 1] === LF ? at + 2 : 0;
          if (next > 0) {
            wholeRow(chunk, start, at, width, base + next);
            at = next;
            continue;
          }
        }
        if (at > start) append(chunk, start, at, width);
        if (at < length) {
          control(byte, chunk, at);
          at += 1;
        }
      }
      base += length;
    },
    setCutRows: (cut) => {
      cutRows = cut;
    },
    counts: () => ({ bytes: base, rows, lines }),
    tail: () => carry.subarray(0, carryLength),
  };
}

/** UTF-8 characters: bytes that do not continue one. */
function countCharacters(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) if (((bytes[at] as number) & 0xc0) !== 0x80) count += 1;
  return count;
}
