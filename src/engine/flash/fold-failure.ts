// The helper's failures as Seedbed's errors.
import type { Failure } from '../../helper/protocol.ts';
import { SeedbedError } from '../../shared/errors.ts';

const SECTOR_BYTES = 512;

/** `drive` is how messages call it; `imagePath` may be null for a comparison without an image. */
export function foldFailure(
  { failure, headIsZero }: { failure: Failure; headIsZero: boolean },
  drive: string,
  imagePath: string | null,
): SeedbedError {
  const { code, detail } = failure;
  const offsetBytes = failure.offsetBytes ?? 0;
  switch (code) {
    case 'cancelled':
      return new SeedbedError('CANCELLED', {
        kept: headIsZero
          ? `The first MiB of ${drive} is zeros: nothing starts from it. --resume goes on.`
          : `${drive} was not touched.`,
      });
    case 'identity-changed':
    case 'not-a-device':
      return new SeedbedError('FLASH_IDENTITY_CHANGED', { drive, detail });
    case 'system-drive':
    case 'holds-image':
      return new SeedbedError('FLASH_REFUSED', { drive, why: `${detail}.` });
    case 'in-use':
      return new SeedbedError('FLASH_IN_USE', { drive, why: detail });
    case 'read-only':
      return new SeedbedError('FLASH_READ_ONLY', { drive, headIsZero });
    case 'unplugged':
      return new SeedbedError('FLASH_UNPLUGGED', { drive, headIsZero });
    case 'bad-sector':
      return new SeedbedError('FLASH_BAD_SECTOR', {
        drive,
        offsetBytes,
        sector: Math.floor(offsetBytes / SECTOR_BYTES),
        doing: failure.phase === 'verify' ? 'reading' : 'writing',
        osCode: failure.osCode ?? 'EIO',
      });
    case 'device-full':
      return new SeedbedError('FLASH_DRIVE_FULL', { drive, offsetBytes });
    case 'too-small':
      return new SeedbedError('FLASH_TOO_SMALL', { drive, detail });
    case 'mismatch':
      return new SeedbedError('FLASH_MISMATCH', { drive, offsetBytes, chunks: failure.badChunkCount });
    case 'image-changed':
    case 'image-unreadable':
      return new SeedbedError('FLASH_IMAGE_DIFFERS', { path: imagePath ?? '', reason: `${detail}.` });
    case 'no-permission':
      return new SeedbedError('PERMISSION_DENIED', { path: drive });
    case 'bad-arguments':
    case 'bad-environment':
    case 'bad-message':
    case 'bug':
      return new SeedbedError('FLASH_HELPER_FAILED', { detail: `${code}: ${detail}` });
  }
}
