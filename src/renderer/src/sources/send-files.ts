// Sends dropped files to the engine, piece by piece: the next one goes when the last is answered, and one more is read meanwhile.
import type { SeedbedClient } from '../../../shared/contract/contract.ts';
import { type DistfileSelection, RECEIVED_PIECE_LIMIT_BYTES } from '../../../shared/contract/distfiles.ts';
import type { DroppedFile } from './dropped.ts';

/** Resolves when everything was sent or the job has ended for another reason, which the job itself tells. */
export async function sendFiles(
  client: SeedbedClient,
  selection: DistfileSelection,
  files: readonly DroppedFile[],
  onStarted: (job: string) => void,
): Promise<void> {
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  const { jobId: job } = await client.distfiles.receive({ ...selection, totalBytes });
  onStarted(job);
  try {
    for (const dropped of files) await sendFile(client, job, dropped);
    await client.distfiles.receiveEnd({ job });
  } catch {
    // Cancelled, or failed: the job says so where all jobs do.
  }
}

async function sendFile(client: SeedbedClient, job: string, { path, file }: DroppedFile): Promise<void> {
  let next = readPiece(file, 0);
  for (let offsetBytes = 0; offsetBytes < file.size; offsetBytes += RECEIVED_PIECE_LIMIT_BYTES) {
    const base64 = await next;
    // It cannot be read (any more): the rest of it is of no use, and the next file begins anew.
    if (base64 === null) return;
    next = readPiece(file, offsetBytes + RECEIVED_PIECE_LIMIT_BYTES);
    await client.distfiles.receivePiece({
      job,
      name: path.slice(-MOST_NAME),
      sizeBytes: file.size,
      offsetBytes,
      base64,
    });
  }
}

const MOST_NAME = 1000;

/** Base64 of the piece that begins there; null when the file cannot be read. The browser encodes it outside of this thread. */
function readPiece(file: File, offsetBytes: number): Promise<string | null> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => {
      const address = typeof reader.result === 'string' ? reader.result : '';
      resolve(address.slice(address.indexOf(',') + 1));
    };
    reader.onerror = () => resolve(null);
    reader.readAsDataURL(file.slice(offsetBytes, offsetBytes + RECEIVED_PIECE_LIMIT_BYTES));
  });
}
