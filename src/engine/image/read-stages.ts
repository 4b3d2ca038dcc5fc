// builder-hex0's two stages as a checkout has them: the boot sector, assembled, and stage2, which is written to the disk as text.
// Source: live-bootstrap 984b8322, lib/generator.py (create_builder_hex0_disk_image).
import { readSmallFile } from '../checkout/read-text.ts';
import { decodeAscii } from '../formats/ascii.ts';
import { checkBootSector, findStreamLba, placeStream } from '../formats/builder-hex0.ts';
import { assembleHex0 } from '../formats/hex0.ts';

export interface Stages {
  bootSector: Uint8Array;
  stage2Text: Uint8Array;
  streamOffsetBytes: number;
}

export const STAGE1_FILE = 'builder-hex0/builder-hex0-x86-stage1.hex0';
export const STAGE2_FILE = 'builder-hex0/builder-hex0-x86-stage2.hex0';

/** Throws HEX0_INVALID, STAGE1_MISFIT, STAGE2_MISFIT. */
export async function readStages(root: string): Promise<Stages> {
  const bootSector = assembleHex0(decodeAscii(await readSmallFile(root, STAGE1_FILE)), {
    fileName: STAGE1_FILE,
  });
  checkBootSector(bootSector);
  const stage2Text = new Uint8Array(await readSmallFile(root, STAGE2_FILE));
  const stage2 = assembleHex0(decodeAscii(stage2Text), { fileName: STAGE2_FILE });
  return { bootSector, stage2Text, streamOffsetBytes: placeStream(stage2Text.length, findStreamLba(stage2)) };
}
