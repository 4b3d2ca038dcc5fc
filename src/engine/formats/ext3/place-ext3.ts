// Decides which blocks everything in a file system gets: directories first, then the journal, then the files, each in one piece if that can be.
import { SeedbedError } from '../../../shared/errors.ts';
import { MEBIBYTE } from '../builder-hex0.ts';
import { type BlockAllocator, createBlockAllocator, dataBlocksOf, type Extent } from './block-allocator.ts';
import { mapBlocksFor } from './block-map.ts';
import { type DirectoryPlan, planDirectory } from './ext3-directory.ts';
import { INLINE_TARGET_BYTES } from './ext3-inode.ts';
import { encodeJournalSuperblock } from './ext3-journal.ts';
import { BLOCK_BYTES, type Ext3Layout, JOURNAL_INODE, layOutExt3 } from './ext3-layout.ts';
import type { DirectoryNode, Ext3Node, FileNode, SymlinkNode } from './ext3-tree.ts';

/** What one inode owns. Extents count blocks of block numbers first, then data. */
export interface Placed<Content> {
  /** Null for the journal. */
  node: Ext3Node<Content> | null;
  inode: number;
  extents: Extent[];
  mapBlocks: number;
  dataBlocks: number;
  isIndexed: boolean;
  data:
    | { kind: 'content'; content: Content; sizeBytes: number }
    /** Blocks from the first on; those that it does not give are zero. */
    | { kind: 'blocks'; encode: () => Iterable<Uint8Array> };
}

export interface PlacedTree<Content> {
  layout: Ext3Layout;
  allocator: BlockAllocator;
  /** In the order of the disk; what owns no block is among them. */
  placed: Placed<Content>[];
}

type Unplaced<Content> = Pick<Placed<Content>, 'node' | 'inode' | 'dataBlocks' | 'isIndexed' | 'data'>;

/** Throws EXT3_TOO_SMALL. */
export function placeExt3<Content>(
  nodes: readonly Ext3Node<Content>[],
  inodes: number,
  { sizeBytes, hashSeed }: { sizeBytes: number; hashSeed: Uint8Array },
): PlacedTree<Content> {
  const files = nodes.filter((node) => node.type === 'file').map((node) => unplacedFile(node));
  const others = nodes
    .filter((node) => node.type !== 'file')
    .map((node) =>
      node.type === 'directory' ? unplacedDirectory(node, hashSeed) : unplacedSymlink<Content>(node),
    );
  const treeBlocks = [...files, ...others].reduce(
    (sum, { dataBlocks }) => sum + dataBlocks + mapBlocksFor(dataBlocks),
    0,
  );
  const layout = layoutWithRoom(sizeBytes, inodes, treeBlocks);
  if (layout === null)
    throw new SeedbedError('EXT3_TOO_SMALL', { sizeBytes, neededBytes: neededBytes(inodes, treeBlocks) });
  const order = [...others, unplacedJournal<Content>(layout.journalBlocks), ...files];
  for (const keepsWhole of [true, false]) {
    const allocator = createBlockAllocator(layout, keepsWhole);
    const placed = placeAll(order, allocator);
    if (placed !== null) return { layout, allocator, placed };
  }
  throw new RangeError('the blocks were counted, and there were enough');
}

/** In the order of the disk; null when there is no room left in between to keep all files whole. */
function placeAll<Content>(
  order: readonly Unplaced<Content>[],
  allocator: BlockAllocator,
): Placed<Content>[] | null {
  const placed: Placed<Content>[] = [];
  for (const one of order) {
    const mapBlocks = mapBlocksFor(one.dataBlocks);
    const extents = allocator.take(mapBlocks + one.dataBlocks);
    if (extents === null) return null;
    placed.push({ ...one, mapBlocks, extents });
  }
  return placed.sort((a, b) => (a.extents[0]?.block ?? 0) - (b.extents[0]?.block ?? 0));
}

function layoutWithRoom(sizeBytes: number, inodes: number, treeBlocks: number): Ext3Layout | null {
  const layout = layOutExt3(sizeBytes, inodes);
  if (layout === null) return null;
  const { journalBlocks } = layout;
  const blocks = treeBlocks + journalBlocks + mapBlocksFor(journalBlocks);
  return blocks <= dataBlocksOf(layout) ? layout : null;
}

/** The least size that has room, in whole MiB. A size that has may be followed by one that has not, where the journal grows: never mind. */
function neededBytes(inodes: number, treeBlocks: number): number {
  const fits = (mebibytes: number): boolean =>
    layoutWithRoom(mebibytes * MEBIBYTE, inodes, treeBlocks) !== null;
  let high = 8;
  while (!fits(high) && high < 2 ** 24) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high * MEBIBYTE;
}

function unplacedFile<Content>(node: FileNode<Content>): Unplaced<Content> {
  const { inode, content, sizeBytes } = node;
  return {
    node,
    inode,
    dataBlocks: Math.ceil(sizeBytes / BLOCK_BYTES),
    isIndexed: false,
    data: { kind: 'content', content, sizeBytes },
  };
}

function unplacedDirectory<Content>(node: DirectoryNode<Content>, hashSeed: Uint8Array): Unplaced<Content> {
  const { blocks, isIndexed, encode }: DirectoryPlan = planDirectory(node, hashSeed);
  return { node, inode: node.inode, dataBlocks: blocks, isIndexed, data: { kind: 'blocks', encode } };
}

function unplacedSymlink<Content>(node: SymlinkNode): Unplaced<Content> {
  const bytes = new Uint8Array(BLOCK_BYTES);
  bytes.set(node.target);
  return {
    node,
    inode: node.inode,
    dataBlocks: node.target.length < INLINE_TARGET_BYTES ? 0 : 1,
    isIndexed: false,
    data: { kind: 'blocks', encode: () => [bytes] },
  };
}

function unplacedJournal<Content>(blocks: number): Unplaced<Content> {
  return {
    node: null,
    inode: JOURNAL_INODE,
    dataBlocks: blocks,
    isIndexed: false,
    data: { kind: 'blocks', encode: () => [encodeJournalSuperblock(blocks)] },
  };
}
