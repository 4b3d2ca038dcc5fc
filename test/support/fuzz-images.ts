// Damaged disks by the thousand: small real ones with bytes changed, structures crossed, ends cut off. Whatever reads them may refuse, with a code, and
// must come back soon.
import { readFileSync, writeFileSync } from 'node:fs';
import { withSource } from '../../src/engine/bytes/open-source.ts';
import { openContents } from '../../src/engine/image-reading/contents.ts';
import { openDisk } from '../../src/engine/image-reading/disk-layout.ts';
import { mapExt } from '../../src/engine/ext/ext-map.ts';
import type { ContentNode, Contents } from '../../src/engine/image-reading/contents.ts';
import { scanStream } from '../../src/engine/image-reading/scan-stream.ts';
import { withContents } from '../../src/engine/image-reading/with-contents.ts';
import { isSeedbedError } from '../../src/shared/errors.ts';
import { memorySource } from './memory-source.ts';

export interface FuzzBase {
  name: string;
  bytes: Buffer;
  /** Where changes tell most: super block, descriptors, inode tables, folders. */
  hot: readonly (readonly [fromBytes: number, toBytes: number])[];
}

/** What a damaged disk may be answered with. */
const ALLOWED = new Set(['IMAGE_UNREADABLE', 'CONTENT_UNREADABLE', 'CONTENT_NOT_FOUND', 'FILE_CHANGED']);
const MOST_NODES = 3000;
const MOST_BYTES = 8 * 1024 * 1024;

export async function extBase(name: string, path: string): Promise<FuzzBase> {
  const bytes = readFileSync(path);
  const { parts } = await openDisk(memorySource(bytes));
  const [reader] = parts.flatMap((part) => part.reader ?? []);
  if (reader === undefined) throw new Error(`${name} holds no file system`);
  const { claims } = await mapExt(reader);
  const hot = claims
    .filter(({ kind }) => ['super-block', 'group-descriptors', 'directory', 'mapping'].includes(kind))
    .map(({ offsetBytes, lengthBytes }) => [offsetBytes, offsetBytes + lengthBytes] as const);
  const tables = claims.filter(({ kind }) => kind === 'inode-table');
  // Of the inode table the first inodes; the rest is empty.
  const inodes = tables.map(({ offsetBytes }) => [offsetBytes, offsetBytes + 8192] as const);
  return { name, bytes, hot: [...hot, ...inodes, ...inodes] };
}

/** Change `base` in a way that `random` chooses, read it, put it right again. Gives what it was answered with, and throws for what no disk should cause. */
export async function fuzzOnce(
  base: FuzzBase,
  random: (below: number) => number,
  read: (bytes: Buffer) => Promise<string> = readEverything,
): Promise<string> {
  const undo: [number, number][] = [];
  const put = (at: number, value: number): void => {
    undo.push([at, base.bytes[at] ?? 0]);
    base.bytes[at] = value;
  };
  for (let changes = 1 + random(4); changes > 0; changes -= 1) damage(base, random, put);
  const sizeBytes = random(20) === 0 ? random(base.bytes.length) : base.bytes.length;
  try {
    return await read(base.bytes.subarray(0, sizeBytes));
  } catch (error) {
    const changes = undo.map(([at, was]) => `${at}: ${was} → ${base.bytes[at] ?? 0}`).join(', ');
    throw new Error(`${base.name}, ${sizeBytes} bytes, ${changes}`, { cause: error });
  } finally {
    for (const [at, was] of undo.reverse()) base.bytes[at] = was;
  }
}

function damage(
  { bytes, hot }: FuzzBase,
  random: (below: number) => number,
  put: (at: number, value: number) => void,
): void {
  const [from, to] = hot[random(hot.length)] ?? [0, bytes.length];
  const at = from + random(to - from);
  const word = at - (at % 4);
  switch (random(6)) {
    case 0:
      put(at, (bytes[at] ?? 0) ^ (1 << random(8)));
      break;
    case 1:
      put(at, random(256));
      break;
    case 2: {
      // A number that is too large, in one of the usual widths.
      const value = [0xff, 0x7f, 0x80, 0x00][random(4)] ?? 0;
      for (let index = 0; index < 4; index += 1) put(word + index, index === 3 ? value : (value & 1) * 0xff);
      break;
    }
    case 3: {
      // One structure in another's place: loops, shared blocks, folders in themselves.
      const [otherFrom, otherTo] = hot[random(hot.length)] ?? [0, bytes.length];
      const source = otherFrom + random(Math.max(1, otherTo - otherFrom - 4));
      for (let index = 0; index < 4; index += 1) put(word + index, bytes[source - (source % 4) + index] ?? 0);
      break;
    }
    case 4:
      // Numbers of inodes and blocks are small here.
      put(word, random(64));
      break;
    default:
      for (let index = 0; index < 16; index += 1) put(Math.min(bytes.length - 1, at + index), random(256));
  }
}

function readEverything(bytes: Buffer): Promise<string> {
  return answerOf(async () => {
    const source = memorySource(bytes);
    const { parts, head } = await openDisk(source);
    for (const { reader } of parts) if (reader !== null) await mapExt(reader);
    if (head !== null) await scanStream(source, head.streamLba * 512);
    return readContents(await openContents(source));
  });
}

/** As listing and extracting read a disk: by ext2fs and by our own reader, from a file. */
export function readByTwo(path: string): (bytes: Buffer) => Promise<string> {
  return (bytes) => {
    writeFileSync(path, bytes);
    let disputed = false;
    const onDispute = (): void => {
      disputed = true;
    };
    return answerOf(() =>
      withSource(path, (source) =>
        withContents(source, { onDispute, answerMilliseconds: 20_000 }, async (contents, reader) => {
          await readContents(contents);
          return `${reader()?.name ?? 'stream'}${disputed ? ', disputed' : ''}`;
        }),
      ),
    );
  };
}

async function answerOf(read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    if (isSeedbedError(error) && ALLOWED.has(error.code)) return error.code;
    throw error;
  }
}

async function readContents(contents: Contents): Promise<string> {
  const folders: ContentNode[] = [await contents.get('/')];
  const seen = new Set<number>();
  const budget = { nodes: 0, bytes: 0 };
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (folder.identity !== null && seen.has(folder.identity)) continue;
    if (folder.identity !== null) seen.add(folder.identity);
    const { nodes } = await contents.children(folder, 0, 200);
    for (const node of nodes) {
      budget.nodes += 1;
      if (budget.nodes > MOST_NODES) return 'read';
      if (node.kind === 'directory') folders.push(node);
      else if (node.kind === 'file') await readFile(node, budget);
    }
  }
  return 'read';
}

async function readFile(node: ContentNode, budget: { bytes: number }): Promise<void> {
  for await (const { atBytes, bytes } of node.pieces()) {
    budget.bytes += bytes.length;
    if (atBytes + bytes.length > node.sizeBytes) throw new Error('a file gave more than its size');
    if (budget.bytes > MOST_BYTES) return;
  }
}
