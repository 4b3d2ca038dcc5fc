// The record of a checkout that Seedbed made: inside its .git, so that it comes and goes with it and is no stray file.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { FetchedCheckoutRecord } from '../../shared/model/checkout.ts';
import { atPath, osCodeOf } from '../os-errors.ts';

export const RECORD_NAME = 'seedbed-checkout.json';

/** Null when the folder is not there or is none of Seedbed's. Throws RECORD_INVALID. */
export async function readFetchedRecord(folder: string): Promise<FetchedCheckoutRecord | null> {
  const path = join(folder, '.git', RECORD_NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(osCodeOf(error) ?? '')) return null;
    return atPath(path, () => Promise.reject(error as Error));
  }
  return parseRecord(text, path, FetchedCheckoutRecord);
}

/** Throws RECORD_INVALID. */
export function parseRecord<T>(text: string, path: string, schema: { parse: (value: unknown) => T }): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const reason =
      error instanceof SyntaxError ? 'it is not JSON' : 'it is no record that this Seedbed knows';
    throw new SeedbedError('RECORD_INVALID', { path, reason }, { cause: error });
  }
}
