// The one error of the helper, and the operating system's errors as such: what has become of the device decides, not the error number alone.
import type { Failure, FailureCode, Phase } from './protocol.ts';

export class HelperError extends Error {
  override readonly name = 'HelperError';
  readonly code: FailureCode;
  readonly offsetBytes: number | null;
  readonly osCode: string | null;
  readonly badChunks: readonly number[];

  constructor(
    code: FailureCode,
    detail: string,
    more: {
      offsetBytes?: number;
      osCode?: string | null;
      badChunks?: readonly number[];
      cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
    this.code = code;
    this.offsetBytes = more.offsetBytes ?? null;
    this.osCode = more.osCode ?? null;
    this.badChunks = more.badChunks ?? [];
  }
}

/** As many differing chunks are named; the others are counted. */
const NAMED_CHUNKS = 256;

export function describeFailure(error: unknown, phase: Phase): Failure {
  const known =
    error instanceof HelperError
      ? error
      : new HelperError('bug', error instanceof Error ? error.message : String(error), {
          osCode: osCodeOf(error),
        });
  return {
    code: known.code,
    phase,
    offsetBytes: known.offsetBytes,
    osCode: known.osCode,
    detail: known.message,
    badChunks: known.badChunks.slice(0, NAMED_CHUNKS),
    badChunkCount: known.badChunks.length,
  };
}

export function osCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : null;
}

/** How the device is now, as the kernel tells it. */
export type DeviceState = 'there' | 'gone' | 'read-only';

const GONE = ['ENXIO', 'ENODEV', 'ENOMEDIUM', 'ESHUTDOWN'];
const READ_ONLY = ['EROFS', 'EPERM', 'EACCES'];
const FULL = ['ENOSPC', 'EFBIG'];
/** What block drivers give for a sector that cannot be read or written (Linux block/blk-core.c, blk_errors). */
const BAD = ['EIO', 'EREMOTEIO', 'ENODATA', 'EILSEQ', 'ETIMEDOUT', 'ENOLINK', 'EBADE', 'EBADMSG'];

/**
 * An error of reading or writing the device. EIO alone says little: a device that is gone, one that has become read-only and one with a bad
 * sector all give it, so the device's state is asked first.
 */
export function foldDeviceError(
  error: unknown,
  state: DeviceState,
  offsetBytes: number,
  doing: 'reading' | 'writing',
): HelperError {
  if (error instanceof HelperError) return error;
  const osCode = osCodeOf(error);
  if (osCode === null)
    return new HelperError('bug', error instanceof Error ? error.message : String(error), { cause: error });
  const more = { offsetBytes, osCode, cause: error };
  const at = `${doing} at byte ${offsetBytes} failed with ${osCode}`;
  if (state === 'gone' || GONE.includes(osCode)) return new HelperError('unplugged', at, more);
  if (state === 'read-only' || READ_ONLY.includes(osCode)) return new HelperError('read-only', at, more);
  if (FULL.includes(osCode)) return new HelperError('device-full', at, more);
  return new HelperError(BAD.includes(osCode) ? 'bad-sector' : 'bug', at, more);
}
