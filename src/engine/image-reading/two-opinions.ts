// What ext2fs says of a name against what our own reader says: where they differ, one of the two is wrong or the disk is damaged.
import { SeedbedError } from '../../shared/errors.ts';
import type { Ext2fsStat } from '../ext/ext2fs-program.ts';
import type { ExtChild } from '../ext/ext-tree.ts';
import { oneLine } from '../ext/name-text.ts';
import type { ContentNode } from './contents.ts';

/** Tells of one difference in a disk, about the name `content`; made safe to show. */
export type Dispute = (content: string, what: string, ext2fs: string, seedbed: string) => void;

export function openDisputes(diskPath: string, onDispute: (dispute: SeedbedError) => void): Dispute {
  return (content, what, ext2fs, seedbed) => {
    const said = { ext2fs: oneLine(ext2fs), seedbed: oneLine(seedbed) };
    onDispute(
      new SeedbedError('CONTENT_DISPUTED', { path: diskPath, content: oneLine(content), what, ...said }),
    );
  };
}

/** Names of a folder. ext2fs gives them as UTF-8, whatever they are. */
export function compareNames(
  folder: string,
  names: readonly string[],
  children: readonly ExtChild[],
  dispute: Dispute,
): void {
  const ours = new Set(children.map(({ name }) => Buffer.from(name).toString('utf8')));
  // As childrenOf leaves them out.
  const theirs = new Set(names.filter((name) => name !== '' && !/[/\0]/.test(name)));
  const onlyTheirs = [...theirs].find((name) => !ours.has(name));
  const onlyOurs = [...ours].find((name) => !theirs.has(name));
  if (onlyTheirs !== undefined) dispute(folder, `the name ${quoted(onlyTheirs)}`, 'there', 'not there');
  if (onlyOurs !== undefined) dispute(folder, `the name ${quoted(onlyOurs)}`, 'not there', 'there');
}

/** Linux, include/uapi/linux/stat.h. */
const KIND_BITS = 0xf000;
const KINDS: Readonly<Record<number, ContentNode['kind']>> = {
  0x8000: 'file',
  0x4000: 'directory',
  0xa000: 'link',
};

export function compareNode(
  node: ContentNode,
  stat: Ext2fsStat,
  target: string | null,
  dispute: Dispute,
): void {
  const kind = KINDS[stat.mode & KIND_BITS] ?? 'other';
  const facts: readonly [what: string, ext2fs: string | number, seedbed: string | number | null][] = [
    ['its inode', stat.inode, node.identity],
    ['its kind', kind, node.kind],
    ['its size in bytes', stat.sizeBytes, node.sizeBytes],
    ['its permissions', (stat.mode & 0o7777).toString(8), (node.mode ?? 0).toString(8)],
    ['its time', stat.modifiedSeconds, node.modifiedSeconds],
  ];
  for (const [what, ext2fs, seedbed] of facts)
    if (ext2fs !== seedbed) dispute(node.path, what, String(ext2fs), String(seedbed));
  const ours = node.target === null ? null : Buffer.from(node.target).toString('utf8');
  if (target !== null && ours !== null && target !== ours)
    dispute(node.path, 'where it leads', quoted(target), quoted(ours));
}

/** A piece of a file, `atBytes` from its beginning; `ours` may be longer only where `theirs` is the last. */
export function compareBytes(
  path: string,
  atBytes: number,
  theirs: Uint8Array,
  ours: Uint8Array,
  dispute: Dispute,
): void {
  if (Buffer.compare(theirs, ours) === 0) return;
  const at = theirs.findIndex((byte, index) => byte !== ours[index]);
  const first = at < 0 ? theirs.length : at;
  const told = (bytes: Uint8Array): string => bytes[first]?.toString(16).padStart(2, '0') ?? 'beyond its end';
  dispute(path, `byte ${atBytes + first} of it`, told(theirs), told(ours));
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
