// Compressed streams opened as they come: gzip by Node, xz, lzma and bzip2 by the system's programs, where they are. Nothing is written to disk.
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { osCodeOf } from '../os-errors.ts';
import { scrubEnvironment } from '../spawn.ts';

export type Bytes = AsyncIterable<Buffer>;

/** Why something was not opened, in plain words. */
export class NotOpened extends Error {}

/** xz's own limit for what a stream may ask for. */
const XZ_MEMORY = '--memlimit-decompress=256MiB';

const PROGRAMS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  xz: ['xz', '-dc', XZ_MEMORY],
  lzma: ['xz', '--format=lzma', '-dc', XZ_MEMORY],
  bzip2: ['bzip2', '-dc'],
};

export const COMPRESSED: ReadonlySet<string> = new Set(['gzip', ...Object.keys(PROGRAMS)]);

/** Throws NotOpened while it is read. */
export function decompress(kind: string, bytes: Bytes, signal: AbortSignal): Bytes {
  return kind === 'gzip' ? gunzip(bytes, signal) : throughProgram(kind, bytes, signal);
}

async function* gunzip(bytes: Bytes, signal: AbortSignal): Bytes & AsyncGenerator<Buffer, void, void> {
  const source = Readable.from(bytes, { objectMode: true });
  const gunzipped = createGunzip();
  const done = pipeline(source, gunzipped, { signal }).catch((error: unknown) => error);
  try {
    for await (const piece of gunzipped) yield piece as Buffer;
  } catch (error) {
    signal.throwIfAborted();
    throw new NotOpened(`the gzip data is damaged: ${error instanceof Error ? error.message : ''}`);
  } finally {
    gunzipped.destroy();
    source.destroy();
    await done;
  }
}

async function* throughProgram(
  kind: string,
  bytes: Bytes,
  signal: AbortSignal,
): Bytes & AsyncGenerator<Buffer, void, void> {
  const [program = '', ...words] = PROGRAMS[kind] ?? [];
  const child = spawn(program, words, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: scrubEnvironment(process.env),
  });
  const ended = new Promise<number | 'missing' | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', (error) => resolve(osCodeOf(error) === 'ENOENT' ? 'missing' : null));
  });
  const source = Readable.from(bytes, { objectMode: true });
  // Who reads less than all of it closes the pipe early: that is no fault.
  const fed = pipeline(source, child.stdin, { signal }).catch(() => undefined);
  let whole = false;
  try {
    for await (const piece of child.stdout) yield piece as Buffer;
    whole = true;
  } finally {
    if (!whole) child.kill('SIGKILL');
    source.destroy();
    await fed;
    await ended;
  }
  signal.throwIfAborted();
  const code = await ended;
  if (code === 'missing') throw new NotOpened(`${program} is not installed, which opens ${kind}`);
  if (code !== 0) throw new NotOpened(`the ${kind} data is damaged, or asks for too much memory`);
}
