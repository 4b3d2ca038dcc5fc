// The last look for what is no text, per commit, in the data folder: audits/blobs-COMMIT.json. The trust report reads it.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BlobReport } from '../../shared/model/blobs.ts';
import { writeFileAtomically } from '../atomic-file.ts';

const KeptScan = z.strictObject({ commit: z.string(), endedAt: z.string(), report: BlobReport });

/** A tree that git cannot name is not kept: nobody could say later what was looked at. `folder`: the one of the audits. */
export async function keepScan(folder: string, commit: string | null, report: BlobReport): Promise<void> {
  if (commit === null || !COMMIT.test(commit)) return;
  const kept: z.infer<typeof KeptScan> = { commit, endedAt: new Date().toISOString(), report };
  await mkdir(folder, { recursive: true });
  await writeFileAtomically(pathOf(folder, commit), `${JSON.stringify(kept)}\n`);
}

/** Null when there is none, or when it cannot be read any more. */
export async function readKeptScan(folder: string, commit: string): Promise<BlobReport | null> {
  if (!COMMIT.test(commit)) return null;
  try {
    const found = KeptScan.parse(JSON.parse(await readFile(pathOf(folder, commit), 'utf8')));
    return found.commit === commit ? found.report : null;
  } catch {
    return null;
  }
}

/** Nothing else becomes part of a path. */
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

function pathOf(folder: string, commit: string): string {
  return join(folder, `blobs-${commit}.json`);
}
