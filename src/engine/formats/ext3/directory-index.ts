// The index blocks of a directory: from the hash of a name to the block that has it.
// Source: Linux, Documentation/filesystems/ext4/directory.rst (struct dx_root, dx_node, dx_entry).
import { BLOCK_BYTES } from './ext3-layout.ts';

/** Block numbers count from the start of the directory. */
export interface IndexEntry {
  hash: number;
  block: number;
}

/** A record of 8 bytes that covers the block comes before a node's entries; `.`, `..` and struct dx_root_info before the root's. */
const NODE_HEADER_BYTES = 8;
const DOTS_BYTES = 24;
const ROOT_INFO_BYTES = 8;
const ENTRY_BYTES = 8;
/** struct dx_countlimit takes the place of the first entry, whose hash is 0 anyway. */
export const NODE_LIMIT = (BLOCK_BYTES - NODE_HEADER_BYTES) / ENTRY_BYTES;
export const ROOT_LIMIT = (BLOCK_BYTES - DOTS_BYTES - ROOT_INFO_BYTES) / ENTRY_BYTES;
/** ext3.h, DX_HASH_HALF_MD4. */
export const HASH_HALF_MD4 = 1;

/** `dots`: a block with the records of `.` and `..`, whose last reaches to its end. `levels` of nodes are between the root and the names. */
export function encodeIndexRoot(
  dots: Uint8Array,
  entries: readonly IndexEntry[],
  levels: number,
): Uint8Array {
  const bytes = Uint8Array.from(dots);
  bytes[DOTS_BYTES + 4] = HASH_HALF_MD4;
  bytes[DOTS_BYTES + 5] = ROOT_INFO_BYTES;
  bytes[DOTS_BYTES + 6] = levels;
  putEntries(bytes, DOTS_BYTES + ROOT_INFO_BYTES, entries, ROOT_LIMIT);
  return bytes;
}

export function encodeIndexNode(entries: readonly IndexEntry[]): Uint8Array {
  const bytes = new Uint8Array(BLOCK_BYTES);
  new DataView(bytes.buffer).setUint16(4, BLOCK_BYTES, true);
  putEntries(bytes, NODE_HEADER_BYTES, entries, NODE_LIMIT);
  return bytes;
}

function putEntries(bytes: Uint8Array, at: number, entries: readonly IndexEntry[], limit: number): void {
  const view = new DataView(bytes.buffer, at);
  for (const [index, { hash, block }] of entries.entries()) {
    view.setUint32(ENTRY_BYTES * index, hash, true);
    view.setUint32(ENTRY_BYTES * index + 4, block, true);
  }
  view.setUint16(0, limit, true);
  view.setUint16(2, entries.length, true);
}
