// QEMU's monitor (docs/interop/qmp-spec.txt in QEMU's sources): JSON lines on a Unix socket. One client is served at a time, so every use here is short:
// connect, ask, leave.
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { RUN_FILES } from './run-folder.ts';

const Message = z.looseObject({
  QMP: z.unknown().optional(),
  return: z.unknown().optional(),
  error: z.object({ class: z.string(), desc: z.string() }).optional(),
});
const Status = z.object({ status: z.string() });

/** Shortest limit of sun_path among the systems (104 bytes on macOS, 108 on Linux; unix(7)), with its NUL. */
const SOCKET_PATH_LIMIT_BYTES = 103;
/** More than any answer to the commands used here. */
const LINE_LIMIT_CHARACTERS = 1_048_576;

/** `quit`: QEMU ends at once. Resolves when it has said yes or closed the line. */
export async function quitQemu(runPath: string, options: QmpOptions): Promise<void> {
  await ask(runPath, 'quit', options);
}

/** QEMU's run state, e.g. `running`, `internal-error` (the accelerator gave up), `io-error` (no space for a disk write). */
export async function queryRunState(runPath: string, options: QmpOptions): Promise<string> {
  return Status.parse(await ask(runPath, 'query-status', options)).status;
}

/** `cont`: a machine that QEMU had paused goes on. */
export async function continueQemu(runPath: string, options: QmpOptions): Promise<void> {
  await ask(runPath, 'cont', options);
}

export interface QmpOptions {
  timeoutMilliseconds: number;
  signal?: AbortSignal | undefined;
}

async function ask(runPath: string, command: string, options: QmpOptions): Promise<unknown> {
  return withShortPath(runPath, async (folder) => {
    const socket = connect({ path: join(folder, RUN_FILES.monitorSocket) });
    const timeout = AbortSignal.timeout(options.timeoutMilliseconds);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    const abort = (): void => void socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort);
    try {
      signal.throwIfAborted();
      const messages = readMessages(socket);
      await nextAnswer(messages, (message) => message.QMP !== undefined);
      socket.write('{"execute":"qmp_capabilities"}\n');
      await nextAnswer(messages, isAnswer);
      socket.write(`${JSON.stringify({ execute: command })}\n`);
      return await nextAnswer(messages, isAnswer, command === 'quit');
    } finally {
      signal.removeEventListener('abort', abort);
      socket.destroy();
    }
  });
}

type QmpMessage = z.infer<typeof Message>;

function isAnswer(message: QmpMessage): boolean {
  return message.return !== undefined || message.error !== undefined;
}

/** The next message of a kind; events between are skipped. After `quit` the line may close before the answer. */
async function nextAnswer(
  messages: AsyncGenerator<QmpMessage, void, void>,
  wanted: (message: QmpMessage) => boolean,
  mayClose = false,
): Promise<unknown> {
  for (;;) {
    const { value, done } = await messages.next();
    if (done === true) {
      if (mayClose) return undefined;
      throw new Error('QEMU closed its monitor');
    }
    if (!wanted(value)) continue;
    if (value.error !== undefined) throw new Error(`QEMU: ${value.error.desc}`);
    return value.return;
  }
}

async function* readMessages(socket: Socket): AsyncGenerator<QmpMessage, void, void> {
  let buffered = '';
  socket.setEncoding('utf8');
  for await (const text of socket as AsyncIterable<string>) {
    buffered += text;
    if (buffered.length > LINE_LIMIT_CHARACTERS) throw new Error('QEMU’s answer is too long');
    const lines = buffered.split('\n');
    buffered = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield Message.parse(JSON.parse(line));
  }
}

/** A folder however deep, under a path that fits into a socket address. */
async function withShortPath<T>(path: string, use: (path: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(join(path, RUN_FILES.monitorSocket)) <= SOCKET_PATH_LIMIT_BYTES) return use(path);
  const temporary = await mkdtemp(join(tmpdir(), 'seedbed-'));
  try {
    const short = join(temporary, 'run');
    await symlink(path, short, 'dir');
    return await use(short);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
