// How an inode finds its blocks: 12 by number, then through blocks of numbers, one, two and three levels deep (struct ext3_inode, i_block).
// An owner's blocks are numbered in the order in which they lie on the disk: first all blocks of numbers, each before those that it points to, then the data.
import { blockAt, type Extent } from './block-allocator.ts';
import { BLOCK_BYTES } from './ext3-layout.ts';

/** ext3.h: EXT3_NDIR_BLOCKS. */
const DIRECT = 12;
const PER_BLOCK = BLOCK_BYTES / 4;
/** The trees behind i_block[12], [13], [14]. */
const LEVELS = [1, 2, 3];

/** The most data blocks that can be found this way. */
export const MAX_MAPPED_BLOCKS = DIRECT + LEVELS.reduce((sum, level) => sum + PER_BLOCK ** level, 0);

interface Tree {
  level: number;
  /** Ordinal of its topmost block. */
  ordinal: number;
  firstData: number;
  dataBlocks: number;
}

/** Blocks of numbers that so many data blocks need. */
export function mapBlocksFor(dataBlocks: number): number {
  return treesOf(dataBlocks).reduce((sum, { level, dataBlocks: count }) => sum + treeSize(level, count), 0);
}

/** i_block of an inode: 15 block numbers, 0 for none. */
export function inodeBlockNumbers(extents: readonly Extent[], dataBlocks: number): number[] {
  const mapBlocks = mapBlocksFor(dataBlocks);
  const numbers = new Array<number>(DIRECT + LEVELS.length).fill(0);
  for (let data = 0; data < Math.min(dataBlocks, DIRECT); data += 1)
    numbers[data] = blockAt(extents, mapBlocks + data);
  for (const { level, ordinal } of treesOf(dataBlocks))
    numbers[DIRECT + level - 1] = blockAt(extents, ordinal);
  return numbers;
}

/** The blocks of numbers in the order of their ordinals, one at a time. */
export function* encodeMapBlocks(
  extents: readonly Extent[],
  dataBlocks: number,
): Generator<Uint8Array, void, void> {
  const mapBlocks = mapBlocksFor(dataBlocks);
  for (const tree of treesOf(dataBlocks)) yield* encodeTree(tree, extents, mapBlocks);
}

function* encodeTree(
  tree: Tree,
  extents: readonly Extent[],
  mapBlocks: number,
): Generator<Uint8Array, void, void> {
  const bytes = new Uint8Array(BLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  if (tree.level === 1) {
    for (let index = 0; index < tree.dataBlocks; index += 1)
      view.setUint32(4 * index, blockAt(extents, mapBlocks + tree.firstData + index), true);
    yield bytes;
    return;
  }
  const children = childrenOf(tree);
  for (const [index, { ordinal }] of children.entries())
    view.setUint32(4 * index, blockAt(extents, ordinal), true);
  yield bytes;
  for (const child of children) yield* encodeTree(child, extents, mapBlocks);
}

function treesOf(dataBlocks: number): Tree[] {
  const trees: Tree[] = [];
  let firstData = DIRECT;
  let ordinal = 0;
  for (const level of LEVELS) {
    const count = Math.min(dataBlocks - firstData, PER_BLOCK ** level);
    if (count <= 0) break;
    trees.push({ level, ordinal, firstData, dataBlocks: count });
    firstData += count;
    ordinal += treeSize(level, count);
  }
  return trees;
}

function childrenOf({ level, ordinal, firstData, dataBlocks }: Tree): Tree[] {
  const span = PER_BLOCK ** (level - 1);
  const children: Tree[] = [];
  let next = ordinal + 1;
  for (let done = 0; done < dataBlocks; done += span) {
    const count = Math.min(span, dataBlocks - done);
    children.push({ level: level - 1, ordinal: next, firstData: firstData + done, dataBlocks: count });
    next += treeSize(level - 1, count);
  }
  return children;
}

/** Blocks of numbers in a tree over so many data blocks. */
function treeSize(level: number, dataBlocks: number): number {
  if (level === 1) return 1;
  const span = PER_BLOCK ** (level - 1);
  const whole = Math.floor(dataBlocks / span);
  const rest = dataBlocks % span;
  return 1 + whole * treeSize(level - 1, span) + (rest > 0 ? treeSize(level - 1, rest) : 0);
}
