// Reads a stream by the piece and by the length, with a look ahead; never holds more than a piece or what was asked for.
import type { Bytes } from './decompress.ts';

export interface ByteQueue {
  /** The next bytes without taking them; fewer at the end. */
  peek(length: number): Promise<Buffer>;
  /** Exactly so many, or null when the stream ends before. */
  take(length: number): Promise<Buffer | null>;
  /** The next so many, in pieces, as far as the stream goes. */
  run(length: number): AsyncGenerator<Buffer, void, void>;
  rest(): AsyncGenerator<Buffer, void, void>;
  /** Bytes that were taken so far. */
  position(): number;
}

export function openByteQueue(bytes: Bytes): ByteQueue {
  const iterator = bytes[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  let ended = false;
  let position = 0;

  async function more(): Promise<void> {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
  }
  async function hold(length: number): Promise<void> {
    while (held.length < length && !ended) await more();
  }
  function cut(length: number): Buffer {
    const piece = held.subarray(0, length);
    held = held.subarray(length);
    position += piece.length;
    return piece;
  }

  return {
    position: () => position,
    async peek(length) {
      await hold(length);
      return held.subarray(0, length);
    },
    async take(length) {
      await hold(length);
      return held.length < length ? null : cut(length);
    },
    async *run(length) {
      for (let left = length; left > 0;) {
        await hold(1);
        if (held.length === 0) return;
        const piece = cut(Math.min(left, held.length));
        left -= piece.length;
        yield piece;
      }
    },
    async *rest() {
      try {
        for (;;) {
          await hold(1);
          if (held.length === 0) return;
          yield cut(held.length);
        }
      } finally {
        await iterator.return?.();
      }
    },
  };
}
