// Whole reads and writes over a target that may do less than it is asked, and errors narrowed to the sector.
import { foldDeviceError, HelperError } from './failure.ts';
import type { BlockTarget } from './target.ts';

/** A failed piece is tried again in pieces of this size, and what still fails sector by sector. */
const NARROW_BYTES = 64 * 1024;

/** Throws HelperError with the first byte of the sector that fails. */
export async function writeAll(target: BlockTarget, bytes: Uint8Array, offsetBytes: number): Promise<void> {
  await narrowed(target, bytes, offsetBytes, 'writing');
}

/** Fills `bytes`. Throws HelperError with the first byte of the sector that fails. */
export async function readAll(target: BlockTarget, bytes: Uint8Array, offsetBytes: number): Promise<void> {
  await narrowed(target, bytes, offsetBytes, 'reading');
}

async function narrowed(
  target: BlockTarget,
  bytes: Uint8Array,
  offsetBytes: number,
  doing: 'reading' | 'writing',
): Promise<void> {
  try {
    await (doing === 'writing' ? writeOnce : readOnce)(target, bytes, offsetBytes);
  } catch (error) {
    const failure = foldDeviceError(error, target.state(), offsetBytes, doing);
    const smaller = bytes.length > NARROW_BYTES ? NARROW_BYTES : target.sectorBytes;
    if (failure.code !== 'bad-sector' || bytes.length <= smaller) throw failure;
    // Every piece again: what goes well now was no bad sector.
    for (let at = 0; at < bytes.length; at += smaller)
      await narrowed(
        target,
        bytes.subarray(at, Math.min(bytes.length, at + smaller)),
        offsetBytes + at,
        doing,
      );
  }
}

async function writeOnce(target: BlockTarget, bytes: Uint8Array, offsetBytes: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const written = await target.write(bytes.subarray(done), offsetBytes + done);
    // What follows must begin at a sector again; the part of a sector is written once more.
    const whole = written - (written % target.sectorBytes);
    if (whole <= 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    done += whole;
  }
}

async function readOnce(target: BlockTarget, bytes: Uint8Array, offsetBytes: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const at = offsetBytes + done;
    const count = await target.read(bytes.subarray(done), at);
    const whole = count - (count % target.sectorBytes);
    if (whole <= 0) throw new HelperError('too-small', `the device ends at byte ${at}`, { offsetBytes: at });
    done += whole;
  }
}
