// A growing file, read once from its first byte on. Never reads behind what is there, never holds more than one piece.
import { type FileHandle, open } from 'node:fs/promises';
import { atPath } from '../os-errors.ts';

const PIECE_BYTES = 262_144;
/** After so much the caller gets a turn, so that a long log does not silence everything else. */
const TURN_BYTES = 4_194_304;

export interface LogTail {
  /** Hand on what is new, up to a turn's worth. True when the end of the file was reached. */
  read(take: (bytes: Uint8Array) => void, signal?: AbortSignal): Promise<boolean>;
  /** Bytes handed on so far. */
  offset(): number;
  /** How long the file is, read or not, and when it last changed, in milliseconds since 1970. */
  facts(): Promise<{ sizeBytes: number; changedAt: number }>;
  close(): Promise<void>;
}

/** `a+` makes the file when it is missing: a run without a log is one whose machine said nothing. */
export async function openLogTail(path: string, flags: 'r' | 'a+'): Promise<LogTail> {
  const file: FileHandle = await atPath(path, () => open(path, flags));
  const buffer = new Uint8Array(PIECE_BYTES);
  let offset = 0;
  return {
    async read(take, signal) {
      for (const turnEnd = offset + TURN_BYTES; offset < turnEnd;) {
        signal?.throwIfAborted();
        const { bytesRead } = await atPath(path, () => file.read(buffer, 0, PIECE_BYTES, offset));
        if (bytesRead === 0) return true;
        take(buffer.subarray(0, bytesRead));
        offset += bytesRead;
      }
      return false;
    },
    offset: () => offset,
    async facts() {
      const { size, mtimeMs } = await file.stat();
      return { sizeBytes: size, changedAt: mtimeMs };
    },
    close: () => file.close(),
  };
}
