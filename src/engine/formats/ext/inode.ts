// Inodes, extent trees and directories of ext2, ext3 and ext4. Untrusted: what cannot be is told as such, never followed.
// Source: Linux, Documentation/filesystems/ext4/inodes.rst, ifork.rst, directory.rst; e2fsprogs 1.47, lib/ext2fs/ext2_fs.h and ext3_extents.h.

export const ROOT_INODE = 2;
export const RESIZE_INODE = 7;

export interface ExtInode {
  kind: 'file' | 'directory' | 'link' | 'other' | 'unused';
  /** Permission bits with set-id and sticky. */
  mode: number;
  uid: number;
  gid: number;
  sizeBytes: number;
  modifiedSeconds: number;
  links: number;
  /** Sectors of 512 bytes. */
  sectors: number;
  usesExtents: boolean;
  isInline: boolean;
  isEncrypted: boolean;
  /** Block of extended attributes; 0 for none. */
  attributesBlock: number;
  /** i_block: 60 bytes, block numbers, an extent tree or a short link's target. */
  content: Uint8Array;
}

const KINDS: Readonly<Record<number, ExtInode['kind']>> = {
  0x8000: 'file',
  0x4000: 'directory',
  0xa000: 'link',
  0x1000: 'other',
  0x2000: 'other',
  0x6000: 'other',
  0xc000: 'other',
};
const EXTENTS_FLAG = 0x80000;
const INLINE_FLAG = 0x10000000;
const ENCRYPT_FLAG = 0x800;

/** At least 128 bytes. */
export function decodeExtInode(bytes: Uint8Array): ExtInode {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u32 = (at: number): number => view.getUint32(at, true);
  const u16 = (at: number): number => view.getUint16(at, true);
  const mode = u16(0);
  const flags = u32(0x20);
  const kind = KINDS[mode & 0xf000] ?? 'unused';
  return {
    kind: u16(0x1a) === 0 && mode === 0 ? 'unused' : kind,
    mode: mode & 0xfff,
    uid: u16(0x2) + u16(0x78) * 0x10000,
    gid: u16(0x18) + u16(0x7a) * 0x10000,
    // Directories have their high half too, with large_dir; older ones have zero there.
    sizeBytes: u32(0x4) + (kind === 'file' || kind === 'directory' ? u32(0x6c) * 2 ** 32 : 0),
    modifiedSeconds: view.getInt32(0x10, true),
    links: u16(0x1a),
    sectors: u32(0x1c) + u16(0x74) * 2 ** 32,
    usesExtents: (flags & EXTENTS_FLAG) !== 0,
    isInline: (flags & INLINE_FLAG) !== 0,
    isEncrypted: (flags & ENCRYPT_FLAG) !== 0,
    attributesBlock: u32(0x68) + u16(0x76) * 2 ** 32,
    content: bytes.slice(0x28, 0x28 + 60),
  };
}

export interface ExtentNode {
  depth: number;
  /** Of a leaf (depth 0): runs of blocks. */
  extents: { logical: number; physical: number; count: number; isUnwritten: boolean }[];
  /** Of an inner node: blocks of the nodes below. */
  children: { logical: number; block: number }[];
}

const EXTENT_MAGIC = 0xf30a;
const UNWRITTEN = 32768;

/** Null when the bytes are no node of an extent tree. */
export function decodeExtentNode(bytes: Uint8Array): ExtentNode | null {
  if (bytes.length < 12) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries = view.getUint16(2, true);
  const depth = view.getUint16(6, true);
  if (view.getUint16(0, true) !== EXTENT_MAGIC || depth > 5 || 12 + entries * 12 > bytes.length) return null;
  const node: ExtentNode = { depth, extents: [], children: [] };
  for (let at = 12; at < 12 + entries * 12; at += 12) {
    const logical = view.getUint32(at, true);
    if (depth > 0) {
      const block = view.getUint32(at + 4, true) + view.getUint16(at + 8, true) * 2 ** 32;
      node.children.push({ logical, block });
      continue;
    }
    const length = view.getUint16(at + 4, true);
    const isUnwritten = length > UNWRITTEN;
    const physical = view.getUint32(at + 8, true) + view.getUint16(at + 6, true) * 2 ** 32;
    node.extents.push({ logical, physical, count: isUnwritten ? length - UNWRITTEN : length, isUnwritten });
  }
  return node;
}

export interface ExtDirectoryEntry {
  inode: number;
  name: Uint8Array;
}

/** The entries of one directory block, without `.` and `..`; null when it is damaged. Blocks of an index hold one empty entry, so they come out empty. */
export function decodeExtDirectory(block: Uint8Array): ExtDirectoryEntry[] | null {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const entries: ExtDirectoryEntry[] = [];
  for (let at = 0; at < block.length;) {
    if (at + 8 > block.length) return null;
    const inode = view.getUint32(at, true);
    const stated = view.getUint16(at + 4, true);
    // With blocks of 64 KiB the length of a whole block does not fit.
    const length = (stated === 0 || stated === 65_535) && block.length === 65_536 ? 65_536 - at : stated;
    const nameLength = block[at + 6] ?? 0;
    if (length < 8 || length % 4 !== 0 || at + length > block.length || nameLength + 8 > length) return null;
    const name = block.slice(at + 8, at + 8 + nameLength);
    const isSelf = name.length <= 2 && name.length > 0 && name.every((byte) => byte === 0x2e);
    if (inode !== 0 && !isSelf) entries.push({ inode, name });
    at += length;
  }
  return entries;
}
