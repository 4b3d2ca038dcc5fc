// Reads objects out of a repository with `git cat-file --batch`, and believes none of them before their bytes give their name.
import { SeedbedError } from '../../shared/errors.ts';
import { endGroup, foldSpawnError, gitReason, inGitDir, startGit } from './git-command.ts';
import { objectId, type ObjectType } from './git-objects.ts';

export interface ObjectReader {
  /** The bytes of an object. Throws CHECKOUT_OBJECT_DAMAGED when it is missing, of another type, or not what its name says. */
  read(id: string, type: ObjectType): Promise<Buffer>;
  close(): void;
}

/** No file of live-bootstrap comes near it. */
const LARGEST_OBJECT_BYTES = 256 * 1024 * 1024;

export interface ReaderOptions {
  /** A git directory, or a work tree of its own. */
  folder: string;
  /** Git does not look for a repository above it. */
  bare: boolean;
  /** How people know the repository. */
  name: string;
  signal?: AbortSignal | undefined;
}

export function openObjectReader({ folder, bare, name, signal }: ReaderOptions): ObjectReader {
  const child = startGit([...(bare ? inGitDir(folder) : []), 'cat-file', '--batch'], folder);
  const bytes = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  let held: Buffer = Buffer.alloc(0);
  let words = '';
  let failure: Error | null = null;
  let last: Promise<unknown> = Promise.resolve();
  child.on('error', (error) => {
    failure = foldSpawnError(error);
  });
  child.stdin.on('error', () => undefined);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.slice(-4096);
  });
  const cancel = (): void => endGroup(child, 'SIGKILL');
  signal?.addEventListener('abort', cancel);

  function throwIfCancelled(): void {
    if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
  }

  async function more(): Promise<void> {
    throwIfCancelled();
    const next = await bytes.next().catch(() => null);
    throwIfCancelled();
    if (failure !== null) throw failure;
    if (next === null || next.done === true)
      throw new SeedbedError('CHECKOUT_OBJECT_DAMAGED', {
        repository: name,
        object: 'store',
        reason: gitReason(words),
      });
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
  }

  async function takeLine(): Promise<string> {
    let end = held.indexOf(0x0a);
    while (end < 0) {
      await more();
      end = held.indexOf(0x0a);
    }
    const line = held.toString('latin1', 0, end);
    held = held.subarray(end + 1);
    return line;
  }

  async function takeBytes(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      if (held.length === 0) await more();
      const part = held.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
      held = held.subarray(part.length);
    }
    return Buffer.concat(parts, count);
  }

  async function readNow(id: string, type: ObjectType): Promise<Buffer> {
    const damaged = (reason: string): SeedbedError =>
      new SeedbedError('CHECKOUT_OBJECT_DAMAGED', { repository: name, object: id, reason });
    const [answered, kind = '', size = ''] = (await takeLine()).split(' ');
    if (kind === 'missing' || size === '') throw damaged('it is missing');
    if (Number(size) > LARGEST_OBJECT_BYTES) throw damaged('it is far too large');
    const content = await takeBytes(Number(size));
    await takeBytes(1);
    if (answered !== id || kind !== type) throw damaged(`it is a ${kind}, not a ${type}`);
    const actual = objectId(type, content);
    if (actual !== id) throw damaged(`its bytes have the name ${actual}`);
    return content;
  }

  return {
    read(id, type) {
      // Asked at once, answered in order: git need not wait for us between two.
      child.stdin.write(`${id}\n`);
      const next = last.then(() => readNow(id, type));
      last = next.catch(() => undefined);
      return next;
    },
    close() {
      signal?.removeEventListener('abort', cancel);
      child.stdin.end();
      endGroup(child, 'SIGKILL');
    },
  };
}
