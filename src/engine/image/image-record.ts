// Reads image.json: written by us, but it may have come from elsewhere.
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { SeedbedError } from '../../shared/errors.ts';
import { IMAGE_RECORD_VERSION, ImageRecord } from '../../shared/model/image.ts';
import { atPath } from '../os-errors.ts';

/** An upstream image of 2 400 entries has a record of 20 KB; entries are not in it. */
const LONGEST_RECORD_BYTES = 4 * 1024 * 1024;

const Version = z.object({ version: z.int().positive() });

/** Throws NOT_FOUND, RECORD_INVALID; RECORD_OUTDATED for one of another version, older or newer. */
export async function readImageRecord(path: string): Promise<ImageRecord> {
  const text = await atPath(path, async () => {
    const found = await stat(path);
    if (!found.isFile() || found.size > LONGEST_RECORD_BYTES)
      throw new SeedbedError('RECORD_INVALID', { path, reason: 'it is not a record of an image.' });
    return readFile(path, 'utf8');
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SeedbedError('RECORD_INVALID', { path, reason: 'it is not JSON.' }, { cause: error });
  }
  const found = Version.safeParse(value);
  if (found.success && found.data.version !== IMAGE_RECORD_VERSION)
    throw new SeedbedError('RECORD_OUTDATED', {
      path,
      version: found.data.version,
      known: IMAGE_RECORD_VERSION,
    });
  const parsed = ImageRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const reason = issue === undefined ? 'it has another form.' : `${issue.path.join('.')}: ${issue.message}.`;
  throw new SeedbedError('RECORD_INVALID', { path, reason });
}
