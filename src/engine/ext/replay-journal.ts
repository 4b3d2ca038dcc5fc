// What a journal holds that the file system does not show yet, laid over it in memory: a machine that was switched off left it so. Nothing is written.
import type { ByteSource } from '../bytes/byte-source.ts';
import {
  decodeJournalBlock,
  decodeJournalHead,
  type JournalHead,
  type JournalTag,
} from '../formats/ext/journal-blocks.ts';

/** Where the newest bytes of a block lie. */
export interface NewBlock {
  /** Block of the file system in which the journal has them. */
  from: number;
  isEscaped: boolean;
}

/** A file system as it would be with its journal applied. */
export interface ReplayedSource extends ByteSource {
  /** Blocks that are read from elsewhere: for threads, which read the disk themselves. */
  readonly newer: ReadonlyMap<number, NewBlock>;
}

export interface JournalFile {
  blockBytes: number;
  /** Blocks of the journal's file, in its order. */
  blockAt(logical: number): number | null;
  read(block: number): Promise<Uint8Array>;
}

/** Null when there is nothing to apply, or when the journal cannot be read. */
export async function replayJournal(
  source: ByteSource,
  journal: JournalFile,
): Promise<ReplayedSource | null> {
  const blocks = await newBlocks(journal);
  return blocks === null || blocks.size === 0 ? null : layOver(source, blocks, journal.blockBytes);
}

interface Transaction {
  sequence: number;
  blocks: { tag: JournalTag; from: number }[];
  revoked: number[];
}

/** Block → where its newest committed bytes lie. A block that was revoked later keeps what is in its place. */
async function newBlocks(journal: JournalFile): Promise<Map<number, NewBlock> | null> {
  const first = journal.blockAt(0);
  const head = first === null ? null : decodeJournalHead(await journal.read(first));
  if (head === null) return null;
  const transactions = head.start === 0 ? [] : await committed(journal, head);
  const revokedIn = new Map<number, number>();
  for (const { revoked, sequence } of transactions)
    for (const block of revoked) revokedIn.set(block, sequence);
  const blocks = new Map<number, NewBlock>();
  for (const { sequence, blocks: written } of transactions)
    for (const { tag, from } of written)
      if ((revokedIn.get(tag.block) ?? -1) < sequence)
        blocks.set(tag.block, { from, isEscaped: tag.isEscaped });
  return blocks;
}

/** Transactions up to the last one that was finished. */
async function committed(journal: JournalFile, head: JournalHead): Promise<Transaction[]> {
  const transactions: Transaction[] = [];
  const { first, end, incompat } = head;
  let current: Transaction = { sequence: head.sequence, blocks: [], revoked: [] };
  let logical = head.start;
  const take = (): number | null => {
    const block = journal.blockAt(logical);
    logical = logical + 1 >= end ? first : logical + 1;
    return block;
  };
  // The log cannot be longer than once round.
  for (let left = end - first; left > 0; left -= 1) {
    const at = take();
    const found = at === null ? null : decodeJournalBlock(await journal.read(at), current.sequence, incompat);
    if (found === null) break;
    if (found.kind === 'revoke') current.revoked.push(...found.blocks);
    else if (found.kind === 'commit') {
      transactions.push(current);
      current = { sequence: (current.sequence + 1) >>> 0, blocks: [], revoked: [] };
    } else {
      for (const tag of found.tags) {
        const from = take();
        left -= 1;
        if (from === null || left <= 0) return transactions;
        current.blocks.push({ tag, from });
      }
    }
  }
  return transactions;
}

const MAGIC_BYTES = [0xc0, 0x3b, 0x39, 0x98] as const;

function layOver(
  source: ByteSource,
  blocks: ReadonlyMap<number, NewBlock>,
  blockBytes: number,
): ReplayedSource {
  return {
    newer: blocks,
    path: source.path,
    sizeBytes: source.sizeBytes,
    place: source.place,
    async read(target, offsetBytes) {
      const count = await source.read(target, offsetBytes);
      const last = Math.floor((offsetBytes + count - 1) / blockBytes);
      for (let block = Math.floor(offsetBytes / blockBytes); count > 0 && block <= last; block += 1) {
        const found = blocks.get(block);
        if (found === undefined) continue;
        const bytes = new Uint8Array(blockBytes);
        await source.read(bytes, found.from * blockBytes);
        if (found.isEscaped) bytes.set(MAGIC_BYTES);
        const from = Math.max(0, offsetBytes - block * blockBytes);
        const part = bytes.subarray(from, Math.min(blockBytes, offsetBytes + count - block * blockBytes));
        target.set(part, block * blockBytes + from - offsetBytes);
      }
      return count;
    },
  };
}
