// Reads image.json: written by us, but it may have come from elsewhere.
import { readFile, stat } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { ImageRecord } from '../../shared/model/image.ts';
import { atPath } from '../os-errors.ts';

/** An upstream image of 2 400 entries has a record of 20 KB; entries are not in it. */
const LONGEST_RECORD_BYTES = 4 * 1024 * 1024;

/** Throws NOT_FOUND, RECORD_INVALID. */
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
  const parsed = ImageRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const reason = issue === undefined ? 'it has another form.' : `${issue.path.join('.')}: ${issue.message}.`;
  throw new SeedbedError('RECORD_INVALID', { path, reason });
}
