// The system's git for the distfiles: with the network, without prompts, its progress as words, its output into a file when wanted.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { osCodeOf } from '../os-errors.ts';
import { scrubEnvironment } from '../spawn.ts';
import { FetchFailure } from './fetch-failure.ts';
import { STORED_MODE } from './store.ts';

export interface GitRun {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  onProgress: (words: string) => void;
}

export interface GitResult {
  ok: boolean;
  stdout: string;
  /** git's own last words; empty when all is well. */
  reason: string;
}

const OUTPUT_LIMIT_CHARACTERS = 65_536;
/** Between asking a child to end and making it. */
const PATIENCE_MILLISECONDS = 3000;
/** A server that sends less than this many bytes a second for a minute has stalled. */
const SLOW = ['-c', 'http.lowSpeedLimit=500', '-c', 'http.lowSpeedTime=60'];

export async function runGit(args: readonly string[], run: GitRun): Promise<GitResult> {
  const child = start(args, run);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (stdout.length < OUTPUT_LIMIT_CHARACTERS) stdout += text;
  });
  const { ok, reason } = await finish(child, run);
  return { ok, stdout, reason };
}

/** git's output into a new file, hashed on the way, read-only and synced. Throws FetchFailure. */
export async function runGitInto(
  path: string,
  args: readonly string[],
  run: GitRun,
): Promise<{ sha256: string; sizeBytes: number }> {
  const handle = await open(path, 'wx');
  try {
    const child = start(args, run);
    const finished = finish(child, run);
    finished.catch(() => undefined);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      hash.update(bytes);
      sizeBytes += bytes.length;
      await handle.appendFile(bytes);
    }
    const { ok, reason } = await finished;
    if (!ok) throw new FetchFailure('git', `git archive failed: ${reason}`);
    await handle.chmod(STORED_MODE);
    await handle.sync();
    return { sha256: hash.digest('hex'), sizeBytes };
  } finally {
    await handle.close();
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(args: readonly string[], { env, signal }: GitRun): Child {
  signal.throwIfAborted();
  return spawn('git', ['-c', 'protocol.ext.allow=never', ...SLOW, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...scrubEnvironment(env), ...networkVariables(env), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
    windowsHide: true,
  });
}

function finish(child: Child, { signal, onProgress }: GitRun): Promise<{ ok: boolean; reason: string }> {
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4096);
    const shown = text.split(/[\r\n]/).findLast((line) => /\d%/.test(line));
    if (shown !== undefined) onProgress(`git: ${shown.trim()}`);
  });
  return new Promise((resolve, reject) => {
    let killer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      // git removes its half-made clone when it is asked to end.
      child.kill('SIGTERM');
      killer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MILLISECONDS);
    };
    signal.addEventListener('abort', stop);
    const settle = (end: () => void): void => {
      clearTimeout(killer);
      signal.removeEventListener('abort', stop);
      end();
    };
    child.once('error', (error) =>
      settle(() =>
        reject(
          osCodeOf(error) === 'ENOENT'
            ? new FetchFailure('git', 'git is not installed on this computer')
            : error,
        ),
      ),
    );
    child.once('close', (status) =>
      settle(() => {
        if (signal.aborted) reject(signal.reason as Error);
        else resolve({ ok: status === 0, reason: status === 0 ? '' : lastWords(words) });
      }),
    );
  });
}

function lastWords(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '' && !/\d%/.test(line));
  return (lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? 'no reason given').trim();
}

function networkVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = [
    'http_proxy',
    'https_proxy',
    'HTTPS_PROXY',
    'all_proxy',
    'ALL_PROXY',
    'no_proxy',
    'NO_PROXY',
  ];
  const passed = [...names, 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO', 'XDG_CONFIG_HOME'];
  return Object.fromEntries(passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
