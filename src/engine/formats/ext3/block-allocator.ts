// Gives out the data blocks of a file system from the first to the last: everything lies in one piece, but for the structures of groups in between.
import { BLOCKS_PER_GROUP, type Ext3Layout, layOutGroup } from './ext3-layout.ts';

/** Blocks in a row. `ordinal` numbers the blocks of one owner. */
export interface Extent {
  ordinal: number;
  block: number;
  count: number;
}

export interface BlockAllocator {
  /** The next `count` blocks, one extent a group. Throws a RangeError when there are no more: the caller has counted. */
  take(count: number): Extent[];
  /** Data blocks of the group that were given out. */
  takenOf(group: number): number;
}

export function createBlockAllocator(layout: Ext3Layout): BlockAllocator {
  let next = layOutGroup(layout, 0).firstDataBlock;
  return {
    take(count) {
      const extents: Extent[] = [];
      for (let ordinal = 0; ordinal < count;) {
        const group = Math.floor(next / BLOCKS_PER_GROUP);
        if (group >= layout.groups) throw new RangeError('no blocks are left');
        const { firstDataBlock, endBlock } = layOutGroup(layout, group);
        const block = Math.max(next, firstDataBlock);
        const part = Math.min(count - ordinal, endBlock - block);
        if (part > 0) extents.push({ ordinal, block, count: part });
        ordinal += Math.max(part, 0);
        next = part < 0 ? endBlock : block + part;
      }
      return extents;
    },
    takenOf(group) {
      const { firstDataBlock, endBlock } = layOutGroup(layout, group);
      return Math.max(0, Math.min(next, endBlock) - firstDataBlock);
    },
  };
}

/** All data blocks that a file system of this layout has. */
export function dataBlocksOf(layout: Ext3Layout): number {
  let blocks = 0;
  for (let group = 0; group < layout.groups; group += 1) {
    const { firstDataBlock, endBlock } = layOutGroup(layout, group);
    blocks += endBlock - firstDataBlock;
  }
  return blocks;
}

/** The block of an owner's ordinal. Throws a RangeError beyond the last. */
export function blockAt(extents: readonly Extent[], ordinal: number): number {
  let low = 0;
  let high = extents.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const extent = extents[middle];
    if (extent === undefined) break;
    if (ordinal < extent.ordinal) high = middle - 1;
    else if (ordinal >= extent.ordinal + extent.count) low = middle + 1;
    else return extent.block + ordinal - extent.ordinal;
  }
  throw new RangeError('no block has this ordinal');
}
