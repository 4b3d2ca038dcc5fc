// Gives out the data blocks of a file system, each group's from its first to its last. What fits into the rest of a group lies there in one piece;
// only what is larger than any rest goes on in the next groups, behind their structures.
import { type Ext3Layout, layOutGroup } from './ext3-layout.ts';

/** Blocks in a row. `ordinal` numbers the blocks of one owner. */
export interface Extent {
  ordinal: number;
  block: number;
  count: number;
}

export interface BlockAllocator {
  /** `count` blocks, at most one extent a group; null when they cannot be had. */
  take(count: number): Extent[] | null;
  /** Data blocks of the group that were given out. */
  takenOf(group: number): number;
}

/** `keepsWhole`: as said above. Otherwise everything lies one behind the other, which wastes no block. */
export function createBlockAllocator(layout: Ext3Layout, keepsWhole: boolean): BlockAllocator {
  const left = Array.from({ length: layout.groups }, (_, group) => roomOf(layout, group));
  /** The last group of which something was given out. */
  let frontier = 0;

  function takeFrom(group: number, ordinal: number, count: number): Extent {
    const rest = left[group] ?? 0;
    left[group] = rest - count;
    frontier = Math.max(frontier, group);
    return { ordinal, block: layOutGroup(layout, group).endBlock - rest, count };
  }

  return {
    take(count) {
      if (count === 0) return [];
      if (keepsWhole) {
        const last = Math.min(frontier + 1, layout.groups - 1);
        for (let group = 0; group <= last; group += 1)
          if ((left[group] ?? 0) >= count) return [takeFrom(group, 0, count)];
      }
      const extents: Extent[] = [];
      let ordinal = 0;
      for (let group = frontier; ordinal < count; group += 1) {
        if (group >= layout.groups) return null;
        const part = Math.min(count - ordinal, left[group] ?? 0);
        if (part > 0) extents.push(takeFrom(group, ordinal, part));
        ordinal += part;
      }
      return extents;
    },
    takenOf: (group) => roomOf(layout, group) - (left[group] ?? 0),
  };
}

/** All data blocks that a file system of this layout has. */
export function dataBlocksOf(layout: Ext3Layout): number {
  let blocks = 0;
  for (let group = 0; group < layout.groups; group += 1) blocks += roomOf(layout, group);
  return blocks;
}

function roomOf(layout: Ext3Layout, group: number): number {
  const { firstDataBlock, endBlock } = layOutGroup(layout, group);
  return endBlock - firstDataBlock;
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
