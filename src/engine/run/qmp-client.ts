// A conversation with QEMU's monitor (docs/interop/qmp-spec.txt in QEMU's sources): JSON lines on a Unix socket, answers matched by id, events between them.
// A monitor serves one client at a time, so whoever talks to the one that everybody uses is brief.
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const Message = z.looseObject({
  QMP: z.unknown().optional(),
  id: z.unknown().optional(),
  return: z.unknown().optional(),
  error: z.object({ class: z.string(), desc: z.string() }).optional(),
  event: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

/** Shortest limit of sun_path among the systems (104 bytes on macOS, 108 on Linux; unix(7)), with its NUL. */
const SOCKET_PATH_LIMIT_BYTES = 103;
/** More than any answer to the commands used here. */
const LINE_LIMIT_CHARACTERS = 1_048_576;

export interface QmpEvent {
  name: string;
  data: Record<string, unknown>;
}

export interface QmpClient {
  /** Resolves with what QEMU returns. Rejects with its words, or when the line closes before the answer. */
  execute(command: string, parameters?: Record<string, unknown>): Promise<unknown>;
  /** Resolves when the line has closed. */
  closed: Promise<void>;
  close(): void;
}

export interface QmpOptions {
  timeoutMilliseconds: number;
  signal?: AbortSignal | undefined;
}

export interface OpenQmpOptions extends QmpOptions {
  onEvent?: (event: QmpEvent) => void;
}

/** Connect to `runPath/socketName` and get ready. The timeout is for that; an abort closes the line whenever it comes. */
export async function openQmp(
  runPath: string,
  socketName: string,
  { timeoutMilliseconds, signal, onEvent }: OpenQmpOptions,
): Promise<QmpClient> {
  signal?.throwIfAborted();
  const { path, tidy } = await shortPath(runPath, socketName);
  const socket = connect({ path });
  const client = converse(socket, onEvent ?? (() => undefined));
  const late = setTimeout(
    () => socket.destroy(new Error('QEMU’s monitor does not answer')),
    timeoutMilliseconds,
  );
  const abort = (): void => void socket.destroy(signal?.reason as Error);
  signal?.addEventListener('abort', abort);
  void client.closed.then(() => signal?.removeEventListener('abort', abort));
  try {
    await client.greeted;
    await client.execute('qmp_capabilities');
    return client;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(late);
    await tidy();
  }
}

/** Connect, use, leave: all of it within the time. */
export async function withQmp<T>(
  runPath: string,
  socketName: string,
  options: OpenQmpOptions,
  use: (client: QmpClient) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(options.timeoutMilliseconds);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  const client = await openQmp(runPath, socketName, { ...options, signal });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

function converse(
  socket: Socket,
  onEvent: (event: QmpEvent) => void,
): QmpClient & { greeted: Promise<unknown> } {
  const waiting = new Map<string, Waiting>();
  let failure: Error | null = null;
  let buffered = '';
  let commands = 0;
  const answerTo = (id: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (failure === null) waiting.set(id, { resolve, reject });
      else reject(failure);
    });
  const greeted = answerTo('greeting');
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      failure ??= new Error('QEMU closed its monitor');
      for (const { reject } of waiting.values()) reject(failure);
      waiting.clear();
      resolve();
    });
  });
  socket.on('error', (error) => (failure ??= error));
  socket.setEncoding('utf8').on('data', (text: string) => {
    buffered += text;
    if (buffered.length > LINE_LIMIT_CHARACTERS) socket.destroy(new Error('QEMU’s answer is too long'));
    const lines = buffered.split('\n');
    buffered = lines.pop() ?? '';
    try {
      for (const line of lines) if (line.trim() !== '') take(line);
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });

  function take(line: string): void {
    const message = Message.parse(JSON.parse(line));
    if (message.event !== undefined) {
      onEvent({ name: message.event, data: message.data ?? {} });
      return;
    }
    const id = message.QMP === undefined ? String(message.id) : 'greeting';
    const answer = waiting.get(id);
    waiting.delete(id);
    if (message.error !== undefined) answer?.reject(new Error(`QEMU: ${message.error.desc}`));
    else answer?.resolve(message.return);
  }

  return {
    greeted,
    async execute(command, parameters) {
      commands += 1;
      const id = String(commands);
      const answer = answerTo(id);
      socket.write(`${JSON.stringify({ execute: command, arguments: parameters, id })}\n`);
      return answer;
    },
    closed,
    close: () => void socket.destroy(),
  };
}

/** A folder however deep, under a path that fits into a socket's address. */
export async function shortPath(
  folder: string,
  name: string,
): Promise<{ path: string; tidy: () => Promise<void> }> {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT_BYTES) return { path, tidy: () => Promise.resolve() };
  const temporary = await mkdtemp(join(tmpdir(), 'seedbed-'));
  const tidy = (): Promise<void> => rm(temporary, { recursive: true, force: true });
  try {
    await symlink(folder, join(temporary, 'run'), 'dir');
    return { path: join(temporary, 'run', name), tidy };
  } catch (error) {
    await tidy();
    throw error;
  }
}
