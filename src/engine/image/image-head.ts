// The head of an image: boot sector, stage2 as text, and the sector from which stage2 says that it reads its stream.
import type { FileHandle } from 'node:fs/promises';
import { describeError } from '../../shared/error-texts.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { decodeAscii } from '../formats/ascii.ts';
import { checkBootSector, findStreamLba, SECTOR_SIZE, streamLbaFor } from '../formats/builder-hex0.ts';
import { assembleHex0 } from '../formats/hex0.ts';
import { readRange } from './read-range.ts';

export interface ImageHead {
  stage2Bytes: number;
  streamLba: number;
  isBootCheck: boolean;
  warnings: string[];
}

/** stage2's text is 88 KB; the head that is looked at ends here. */
export const LONGEST_HEAD_BYTES = 1024 * 1024;

/** Throws IMAGE_UNREADABLE. */
export async function readImageHead(handle: FileHandle, path: string, sizeBytes: number): Promise<ImageHead> {
  return decodeImageHead(await readHead(handle, path, Math.min(sizeBytes, LONGEST_HEAD_BYTES)), path);
}

/** `head`: the first LONGEST_HEAD_BYTES of an image, or all of it; `path` is for messages. Throws IMAGE_UNREADABLE. */
export function decodeImageHead(head: Uint8Array, path: string): ImageHead {
  const unreadable = (reason: string): SeedbedError => new SeedbedError('IMAGE_UNREADABLE', { path, reason });
  if (head.length < 2 * SECTOR_SIZE) throw unreadable('it is too short to hold a boot sector and a stream');
  try {
    checkBootSector(head.subarray(0, SECTOR_SIZE));
  } catch {
    throw unreadable('its first sector is no boot sector');
  }
  const textEnd = head.indexOf(0, SECTOR_SIZE);
  if (textEnd <= SECTOR_SIZE) throw unreadable('behind the boot sector there is no stage2 text');
  const stage2 = assembleStage2(head.subarray(SECTOR_SIZE, textEnd), path);
  // The boot check's stage2 begins where its own text ended (resources/boot-check/stage2.hex0).
  const isBootCheck = isBootCheckSector(head);
  const streamLba = isBootCheck ? streamLbaFor(textEnd - SECTOR_SIZE) : findStreamLba(stage2);
  if (streamLba === null)
    throw unreadable('its stage2 does not say at which sector the source stream starts');
  const streamAt = streamLba * SECTOR_SIZE;
  if (streamAt <= textEnd || streamAt > head.length)
    throw unreadable(`its stage2 reads the source stream from sector ${streamLba}, where it cannot be`);
  const clean = head.subarray(textEnd, streamAt).every((byte) => byte === 0);
  return {
    stage2Bytes: textEnd - SECTOR_SIZE,
    streamLba,
    isBootCheck,
    warnings: clean ? [] : ['There are bytes other than zero between stage2 and the stream.'],
  };
}

/** The boot check prints its name from its boot sector (resources/boot-check/stage1.hex0). */
function isBootCheckSector(head: Uint8Array): boolean {
  return decodeAscii(head.subarray(0, SECTOR_SIZE)).includes('Seedbed boot check ');
}

async function readHead(handle: FileHandle, path: string, toBytes: number): Promise<Uint8Array> {
  const head = new Uint8Array(toBytes);
  let done = 0;
  for await (const piece of readRange(handle, path, { fromBytes: 0, toBytes })) {
    head.set(piece, done);
    done += piece.length;
  }
  return head;
}

function assembleStage2(text: Uint8Array, path: string): Uint8Array {
  try {
    return assembleHex0(decodeAscii(text), { fileName: 'stage2' });
  } catch (error) {
    const reason = `its second stage is no hex0 text (${describeError(error).message})`;
    throw new SeedbedError('IMAGE_UNREADABLE', { path, reason }, { cause: error });
  }
}
