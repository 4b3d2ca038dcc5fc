// The disk on which a run built its system: which of its disks, where the file system begins, and its files by path. Read-only, without root.
// Source: live-bootstrap 984b8322, steps/jump/move_disk.sh (the root goes to the partition that DISK names) and rootfs.py (where `external` is).
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSeedbedError } from '../../shared/errors.ts';
import type { ImageRecord } from '../../shared/model/image.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import { openLayeredSource } from '../bytes/open-layer.ts';
import type { ExtReader } from '../ext/ext-reader.ts';
import { extType } from '../formats/ext/super-block.ts';
import { childrenOf, lookUp } from '../ext/ext-tree.ts';
import { type DiskLayout, openDisk } from '../image-reading/disk-layout.ts';
import { openTree, type TreeReader } from './root-tree.ts';
import { atPath } from '../os-errors.ts';
import { overlayNameFor } from '../run/overlay.ts';
import type { RunFolder } from '../run/run-folder.ts';

/** Built packages lie here from the first build by bash on; on a disk only once Linux has moved there. */
export const REPOSITORY = '/external/repo';

/** Of a disk with an ext file system, or of the folder of a sandbox. */
export type RootReader = ExtReader | TreeReader;

export interface RootDisk {
  /** Role and file in the folder of the run. */
  role: string;
  file: string;
  path: string;
  /** Place of the file system in it, and its number among the partitions (0: it has none). */
  offsetBytes: number;
  partition: number;
  fileSystem: string;
  reader: RootReader;
  /** The machine ended without writing its journal's changes to their places. */
  needsRecovery: boolean;
  close(): Promise<void>;
}

/** The root that has a repository of packages, or that of a sandbox; null when no disk has one. Throws NOT_FOUND when a disk is gone. */
export async function openRootDisk(folder: RunFolder, disks: ImageRecord['disks']): Promise<RootDisk | null> {
  if (disks[0].role === 'tree') return rootOfTree(folder, disks[0].file);
  // The boot disk last: with two disks the root is on the other one.
  const ordered = [...disks].sort((a, b) => Number(a.role === 'boot') - Number(b.role === 'boot'));
  for (const { role, file } of ordered) {
    const name = await diskName(folder, file);
    const source = await openLayeredSource(join(folder.disks, name));
    const found = await rootOn(source).catch(async (error: unknown) => {
      await source.close();
      throw error;
    });
    if (found === null) {
      await source.close();
      continue;
    }
    const { reader, offsetBytes, number } = found;
    const { incompat } = reader.superBlock;
    return {
      role,
      file: `disks/${name}`,
      path: source.path,
      offsetBytes,
      partition: number,
      fileSystem: extType(reader.superBlock),
      reader,
      needsRecovery: (incompat & NEEDS_RECOVERY) !== 0,
      close: () => source.close(),
    };
  }
  return null;
}

async function rootOfTree(folder: RunFolder, file: string): Promise<RootDisk> {
  const path = join(folder.path, file);
  await atPath(path, () => stat(path));
  return {
    role: 'tree',
    file,
    path,
    offsetBytes: 0,
    partition: 0,
    fileSystem: 'a folder of this host',
    reader: openTree(path),
    needsRecovery: false,
    close: () => Promise.resolve(),
  };
}

/** Linux, Documentation/filesystems/ext4/super.rst: INCOMPAT_RECOVER. */
const NEEDS_RECOVERY = 0x4;

/** A run with checkpoints writes into a layer over the disk. */
async function diskName(folder: RunFolder, file: string): Promise<string> {
  const layer = overlayNameFor(file);
  const isThere = await stat(join(folder.disks, layer)).then(
    () => true,
    () => false,
  );
  return isThere ? layer : file;
}

async function rootOn(
  source: OpenSource,
): Promise<{ reader: ExtReader; offsetBytes: number; number: number } | null> {
  let layout: DiskLayout;
  try {
    layout = await openDisk(source);
  } catch (error) {
    // Neither image, nor partitions, nor files: the machine may have overwritten the beginning.
    if (isSeedbedError(error) && ['IMAGE_UNREADABLE', 'CONTENT_UNREADABLE'].includes(error.code)) return null;
    throw error;
  }
  for (const { reader, offsetBytes, number } of layout.parts)
    if (reader !== null && (await hasFolder(reader, REPOSITORY))) return { reader, offsetBytes, number };
  return null;
}

async function hasFolder(reader: ExtReader, path: string): Promise<boolean> {
  return lookUp(reader, path).then(
    ({ inode }) => inode.kind === 'directory',
    (error: unknown) => {
      if (isSeedbedError(error)) return false;
      throw error;
    },
  );
}

export interface DiskFile {
  path: string;
  name: string;
  sizeBytes: number;
  /** The bytes in order, in pieces of a megabyte. */
  read(signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void>;
}

const PIECE_BYTES = 1_048_576;

/** Null when there is no file of that path. Throws CONTENT_UNREADABLE. */
export async function findFile(reader: RootReader, path: string): Promise<DiskFile | null> {
  try {
    if (isTree(reader)) {
      const node = await reader.lookUp(path);
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (node.kind !== 'file') return null;
      return { path, name, sizeBytes: node.sizeBytes, read: (signal) => reader.read(node, signal) };
    }
    const { inode } = await lookUp(reader, path);
    if (inode.kind !== 'file') return null;
    return {
      path,
      name: path.slice(path.lastIndexOf('/') + 1),
      sizeBytes: inode.sizeBytes,
      async *read(signal) {
        const blocks = await reader.blocks(inode);
        for (let at = 0; at < inode.sizeBytes; at += PIECE_BYTES) {
          signal?.throwIfAborted();
          yield await reader.read(inode, blocks, at, Math.min(PIECE_BYTES, inode.sizeBytes - at));
        }
      },
    };
  } catch (error) {
    if (isSeedbedError(error) && error.code === 'CONTENT_NOT_FOUND') return null;
    throw error;
  }
}

/** The plain files of a folder, sorted; none when it is not there. */
export async function filesIn(reader: RootReader, folder: string): Promise<DiskFile[]> {
  const names = await pathsIn(reader, folder).catch((error: unknown) => {
    if (isSeedbedError(error) && error.code === 'CONTENT_NOT_FOUND') return [];
    throw error;
  });
  const files: DiskFile[] = [];
  for (const path of names) {
    const file = await findFile(reader, path);
    if (file !== null) files.push(file);
  }
  return files;
}

async function pathsIn(reader: RootReader, folder: string): Promise<string[]> {
  if (isTree(reader)) {
    const node = await reader.lookUp(folder);
    return node.kind === 'directory' ? reader.children(node) : [];
  }
  const node = await lookUp(reader, folder);
  if (node.inode.kind !== 'directory') return [];
  return (await childrenOf(reader, node)).map(({ path }) => path);
}

/** What is at a path, whatever it lies on. Throws CONTENT_NOT_FOUND. */
export async function lookAt(
  reader: RootReader,
  path: string,
): Promise<{ path: string; kind: string; number: number; children: () => Promise<string[]> }> {
  if (isTree(reader)) {
    const node = await reader.lookUp(path);
    return { ...node, children: () => reader.children(node) };
  }
  const node = await lookUp(reader, path);
  const children = async (): Promise<string[]> => (await childrenOf(reader, node)).map((child) => child.path);
  return { path: node.path, kind: node.inode.kind, number: node.number, children };
}

function isTree(reader: RootReader): reader is TreeReader {
  return 'kind' in reader;
}
