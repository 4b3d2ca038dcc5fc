// Files and folders of an ext file system by their paths.
import { SeedbedError } from '../../shared/errors.ts';
import { type ExtInode, ROOT_INODE } from '../formats/ext/inode.ts';
import type { ExtReader } from './ext-reader.ts';
import { nameOfText, textOfName } from './name-text.ts';

export interface ExtNode {
  number: number;
  inode: ExtInode;
  /** Absolute, each name as text (name-text.ts); `/` for the root. */
  path: string;
}

export interface ExtChild {
  number: number;
  name: Uint8Array;
  path: string;
}

export async function rootOf(reader: ExtReader): Promise<ExtNode> {
  const inode = await reader.inode(ROOT_INODE);
  if (inode.kind !== 'directory') throw reader.unreadable('its root is no folder');
  return { number: ROOT_INODE, inode, path: '/' };
}

/** Links are not followed: they would lead to places of another system. Throws CONTENT_NOT_FOUND. */
export async function lookUp(reader: ExtReader, path: string): Promise<ExtNode> {
  const missing = (): SeedbedError =>
    new SeedbedError('CONTENT_NOT_FOUND', { path: reader.source.path, content: path });
  let node = await rootOf(reader);
  for (const part of path.split('/').filter((name) => name !== '' && name !== '.')) {
    if (node.inode.kind !== 'directory') throw missing();
    const wanted = nameOfText(part);
    const found = (await childrenOf(reader, node)).find(({ name }) => wanted.equals(name));
    if (found === undefined) throw missing();
    node = { number: found.number, inode: await reader.inode(found.number), path: found.path };
  }
  return node;
}

/** Sorted by the names' bytes; of two with one name the first, since no path leads to the other. */
export async function childrenOf(reader: ExtReader, { inode, path }: ExtNode): Promise<ExtChild[]> {
  const names = new Map<string, ExtChild>();
  for (const { inode: number, name } of await reader.directory(inode)) {
    const text = textOfName(name);
    // A slash, a NUL or nothing at all is no name, whatever the disk says.
    if (name.length === 0 || name.includes(0x2f) || name.includes(0)) continue;
    if (!names.has(text)) names.set(text, { number, name, path: `${path === '/' ? '' : path}/${text}` });
  }
  return [...names.values()].sort((a, b) => Buffer.compare(a.name, b.name));
}
