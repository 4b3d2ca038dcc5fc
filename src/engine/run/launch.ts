// Starting QEMU so that it outlives its host and never gets lost. QEMU is first a shell that waits for one line: its pid and start time are written
// into the record, then the line is sent and the shell becomes QEMU. A host killed before that leaves a shell that reads end of file
// and ends; a host killed after it has left the identity behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { ProcessIdentity } from '../../shared/model/run.ts';
import { atPath } from '../os-errors.ts';
import { scrubEnvironment } from '../spawn.ts';
import { identifyProcess } from './process-identity.ts';
import type { RunFolder } from './run-folder.ts';

/** A constant: program and arguments come as "$@" and are never read as shell text. */
const WAIT_FOR_GO = 'read -r go && exec "$@" </dev/null';
const SHELL = '/bin/sh';

export interface LaunchedProcess {
  identity: ProcessIdentity;
  /** Let it become QEMU. Call when the identity is on disk. */
  go(): void;
  /** End it before `go`. */
  abandon(): void;
  /** Resolves when it has ended, in words: `exit status 1`, `SIGKILL`. Only the host that started it can know. */
  exited: Promise<string>;
}

/** A process of its own session with the run's folder as working directory and qemu.log for its words. Throws QEMU_START_FAILED. */
export async function launchDetached(
  folder: RunFolder,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<LaunchedProcess> {
  const log = await atPath(folder.qemuLog, () => open(folder.qemuLog, 'a', 0o600));
  let child: ChildProcess;
  try {
    child = spawn(SHELL, ['-c', WAIT_FOR_GO, 'sh', ...argv], {
      cwd: folder.path,
      detached: true,
      env: scrubEnvironment(env),
      stdio: ['pipe', log.fd, log.fd],
    });
    await spawned(child);
  } finally {
    await log.close();
  }
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (status, signal) => resolve(signal ?? `exit status ${String(status)}`));
  });
  // A line that cannot be sent (the process was killed) shows as its end.
  child.stdin?.on('error', () => undefined);
  const identity = child.pid === undefined ? null : await identifyProcess(child.pid);
  if (identity === null) throw new SeedbedError('QEMU_START_FAILED', { output: '', exit: await exited });
  return {
    identity,
    go() {
      child.stdin?.end('go\n');
      child.unref();
    },
    abandon() {
      child.stdin?.destroy();
    },
    exited,
  };
}

async function spawned(child: ChildProcess): Promise<void> {
  await atPath(
    SHELL,
    () =>
      new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      }),
  );
}

/** A process that dies with this host, whatever kills the host: a shell holds the other end of a pipe and ends the program when the pipe closes. */
const TIED = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- & q=$!',
  '{ read -r end <&3; kill -9 $q; } 2>/dev/null & r=$!',
  'exec 3<&-',
  'wait $q; s=$?',
  'kill $r 2>/dev/null',
  'exit $s',
].join('\n');

/** Start a program tied to this host; closing its standard input ends it. Its output comes as pipes. */
export function launchTied(argv: readonly string[], env: NodeJS.ProcessEnv, folder?: string): ChildProcess {
  return spawn(SHELL, ['-c', TIED, 'sh', ...argv], {
    cwd: folder,
    env: scrubEnvironment(env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}
