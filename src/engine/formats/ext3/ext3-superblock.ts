// struct ext4_super_block as ext3 uses it, and struct ext3_group_desc.
// Source: Linux, Documentation/filesystems/ext4/{super,group_descr}.rst; values as mke2fs 1.47 chooses them for -t ext3.
import { HASH_HALF_MD4 } from './directory-index.ts';
import {
  BLOCK_BYTES,
  BLOCKS_PER_GROUP,
  DESCRIPTOR_BYTES,
  type Ext3Layout,
  INODE_BYTES,
  JOURNAL_INODE,
  layOutGroup,
  LOST_AND_FOUND_INODE,
} from './ext3-layout.ts';

/** COMPAT_HAS_JOURNAL, COMPAT_EXT_ATTR, COMPAT_DIR_INDEX. */
const COMPATIBLE = 0x4 | 0x8 | 0x20;
/** INCOMPAT_FILETYPE. */
const INCOMPATIBLE = 0x2;
/** RO_COMPAT_SPARSE_SUPER, RO_COMPAT_LARGE_FILE. */
const READ_ONLY_COMPATIBLE = 0x1 | 0x2;
/** EXT2_DEFM_XATTR_USER, EXT2_DEFM_ACL: mke2fs.conf, default_mntopts. */
const MOUNT_OPTIONS = 0x4 | 0x8;
/** EXT2_FLAGS_SIGNED_HASH: directory-hash.ts takes characters as signed. */
const SIGNED_HASH = 0x1;
/** mke2fs -m: root keeps one block of twenty. */
const RESERVED_PERCENT = 5;
const EXTRA_INODE_BYTES = 32;

/** What is left in a group. */
export interface GroupUse {
  freeBlocks: number;
  freeInodes: number;
  directories: number;
}

export interface SuperblockFields {
  layout: Ext3Layout;
  uuid: Uint8Array;
  hashSeed: Uint8Array;
  timeSeconds: number;
  freeBlocks: number;
  freeInodes: number;
  /** i_block of the journal's inode, so that e2fsck finds it again when the inode is lost. */
  journalBlock: readonly number[];
}

/** 1024 bytes: the superblock, as it stands in this group. */
export function encodeSuperblock(fields: SuperblockFields, group: number): Uint8Array {
  const { layout, journalBlock } = fields;
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  const put16 = (at: number, value: number): void => view.setUint16(at, value, true);
  const put32 = (at: number, value: number): void => view.setUint32(at, value, true);
  put32(0x00, layout.inodesPerGroup * layout.groups);
  put32(0x04, layout.blocks);
  put32(0x08, Math.floor((layout.blocks * RESERVED_PERCENT) / 100));
  put32(0x0c, fields.freeBlocks);
  put32(0x10, fields.freeInodes);
  // s_log_block_size, s_log_cluster_size: 1024 << 2.
  put32(0x18, 2);
  put32(0x1c, 2);
  put32(0x20, BLOCKS_PER_GROUP);
  put32(0x24, BLOCKS_PER_GROUP);
  put32(0x28, layout.inodesPerGroup);
  put32(0x30, fields.timeSeconds);
  // s_max_mnt_count: never check because of a number of mounts.
  put16(0x36, 0xffff);
  put16(0x38, 0xef53);
  // s_state: clean. s_errors: go on.
  put16(0x3a, 1);
  put16(0x3c, 1);
  put32(0x40, fields.timeSeconds);
  // s_rev_level: EXT2_DYNAMIC_REV.
  put32(0x4c, 1);
  put32(0x54, LOST_AND_FOUND_INODE);
  put16(0x58, INODE_BYTES);
  put16(0x5a, group);
  put32(0x5c, COMPATIBLE);
  put32(0x60, INCOMPATIBLE);
  put32(0x64, READ_ONLY_COMPATIBLE);
  bytes.set(fields.uuid, 0x68);
  put32(0xe0, JOURNAL_INODE);
  bytes.set(fields.hashSeed, 0xec);
  bytes[0xfc] = HASH_HALF_MD4;
  // s_jnl_backup_type: s_jnl_blocks holds i_block, the high half of the size and the size.
  bytes[0xfd] = 1;
  put32(0x100, MOUNT_OPTIONS);
  put32(0x108, fields.timeSeconds);
  for (const [index, number] of journalBlock.entries()) put32(0x10c + 4 * index, number);
  const journalBytes = layout.journalBlocks * BLOCK_BYTES;
  put32(0x10c + 4 * 15, Math.floor(journalBytes / 2 ** 32));
  put32(0x10c + 4 * 16, journalBytes % 2 ** 32);
  put16(0x15c, EXTRA_INODE_BYTES);
  put16(0x15e, EXTRA_INODE_BYTES);
  put32(0x160, SIGNED_HASH);
  return bytes;
}

/** All group descriptors, filled up to whole blocks. */
export function encodeDescriptors(layout: Ext3Layout, useOf: (group: number) => GroupUse): Uint8Array {
  const bytes = new Uint8Array(layout.descriptorBlocks * BLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  for (let group = 0; group < layout.groups; group += 1) {
    const { blockBitmap, inodeBitmap, inodeTable } = layOutGroup(layout, group);
    const { freeBlocks, freeInodes, directories } = useOf(group);
    const at = group * DESCRIPTOR_BYTES;
    for (const [index, block] of [blockBitmap, inodeBitmap, inodeTable].entries())
      view.setUint32(at + 4 * index, block, true);
    for (const [index, count] of [freeBlocks, freeInodes, directories].entries())
      view.setUint16(at + 12 + 2 * index, count, true);
  }
  return bytes;
}

/** A block whose first `used` bits are set, and those from `size` on, which stand for nothing. */
export function encodeBitmap(used: number, size: number): Uint8Array {
  const bytes = new Uint8Array(BLOCK_BYTES);
  setBits(bytes, 0, used);
  setBits(bytes, size, 8 * BLOCK_BYTES);
  return bytes;
}

function setBits(bytes: Uint8Array, from: number, to: number): void {
  let bit = from;
  for (; bit < to && bit % 8 !== 0; bit += 1) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit % 8));
  bytes.fill(0xff, bit >> 3, Math.max(bit, to) >> 3);
  for (bit = Math.max(bit, to - (to % 8)); bit < to; bit += 1)
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit % 8));
}
