// The first block of an empty journal. Source: Linux, Documentation/filesystems/ext4/journal.rst (journal_superblock_s); e2fsprogs 1.47, mkjournal.c.
import { BLOCK_BYTES } from './ext3-layout.ts';

/** JBD2_MAGIC_NUMBER; block type "superblock, version 2". */
const MAGIC = 0xc03b3998;
const SUPERBLOCK_V2 = 4;

/** BLOCK_BYTES bytes. All other blocks of an empty journal are zero. */
export function encodeJournalSuperblock(journalBlocks: number): Uint8Array {
  const bytes = new Uint8Array(BLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  // Big-endian, unlike all else. s_start stays 0: nothing is to be replayed.
  const fields: readonly (readonly [offset: number, value: number])[] = [
    [0x00, MAGIC],
    [0x04, SUPERBLOCK_V2],
    [0x0c, BLOCK_BYTES],
    [0x10, journalBlocks],
    // s_first: the log begins after this block. s_sequence: of the first transaction.
    [0x14, 1],
    [0x18, 1],
  ];
  for (const [offset, value] of fields) view.setUint32(offset, value, false);
  return bytes;
}
