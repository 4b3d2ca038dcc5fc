// ext2fs as one to ask who may have no answer: its thread is started again when it was lost, and what it could not tell is kept.
import { isSeedbedError } from '../../shared/errors.ts';
import type { ContentReader } from '../../shared/model/image-reading.ts';
import type { ExtReader } from './ext-reader.ts';
import type { Ext2fsCalls } from './ext2fs-program.ts';
import { oneLine } from './name-text.ts';
import { type Ext2fs, type Ext2fsOptions, openExt2fs } from './open-ext2fs.ts';

type Argument<Call extends keyof Ext2fsCalls> = Parameters<Ext2fsCalls[Call]>[0];

export interface Ext2fsOpinion {
  /** Null when there is no answer: then our own reader alone counts for this path. Throws CANCELLED. */
  ask<Call extends keyof Ext2fsCalls>(
    path: string,
    call: Call,
    argument: Argument<Call>,
  ): Promise<{ value: ReturnType<Ext2fsCalls[Call]> } | null>;
  /** Close an open file, if its thread is still there. */
  release(file: number): Promise<void>;
  /** Our own reader alone counts for this path, for this reason. */
  except(path: string, reason: string): void;
  /** Who has read until now. */
  reader(): ContentReader;
  close(): Promise<void>;
}

const MOST_EXCEPTIONS = 100;
/** Listing a folder costs it memory for ever; its 16 MiB are enough for about a thousand. */
const FOLDERS_A_THREAD = 250;
const MOST_LOST = 3;

/** Throws CANCELLED. */
export async function openExt2fsOpinion(reader: ExtReader, options: Ext2fsOptions): Promise<Ext2fsOpinion> {
  const exceptions: ContentReader['exceptions'] = [];
  let exceptionCount = 0;
  let lost = 0;
  let folders = 0;
  const start = (): Promise<Ext2fs | string> => openExt2fs(reader, options).catch(reasonOf);
  let thread = await start();
  /** Why it could not even begin. */
  const refusal = typeof thread === 'string' ? thread : null;

  async function renew(): Promise<void> {
    await close();
    thread = await start();
  }

  async function close(): Promise<void> {
    if (typeof thread !== 'string') await thread.close();
  }

  function except(path: string, reason: string): void {
    if (refusal !== null) return;
    exceptionCount += 1;
    if (exceptions.length < MOST_EXCEPTIONS) exceptions.push({ path: oneLine(path), reason });
  }

  return {
    except,
    async ask(path, call, argument) {
      if (typeof thread !== 'string' && thread.hasEnded) {
        lost += 1;
        if (lost <= MOST_LOST) await renew();
      }
      folders += call === 'names' ? 1 : 0;
      if (call === 'names' && folders % FOLDERS_A_THREAD === 0 && refusal === null) await renew();
      if (typeof thread === 'string') {
        except(path, thread);
        return null;
      }
      try {
        return { value: await thread.ask(call, argument) };
      } catch (error) {
        except(path, reasonOf(error));
        return null;
      }
    },
    async release(file) {
      if (typeof thread !== 'string') await thread.ask('close', file).catch(reasonOf);
    },
    reader: () => ({
      name: refusal === null ? 'ext2fs' : 'seedbed',
      reason: refusal,
      exceptions: [...exceptions],
      exceptionCount,
    }),
    close,
  };
}

/** Throws what is no failure of ext2fs. */
function reasonOf(error: unknown): string {
  if (isSeedbedError(error)) throw error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('OOM') || /memory limit/.test(message))
    return 'ext2fs: its memory is too small for this';
  // ErrnoException of ext2fs: the call, a name or UNKNOWN, the number as libext2fs has it.
  const [, code, number] = /^\S+ (\w+) \((\d+)\)/.exec(message) ?? [];
  if (code !== undefined) return `ext2fs: ${code === 'UNKNOWN' ? `error ${number ?? ''}` : code}`;
  return `ext2fs: ${oneLine(message).slice(0, 200)}`;
}
