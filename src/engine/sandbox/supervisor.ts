// What looks after one sandbox, in a process of its own that outlives every host: gives it a terminal, writes its log, answers as a machine's monitor does,
// types what it is given, and ends everything in it. The run's record says what to start; this process writes nothing but the log (ADR 13).
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { RUN_FILES } from '../run/run-folder.ts';
import { formatSandboxEnd } from '../formats/console/sandbox-lines.ts';
import { openConsoleLog } from './console-log.ts';
import { endMark, MARKING_SHELL, openMarkReader } from './end-mark.ts';
import { createMonitorServer } from './monitor-server.ts';
import { descendantsOf, isNamespaceInit, send, signalDescendants } from './process-tree.ts';

const SHELL = '/bin/sh';
const LINE_FEED = 0x0a;
/** Programs of the sandbox ask their terminal now and then (readline, ncurses); the log does not depend on it. */
const TERMINAL = { name: 'vt100', cols: 80, rows: 25 };
const POLL_MILLISECONDS = 20;
/** A sandbox that root started ends by its terminal's end; that takes the kernel a moment. */
const HANGUP_MILLISECONDS = 3000;
const KILL_MILLISECONDS = 5000;

/** What of the record is needed: another version's may say more. */
const Started = z.object({ argv: z.array(z.string()).min(1) });

interface Seen {
  paused: boolean;
  /** The log ends within a line. */
  lineBegun: boolean;
  ending: Promise<void> | null;
}

/** Comes back when the sandbox is over and nothing of it is left. Works in the folder of the run. */
export async function superviseSandbox(folder: string): Promise<void> {
  process.chdir(folder);
  const { argv } = Started.parse(JSON.parse(readFileSync('run.json', 'utf8')));
  // Only here: the native part costs every other command a start.
  const { spawn } = await import('node-pty');
  const nonce = randomBytes(16).toString('hex');
  const reader = openMarkReader(endMark(nonce));
  const seen: Seen = { paused: false, lineBegun: false, ending: null };

  for (const name of RUN_SOCKETS) rmSync(name, { force: true });
  const terminal = spawn(SHELL, ['-c', MARKING_SHELL, 'sh', endMark(nonce), ...argv], {
    ...TERMINAL,
    cwd: folder,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    encoding: null,
  });
  const log = openConsoleLog({
    path: RUN_FILES.serialLog,
    onFull: (full) => (full ? terminal.pause() : terminal.resume()),
  });
  const gone = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  const marked = new Promise<void>((resolve) => {
    terminal.onData((data) => {
      const own = reader.push(data);
      if (own.length > 0) seen.lineBegun = own.at(-1) !== LINE_FEED;
      log.write(own);
      if (reader.status() !== null) resolve();
    });
  });

  const monitor = createMonitorServer({
    state: () => (seen.paused ? 'paused' : 'running'),
    pause: () => hold(true),
    resume: () => hold(false),
    quit: end,
  });

  function hold(wanted: boolean): string | null {
    if (!signalDescendants(terminal.pid, wanted ? 'SIGSTOP' : 'SIGCONT')) {
      if (wanted) signalDescendants(terminal.pid, 'SIGCONT');
      return 'this sandbox belongs to root, who did not start Seedbed';
    }
    if (seen.paused !== wanted) monitor.tell(wanted ? 'STOP' : 'RESUME');
    seen.paused = wanted;
    return null;
  }

  /** The first process of the namespace takes everything with it; where that may not be killed, the end of the terminal ends what holds it. */
  function end(): void {
    seen.ending ??= endAll();
  }

  async function endAll(): Promise<void> {
    for (const until = Date.now() + KILL_MILLISECONDS; Date.now() < until;) {
      const all = descendantsOf(terminal.pid);
      if (all.length === 0) break;
      const first = all.filter(isNamespaceInit);
      const allowed = [...first, ...all].every((pid) => send(pid, 'SIGKILL'));
      if (!allowed) break;
      await sleep(POLL_MILLISECONDS);
    }
    await hangUp();
  }

  async function hangUp(): Promise<void> {
    const left = descendantsOf(terminal.pid);
    terminal.destroy();
    for (const until = Date.now() + HANGUP_MILLISECONDS; left.some(isThere) && Date.now() < until;)
      await sleep(POLL_MILLISECONDS);
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  process.on('SIGHUP', () => undefined);
  const typing = createTypingServer((text) => terminal.write(text));
  await monitor.listen(RUN_FILES.eventSocket);
  await listen(typing, RUN_FILES.serialSocket);
  await monitor.listen(RUN_FILES.monitorSocket);

  await Promise.race([marked, gone]);
  // On a line of its own.
  if (seen.ending === null)
    log.write(Buffer.from((seen.lineBegun ? '\r\n' : '') + formatSandboxEnd(reader.status())));
  await (seen.ending ?? endAll());
  while (!log.isSettled()) await sleep(POLL_MILLISECONDS);
  monitor.tell('SHUTDOWN');
  log.close();
  monitor.close();
  typing.close();
}

const RUN_SOCKETS = [RUN_FILES.serialSocket, RUN_FILES.monitorSocket, RUN_FILES.eventSocket];

/** As QEMU's: what comes is typed, and the line is closed when all of it was taken. */
function createTypingServer(type: (text: string) => void): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.setEncoding('utf8').on('data', (text: string) => type(text));
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
  });
}

function listen(server: Server, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(name, resolve);
  });
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
