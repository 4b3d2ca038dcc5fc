// Compares a drive with an image or with a record, at any later time and on any machine: the helper reads, and only reads.
import type { FlashChunks, FlashVerification } from '../../shared/model/flash.ts';
import type { ListedDrive } from '../../shared/model/drive.ts';
import type { JobContext } from '../jobs.ts';
import type { HelperCommand } from './elevation.ts';
import { foldFailure } from './fold-failure.ts';
import { nameDrive } from './plan-flash.ts';
import { runHelper } from './run-helper.ts';
import { argumentsFor } from './write-target.ts';

export interface Comparison {
  drive: ListedDrive;
  /** How the report calls it. */
  against: string;
  /** null: only its hashes are known. */
  imagePath: string | null;
  imageBytes: number;
  chunks: FlashChunks;
  chunksSha256: string;
}

/** A difference is a result, not an error. Throws FLASH_UNPLUGGED, FLASH_BAD_SECTOR, FLASH_TOO_SMALL and the like. */
export async function verifyTarget(
  { drive, against, imagePath, imageBytes, chunks, chunksSha256 }: Comparison,
  command: HelperCommand,
  { signal, report }: JobContext,
): Promise<FlashVerification> {
  const name = nameDrive(drive);
  const began = performance.now();
  const target = { imagePath: imagePath ?? '', imageBytes, chunksSha256 };
  const { identity, path } = drive.drive;
  const end = await runHelper({
    command,
    given: {
      ...argumentsFor(target, identity, path, { eject: false, unmount: false }),
      mode: 'verify',
      image: imagePath,
    },
    chunks,
    resumeUpTo: 0,
    signal,
    onProgress: ({ phase, doneBytes: done, totalBytes: total }) =>
      report({ step: phase, label: `Reading ${name}`, done, total, unit: 'bytes' }),
  });
  const facts = { drive: name, against, milliseconds: performance.now() - began };
  if ('done' in end)
    return {
      ...facts,
      equal: true,
      verifiedBytes: end.done.verifiedBytes,
      offsetBytes: null,
      badChunks: [],
      badChunkCount: 0,
    };
  const { code, offsetBytes, badChunks, badChunkCount } = end.failure;
  if (code !== 'mismatch') throw foldFailure(end, name, imagePath);
  return { ...facts, equal: false, verifiedBytes: imageBytes, offsetBytes, badChunks, badChunkCount };
}
