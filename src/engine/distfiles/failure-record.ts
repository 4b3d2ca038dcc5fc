// distfiles/failures.json: why the last fetch could not get a file, per source, so that it can still be read when that host has ended.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { FailedSource, Sha256 } from '../../shared/model/distfile.ts';
import { writeFileAtomically } from '../atomic-file.ts';

const FailureRecord = z.object({ version: z.literal(1), files: z.record(Sha256, z.array(FailedSource)) });

export type Failures = ReadonlyMap<string, FailedSource[]>;

/** Nothing when there is no record or it cannot be read: the next fetch writes a new one. */
export async function readFailures(path: string): Promise<Failures> {
  try {
    return new Map(Object.entries(FailureRecord.parse(JSON.parse(await readFile(path, 'utf8'))).files));
  } catch {
    return new Map();
  }
}

/** `asked` are the files that the fetch looked for: what was known of others stays. */
export async function writeFailures(path: string, asked: readonly string[], fresh: Failures): Promise<void> {
  const all = new Map(await readFailures(path));
  for (const sha256 of asked) all.delete(sha256);
  for (const [sha256, failures] of fresh) all.set(sha256, failures);
  const record: z.infer<typeof FailureRecord> = { version: 1, files: Object.fromEntries(all) };
  await writeFileAtomically(path, `${JSON.stringify(record)}\n`);
}
