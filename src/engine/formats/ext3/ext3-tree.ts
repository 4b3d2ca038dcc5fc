// The tree of a file system: entries checked, names sorted by their bytes, inodes numbered. The order of the entries does not matter.
import { SeedbedError } from '../../../shared/errors.ts';
import { encodeUtf8 } from '../utf8.ts';
import type { Ext3Entry, Ext3Owner } from './ext3-entry.ts';
import { BLOCK_BYTES, FIRST_FREE_INODE, LOST_AND_FOUND_INODE, ROOT_INODE } from './ext3-layout.ts';
import { MAX_MAPPED_BLOCKS, mapBlocksFor } from './block-map.ts';

/** ext3.h: EXT3_NAME_LEN, EXT3_LINK_MAX. A directory has a link for each subdirectory, its name and its own `.`. */
const MAX_NAME_BYTES = 255;
const MAX_LINKS = 32000;
/** ext3: a target lies in one block with its NUL; one of fewer than 60 bytes lies in i_block itself. */
const MAX_TARGET_BYTES = BLOCK_BYTES - 1;
const SECTORS_PER_BLOCK = BLOCK_BYTES / 512;
/** i_blocks counts sectors in 32 bits (fs/ext3/super.c, ext3_max_size). */
const MAX_SECTORS = 2 ** 32 - 1;
/** mke2fs.c, create_lost_and_found: 16 KiB. */
const LOST_AND_FOUND_BLOCKS = 4;

interface NodeBase extends Ext3Owner {
  inode: number;
  name: Uint8Array;
}

export interface DirectoryNode<Content> extends NodeBase {
  type: 'directory';
  parent: DirectoryNode<Content> | null;
  /** Sorted by the bytes of their names. */
  children: Ext3Node<Content>[];
  /** Blocks that it has at least, though it needs fewer. */
  leastBlocks: number;
}
export interface FileNode<Content> extends NodeBase {
  type: 'file';
  sizeBytes: number;
  content: Content;
}
export interface SymlinkNode extends NodeBase {
  type: 'symlink';
  target: Uint8Array;
}
export type Ext3Node<Content> = DirectoryNode<Content> | FileNode<Content> | SymlinkNode;

/** Inodes that the tree takes, those included that ext3 keeps for itself. */
export function inodesFor(entries: readonly unknown[]): number {
  return FIRST_FREE_INODE - 1 + entries.length;
}

/** All nodes in the order of their inodes: the root, lost+found, then the tree from top to bottom. Throws EXT3_REFUSED. */
export function buildExt3Tree<Content>(
  entries: readonly Ext3Entry<Content>[],
  root: Ext3Owner,
): Ext3Node<Content>[] {
  const top = directory<Content>(root, new Uint8Array(0), null);
  const byPath = new Map<string, Ext3Node<Content>>([['', top]]);
  // A directory comes before what is in it: a prefix sorts first.
  for (const entry of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const cut = entry.path.lastIndexOf('/');
    const parent = byPath.get(entry.path.slice(0, Math.max(cut, 0)));
    if (byPath.has(entry.path) || entry.path === 'lost+found') throw refused(entry, 'it is there twice');
    if (parent?.type !== 'directory') throw refused(entry, 'its directory is not among the entries');
    const node = nodeOf(entry, entry.path.slice(cut + 1), parent);
    byPath.set(entry.path, node);
    parent.children.push(node);
  }
  // mke2fs makes it for root alone.
  const lostAndFound = directory<Content>({ mode: 0o700, uid: 0, gid: 0 }, encodeUtf8('lost+found'), top);
  lostAndFound.leastBlocks = LOST_AND_FOUND_BLOCKS;
  top.children.push(lostAndFound);
  const nodes = [top, lostAndFound];
  top.inode = ROOT_INODE;
  lostAndFound.inode = LOST_AND_FOUND_INODE;
  return [...nodes, ...numberChildren(top)];
}

/** Depth first, in the order of names, without recursion: a tree may be deep. */
function numberChildren<Content>(top: DirectoryNode<Content>): Ext3Node<Content>[] {
  const numbered: Ext3Node<Content>[] = [];
  const waiting: Ext3Node<Content>[] = [top];
  let inode = FIRST_FREE_INODE;
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.inode === 0) {
      node.inode = inode;
      inode += 1;
      numbered.push(node);
    }
    if (node.type !== 'directory') continue;
    node.children.sort((a, b) => compareBytes(a.name, b.name));
    checkLinks(node);
    for (const child of [...node.children].reverse())
      if (child.inode !== LOST_AND_FOUND_INODE) waiting.push(child);
  }
  return numbered;
}

/** i_links_count of a directory. */
export function linksOf(node: DirectoryNode<unknown>): number {
  return 2 + node.children.filter(({ type }) => type === 'directory').length;
}

function checkLinks(node: DirectoryNode<unknown>): void {
  if (linksOf(node) > MAX_LINKS)
    throw new SeedbedError('EXT3_LIMIT_EXCEEDED', {
      what: 'the number of directories in one directory',
      actual: linksOf(node) - 2,
      limit: MAX_LINKS - 2,
      unit: 'directories',
    });
}

function nodeOf<Content>(
  entry: Ext3Entry<Content>,
  name: string,
  parent: DirectoryNode<Content>,
): Ext3Node<Content> {
  const { mode, uid, gid } = entry;
  const base = { inode: 0, name: encodeName(entry, name), mode, uid, gid };
  checkOwner(entry);
  switch (entry.type) {
    case 'directory':
      return directory(entry, base.name, parent);
    case 'file':
      checkSize(entry.sizeBytes);
      return { ...base, type: 'file', sizeBytes: entry.sizeBytes, content: entry.content };
    case 'symlink':
      return { ...base, type: 'symlink', target: encodeTarget(entry) };
  }
}

function directory<Content>(
  { mode, uid, gid }: Ext3Owner,
  name: Uint8Array,
  parent: DirectoryNode<Content> | null,
): DirectoryNode<Content> {
  return { type: 'directory', inode: 0, name, mode, uid, gid, parent, children: [], leastBlocks: 1 };
}

function encodeName(entry: { path: string }, name: string): Uint8Array {
  if (name === '' || name === '.' || name === '..')
    throw refused(entry, 'a component of it is empty, . or ..');
  const bytes = encodeText(entry, name);
  if (bytes.length > MAX_NAME_BYTES)
    throw refused(entry, `a name has at most ${MAX_NAME_BYTES} bytes, and this one has ${bytes.length}`);
  return bytes;
}

function encodeTarget(entry: { path: string; target: string }): Uint8Array {
  const bytes = encodeText(entry, entry.target);
  if (bytes.length === 0 || bytes.length > MAX_TARGET_BYTES)
    throw refused(entry, `what a symbolic link points to has 1 to ${MAX_TARGET_BYTES} bytes`);
  return bytes;
}

function encodeText(entry: { path: string }, text: string): Uint8Array {
  if (text.includes('\0')) throw refused(entry, 'it holds a NUL');
  try {
    return encodeUtf8(text);
  } catch {
    throw refused(entry, 'it is not Unicode text');
  }
}

function checkOwner(entry: Ext3Owner & { path: string }): void {
  const { mode, uid, gid } = entry;
  if (!(mode >= 0 && mode <= 0o7777)) throw refused(entry, 'its mode is not between 0 and 07777');
  for (const id of [uid, gid])
    if (!(Number.isInteger(id) && id >= 0 && id < 2 ** 32))
      throw refused(entry, 'its owner has no valid number');
}

function checkSize(sizeBytes: number): void {
  const blocks = Math.ceil(sizeBytes / BLOCK_BYTES);
  const limit = Math.floor(MAX_SECTORS / SECTORS_PER_BLOCK);
  if (blocks <= MAX_MAPPED_BLOCKS && blocks + mapBlocksFor(blocks) <= limit) return;
  throw new SeedbedError('EXT3_LIMIT_EXCEEDED', {
    what: 'the size of one file',
    actual: sizeBytes,
    limit: (limit - mapBlocksFor(limit)) * BLOCK_BYTES,
    unit: 'bytes',
  });
}

function refused({ path }: { path: string }, reason: string): SeedbedError {
  return new SeedbedError('EXT3_REFUSED', { path, reason });
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const count = Math.min(a.length, b.length);
  for (let index = 0; index < count; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
