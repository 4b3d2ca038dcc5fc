// Every file of a checkout that is no text, and which of them are seeds: the very bytes that a hex text in the same folder says.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blob, BlobReport } from '../../shared/model/blobs.ts';
import { readText } from '../checkout/read-text.ts';
import { assembleHex0 } from '../formats/hex0.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';
import { SCAN_LIMITS, scanStream, type SeenFile } from './scan-stream.ts';

export async function scanCheckout(
  root: string,
  { signal, report }: JobContext,
): Promise<BlobReport['checkout']> {
  const paths = await listFiles(root, '');
  const seen: SeenFile[] = [];
  for (const [done, path] of paths.entries()) {
    signal.throwIfAborted();
    report({ step: 'checkout', label: 'Looking at the checkout', done, total: paths.length, unit: 'files' });
    const bytes = createReadStream(join(root, path));
    await atPath(path, () =>
      scanStream(bytes as AsyncIterable<Buffer>, path, {
        signal,
        limits: SCAN_LIMITS,
        strict: true,
        seen: (file) => void seen.push(file),
        note: (at) =>
          void seen.push({
            path: at,
            sizeBytes: 0,
            sha256: '0'.repeat(64),
            isText: false,
            kind: 'not opened',
            generated: null,
          }),
      }),
    );
  }
  const blobs: Blob[] = [];
  for (const { isText, path, sizeBytes, sha256, kind } of seen)
    if (!isText)
      blobs.push({ path, sizeBytes, sha256, kind, explanation: await explain(root, path, sha256) });
  return {
    files: seen.length,
    bytes: seen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    blobs,
    explained: blobs.filter(({ explanation }) => explanation !== null).length,
  };
}

/** Plain files, sorted; links are not followed, and git's own folder is no part. */
async function listFiles(root: string, folder: string): Promise<string[]> {
  const entries = await atPath(folder, () => readdir(join(root, folder), { withFileTypes: true }));
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === '.git') continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await listFiles(root, path)));
    else if (entry.isFile()) found.push(path);
  }
  return found;
}

async function explain(root: string, path: string, sha256: string): Promise<string | null> {
  if (path.includes('!')) return null;
  const folder = path.split('/').slice(0, -1).join('/');
  const names = await readdir(join(root, folder));
  for (const name of names.filter((one) => one.endsWith('.hex0')).sort()) {
    const text = `${folder === '' ? '' : `${folder}/`}${name}`;
    const bytes = assembleOrNull(await readText(root, text));
    if (bytes !== null && createHash('sha256').update(bytes).digest('hex') === sha256)
      return `seed: equal to what ${text} says in hexadecimal digits`;
  }
  return null;
}

function assembleOrNull(text: string): Uint8Array | null {
  try {
    return assembleHex0(text);
  } catch {
    return null;
  }
}
