// The super block and group descriptors of ext2, ext3 and ext4, as far as reading needs them. Untrusted: every number is checked before it is used.
// Source: Linux, Documentation/filesystems/ext4/super.rst and group_descr.rst; e2fsprogs 1.47, lib/ext2fs/ext2_fs.h.
import { isSparseSuperGroup } from '../ext3/ext3-layout.ts';
import { plainText } from '../../../shared/terminal-text.ts';

export const EXT_SUPER_BLOCK_OFFSET = 1024;
export const EXT_SUPER_BLOCK_BYTES = 1024;
const MAGIC = 0xef53;

export interface ExtSuperBlock {
  blockBytes: number;
  blocks: number;
  freeBlocks: number;
  inodes: number;
  freeInodes: number;
  /** 1 with blocks of 1024 bytes, else 0. */
  firstDataBlock: number;
  blocksPerGroup: number;
  inodesPerGroup: number;
  groups: number;
  inodeBytes: number;
  descriptorBytes: number;
  /** Blocks behind the descriptors, kept for more of them. */
  reservedDescriptorBlocks: number;
  /** With meta_bg: the first group of descriptors that is laid out so; else beyond the last. */
  firstMetaGroup: number;
  journalInode: number;
  uuid: string;
  volumeName: string;
  compat: number;
  incompat: number;
  roCompat: number;
  /** Groups with a copy under sparse_super2; else null. */
  backupGroups: readonly number[] | null;
}

/** Feature bits with the names that dumpe2fs gives them (e2fsprogs, lib/e2p/feature.c). */
const COMPAT: Readonly<Record<number, string>> = {
  0x1: 'dir_prealloc',
  0x4: 'has_journal',
  0x8: 'ext_attr',
  0x10: 'resize_inode',
  0x20: 'dir_index',
  0x200: 'sparse_super2',
  0x400: 'fast_commit',
  0x1000: 'orphan_file',
};
const INCOMPAT: Readonly<Record<number, string>> = {
  0x1: 'compression',
  0x2: 'filetype',
  0x4: 'needs_recovery',
  0x8: 'journal_dev',
  0x10: 'meta_bg',
  0x40: 'extent',
  0x80: '64bit',
  0x100: 'mmp',
  0x200: 'flex_bg',
  0x400: 'ea_inode',
  0x2000: 'metadata_csum_seed',
  0x4000: 'large_dir',
  0x8000: 'inline_data',
  0x10000: 'encrypt',
  0x20000: 'casefold',
};
const RO_COMPAT: Readonly<Record<number, string>> = {
  0x1: 'sparse_super',
  0x2: 'large_file',
  0x8: 'huge_file',
  0x10: 'uninit_bg',
  0x20: 'dir_nlink',
  0x40: 'extra_isize',
  0x100: 'quota',
  0x200: 'bigalloc',
  0x400: 'metadata_csum',
  0x2000: 'project',
  0x8000: 'verity',
  0x10000: 'orphan_present',
};
/** What changes where things lie in a way that is not read here: compression, a journal on another device, clusters. */
const UNREADABLE_INCOMPAT = 0x1 | 0x8;
const BIGALLOC = 0x200;
const KNOWN_INCOMPAT = Object.keys(INCOMPAT).reduce((bits, bit) => bits | Number(bit), 0);

export const EXT_INCOMPAT = { needsRecovery: 0x4, metaBg: 0x10, is64Bit: 0x80 } as const;
const HAS_JOURNAL = 0x4;
const SPARSE_SUPER2 = 0x200;
const SPARSE_SUPER = 0x1;
/** extent, 64bit, mmp, flex_bg, ea_inode and later; huge_file and later but for what ext3 has too. */
const EXT4_INCOMPAT = ~(0x1 | 0x2 | 0x4 | 0x8 | 0x10);
const EXT4_RO_COMPAT = ~(0x1 | 0x2 | 0x4);

/** Null when there is no such file system; a sentence when there is one that cannot be read. `bytes` is the super block, `roomBytes` what the file system may take. */
export function decodeExtSuperBlock(bytes: Uint8Array, roomBytes: number): ExtSuperBlock | string | null {
  if (bytes.length < EXT_SUPER_BLOCK_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, EXT_SUPER_BLOCK_BYTES);
  const u32 = (at: number): number => view.getUint32(at, true);
  const u16 = (at: number): number => view.getUint16(at, true);
  if (u16(0x38) !== MAGIC) return null;
  const logBlock = u32(0x18);
  if (logBlock > 6) return 'its blocks have no size that Linux takes';
  const isOld = u32(0x4c) === 0;
  const [compat, incompat, roCompat] = isOld ? [0, 0, 0] : [u32(0x5c), u32(0x60), u32(0x64)];
  if (
    (incompat & UNREADABLE_INCOMPAT) !== 0 ||
    (roCompat & BIGALLOC) !== 0 ||
    (incompat & ~KNOWN_INCOMPAT) !== 0
  )
    return `it uses features that are not read here: ${namesOf({ compat, incompat, roCompat }).join(', ')}`;
  const is64Bit = (incompat & EXT_INCOMPAT.is64Bit) !== 0;
  const high = (at: number): number => (is64Bit ? u32(at) * 2 ** 32 : 0);
  const blockBytes = 1024 * 2 ** logBlock;
  const blocks = u32(0x4) + high(0x150);
  const blocksPerGroup = u32(0x20);
  const firstDataBlock = u32(0x14);
  const block: ExtSuperBlock = {
    blockBytes,
    blocks,
    freeBlocks: u32(0xc) + high(0x158),
    inodes: u32(0x0),
    freeInodes: u32(0x10),
    firstDataBlock,
    blocksPerGroup,
    inodesPerGroup: u32(0x28),
    groups: Math.ceil((blocks - firstDataBlock) / Math.max(1, blocksPerGroup)),
    inodeBytes: isOld ? 128 : u16(0x58),
    descriptorBytes: is64Bit ? u16(0xfe) : 32,
    reservedDescriptorBlocks: (compat & 0x10) === 0 ? 0 : u16(0xce),
    firstMetaGroup: (incompat & EXT_INCOMPAT.metaBg) === 0 ? Number.MAX_SAFE_INTEGER : u32(0x104),
    journalInode: (compat & HAS_JOURNAL) === 0 ? 0 : u32(0xe0),
    uuid: formatUuid(bytes.subarray(0x68, 0x78)),
    volumeName: nameIn(bytes.subarray(0x78, 0x88)),
    compat,
    incompat,
    roCompat,
    backupGroups:
      (compat & SPARSE_SUPER2) === 0 ? null : [u32(0x24c), u32(0x250)].filter((group) => group !== 0),
  };
  return complaintAbout(block, roomBytes) ?? block;
}

/** Numbers that contradict each other: nothing may be computed from them. */
function complaintAbout(block: ExtSuperBlock, roomBytes: number): string | null {
  const { blockBytes, blocks, blocksPerGroup, inodesPerGroup, inodeBytes, descriptorBytes } = block;
  const perBitmap = blockBytes * 8;
  if (blocks * blockBytes > roomBytes)
    return `it says that it has ${blocks} blocks of ${blockBytes} bytes, more than there is room for`;
  if (blocks <= block.firstDataBlock || block.firstDataBlock !== (blockBytes === 1024 ? 1 : 0))
    return 'its number of blocks cannot be';
  if (blocksPerGroup < 8 || blocksPerGroup > perBitmap) return 'its groups cannot have so many blocks';
  if (inodesPerGroup < 1 || inodesPerGroup > perBitmap) return 'its groups cannot have so many inodes';
  if (inodeBytes < 128 || inodeBytes > blockBytes || (inodeBytes & (inodeBytes - 1)) !== 0)
    return 'its inodes have no size that Linux takes';
  if (
    descriptorBytes < 32 ||
    descriptorBytes > 1024 ||
    descriptorBytes > blockBytes ||
    descriptorBytes % 4 !== 0
  )
    return 'its group descriptors have no size that Linux takes';
  if (block.inodes > block.groups * inodesPerGroup) return 'its number of inodes cannot be';
  return null;
}

export function extType({ compat, incompat, roCompat }: ExtSuperBlock): 'ext2' | 'ext3' | 'ext4' {
  if ((incompat & EXT4_INCOMPAT) !== 0 || (roCompat & EXT4_RO_COMPAT) !== 0) return 'ext4';
  return (compat & HAS_JOURNAL) === 0 ? 'ext2' : 'ext3';
}

export function extFeatures(block: ExtSuperBlock): string[] {
  return namesOf(block);
}

function namesOf({
  compat,
  incompat,
  roCompat,
}: Pick<ExtSuperBlock, 'compat' | 'incompat' | 'roCompat'>): string[] {
  const names = (bits: number, known: Readonly<Record<number, string>>): string[] =>
    Array.from({ length: 32 }, (_, bit) =>
      (bits >>> bit) & 1 ? (known[2 ** bit] ?? `bit ${bit}`) : '',
    ).filter((name) => name !== '');
  return [...names(compat, COMPAT), ...names(incompat, INCOMPAT), ...names(roCompat, RO_COMPAT)];
}

/** Does this group hold a copy of super block and descriptors? */
export function hasSuperBlock(block: ExtSuperBlock, group: number): boolean {
  if (group === 0) return true;
  if (block.backupGroups !== null) return block.backupGroups.includes(group);
  return (block.roCompat & SPARSE_SUPER) === 0 || isSparseSuperGroup(group);
}

export interface ExtGroup {
  blockBitmap: number;
  inodeBitmap: number;
  inodeTable: number;
  flags: number;
}

export const GROUP_INODES_UNUSED = 0x1;

/** One descriptor of `descriptorBytes`. */
export function decodeExtGroup(bytes: Uint8Array): ExtGroup {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const block = (low: number, high: number): number =>
    view.getUint32(low, true) + (bytes.length >= 64 ? view.getUint32(high, true) * 2 ** 32 : 0);
  return {
    blockBitmap: block(0x0, 0x20),
    inodeBitmap: block(0x4, 0x24),
    inodeTable: block(0x8, 0x28),
    flags: view.getUint16(0x12, true),
  };
}

function formatUuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function nameIn(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return plainText(String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end)));
}
