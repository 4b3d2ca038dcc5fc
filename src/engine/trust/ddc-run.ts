// Runs one command of the two-root check: an argument vector in a folder, its own process group, ended whole when the job is cancelled.
import { spawn } from 'node:child_process';
import { SeedbedError } from '../../shared/errors.ts';
import { osCodeOf } from '../os-errors.ts';
import { scrubEnvironment } from '../spawn.ts';

/** What is kept of what a program says. */
const WORDS_LIMIT = 8192;

export interface DdcStep {
  /** For the message when it fails. */
  label: string;
  program: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Throws DDC_UNAVAILABLE where the system refuses to run such a program, DDC_STEP_FAILED, or the signal's reason. */
export async function runStep(
  { label, program, args, cwd, env }: DdcStep,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: scrubEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let words = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        words = `${words}${text}`.slice(-WORDS_LIMIT);
      });
    }
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    };
    signal.addEventListener('abort', kill);
    child.on('error', (error) => {
      signal.removeEventListener('abort', kill);
      reject(isRefusal(error) ? refusal(error) : failed(label, error.message, error));
    });
    child.on('close', (status, ended) => {
      signal.removeEventListener('abort', kill);
      if (signal.aborted) reject(signal.reason as Error);
      else if (status === 0) resolve();
      else reject(failed(label, lastWords(words, status, ended)));
    });
  });
}

function isRefusal(error: Error): boolean {
  return ['ENOEXEC', 'ENOENT', 'EACCES'].includes(osCodeOf(error) ?? '');
}

function refusal(error: Error): SeedbedError {
  const reason = `this system does not run a 32-bit program from the data folder (${osCodeOf(error) ?? error.message})`;
  return new SeedbedError('DDC_UNAVAILABLE', { reason }, { cause: error });
}

function failed(step: string, reason: string, cause?: unknown): SeedbedError {
  return new SeedbedError('DDC_STEP_FAILED', { step, reason }, { cause });
}

function lastWords(words: string, status: number | null, ended: NodeJS.Signals | null): string {
  const line = words.trim().split('\n').at(-1) ?? '';
  return `${ended === null ? `exit status ${String(status)}` : `ended by ${ended}`}${line === '' ? '' : `, ${line}`}`;
}
