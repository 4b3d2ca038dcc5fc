// Plans an ext3 file system and gives its bytes in the order of the disk, so that it is written in one pass with holes for what is unused.
// As `mke2fs -t ext3 -b 4096` but without reserved descriptors (resize_inode), and with everything in as few pieces as block groups allow.
import { inodeBlockNumbers } from './block-map.ts';
import { encodeBitmap, encodeDescriptors, encodeSuperblock, type GroupUse } from './ext3-superblock.ts';
import type { Ext3Entry, Ext3Options, Ext3Segment } from './ext3-entry.ts';
import { FILE_MODES, INDEX_FLAG, INLINE_TARGET_BYTES, type InodeFields, putInode } from './ext3-inode.ts';
import {
  BLOCK_BYTES,
  BLOCKS_PER_GROUP,
  INODE_BYTES,
  INODES_PER_BLOCK,
  JOURNAL_INODE,
  layOutGroup,
} from './ext3-layout.ts';
import { buildExt3Tree, inodesFor, linksOf } from './ext3-tree.ts';
import { type Placed, type PlacedTree, placeExt3 } from './place-ext3.ts';
import { encodePlaced } from './stream-ext3.ts';

export interface Ext3Plan<Content> {
  /** Without what is left over at the end of the partition. */
  sizeBytes: number;
  freeBytes: number;
  inodes: number;
  freeInodes: number;
  journalBytes: number;
  /**
   * Ascending and without overlap, made while they are asked for; the same each time. The parts of one content follow one another, with nothing
   * but structures of the file system in between.
   */
  segments: () => Generator<Ext3Segment<Content>, void, void>;
}

/** Throws EXT3_REFUSED, EXT3_LIMIT_EXCEEDED, EXT3_TOO_SMALL. */
export function planExt3<Content>(
  entries: readonly Ext3Entry<Content>[],
  options: Ext3Options,
): Ext3Plan<Content> {
  const nodes = buildExt3Tree(entries, options.root);
  const inodes = inodesFor(entries);
  const tree = placeExt3(nodes, inodes, options);
  const { layout } = tree;
  const uses = groupUses(tree, inodes);
  const freeBlocks = uses.reduce((sum, use) => sum + use.freeBlocks, 0);
  const freeInodes = uses.reduce((sum, use) => sum + use.freeInodes, 0);
  return {
    sizeBytes: layout.blocks * BLOCK_BYTES,
    freeBytes: freeBlocks * BLOCK_BYTES,
    inodes: layout.inodesPerGroup * layout.groups,
    freeInodes,
    journalBytes: layout.journalBlocks * BLOCK_BYTES,
    segments: function* () {
      const structures = groupStructures(tree, uses, { ...options, freeBlocks, freeInodes }, inodes);
      const contents = encodePlaced(tree.placed);
      let content = contents.next();
      for (let group = 0; group < layout.groups; group += 1) {
        yield* structures(group);
        const endBytes = (group + 1) * BLOCKS_PER_GROUP * BLOCK_BYTES;
        for (; content.done !== true && content.value.offsetBytes < endBytes; content = contents.next())
          yield content.value;
      }
    },
  };
}

function groupUses({ layout, allocator, placed }: PlacedTree<unknown>, usedInodes: number): GroupUse[] {
  const directories = new Array<number>(layout.groups).fill(0);
  for (const { node, inode } of placed) {
    if (node?.type !== 'directory') continue;
    const group = Math.floor((inode - 1) / layout.inodesPerGroup);
    directories[group] = (directories[group] ?? 0) + 1;
  }
  return directories.map((count, group) => {
    const { firstDataBlock, endBlock } = layOutGroup(layout, group);
    return {
      freeBlocks: endBlock - firstDataBlock - allocator.takenOf(group),
      freeInodes: layout.inodesPerGroup - usedIn(group, layout.inodesPerGroup, usedInodes),
      directories: count,
    };
  });
}

/** Inodes are given out from the first on. */
function usedIn(group: number, inodesPerGroup: number, usedInodes: number): number {
  return Math.min(Math.max(usedInodes - group * inodesPerGroup, 0), inodesPerGroup);
}

/** Superblock, descriptors, bitmaps and the used part of the inode table of a group. */
function groupStructures(
  { layout, allocator, placed }: PlacedTree<unknown>,
  uses: readonly GroupUse[],
  options: Ext3Options & { freeBlocks: number; freeInodes: number },
  usedInodes: number,
): (group: number) => Generator<Ext3Segment<never>, void, void> {
  const byInode = new Map(placed.map((one) => [one.inode, one]));
  const descriptors = encodeDescriptors(
    layout,
    (group) => uses[group] ?? { freeBlocks: 0, freeInodes: 0, directories: 0 },
  );
  const journal = byInode.get(JOURNAL_INODE);
  const journalBlock = journal === undefined ? [] : inodeBlockNumbers(journal.extents, journal.dataBlocks);
  return function* (group) {
    const { firstBlock, firstDataBlock, endBlock, blockBitmap, inodeBitmap, inodeTable, hasSuperblock } =
      layOutGroup(layout, group);
    if (hasSuperblock) {
      const superblock = encodeSuperblock({ layout, journalBlock, ...options }, group);
      // The first one leaves room for a boot sector.
      const offset = group === 0 ? superblock.length : 0;
      yield { kind: 'bytes', offsetBytes: firstBlock * BLOCK_BYTES + offset, bytes: superblock };
      yield bytesAt(firstBlock + 1, descriptors);
    }
    const used = firstDataBlock - firstBlock + allocator.takenOf(group);
    yield bytesAt(blockBitmap, encodeBitmap(used, endBlock - firstBlock));
    const usedHere = usedIn(group, layout.inodesPerGroup, usedInodes);
    yield bytesAt(inodeBitmap, encodeBitmap(usedHere, layout.inodesPerGroup));
    for (let index = 0; index < usedHere; index += INODES_PER_BLOCK) {
      const bytes = new Uint8Array(BLOCK_BYTES);
      for (let slot = 0; slot < INODES_PER_BLOCK; slot += 1) {
        const owner = byInode.get(group * layout.inodesPerGroup + index + slot + 1);
        if (owner !== undefined) putInode(bytes, slot * INODE_BYTES, inodeOf(owner, options.timeSeconds));
      }
      yield bytesAt(inodeTable + index / INODES_PER_BLOCK, bytes);
    }
  };
}

function bytesAt(block: number, bytes: Uint8Array): Ext3Segment<never> {
  return { kind: 'bytes', offsetBytes: block * BLOCK_BYTES, bytes };
}

function inodeOf(owner: Placed<unknown>, timeSeconds: number): InodeFields {
  const { node, extents, mapBlocks, dataBlocks, isIndexed } = owner;
  const { mode, uid, gid, type } = node ?? { mode: 0o600, uid: 0, gid: 0, type: 'file' };
  return {
    mode: FILE_MODES[type] | mode,
    uid,
    gid,
    links: node?.type === 'directory' ? linksOf(node) : 1,
    sizeBytes: sizeOf(owner),
    blocks: mapBlocks + dataBlocks,
    flags: isIndexed ? INDEX_FLAG : 0,
    timeSeconds,
    block:
      node?.type === 'symlink' && node.target.length < INLINE_TARGET_BYTES
        ? node.target
        : inodeBlockNumbers(extents, dataBlocks),
  };
}

function sizeOf({ node, dataBlocks }: Placed<unknown>): number {
  if (node?.type === 'file') return node.sizeBytes;
  if (node?.type === 'symlink') return node.target.length;
  return dataBlocks * BLOCK_BYTES;
}
