// The log of a sandbox: every byte that its terminal gives, in order and at once. On a full disk the terminal is left unread, so that the sandbox waits
// with its next line, and nothing is lost.
import { closeSync, openSync, writeSync } from 'node:fs';
import { osCodeOf } from '../os-errors.ts';

export interface ConsoleLog {
  write(bytes: Buffer): void;
  /** Everything was written. */
  isSettled(): boolean;
  close(): void;
}

export interface ConsoleLogOptions {
  path: string;
  /** Called with true when the terminal must not be read for a while, with false when it may again. */
  onFull: (full: boolean) => void;
  retryMilliseconds?: number;
}

/** A person frees space in minutes. */
const RETRY_MILLISECONDS = 1000;

export function openConsoleLog({
  path,
  onFull,
  retryMilliseconds = RETRY_MILLISECONDS,
}: ConsoleLogOptions): ConsoleLog {
  const file = openSync(path, 'a', 0o600);
  let waiting: Buffer[] = [];
  let retry: NodeJS.Timeout | null = null;

  function writeWaiting(): void {
    retry = null;
    try {
      for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
        const written = writeSync(file, first);
        waiting =
          written === first.length ? waiting.slice(1) : [first.subarray(written), ...waiting.slice(1)];
      }
      onFull(false);
    } catch (error) {
      if (osCodeOf(error) === null) throw error;
      onFull(true);
      retry = setTimeout(writeWaiting, retryMilliseconds);
    }
  }

  return {
    write(bytes) {
      if (bytes.length === 0) return;
      waiting.push(Buffer.from(bytes));
      if (retry === null) writeWaiting();
    },
    isSettled: () => waiting.length === 0,
    close() {
      if (retry !== null) clearTimeout(retry);
      closeSync(file);
    },
  };
}
