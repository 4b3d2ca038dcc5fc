// The whole log as a file of the user's: pulled in pieces, handed to the browser as it comes, never held as one text.
import type { LogSource } from './log-reader.ts';
import { LOG_CHUNK_LIMIT_BYTES } from '../../../shared/contract/run.ts';

/** Pieces are put into a Blob, which the browser may keep on disk, whenever this much has come. */
const GROUP_BYTES = 4_194_304;

export async function collectLog(source: LogSource, progress: (share: number) => void): Promise<Blob> {
  const groups: Blob[] = [];
  let texts: string[] = [];
  let grouped = 0;
  let at = 0;
  for (;;) {
    const chunk = await source.read(at, LOG_CHUNK_LIMIT_BYTES);
    texts.push(chunk.text);
    if (chunk.toBytes - grouped >= GROUP_BYTES || chunk.toBytes === at) {
      groups.push(new Blob(texts));
      texts = [];
      grouped = chunk.toBytes;
    }
    if (chunk.toBytes === at) return new Blob(groups, { type: 'text/plain' });
    at = chunk.toBytes;
    progress(chunk.sizeBytes === 0 ? 1 : at / chunk.sizeBytes);
  }
}

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
