// What each block of an ext file system is for: its structures, and the files by name. Offsets are those of the file system itself.
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import { describeError } from '../../shared/error-texts.ts';
import type { MapKind } from '../../shared/model/image-reading.ts';
import { type ExtInode, RESIZE_INODE } from '../formats/ext/inode.ts';
import { EXT_SUPER_BLOCK_OFFSET, type ExtSuperBlock, hasSuperBlock } from '../formats/ext/super-block.ts';
import { descriptorPlace, type ExtReader } from './ext-reader.ts';
import { childrenOf, type ExtNode, rootOf } from './ext-tree.ts';

export interface BlockClaim {
  kind: MapKind;
  label: string;
  path: string | null;
  /** In bytes of the file system. */
  offsetBytes: number;
  lengthBytes: number;
}

export interface ExtMap {
  /** In no order; what nobody claims is free. */
  claims: BlockClaim[];
  warnings: string[];
}

/** A disk of 2 TiB has 16 384 groups; a run leaves about 40 000 files. Beyond this the rest is not told apart. */
const MOST_CLAIMS = 500_000;
const MOST_WARNINGS = 20;

/** Damage in one file or folder is a warning, not an error. Throws CONTENT_UNREADABLE, FILE_CHANGED, CANCELLED. */
export async function mapExt(
  reader: ExtReader,
  { signal, onFile }: { signal?: AbortSignal | undefined; onFile?: (count: number) => void } = {},
): Promise<ExtMap> {
  const { blockBytes } = reader.superBlock;
  const map: ExtMap = { claims: [], warnings: [] };
  const full = (): boolean => map.claims.length >= MOST_CLAIMS;
  const claim = (
    kind: MapKind,
    block: number,
    blocks: number,
    label: string,
    path: string | null = null,
  ): void => {
    map.claims.push({ kind, label, path, offsetBytes: block * blockBytes, lengthBytes: blocks * blockBytes });
  };
  const warn = (text: string): void => {
    if (map.warnings.length < MOST_WARNINGS && !map.warnings.includes(text)) map.warnings.push(text);
  };
  const stopIfAsked = (): void => {
    if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
  };

  map.claims.push(...headClaims(reader.superBlock));
  for (let group = 0; group < reader.superBlock.groups && !full(); group += 1) {
    stopIfAsked();
    await claimGroup(reader, group, claim);
  }
  await claimReserved(reader, claim);
  await claimFiles();
  if (full()) warn('The disk holds more than is told apart here; the rest counts as free.');
  return map;

  async function claimFiles(): Promise<void> {
    const seen = new Set<number>();
    const root = await rootOf(reader);
    const waiting: Pick<ExtNode, 'number' | 'path'>[] = [root];
    for (let next = waiting.pop(); next !== undefined && !full(); next = waiting.pop()) {
      stopIfAsked();
      // A file with two names lies where it lies once; a folder that is in itself would go on for ever.
      if (seen.has(next.number)) continue;
      seen.add(next.number);
      onFile?.(seen.size);
      try {
        const node = { ...next, inode: await reader.inode(next.number) };
        await claimInode(node);
        if (node.inode.kind === 'directory') waiting.push(...(await childrenOf(reader, node)));
      } catch (error) {
        if (!isSeedbedError(error) || error.code !== 'CONTENT_UNREADABLE') throw error;
        warn(`${next.path}: ${describeError(error).message}`);
      }
    }
  }

  async function claimInode({ inode, path }: ExtNode): Promise<void> {
    if (inode.attributesBlock !== 0)
      claim('attributes', inode.attributesBlock, 1, `attributes of ${path}`, path);
    if (inode.kind === 'link' && !hasBlocks(inode, blockBytes)) return;
    const { runs, mapping } = await reader.blocks(inode);
    const kind = inode.kind === 'directory' ? 'directory' : 'file';
    for (const { physical, count } of runs) claim(kind, physical, count, path, path);
    for (const block of mapping) claim('mapping', block, 1, `where the blocks of ${path} lie`, path);
  }
}

type Claim = (kind: MapKind, block: number, blocks: number, label: string) => void;

/** The first 1024 bytes, and what else is in the block of the super block. */
function headClaims({ blockBytes }: ExtSuperBlock): BlockClaim[] {
  const rest = Math.max(blockBytes, 2 * EXT_SUPER_BLOCK_OFFSET) - EXT_SUPER_BLOCK_OFFSET;
  const base = { path: null } as const;
  return [
    {
      ...base,
      kind: 'ext-boot-block',
      label: 'boot block',
      offsetBytes: 0,
      lengthBytes: EXT_SUPER_BLOCK_OFFSET,
    },
    {
      ...base,
      kind: 'super-block',
      label: 'super block',
      offsetBytes: EXT_SUPER_BLOCK_OFFSET,
      lengthBytes: rest,
    },
  ];
}

async function claimGroup(reader: ExtReader, group: number, claim: Claim): Promise<void> {
  const { superBlock } = reader;
  const { blockBytes, firstDataBlock, blocksPerGroup, groups, descriptorBytes, firstMetaGroup } = superBlock;
  const start = firstDataBlock + group * blocksPerGroup;
  const perBlock = Math.floor(blockBytes / descriptorBytes);
  const copy = hasSuperBlock(superBlock, group);
  if (copy && group > 0) claim('super-block', start, 1, 'copy of the super block');
  if (Math.floor(group / perBlock) < firstMetaGroup) {
    const own = Math.min(Math.ceil(groups / perBlock), firstMetaGroup) + superBlock.reservedDescriptorBlocks;
    if (copy)
      claim(
        'group-descriptors',
        start + 1,
        own,
        group === 0 ? 'group descriptors' : 'copy of the group descriptors',
      );
  } else if ([0, 1, perBlock - 1].includes(group % perBlock)) {
    claim(
      'group-descriptors',
      group % perBlock === 0 ? descriptorPlace(superBlock, group)[0] : start + (copy ? 1 : 0),
      1,
      'group descriptors',
    );
  }
  const { blockBitmap, inodeBitmap, inodeTable } = await reader.group(group);
  const tableBlocks = Math.ceil((superBlock.inodesPerGroup * superBlock.inodeBytes) / blockBytes);
  claim('block-bitmap', blockBitmap, 1, 'block bitmap');
  claim('inode-bitmap', inodeBitmap, 1, 'inode bitmap');
  claim('inode-table', inodeTable, tableBlocks, 'inode table');
}

/** Inodes that no name leads to: the journal, and the block behind which the reserved descriptors are listed. */
async function claimReserved(reader: ExtReader, claim: Claim): Promise<void> {
  const { journalInode, reservedDescriptorBlocks } = reader.superBlock;
  if (journalInode !== 0) {
    const { runs, mapping } = await reader.blocks(await reader.inode(journalInode));
    for (const { physical, count } of runs) claim('journal', physical, count, 'journal');
    for (const block of mapping) claim('mapping', block, 1, 'where the blocks of the journal lie');
  }
  if (reservedDescriptorBlocks > 0) {
    const { content } = await reader.inode(RESIZE_INODE);
    const block = new DataView(content.buffer, content.byteOffset, content.length).getUint32(13 * 4, true);
    if (block !== 0) claim('mapping', block, 1, 'where the reserved group descriptors lie');
  }
}

function hasBlocks(inode: ExtInode, blockBytes: number): boolean {
  return inode.sectors > (inode.attributesBlock === 0 ? 0 : blockBytes / 512);
}
