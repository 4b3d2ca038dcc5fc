// The edge where the operating system's errors become Seedbed's codes. No other file looks at `error.code === 'ENOSPC'`.
import { SeedbedError } from '../shared/errors.ts';

export function osCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : null;
}

/** An OS error about `path` as a SeedbedError; anything else comes back as it was. */
export function foldOsError(error: unknown, path: string): unknown {
  const code = osCodeOf(error);
  if (code === null) return error;
  const options = { cause: error };
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new SeedbedError('NOT_FOUND', { path }, options);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new SeedbedError('PERMISSION_DENIED', { path }, options);
    case 'ENOSPC':
    case 'EDQUOT':
      return new SeedbedError('DISK_FULL', { path }, options);
    default:
      return new SeedbedError('IO_FAILED', { path, osCode: code, reason: reasonOf(error) }, options);
  }
}

/** Run `work` on `path` with OS errors folded. */
export async function atPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw foldOsError(error, path);
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^E[A-Z0-9]+: /, '').replace(/, \w+ '.*$/, '');
}
