// Small text files of a checkout, which anybody may have written: bounded, and never a pipe or a device.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath } from '../os-errors.ts';

/** The largest that is read so is stage2, 88 KB. */
const LONGEST_TEXT_BYTES = 4 * 1024 * 1024;

/** The bytes of `file` (relative to `root`). Throws NOT_FOUND, CHECKOUT_UNREADABLE. */
export async function readSmallFile(root: string, file: string): Promise<Uint8Array> {
  const path = join(root, file);
  return atPath(path, async () => {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile())
        throw new SeedbedError('CHECKOUT_UNREADABLE', { file, line: 1, reason: 'this is not a file' });
      if (stat.size > LONGEST_TEXT_BYTES)
        throw new SeedbedError('CHECKOUT_UNREADABLE', { file, line: 1, reason: 'the file is far too large' });
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  });
}

export async function readText(root: string, file: string): Promise<string> {
  return new TextDecoder().decode(await readSmallFile(root, file));
}
