// The program that reads a serial port into a run's log: a process of its own that outlives every host, as QEMU does. It writes serial.log and port.json,
// takes what is typed on serial.sock, tries again while the port is away, and ends by a signal only.
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../../shared/error-texts.ts';
import type { PortState } from '../../shared/model/serial.ts';
import { atPath } from '../os-errors.ts';
import { RUN_FILES } from '../run/run-folder.ts';
import { type OpenPort, openSerialPort, type PortSettings } from './serial-port.ts';
import { writePortState } from './port-state.ts';
import { listenForTyping } from './typing-socket.ts';

export interface CaptureOptions extends PortSettings {
  /** The run's folder, which is the working directory too: socket paths are short. */
  runPath: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** udev makes the names of a plugged adapter within a second. */
const RETRY_MILLISECONDS = 500;

/** Comes back when the signal aborts. Throws what keeps the log from being opened at all. */
export async function captureSerial(options: CaptureOptions): Promise<void> {
  const { runPath, env, signal } = options;
  const path = join(runPath, RUN_FILES.serialLog);
  const log = await atPath(path, () => open(path, 'a', 0o600));
  const tell = openTeller(runPath);
  const ended = (): boolean => signal.aborted;
  let port: OpenPort | null = null;
  const typing = await listenForTyping(async (bytes) => (port === null ? false : port.write(bytes)));
  try {
    while (!ended()) {
      try {
        port = await openSerialPort(options, env);
        await tell('open', '');
        const opened = port;
        await port.readTo((bytes) => append(log, bytes, { path, tell, signal }), signal);
        await opened.close();
        port = null;
        if (!ended()) await tell('gone', 'the port was unplugged or switched off');
      } catch (error) {
        await port?.close();
        port = null;
        await tell('gone', describeError(error).message);
      }
      await sleep(RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await typing.close();
    await log.close();
  }
}

type Tell = (state: PortState['state'], reason: string) => Promise<void>;

function openTeller(runPath: string): Tell {
  let last: PortState | null = null;
  return async (state, reason) => {
    if (last?.state === state && last.reason === reason) return;
    const lost = last?.state === 'open' && state === 'gone';
    const losses = (last?.losses ?? 0) + (lost ? 1 : 0);
    last = { state, since: new Date().toISOString(), reason: reason.slice(0, 500), losses };
    await writePortState(runPath, last);
  };
}

/** On a full disk it waits: the port's own buffer holds little, so bytes are lost meanwhile, and that is said. */
async function append(
  log: FileHandle,
  bytes: Uint8Array,
  { path, tell, signal }: { path: string; tell: Tell; signal: AbortSignal },
): Promise<void> {
  for (let at = 0; at < bytes.length && !signal.aborted;) {
    try {
      at += (await atPath(path, () => log.write(bytes, at))).bytesWritten;
      await tell('open', '');
    } catch (error) {
      await tell('blocked', `${describeError(error).message} What the machine prints meanwhile is lost.`);
      await sleep(RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }
}
