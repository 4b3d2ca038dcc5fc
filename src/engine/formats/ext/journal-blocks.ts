// Blocks of the journal of ext3 and ext4 (JBD2), as far as reading it needs them. All numbers are big-endian.
// Source: Linux, Documentation/filesystems/ext4/journal.rst; fs/jbd2/recovery.c (which blocks count), include/linux/jbd2.h.

const MAGIC = 0xc03b3998;
const IS_64BIT = 0x2;
const CSUM_V2 = 0x8;
const CSUM_V3 = 0x10;
const FAST_COMMIT = 0x20;
/** Used where the super block says 0 (JBD2_DEFAULT_FAST_COMMIT_BLOCKS). */
const FAST_COMMIT_BLOCKS = 256;

export interface JournalHead {
  /** The log goes round in the journal's blocks [first, end). */
  first: number;
  end: number;
  /** Number of the first transaction, and its block; 0 for an empty log. */
  sequence: number;
  start: number;
  incompat: number;
}

/** Null when the block is no super block of a journal with blocks of this size. */
export function decodeJournalHead(bytes: Uint8Array): JournalHead | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kind = view.getUint32(4);
  if (view.getUint32(0) !== MAGIC || (kind !== 3 && kind !== 4)) return null;
  if (view.getUint32(0xc) !== bytes.length) return null;
  const incompat = kind === 4 ? view.getUint32(0x28) : 0;
  const fast = (incompat & FAST_COMMIT) === 0 ? 0 : view.getUint32(0x54) || FAST_COMMIT_BLOCKS;
  const head = {
    first: view.getUint32(0x14),
    end: view.getUint32(0x10) - fast,
    sequence: view.getUint32(0x18),
    start: view.getUint32(0x1c),
    incompat,
  };
  return head.first >= 1 && head.end > head.first && head.start < head.end ? head : null;
}

export interface JournalTag {
  /** Block of the file system. */
  block: number;
  /** Its first four bytes were the journal's magic and are zeros in the log. */
  isEscaped: boolean;
}

export type JournalBlock =
  { kind: 'descriptor'; tags: JournalTag[] } | { kind: 'commit' } | { kind: 'revoke'; blocks: number[] };

/** Null for what is no block of the transaction with this number: there the log ends. */
export function decodeJournalBlock(
  bytes: Uint8Array,
  sequence: number,
  incompat: number,
): JournalBlock | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== MAGIC || view.getUint32(8) !== sequence) return null;
  switch (view.getUint32(4)) {
    case 1:
      return { kind: 'descriptor', tags: tagsIn(view, incompat) };
    case 2:
      return { kind: 'commit' };
    case 5:
      return { kind: 'revoke', blocks: revokedIn(view, incompat) };
    default:
      return null;
  }
}

const ESCAPED = 1;
const SAME_UUID = 2;
const LAST = 8;
const UUID_BYTES = 16;

function tagsIn(view: DataView, incompat: number): JournalTag[] {
  const isV3 = (incompat & CSUM_V3) !== 0;
  const is64Bit = (incompat & IS_64BIT) !== 0;
  const hasChecksum = (incompat & (CSUM_V2 | CSUM_V3)) !== 0;
  const tagBytes = isV3 ? 16 : 8 + (is64Bit ? 4 : 0) + ((incompat & CSUM_V2) !== 0 ? 2 : 0);
  const end = view.byteLength - (hasChecksum ? 4 : 0);
  const tags: JournalTag[] = [];
  for (let at = 12; at + tagBytes <= end;) {
    const flags = isV3 ? view.getUint32(at + 4) : view.getUint16(at + 6);
    const high = is64Bit ? view.getUint32(at + 8) * 2 ** 32 : 0;
    tags.push({ block: view.getUint32(at) + high, isEscaped: (flags & ESCAPED) !== 0 });
    if ((flags & LAST) !== 0) break;
    at += tagBytes + ((flags & SAME_UUID) === 0 ? UUID_BYTES : 0);
  }
  return tags;
}

function revokedIn(view: DataView, incompat: number): number[] {
  const is64Bit = (incompat & IS_64BIT) !== 0;
  const end = Math.min(view.getUint32(12), view.byteLength);
  const blocks: number[] = [];
  for (let at = 16; at + (is64Bit ? 8 : 4) <= end; at += is64Bit ? 8 : 4)
    blocks.push(is64Bit ? view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4) : view.getUint32(at));
  return blocks;
}
