// Entries of a source stream as a tree of files and folders. For builder-hex0 an entry without bytes is a folder, and of two with one path the later counts.
import { SeedbedError } from '../../shared/errors.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import { readPieces } from '../bytes/read-pieces.ts';
import { encodeAscii } from '../formats/ascii.ts';
import { SECTOR_SIZE } from '../formats/builder-hex0.ts';
import type { ImageHead } from '../image/image-head.ts';
import type { ContentNode, Contents } from './contents.ts';
import { type ScannedEntry, scanStream } from './scan-stream.ts';

type Listed = Pick<Contents, 'get' | 'children' | 'warnings'>;

export async function streamContents(
  source: OpenSource,
  head: ImageHead,
  signal?: AbortSignal,
): Promise<Listed> {
  const stream = await scanStream(source, head.streamLba * SECTOR_SIZE, signal);
  /** Null for a folder that no entry makes. */
  const entries = new Map<string, ScannedEntry | null>([['/', null]]);
  const children = new Map<string, Set<string>>();
  for (const entry of stream.entries) {
    const parts = partsOf(entry.path);
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const parent = `/${parts.slice(0, depth - 1).join('/')}`;
      const path = `/${parts.slice(0, depth).join('/')}`;
      if (!entries.has(path)) entries.set(path, null);
      if (!children.has(parent)) children.set(parent, new Set());
      children.get(parent)?.add(path);
    }
    if (parts.length > 0) entries.set(`/${parts.join('/')}`, entry);
  }

  function nodeAt(path: string): ContentNode {
    const entry = entries.get(path);
    if (entry === undefined)
      throw new SeedbedError('CONTENT_NOT_FOUND', { path: source.path, content: path });
    const isFolder = entry === null || entry.sizeBytes === 0 || children.has(path);
    return {
      path,
      name: encodeAscii(path.slice(path.lastIndexOf('/') + 1)),
      kind: isFolder ? 'directory' : 'file',
      sizeBytes: isFolder ? 0 : entry.sizeBytes,
      mode: null,
      modifiedSeconds: null,
      identity: null,
      target: null,
      async *pieces(pieceSignal) {
        if (entry === null) return;
        let atBytes = 0;
        const range = { fromBytes: entry.payloadAtBytes, toBytes: entry.endBytes };
        for await (const bytes of readPieces(source, range, pieceSignal)) {
          yield { atBytes, bytes };
          atBytes += bytes.length;
        }
      },
    };
  }

  return {
    get: (path) => Promise.resolve(nodeAt(`/${partsOf(path).join('/')}`)),
    children({ path }, from, limit) {
      const names = [...(children.get(path) ?? [])].sort();
      return Promise.resolve({ nodes: names.slice(from, from + limit).map(nodeAt), total: names.length });
    },
    warnings:
      stream.failure === null ? [] : [`The source stream cannot be read to its end: ${stream.failure}.`],
  };
}

/** builder-hex0 reads `./a` and `/a` alike. A part of two dots would lead out of its folder. */
function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
}
