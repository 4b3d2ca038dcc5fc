// The contents of a directory: records of names, none across a block's end. One that does not fit into a block is indexed by the hash of its names.
// Source: Linux, Documentation/filesystems/ext4/directory.rst (linear directories; hash tree directories).
import { BLOCK_BYTES } from './ext3-layout.ts';
import { hashName } from './directory-hash.ts';
import {
  encodeIndexNode,
  encodeIndexRoot,
  type IndexEntry,
  NODE_LIMIT,
  ROOT_LIMIT,
} from './directory-index.ts';
import type { DirectoryNode, Ext3Node } from './ext3-tree.ts';

/** struct ext3_dir_entry_2: inode, length of the record, length of the name, file type. */
const HEADER_BYTES = 8;
/** ext3.h: EXT3_FT_REG_FILE, EXT3_FT_DIR, EXT3_FT_SYMLINK. */
const FILE_TYPES: Readonly<Record<Ext3Node<unknown>['type'], number>> = { file: 1, directory: 2, symlink: 7 };

const DOT = Uint8Array.of(0x2e);
const DOT_DOT = Uint8Array.of(0x2e, 0x2e);

interface Name {
  inode: number;
  name: Uint8Array;
  fileType: number;
}

/** What each block of a directory will hold. */
export interface DirectoryPlan {
  blocks: number;
  isIndexed: boolean;
  encode: () => Generator<Uint8Array, void, void>;
}

export function planDirectory(node: DirectoryNode<unknown>, hashSeed: Uint8Array): DirectoryPlan {
  const dots = dotsOf(node);
  const names = node.children.map(({ inode, name, type }) => ({ inode, name, fileType: FILE_TYPES[type] }));
  const linear = packNames([...dots, ...names]);
  // More than two levels of index are beyond ext3; a directory of that size stays linear.
  const leaves = linear.length > 1 ? packNames(sortByHash(names, hashSeed)) : [];
  if (leaves.length > 0 && leaves.length <= ROOT_LIMIT * NODE_LIMIT)
    return planIndexed(dots, leaves, hashSeed);
  const blocks = Math.max(linear.length, node.leastBlocks);
  return {
    blocks,
    isIndexed: false,
    encode: function* () {
      for (let block = 0; block < blocks; block += 1) yield encodeNames(linear[block] ?? []);
    },
  };
}

/** The root of the index, then its nodes where one block is too small for it, then the names. */
function planIndexed(dots: Name[], leaves: Name[][], hashSeed: Uint8Array): DirectoryPlan {
  const nodes = leaves.length > ROOT_LIMIT ? Math.ceil(leaves.length / NODE_LIMIT) : 0;
  const firstLeaf = 1 + nodes;
  return {
    blocks: firstLeaf + leaves.length,
    isIndexed: true,
    encode: function* () {
      const entries = indexOf(leaves, firstLeaf, hashSeed);
      const byNode = Array.from({ length: nodes }, (_, node) =>
        entries.slice(node * NODE_LIMIT, (node + 1) * NODE_LIMIT),
      );
      const top = byNode.map(([first], node) => ({ hash: first?.hash ?? 0, block: 1 + node }));
      yield encodeIndexRoot(encodeNames(dots), nodes > 0 ? top : entries, nodes > 0 ? 1 : 0);
      for (const part of byNode) yield encodeIndexNode(part);
      for (const leaf of leaves) yield encodeNames(leaf);
    },
  };
}

/** Where the names from each hash on are. A lowest bit says that names of this hash stand in the block before, too. */
function indexOf(leaves: readonly Name[][], firstLeaf: number, hashSeed: Uint8Array): IndexEntry[] {
  let before = -1;
  return leaves.map((leaf, index) => {
    const hashes = [leaf[0], leaf.at(-1)].map((name) =>
      name === undefined ? 0 : hashName(name.name, hashSeed),
    );
    const [first = 0, last = 0] = hashes;
    const hash = first === before ? first + 1 : first;
    before = last;
    return { hash, block: firstLeaf + index };
  });
}

function sortByHash(names: readonly Name[], hashSeed: Uint8Array): Name[] {
  return names
    .map((name) => ({ name, hash: hashName(name.name, hashSeed) }))
    .sort((a, b) => a.hash - b.hash)
    .map(({ name }) => name);
}

function dotsOf(node: DirectoryNode<unknown>): Name[] {
  const fileType = FILE_TYPES.directory;
  return [
    { inode: node.inode, name: DOT, fileType },
    { inode: (node.parent ?? node).inode, name: DOT_DOT, fileType },
  ];
}

function packNames(names: readonly Name[]): Name[][] {
  const blocks: Name[][] = [];
  let left = 0;
  for (const name of names) {
    const length = recordBytes(name);
    if (length > left) {
      blocks.push([]);
      left = BLOCK_BYTES;
    }
    blocks.at(-1)?.push(name);
    left -= length;
  }
  return blocks;
}

function recordBytes({ name }: Name): number {
  return HEADER_BYTES + 4 * Math.ceil(name.length / 4);
}

/** A block of records; the last one reaches to its end. Without names it is one unused record. */
function encodeNames(names: readonly Name[]): Uint8Array {
  const bytes = new Uint8Array(BLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(4, BLOCK_BYTES, true);
  let at = 0;
  for (const [index, name] of names.entries()) {
    const length = index === names.length - 1 ? BLOCK_BYTES - at : recordBytes(name);
    view.setUint32(at, name.inode, true);
    view.setUint16(at + 4, length, true);
    view.setUint8(at + 6, name.name.length);
    view.setUint8(at + 7, name.fileType);
    bytes.set(name.name, at + HEADER_BYTES);
    at += length;
  }
  return bytes;
}
