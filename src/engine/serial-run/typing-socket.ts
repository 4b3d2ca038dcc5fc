// serial.sock of a serial run: whoever types (run/serial-input.ts) writes, closes its half, and is hung up on when the port has taken everything, as QEMU does.
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { RUN_FILES } from '../run/run-folder.ts';

/** More than the contract lets anybody type at once. */
const LIMIT_BYTES = 65_536;

/** An end of the line would say that everything was taken: who typed in vain gives up earlier (run/machine-control.ts). */
const UNTAKEN_MILLISECONDS = 60_000;

/** Listens in the working directory. `write` comes back with false when the port is away: then the line is left without an answer. */
export async function listenForTyping(
  write: (bytes: Uint8Array) => Promise<boolean>,
): Promise<{ close: () => Promise<void> }> {
  const lines = new Set<Socket>();
  await rm(RUN_FILES.serialSocket, { force: true });
  const server = createServer({ allowHalfOpen: true }, (line) => {
    lines.add(line);
    line.on('close', () => lines.delete(line)).on('error', () => undefined);
    void take(line, write);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(RUN_FILES.serialSocket, resolve);
  });
  return {
    async close() {
      for (const line of lines) line.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      await rm(RUN_FILES.serialSocket, { force: true });
    },
  };
}

async function take(line: Socket, write: (bytes: Uint8Array) => Promise<boolean>): Promise<void> {
  let taken = 0;
  try {
    for await (const bytes of line.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      taken += bytes.length;
      if (taken > LIMIT_BYTES || !(await write(bytes))) {
        setTimeout(() => line.destroy(), UNTAKEN_MILLISECONDS).unref();
        return;
      }
    }
    line.end();
  } catch {
    line.destroy();
  }
}
