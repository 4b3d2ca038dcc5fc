// One serial port of this host, opened raw. termios is set by stty(1) with a fixed argument vector while the port is held open, so that the settings
// last; reading is libuv's own for terminals (node:tty), which sees a port that is pulled as the end.
import { constants, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty, ReadStream } from 'node:tty';
import { SeedbedError } from '../../shared/errors.ts';
import { osCodeOf } from '../os-errors.ts';
import { runProgram } from '../spawn.ts';
import { listSerialPorts } from './list-ports.ts';

export interface OpenPort {
  /** Hand on what comes, in order, one piece at a time; comes back when the port is gone or the signal aborts. */
  readTo(take: (bytes: Uint8Array) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** False when the port is gone. */
  write(bytes: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

export interface PortSettings {
  device: string;
  /** Bits a second; 8 data bits, no parity, one stop bit, no flow control, as the Linux console's `115200n8`. */
  baud: number;
}

/** POSIX stty's own words, one vector for all ports. `-hupcl`: DTR stays up when the port is closed, which some boards take for a reset. */
const RAW = [
  'raw',
  '-echo',
  '-echoe',
  '-echok',
  'cs8',
  '-parenb',
  '-cstopb',
  'clocal',
  'cread',
  '-hupcl',
] as const;
/** GNU coreutils has -F, BSD (macOS) -f; flow control by wire is named differently too. */
const BY_PLATFORM: Partial<Record<NodeJS.Platform, { file: string; flow: string[] }>> = {
  linux: { file: '-F', flow: ['-crtscts'] },
  darwin: { file: '-f', flow: ['-crtscts'] },
};
/** Not to become this process's terminal, and not to wait for a modem that says that it is there. */
const FLAGS = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
/** A port that takes nothing now: its buffer is full, or the cable is out. */
const WRITE_RETRY_MILLISECONDS = 20;
const WRITE_GIVE_UP_MILLISECONDS = 10_000;

/** Throws SERIAL_PORT_NOT_FOUND, SERIAL_PORT_DENIED, SERIAL_NOT_A_PORT, SERIAL_SETTINGS_REFUSED, SERIAL_UNAVAILABLE. */
export async function openSerialPort(
  { device, baud }: PortSettings,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Promise<OpenPort> {
  const words = BY_PLATFORM[platform];
  if (words === undefined) throw new SeedbedError('SERIAL_UNAVAILABLE', { reason: `not on ${platform}` });
  const file = await openRaw(device);
  try {
    if (!isatty(file.fd)) throw new SeedbedError('SERIAL_NOT_A_PORT', { device });
    const args = [words.file, device, String(baud), ...RAW, ...words.flow];
    const { status, stderr } = await runProgram('stty', args, { env }).catch((cause: unknown) => {
      if (osCodeOf(cause) !== 'ENOENT') throw cause;
      throw new SeedbedError('SERIAL_UNAVAILABLE', { reason: 'stty (of coreutils) is missing' }, { cause });
    });
    if (status !== 0)
      throw new SeedbedError('SERIAL_SETTINGS_REFUSED', { device, baud, reason: stderr.trim() });
  } catch (error) {
    await file.close();
    throw error;
  }
  return portOf(file, device);
}

async function openRaw(device: string): Promise<FileHandle> {
  try {
    return await open(device, FLAGS);
  } catch (cause) {
    const code = osCodeOf(cause);
    if (code === 'EACCES' || code === 'EPERM')
      throw new SeedbedError('SERIAL_PORT_DENIED', { device }, { cause });
    if (code === 'EISDIR') throw new SeedbedError('SERIAL_NOT_A_PORT', { device }, { cause });
    const ports = (await listSerialPorts()).map((port) => port.device).join(', ');
    throw new SeedbedError('SERIAL_PORT_NOT_FOUND', { device, ports }, { cause });
  }
}

function portOf(file: FileHandle, device: string): OpenPort {
  let gone = false;
  return {
    async readTo(take, signal) {
      // A descriptor of its own: libuv replaces and closes the one that it is given.
      const stream = new ReadStream(openSync(device, FLAGS));
      const abort = (): void => void stream.destroy();
      signal.addEventListener('abort', abort);
      try {
        if (!signal.aborted) for await (const bytes of stream) await take(bytes as Uint8Array);
      } catch (error) {
        // A port that is pulled ends, or fails with EIO or ENXIO; what `take` throws is no system error of this port.
        if (!signal.aborted && osCodeOf(error) === null) throw error;
      } finally {
        gone = true;
        signal.removeEventListener('abort', abort);
        stream.destroy();
      }
    },
    async write(bytes) {
      const until = Date.now() + WRITE_GIVE_UP_MILLISECONDS;
      for (let at = 0; at < bytes.length && !gone;) {
        try {
          at += (await file.write(bytes, at)).bytesWritten;
        } catch (error) {
          if (osCodeOf(error) !== 'EAGAIN' || Date.now() > until) return false;
          await sleep(WRITE_RETRY_MILLISECONDS);
        }
      }
      return !gone;
    },
    async close() {
      gone = true;
      await file.close();
    },
  };
}
