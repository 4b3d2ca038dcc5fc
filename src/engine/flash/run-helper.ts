// One run of the elevated helper: started with a scrubbed environment, told the hashes of the chunks, cancelled by a word and by the end of its pipe.
import { spawn } from 'node:child_process';
import { formatArguments } from '../../helper/arguments.ts';
import {
  type Done,
  type Failure,
  type HelperArguments,
  type HelperEvent,
  type HelperRequest,
  MOST_HASHES_A_LINE,
  type Phase,
} from '../../helper/protocol.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { quote } from '../../shared/error-texts/text.ts';
import type { FlashChunks } from '../../shared/model/flash.ts';
import type { HelperCommand } from './elevation.ts';

export interface HelperRun {
  command: HelperCommand;
  given: HelperArguments;
  chunks: FlashChunks;
  /** Chunks that an earlier try wrote; 0 for none. */
  resumeUpTo: number;
  signal: AbortSignal;
  onProgress(progress: { phase: Phase; doneBytes: number; totalBytes: number; writtenUpTo: number }): void;
}

export type HelperEnd = { done: Done } | { failure: Failure; headIsZero: boolean };

/** So many characters of what pkexec, sudo or Node said are kept. */
const WORDS_LIMIT = 2000;
/** A helper that does not end by itself after it was told to: it has let go of the drive by then (see its own grace). */
const KILL_MILLISECONDS = 10_000;

/** Rejects with FLASH_ELEVATION when it was not let begin, FLASH_HELPER_FAILED when it ended without a word, CANCELLED before it began. */
export async function runHelper(run: HelperRun): Promise<HelperEnd> {
  const { command, given, signal } = run;
  refuseCancelled(signal);
  const child = spawn(command.program, [...command.args, ...formatArguments(given)], {
    env: environmentFor(command),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let words = '';
  const said: { isReady: boolean; end: HelperEnd | null } = { isReady: false, end: null };
  const take = (event: HelperEvent): void => {
    if (event.type === 'ready') {
      said.isReady = true;
      for (const request of requestsFor(run)) child.stdin.write(`${JSON.stringify(request)}\n`);
    } else if (event.type === 'progress') run.onProgress(event);
    else if (event.type === 'done') said.end = { done: event.done };
    else said.end = { failure: event.failure, headIsZero: event.headIsZero };
  };
  child.stdin.on('error', () => undefined);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-WORDS_LIMIT);
  });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = parseEvent(line);
      if (event !== null) take(event);
    }
  });
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    child.stdin.end(`${JSON.stringify({ type: 'cancel' } satisfies HelperRequest)}\n`);
    // While a password is asked for there is nobody to hear the word.
    if (!said.isReady) child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), KILL_MILLISECONDS);
  };
  signal.addEventListener('abort', cancel);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (said.end !== null) return said.end;
    refuseCancelled(signal);
    if (!said.isReady && command.kind !== 'direct')
      throw new SeedbedError('FLASH_ELEVATION', {
        program: command.program,
        status: status ?? -1,
        command: ['sudo', '--', ...command.args.filter((arg) => arg !== '--'), ...formatArguments(given)]
          .map(quote)
          .join(' '),
      });
    throw new SeedbedError('FLASH_HELPER_FAILED', {
      detail: `exit code ${String(status)}. ${words.trim().slice(-500)}`,
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

function refuseCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new SeedbedError('CANCELLED', { kept: '' });
}

/** Nothing of the person's own reaches the helper; sudo and pkexec get what they need to ask. */
function environmentFor({ kind }: HelperCommand): NodeJS.ProcessEnv {
  const plain = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };
  if (kind === 'direct') return plain;
  const asking = ['TERM', 'DISPLAY', 'WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'];
  const known = asking.filter((name) => process.env[name] !== undefined);
  return { ...plain, ...Object.fromEntries(known.map((name) => [name, process.env[name]])) };
}

/** The same rules as the helper's own: a chunk list in order, then what is believed of an earlier try, then the beginning. */
function* requestsFor({ chunks, resumeUpTo }: HelperRun): Generator<HelperRequest> {
  let from = 0;
  for (const run of chunks) {
    if ('zeros' in run) {
      yield { type: 'zeros', from, count: run.zeros };
      from += run.zeros;
      continue;
    }
    for (let at = 0; at < run.sha256.length; at += MOST_HASHES_A_LINE) {
      const sha256 = run.sha256.slice(at, at + MOST_HASHES_A_LINE);
      yield { type: 'hashes', from, sha256 };
      from += sha256.length;
    }
  }
  if (resumeUpTo > 0) yield { type: 'resume', upTo: resumeUpTo };
  yield { type: 'begin' };
}

/** A line of the helper; null for anything else that sudo, pkexec or Node may print. */
function parseEvent(line: string): HelperEvent | null {
  try {
    const value = JSON.parse(line) as HelperEvent | null;
    const types: unknown[] = ['ready', 'progress', 'done', 'failed'];
    return typeof value === 'object' && types.includes(value?.type) ? value : null;
  } catch {
    return null;
  }
}
