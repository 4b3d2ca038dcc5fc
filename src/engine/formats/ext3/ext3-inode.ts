// struct ext4_inode as ext3 uses it. Source: Linux, Documentation/filesystems/ext4/inodes.rst; mke2fs 1.47 writes the same fields.
import { BLOCK_BYTES, INODE_BYTES } from './ext3-layout.ts';

/** stat(2): S_IFREG, S_IFDIR, S_IFLNK. */
export const FILE_MODES = { file: 0o100000, directory: 0o040000, symlink: 0o120000 } as const;
/** EXT3_INDEX_FL: the directory has an index. */
export const INDEX_FLAG = 0x1000;

/** i_extra_isize: the fields behind the old 128 bytes, up to i_projid. */
const EXTRA_BYTES = 32;
const SECTORS_PER_BLOCK = BLOCK_BYTES / 512;
/** A link's target that is shorter than this stands in the inode (ext3.h, EXT3_N_BLOCKS × 4). */
export const INLINE_TARGET_BYTES = 60;

export interface InodeFields {
  /** File type and permissions. */
  mode: number;
  uid: number;
  gid: number;
  links: number;
  sizeBytes: number;
  /** Data and blocks of block numbers. */
  blocks: number;
  flags: number;
  timeSeconds: number;
  /** i_block: 15 block numbers, or what a short symbolic link points to. */
  block: readonly number[] | Uint8Array;
}

/** INODE_BYTES bytes into `bytes` at `offset`. */
export function putInode(bytes: Uint8Array, offset: number, inode: InodeFields): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, INODE_BYTES);
  const put16 = (at: number, value: number): void => view.setUint16(at, value, true);
  const put32 = (at: number, value: number): void => view.setUint32(at, value, true);
  put16(0x00, inode.mode);
  put16(0x02, inode.uid % 0x10000);
  put32(0x04, inode.sizeBytes % 2 ** 32);
  // Access, change of the inode, change of the contents; behind the old inode, the file's birth.
  for (const at of [0x08, 0x0c, 0x10, 0x90]) put32(at, inode.timeSeconds);
  put16(0x18, inode.gid % 0x10000);
  put16(0x1a, inode.links);
  put32(0x1c, inode.blocks * SECTORS_PER_BLOCK);
  put32(0x20, inode.flags);
  if (inode.block instanceof Uint8Array) bytes.set(inode.block, offset + 0x28);
  else for (const [index, number] of inode.block.entries()) put32(0x28 + 4 * index, number);
  put32(0x6c, Math.floor(inode.sizeBytes / 2 ** 32));
  put16(0x78, Math.floor(inode.uid / 0x10000));
  put16(0x7a, Math.floor(inode.gid / 0x10000));
  put16(0x80, EXTRA_BYTES);
}
