// Sizes and offsets of ext3 as mke2fs chooses them for `-t ext3 -b 4096`.
// Sources: Linux, Documentation/filesystems/ext4 (ondisk) and fs/ext3/ext3.h of 3.18; e2fsprogs 1.47, lib/ext2fs/initialize.c, mkjournal.c, misc/mke2fs.c.

export const BLOCK_BYTES = 4096;
/** As many as one bitmap block has bits (initialize.c, EXT2FS_MAX_BLOCKS_PER_GROUP). */
export const BLOCKS_PER_GROUP = 8 * BLOCK_BYTES;
/** mke2fs.conf, inode_size. Room for times after 2038. */
export const INODE_BYTES = 256;
export const INODES_PER_BLOCK = BLOCK_BYTES / INODE_BYTES;
/** struct ext3_group_desc. */
export const DESCRIPTOR_BYTES = 32;
export const DESCRIPTORS_PER_BLOCK = BLOCK_BYTES / DESCRIPTOR_BYTES;
/** Block numbers have 32 bits. */
export const MAX_BLOCKS = 2 ** 32 - 1;

/** ext3.h: EXT3_ROOT_INO, EXT3_JOURNAL_INO, EXT3_GOOD_OLD_FIRST_INO (which mke2fs gives to lost+found). */
export const ROOT_INODE = 2;
export const JOURNAL_INODE = 8;
export const LOST_AND_FOUND_INODE = 11;
export const FIRST_FREE_INODE = 12;

/** mke2fs.c (inode_ratio of mke2fs.conf): one inode for so many bytes; file systems below 512 MiB are "small" and get more. */
const BYTES_PER_INODE = 16384;
const BYTES_PER_INODE_SMALL = 4096;
const SMALL_BYTES = 512 * 1024 * 1024;

/** mkjournal.c, ext2fs_default_journal_size: file systems with fewer blocks than the first get as many journal blocks as the second. */
const JOURNAL_BLOCKS: readonly (readonly [below: number, blocks: number])[] = [
  [32768, 1024],
  [256 * 1024, 4096],
  [512 * 1024, 8192],
  [4096 * 1024, 16384],
  [8192 * 1024, 32768],
  [16384 * 1024, 65536],
  [32768 * 1024, 131072],
];
const JOURNAL_BLOCKS_MOST = 262144;
/** Below this mke2fs makes no journal, so there is no ext3. */
export const MIN_BLOCKS = 2048;
/** initialize.c: a last group with fewer blocks than its own structures and these is given up. */
const LEAST_DATA_BLOCKS = 50;

export interface Ext3Layout {
  blocks: number;
  groups: number;
  inodesPerGroup: number;
  inodeTableBlocks: number;
  /** Blocks of one copy of the group descriptors. */
  descriptorBlocks: number;
  journalBlocks: number;
}

/** Where the structures of a group lie. */
export interface GroupLayout {
  hasSuperblock: boolean;
  firstBlock: number;
  /** One past the last. */
  endBlock: number;
  blockBitmap: number;
  inodeBitmap: number;
  inodeTable: number;
  firstDataBlock: number;
}

/** Null when a device of this size cannot hold so many inodes, or no journal. */
export function layOutExt3(sizeBytes: number, inodesNeeded: number): Ext3Layout | null {
  const ratio = sizeBytes < SMALL_BYTES ? BYTES_PER_INODE_SMALL : BYTES_PER_INODE;
  let blocks = Math.floor(sizeBytes / BLOCK_BYTES);
  for (;;) {
    if (blocks < MIN_BLOCKS || blocks > MAX_BLOCKS) return null;
    const groups = Math.ceil(blocks / BLOCKS_PER_GROUP);
    const inodes = Math.max(Math.floor((blocks * BLOCK_BYTES) / ratio), inodesNeeded);
    const inodeTableBlocks = Math.ceil(inodes / groups / INODES_PER_BLOCK);
    const layout = {
      blocks,
      groups,
      inodesPerGroup: inodeTableBlocks * INODES_PER_BLOCK,
      inodeTableBlocks,
      descriptorBlocks: Math.ceil(groups / DESCRIPTORS_PER_BLOCK),
      journalBlocks: journalBlocksFor(blocks),
    };
    if (layout.inodesPerGroup > 8 * BLOCK_BYTES) return null;
    const last = layOutGroup(layout, groups - 1);
    if (last.endBlock >= last.firstDataBlock + LEAST_DATA_BLOCKS) return layout;
    blocks = last.firstBlock;
  }
}

export function layOutGroup(layout: Ext3Layout, group: number): GroupLayout {
  const firstBlock = group * BLOCKS_PER_GROUP;
  const hasSuperblock = isSparseSuperGroup(group);
  const blockBitmap = firstBlock + (hasSuperblock ? 1 + layout.descriptorBlocks : 0);
  return {
    hasSuperblock,
    firstBlock,
    endBlock: Math.min(firstBlock + BLOCKS_PER_GROUP, layout.blocks),
    blockBitmap,
    inodeBitmap: blockBitmap + 1,
    inodeTable: blockBitmap + 2,
    firstDataBlock: blockBitmap + 2 + layout.inodeTableBlocks,
  };
}

/** sparse_super: groups 0, 1 and the powers of 3, 5 and 7. */
export function isSparseSuperGroup(group: number): boolean {
  if (group <= 1) return true;
  return [3, 5, 7].some((base) => {
    let power = base;
    while (power < group) power *= base;
    return power === group;
  });
}

function journalBlocksFor(blocks: number): number {
  return JOURNAL_BLOCKS.find(([below]) => blocks < below)?.[1] ?? JOURNAL_BLOCKS_MOST;
}
