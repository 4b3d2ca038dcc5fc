// Another opinion on a file system: the npm package ext2fs, which is libext2fs as WebAssembly. It runs in a thread that can be ended at any time: a damaged
// disk may keep it busy for ever, its memory ends at 16 MiB, and it changes how its process treats errors.
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { SeedbedError } from '../../shared/errors.ts';
import type { ExtReader } from './ext-reader.ts';
import { EXT2FS_PROGRAM, type Ext2fsAnswer, type Ext2fsCalls, type Ext2fsTask } from './ext2fs-program.ts';

export interface Ext2fs {
  /** Throws CANCELLED; any other error is a plain Error that says in a few words what ext2fs failed at. */
  ask<Call extends keyof Ext2fsCalls>(
    call: Call,
    argument: Parameters<Ext2fsCalls[Call]>[0],
  ): Promise<ReturnType<Ext2fsCalls[Call]>>;
  /** The thread has ended: by itself, since it was too slow, or by `close`. */
  readonly hasEnded: boolean;
  close(): Promise<void>;
}

export interface Ext2fsOptions {
  signal?: AbortSignal | undefined;
  /** Path of the package; of another one in tests. */
  program?: string;
  /** The longest that an answer may take. */
  answerMilliseconds?: number;
}

/** An answer takes milliseconds; on a machine that is busy with other things, seconds. */
const ANSWER_MS = 60_000;
/** A folder of 64 MiB, the largest that is listed, has names for less than this. */
const THREAD_MEMORY_MB = 256;

/** The file system of `reader`, as it is with its journal applied. Throws like `ask`. */
export async function openExt2fs(
  reader: ExtReader,
  { signal, program, answerMilliseconds = ANSWER_MS }: Ext2fsOptions = {},
): Promise<Ext2fs> {
  const { source, superBlock, newer } = reader;
  const task: Ext2fsTask = {
    program: program ?? createRequire(import.meta.url).resolve('ext2fs'),
    ...source.place,
    sizeBytes: source.sizeBytes,
    blockBytes: superBlock.blockBytes,
    newer: [...(newer ?? [])].map(([block, { from, isEscaped }]) => [block, from, isEscaped]),
  };
  // What it prints is nobody's result.
  const worker = new Worker(EXT2FS_PROGRAM, {
    eval: true,
    workerData: task,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB },
  });
  worker.stdout.resume();
  worker.stderr.resume();

  let ended: Error | null = null;
  let settle: ((answer: Ext2fsAnswer | null) => void) | null = null;
  function end(why: Error): void {
    ended ??= why;
    settle?.(null);
    void worker.terminate();
  }
  const abort = (): void => end(new SeedbedError('CANCELLED', { kept: '' }));
  worker.on('message', (answer: Ext2fsAnswer) => settle?.(answer));
  worker.on('error', (error) => end(new Error(error instanceof Error ? error.message : String(error))));
  worker.on('exit', () => end(new Error('it ended without an answer')));
  signal?.addEventListener('abort', abort);
  if (signal?.aborted === true) abort();

  function askOne(call: string, argument: unknown): Promise<Ext2fsAnswer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => end(new Error(`it gave no answer in ${answerMilliseconds / 1000} s`)),
        answerMilliseconds,
      );
      settle = (answer) => {
        clearTimeout(timer);
        settle = null;
        if (answer === null) reject(ended ?? new Error('it ended'));
        else resolve(answer);
      };
      if (ended === null) worker.postMessage([call, argument]);
      else settle(null);
    });
  }

  let last: Promise<unknown> = Promise.resolve();
  const ext2fs: Ext2fs = {
    get hasEnded() {
      return ended !== null;
    },
    // ext2fs mixes up what is asked at the same time.
    ask(call, argument) {
      const answer = last.then(() => askOne(call, argument));
      last = answer.catch(() => undefined);
      return answer.then((given) => {
        // Its runtime does nothing more after that.
        if ('failure' in given && /Aborted|unreachable|out of bounds/.test(given.failure))
          end(new Error(given.failure));
        if ('failure' in given) throw new Error(given.failure);
        return given.value as ReturnType<Ext2fsCalls[typeof call]>;
      });
    },
    async close() {
      signal?.removeEventListener('abort', abort);
      end(new Error('it was closed'));
      await worker.terminate();
    },
  };
  try {
    await ext2fs.ask('mount', '');
    return ext2fs;
  } catch (error) {
    await ext2fs.close();
    throw error;
  }
}
