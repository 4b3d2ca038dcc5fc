// Reads an ext2, ext3 or ext4 file system, never writes: inodes, where a file's blocks lie, directories. Everything in it is untrusted: whatever is
// damaged ends in CONTENT_UNREADABLE, no number is followed out of the file system, and no loop is followed twice.
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import { type ByteSource, readBytes } from '../bytes/byte-source.ts';
import { openPageCache } from '../bytes/page-cache.ts';
import {
  decodeExtDirectory,
  decodeExtInode,
  type ExtDirectoryEntry,
  type ExtInode,
} from '../formats/ext/inode.ts';
import {
  decodeExtGroup,
  decodeExtSuperBlock,
  EXT_INCOMPAT,
  EXT_SUPER_BLOCK_BYTES,
  EXT_SUPER_BLOCK_OFFSET,
  type ExtGroup,
  type ExtSuperBlock,
  GROUP_INODES_UNUSED,
  hasSuperBlock,
} from '../formats/ext/super-block.ts';
import { readBlockRuns } from './block-runs.ts';
import { type NewBlock, replayJournal } from './replay-journal.ts';

/** Blocks of a file that lie together; what is between two runs is a hole. */
export interface BlockRun {
  /** Number in the file. */
  logical: number;
  physical: number;
  count: number;
  /** Reserved but never written: reads as zeros. */
  isUnwritten: boolean;
}

export interface FileBlocks {
  /** In the file's order. */
  runs: BlockRun[];
  /** Blocks that say where the others are. */
  mapping: number[];
}

export interface ExtReader {
  readonly source: ByteSource;
  readonly superBlock: ExtSuperBlock;
  /** What its journal held and is shown: block → where its newest bytes lie. Null when it held nothing. */
  readonly newer: ReadonlyMap<number, NewBlock> | null;
  group(number: number): Promise<ExtGroup>;
  inode(number: number): Promise<ExtInode>;
  blocks(inode: ExtInode): Promise<FileBlocks>;
  /** Without `.` and `..`. */
  directory(inode: ExtInode): Promise<ExtDirectoryEntry[]>;
  /** Bytes of a file from `offsetBytes` on, zeros for holes; at most `lengthBytes`, less at its end. */
  read(inode: ExtInode, blocks: FileBlocks, offsetBytes: number, lengthBytes: number): Promise<Uint8Array>;
  /** Target of a link. */
  link(inode: ExtInode): Promise<Uint8Array>;
  unreadable(reason: string): SeedbedError;
}

/** A directory of 5 000 long names has 1.3 MiB; the largest without large_dir 2 GiB. Beyond this nobody lists it. */
const LARGEST_DIRECTORY_BYTES = 64 * 1024 * 1024;
/** Linux, include/uapi/linux/limits.h: PATH_MAX. */
const LONGEST_LINK_BYTES = 4096;

/** Null when no such file system is there. Throws CONTENT_UNREADABLE for one that is damaged or not read here. */
export async function openExt(source: ByteSource): Promise<ExtReader | null> {
  const unreadable = (reason: string): SeedbedError =>
    new SeedbedError('CONTENT_UNREADABLE', { path: source.path, reason });
  if (source.sizeBytes < EXT_SUPER_BLOCK_OFFSET + EXT_SUPER_BLOCK_BYTES) return null;
  const bytes = await readBytes(source, EXT_SUPER_BLOCK_OFFSET, EXT_SUPER_BLOCK_BYTES);
  const superBlock = decodeExtSuperBlock(bytes, source.sizeBytes);
  if (superBlock === null) return null;
  if (typeof superBlock === 'string') throw unreadable(superBlock);
  const plain = createReader(source, superBlock, unreadable);
  if ((superBlock.incompat & EXT_INCOMPAT.needsRecovery) === 0 || superBlock.journalInode === 0) return plain;
  return (await withJournal(plain, unreadable)) ?? plain;
}

/** The same with what its journal holds; null when that is nothing, or cannot be read. */
async function withJournal(
  plain: ExtReader,
  unreadable: (reason: string) => SeedbedError,
): Promise<ExtReader | null> {
  const { source, superBlock } = plain;
  const { blockBytes } = superBlock;
  try {
    const inode = await plain.inode(superBlock.journalInode);
    const { runs } = await plain.blocks(inode);
    const newer = await replayJournal(source, {
      blockBytes,
      blockAt: (logical) => {
        const run = runs[firstRun(runs, logical)];
        return run === undefined || logical < run.logical ? null : run.physical + logical - run.logical;
      },
      read: (block) => readBytes(source, block * blockBytes, blockBytes),
    });
    if (newer === null) return null;
    const bytes = await readBytes(newer, EXT_SUPER_BLOCK_OFFSET, EXT_SUPER_BLOCK_BYTES);
    const after = decodeExtSuperBlock(bytes, source.sizeBytes);
    if (after === null || typeof after === 'string') return null;
    return { ...createReader(newer, after, unreadable), newer: newer.newer };
  } catch (error) {
    if (isSeedbedError(error) && error.code === 'CONTENT_UNREADABLE') return null;
    throw error;
  }
}

function createReader(
  source: ByteSource,
  superBlock: ExtSuperBlock,
  unreadable: (reason: string) => SeedbedError,
): ExtReader {
  const { blockBytes, descriptorBytes, inodeBytes, inodesPerGroup } = superBlock;
  const cache = openPageCache(source);

  const readBlock = (block: number): Promise<Uint8Array> => {
    if (block <= 0 || block >= superBlock.blocks)
      throw unreadable(`it refers to block ${block}, which it does not have`);
    return cache.read(block * blockBytes, blockBytes);
  };

  async function group(number: number): Promise<ExtGroup> {
    if (number < 0 || number >= superBlock.groups)
      throw unreadable(`it refers to group ${number}, which it does not have`);
    const [block, index] = descriptorPlace(superBlock, number);
    const bytesOfBlock = await readBlock(block);
    return decodeExtGroup(bytesOfBlock.subarray(index * descriptorBytes, (index + 1) * descriptorBytes));
  }

  async function inode(number: number): Promise<ExtInode> {
    if (number < 1 || number > superBlock.inodes)
      throw unreadable(`it refers to inode ${number}, which it does not have`);
    const index = (number - 1) % inodesPerGroup;
    const { inodeTable, flags } = await group(Math.floor((number - 1) / inodesPerGroup));
    if ((flags & GROUP_INODES_UNUSED) !== 0)
      throw unreadable(`it refers to inode ${number}, which is not in use`);
    const at = index * inodeBytes;
    const block = await readBlock(inodeTable + Math.floor(at / blockBytes));
    return decodeExtInode(block.subarray(at % blockBytes, (at % blockBytes) + inodeBytes));
  }

  const blocks = (of: ExtInode): Promise<FileBlocks> => readBlockRuns(of, superBlock, readBlock, unreadable);

  async function read(
    of: ExtInode,
    map: FileBlocks,
    offsetBytes: number,
    lengthBytes: number,
  ): Promise<Uint8Array> {
    if (of.isInline || of.isEncrypted)
      throw unreadable('a file is stored in a way that is not read here (inline or encrypted)');
    const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, of.sizeBytes - offsetBytes)));
    for (
      let index = firstRun(map.runs, Math.floor(offsetBytes / blockBytes));
      index < map.runs.length;
      index += 1
    ) {
      const run = map.runs[index];
      if (run === undefined || run.logical * blockBytes >= offsetBytes + bytes.length) break;
      if (run.isUnwritten) continue;
      const from = Math.max(offsetBytes, run.logical * blockBytes);
      const to = Math.min(offsetBytes + bytes.length, (run.logical + run.count) * blockBytes);
      if (from >= to) continue;
      const target = bytes.subarray(from - offsetBytes, to - offsetBytes);
      const count = await source.read(target, run.physical * blockBytes + from - run.logical * blockBytes);
      if (count < target.length) throw new SeedbedError('FILE_CHANGED', { path: source.path });
    }
    return bytes;
  }

  return {
    source,
    superBlock,
    newer: null,
    group,
    inode,
    blocks,
    read,
    unreadable,
    async directory(of) {
      if (of.kind !== 'directory') throw unreadable('a folder of it is none');
      if (of.sizeBytes > LARGEST_DIRECTORY_BYTES) throw unreadable('a folder of it is far too large');
      const map = await blocks(of);
      const entries: ExtDirectoryEntry[] = [];
      for (let at = 0; at < of.sizeBytes; at += blockBytes) {
        const found = decodeExtDirectory(await read(of, map, at, blockBytes));
        if (found === null) throw unreadable('a folder of it is damaged');
        entries.push(...found);
      }
      return entries;
    },
    async link(of) {
      if (of.sizeBytes > LONGEST_LINK_BYTES) throw unreadable('a link of it is far too long');
      // A short target stands in the inode itself, which then has no blocks but that of its attributes.
      const isFast =
        of.sizeBytes < of.content.length && of.sectors === (of.attributesBlock === 0 ? 0 : blockBytes / 512);
      if (isFast) return of.content.slice(0, of.sizeBytes);
      return read(of, await blocks(of), 0, of.sizeBytes);
    },
  };
}

/** Block of a group's descriptor and its number in it. With meta_bg each set of groups has its descriptors in its first group. */
export function descriptorPlace(superBlock: ExtSuperBlock, group: number): [block: number, index: number] {
  const { blockBytes, descriptorBytes, firstDataBlock, firstMetaGroup, blocksPerGroup } = superBlock;
  const perBlock = Math.floor(blockBytes / descriptorBytes);
  const set = Math.floor(group / perBlock);
  if (set < firstMetaGroup) return [firstDataBlock + 1 + set, group % perBlock];
  const first = set * perBlock;
  return [
    firstDataBlock + first * blocksPerGroup + (hasSuperBlock(superBlock, first) ? 1 : 0),
    group % perBlock,
  ];
}

/** Number of the first run that ends behind a block of the file. */
function firstRun(runs: readonly BlockRun[], logical: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const run = runs[middle];
    if (run !== undefined && run.logical + run.count <= logical) low = middle + 1;
    else high = middle;
  }
  return low;
}
