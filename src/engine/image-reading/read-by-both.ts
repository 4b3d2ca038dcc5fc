// Files of an ext file system as ext2fs (libext2fs) reads them, an implementation that is not ours, each compared with what our own reader says. What
// ext2fs cannot do is read by our own alone, and told.
import type { SeedbedError } from '../../shared/errors.ts';
import type { ContentReader } from '../../shared/model/image-reading.ts';
import { openExt2fsOpinion } from '../ext/ext2fs-opinion.ts';
import type { ExtReader, FileBlocks } from '../ext/ext-reader.ts';
import { childrenOf } from '../ext/ext-tree.ts';
import { nameOfText } from '../ext/name-text.ts';
import type { Ext2fsOptions } from '../ext/open-ext2fs.ts';
import type { ExtInode } from '../formats/ext/inode.ts';
import type { ContentFiles, ContentNode, ContentPiece } from './contents.ts';
import { extContents } from './ext-contents.ts';
import { compareBytes, compareNames, compareNode, openDisputes } from './two-opinions.ts';

export interface ReadingByBoth extends ContentFiles {
  /** Who has read until now. */
  reader(): ContentReader;
  close(): Promise<void>;
}

/** ext2fs tells sizes in 32 bits with a sign. */
const LARGEST_TOLD_BYTES = 2 ** 31 - 1;
/** Bytes of a file in one answer; they pass through ext2fs's memory of 16 MiB. */
const ANSWER_BYTES = 512 * 1024;
/** ext2fs reads holes byte by byte, and a file of a few bytes may have terabytes of them. */
const MOST_HOLE_BYTES = 1024 * 1024;

/** `onDispute` is given each CONTENT_DISPUTED, and may throw it. Throws CANCELLED. */
export async function readByBoth(
  reader: ExtReader,
  onDispute: (dispute: SeedbedError) => void,
  options: Ext2fsOptions,
): Promise<ReadingByBoth> {
  const own = extContents(reader);
  const opinion = await openExt2fsOpinion(reader, options);
  const dispute = openDisputes(reader.source.path, onDispute);
  let compared = { path: '', done: Promise.resolve() };

  async function compareFolder({ path, identity }: ContentNode): Promise<void> {
    const names = await opinion.ask(path, 'names', bytesOf(path));
    if (names === null || identity === null) return;
    const inode = await reader.inode(identity);
    compareNames(path, names.value, await childrenOf(reader, { number: identity, inode, path }), dispute);
  }

  async function withOpinion(node: ContentNode): Promise<ContentNode> {
    const path = bytesOf(node.path);
    if (node.sizeBytes > LARGEST_TOLD_BYTES)
      opinion.except(node.path, 'ext2fs tells no size of 2 GiB and more');
    else {
      const stat = await opinion.ask(node.path, 'stat', path);
      const target =
        node.kind === 'link' && stat !== null ? await opinion.ask(node.path, 'target', path) : null;
      if (stat !== null) compareNode(node, stat.value, target?.value ?? null, dispute);
    }
    return node.kind === 'file' ? { ...node, pieces: (signal) => piecesOf(node, signal) } : node;
  }

  async function* piecesOf(
    node: ContentNode,
    signal?: AbortSignal,
  ): AsyncGenerator<ContentPiece, void, void> {
    let done = 0;
    for await (const bytes of bytesByBoth(node)) {
      yield { atBytes: done, bytes };
      done += bytes.length;
    }
    if (done === node.sizeBytes) return;
    // The rest, or all, without ext2fs.
    for await (const { atBytes, bytes } of node.pieces(signal)) {
      const from = Math.max(0, done - atBytes);
      if (from < bytes.length) yield { atBytes: atBytes + from, bytes: bytes.subarray(from) };
    }
  }

  /** From the file's beginning as far as ext2fs comes. */
  async function* bytesByBoth({
    path,
    identity,
    sizeBytes,
  }: ContentNode): AsyncGenerator<Uint8Array, void, void> {
    if (opinion.reader().name === 'seedbed' || identity === null) return;
    const inode = await reader.inode(identity);
    const blocks = await reader.blocks(inode);
    if (inode.isInline || inode.isEncrypted) return;
    if (sizeBytes - writtenBytes(blocks) > MOST_HOLE_BYTES) {
      opinion.except(path, 'most of it is holes, which Seedbed does not read');
      return;
    }
    if (sizeBytes < ANSWER_BYTES) {
      const lengthBytes = sizeBytes + 1;
      const taken = await opinion.ask(path, 'take', { path: bytesOf(path), lengthBytes });
      if (taken === null) return;
      compareBytes(path, 0, taken.value, await reader.read(inode, blocks, 0, lengthBytes), dispute);
      yield taken.value;
      return;
    }
    const file = await opinion.ask(path, 'open', bytesOf(path));
    if (file === null) return;
    try {
      yield* readOn(path, file.value, inode, blocks);
    } finally {
      await opinion.release(file.value);
    }
  }

  async function* readOn(
    path: string,
    file: number,
    inode: ExtInode,
    blocks: FileBlocks,
  ): AsyncGenerator<Uint8Array, void, void> {
    for (let done = 0; ;) {
      const answer = await opinion.ask(path, 'read', { file, lengthBytes: ANSWER_BYTES });
      if (answer === null) return;
      const theirs = answer.value;
      const ours = await reader.read(inode, blocks, done, Math.max(theirs.length, 1));
      compareBytes(path, done, theirs, ours, dispute);
      if (theirs.length === 0) return;
      yield theirs;
      done += theirs.length;
    }
  }

  function writtenBytes({ runs }: FileBlocks): number {
    const blocks = runs.reduce((sum, { count, isUnwritten }) => sum + (isUnwritten ? 0 : count), 0);
    return blocks * reader.superBlock.blockBytes;
  }

  return {
    get: async (path) => withOpinion(await own.get(path)),
    async children(folder, from, limit) {
      // Asked for a page at a time.
      if (compared.path !== folder.path) compared = { path: folder.path, done: compareFolder(folder) };
      await compared.done;
      const { nodes, total } = await own.children(folder, from, limit);
      const children: ContentNode[] = [];
      for (const node of nodes) children.push(await withOpinion(node));
      return { nodes: children, total };
    },
    reader: () => opinion.reader(),
    close: () => opinion.close(),
  };
}

function bytesOf(path: string): Uint8Array {
  const names = path.split('/').filter((name) => name !== '');
  return Buffer.concat([
    Buffer.from('/'),
    ...names.flatMap((name, index) => [Buffer.from(index === 0 ? '' : '/'), nameOfText(name)]),
  ]);
}
