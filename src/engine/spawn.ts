// Child processes: argument vectors only, a scrubbed environment, and ends that are waited for.
import { spawn } from 'node:child_process';

export interface ProgramResult {
  /** Exit status, or null when a signal ended it. */
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** What children get of the environment. Nothing that changes what a loader loads (LD_*, DYLD_*, NODE_OPTIONS). */
const PASSED_VARIABLES = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TMPDIR',
  'TEMP',
  'TMP',
  'TZ',
  'XDG_RUNTIME_DIR',
  'SystemRoot',
];

export function scrubEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const scrubbed: NodeJS.ProcessEnv = {};
  for (const name of PASSED_VARIABLES) if (env[name] !== undefined) scrubbed[name] = env[name];
  return scrubbed;
}

export interface ProgramOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  timeoutMilliseconds?: number;
  /** More than this of either output is dropped. */
  outputLimitCharacters?: number;
}

/** More output than most of the programs asked here give; the rest is dropped. */
const OUTPUT_LIMIT_CHARACTERS = 65_536;

/** Run a short program to its end. Rejects only when it cannot be started or the signal aborts; a timeout ends it with SIGKILL. */
export async function runProgram(
  path: string,
  args: readonly string[],
  {
    env,
    signal,
    timeoutMilliseconds = 10_000,
    outputLimitCharacters = OUTPUT_LIMIT_CHARACTERS,
  }: ProgramOptions,
): Promise<ProgramResult> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { env: scrubEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text: string) => {
        if (output[name].length < outputLimitCharacters) output[name] += text;
      });
    }
    const kill = (): void => void child.kill('SIGKILL');
    const timer = setTimeout(kill, timeoutMilliseconds);
    signal?.addEventListener('abort', kill);
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
      end();
    };
    child.on('error', (error) => settle(() => reject(error)));
    child.on('close', (status, endSignal) =>
      settle(() => {
        if (signal?.aborted === true) reject(signal.reason as Error);
        else resolve({ status, signal: endSignal, ...output });
      }),
    );
  });
}
