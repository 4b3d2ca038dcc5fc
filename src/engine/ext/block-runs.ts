// Where the blocks of a file lie: block numbers with indirect blocks (ext2, ext3) or a tree of extents (ext4). Bounded by the file system's own size.
// Source: Linux, Documentation/filesystems/ext4/ifork.rst.
import type { SeedbedError } from '../../shared/errors.ts';
import { decodeExtentNode, type ExtInode } from '../formats/ext/inode.ts';
import type { ExtSuperBlock } from '../formats/ext/super-block.ts';
import type { BlockRun, FileBlocks } from './ext-reader.ts';

type ReadBlock = (block: number) => Promise<Uint8Array>;
type Unreadable = (reason: string) => SeedbedError;

const DIRECT_BLOCKS = 12;
/** A file in more pieces than this is one that somebody made to take our memory: 4 GiB in single blocks. */
const MOST_RUNS = 1024 * 1024;

/** Throws CONTENT_UNREADABLE. */
export async function readBlockRuns(
  inode: ExtInode,
  superBlock: ExtSuperBlock,
  readBlock: ReadBlock,
  unreadable: Unreadable,
): Promise<FileBlocks> {
  const collector = createCollector(superBlock, unreadable);
  if (inode.isInline || inode.kind === 'other' || inode.kind === 'unused') return collector.result;
  if (inode.usesExtents) await walkExtents(inode.content, null, readBlock, collector, unreadable);
  else await walkNumbers(inode, superBlock, readBlock, collector);
  return collector.result;
}

interface Collector {
  result: FileBlocks;
  data(logical: number, physical: number, count: number, isUnwritten: boolean): void;
  /** Throws when this block was met before in the same file: a loop. */
  mapping(block: number): void;
}

function createCollector({ blocks }: ExtSuperBlock, unreadable: Unreadable): Collector {
  const result: FileBlocks = { runs: [], mapping: [] };
  const seen = new Set<number>();
  return {
    result,
    data(logical, physical, count, isUnwritten) {
      if (physical <= 0 || physical + count > blocks)
        throw unreadable(`a file lies in block ${physical}, which it does not have`);
      const last: BlockRun | undefined = result.runs.at(-1);
      if (last !== undefined && logical < last.logical + last.count)
        throw unreadable('the parts of a file overlap');
      const goesOn =
        last !== undefined &&
        last.logical + last.count === logical &&
        last.physical + last.count === physical &&
        last.isUnwritten === isUnwritten;
      if (goesOn) last.count += count;
      else result.runs.push({ logical, physical, count, isUnwritten });
      if (result.runs.length > MOST_RUNS) throw unreadable('a file lies in far too many pieces');
    },
    mapping(block) {
      if (seen.has(block)) throw unreadable(`a file’s block ${block} refers to itself`);
      seen.add(block);
      result.mapping.push(block);
    },
  };
}

async function walkExtents(
  bytes: Uint8Array,
  depth: number | null,
  readBlock: ReadBlock,
  collector: Collector,
  unreadable: Unreadable,
): Promise<void> {
  const node = decodeExtentNode(bytes);
  // Each level is one lower than the one above, so that a loop ends.
  if (node === null || (depth !== null && node.depth !== depth))
    throw unreadable('a tree of extents is damaged');
  for (const { logical, physical, count, isUnwritten } of node.extents)
    collector.data(logical, physical, count, isUnwritten);
  for (const { block } of node.children) {
    collector.mapping(block);
    await walkExtents(await readBlock(block), node.depth - 1, readBlock, collector, unreadable);
  }
}

async function walkNumbers(
  inode: ExtInode,
  { blockBytes }: ExtSuperBlock,
  readBlock: ReadBlock,
  collector: Collector,
): Promise<void> {
  const numbers = numbersIn(inode.content);
  const perBlock = blockBytes / 4;
  const wanted = Math.ceil(inode.sizeBytes / blockBytes);
  const take = (logical: number, physical: number): void => {
    if (physical !== 0 && logical < wanted) collector.data(logical, physical, 1, false);
  };
  for (let index = 0; index < DIRECT_BLOCKS; index += 1) take(index, numbers[index] ?? 0);

  async function walk(block: number, level: number, logical: number): Promise<void> {
    // Behind the end of the file nothing is read; a hole has number 0.
    if (block === 0 || logical >= wanted) return;
    collector.mapping(block);
    const below = numbersIn(await readBlock(block));
    const span = perBlock ** (level - 1);
    for (const [index, number] of below.entries()) {
      if (level === 1) take(logical + index, number);
      else await walk(number, level - 1, logical + index * span);
    }
  }
  let logical = DIRECT_BLOCKS;
  for (const level of [1, 2, 3]) {
    await walk(numbers[DIRECT_BLOCKS + level - 1] ?? 0, level, logical);
    logical += perBlock ** level;
  }
}

function numbersIn(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => view.getUint32(index * 4, true));
}
