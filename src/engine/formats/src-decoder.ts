// Reads a source stream piece by piece: entries, their bytes, commands, the end. Bounded: it keeps no more than one line.
// Source: builder-hex0 a2781242, stage2 `internalshell`, `src`, `hex0` and `handle_other_command`.
import { SeedbedError } from '../../shared/errors.ts';
import { decodeAscii } from './ascii.ts';
import { BUILDER_HEX0_LIMITS } from './builder-hex0.ts';
import type { SrcEntry } from './srcfs.ts';

export interface SrcEvents {
  /** An entry begins; its bytes, at `offset`, follow through `payload`, then `entryEnd`. */
  entry(entry: SrcEntry, offset: number): void;
  payload(bytes: Uint8Array): void;
  entryEnd(): void;
  /** A line that is no entry; `offset` is that of its first byte. */
  command(text: string, offset: number): void;
}

export interface SrcDecoder {
  /** Take the next bytes. Returns how many belong to the stream: fewer than given only when the NUL that ends it was met. */
  push(bytes: Uint8Array): number;
  /** Pass over the rest of the current entry's bytes without seeing them; how many there are. */
  skip(): number;
  /** True once the NUL was met. */
  readonly ended: boolean;
  /** Where the decoder stands, for a message about a stream that just stops. */
  readonly place: string;
}

const LINE_FEED = 0x0a;
/** "src ", up to 15 digits, a space and a path. */
const LONGEST_LINE = BUILDER_HEX0_LIMITS.pathBytes + 20;

/** `fileName` and `offset` (of the stream's first byte) are for messages. Bad syntax throws IMAGE_UNREADABLE. */
export function createSrcDecoder(events: SrcEvents, fileName: string, offset: number): SrcDecoder {
  const line = new Uint8Array(LONGEST_LINE);
  let lineBytes = 0;
  let payloadLeft = 0;
  let position = offset;
  let ended = false;
  let current = '';

  const unreadable = (reason: string): SeedbedError =>
    new SeedbedError('IMAGE_UNREADABLE', { path: fileName, reason: `at byte ${position}: ${reason}` });

  /** `fresh` bytes of the line came with this push; the others are before `position`. */
  function takeLine(fresh: number): void {
    const text = decodeAscii(line.subarray(0, lineBytes));
    const before = lineBytes - fresh;
    lineBytes = 0;
    if (/[^ -~]/.test(text)) throw unreadable('a line that is neither an entry nor a command');
    const [, size, path] = /^src (\d{1,15}) (.+)$/.exec(text) ?? [];
    if (size !== undefined && path !== undefined) {
      current = path;
      payloadLeft = Number(size);
      events.entry({ path, sizeBytes: payloadLeft }, position + fresh + 1);
      if (payloadLeft === 0) events.entryEnd();
    } else if (/^(?:hex0 \S+ \S+|f|sum [!-~ ]+|[^shf]\S* \S+)$/.test(text)) {
      events.command(text, position - before);
    } else {
      throw unreadable(`neither an entry nor a command: ${JSON.stringify(text.slice(0, 60))}`);
    }
  }

  function takePayload(bytes: Uint8Array): number {
    const count = Math.min(payloadLeft, bytes.length);
    events.payload(bytes.subarray(0, count));
    payloadLeft -= count;
    if (payloadLeft === 0) events.entryEnd();
    return count;
  }

  /** Up to the end of the line, or of what is there. */
  function takeText(bytes: Uint8Array): number {
    const feed = bytes.indexOf(LINE_FEED);
    const text = bytes.subarray(0, feed < 0 ? bytes.length : feed);
    if (lineBytes + text.length > line.length) throw unreadable('a line that is too long for an entry');
    line.set(text, lineBytes);
    lineBytes += text.length;
    if (feed < 0) return text.length;
    takeLine(text.length);
    return feed + 1;
  }

  return {
    push(bytes) {
      let taken = 0;
      while (taken < bytes.length && !ended) {
        const rest = bytes.subarray(taken);
        if (payloadLeft === 0 && lineBytes === 0 && rest[0] === 0) {
          ended = true;
        } else {
          const count = payloadLeft > 0 ? takePayload(rest) : takeText(rest);
          taken += count;
          position += count;
        }
      }
      return taken;
    },
    skip() {
      const count = payloadLeft;
      payloadLeft = 0;
      position += count;
      if (count > 0) events.entryEnd();
      return count;
    },
    get ended() {
      return ended;
    },
    get place() {
      return payloadLeft > 0 ? `inside ${current}, ${payloadLeft} bytes short` : 'between two lines';
    },
  };
}
