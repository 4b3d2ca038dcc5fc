// An image as a list of named parts with what is in them: entries of a stream, files of a file system, and the regions around them.
import { createHash } from 'node:crypto';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { MapKind } from '../../shared/model/image-reading.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import { openRangeThreads } from '../bytes/range-threads.ts';
import { oneLine } from '../ext/name-text.ts';
import type { JobContext } from '../jobs.ts';
import { type ContentNode, type Contents, openContents } from './contents.ts';
import { type MappedDisk, mapDisk } from './map-disk.ts';

export interface ImagePart {
  /** Equal in two images when they are about the same thing. */
  key: string;
  kind: MapKind;
  label: string;
  offsetBytes: number;
  lengthBytes: number;
  sha256: string | null;
  /** Equal when the parts are. */
  content: string;
}

/** Structures of a file system follow from its files and its size, in more ways than one: they are not compared. */
const COMPARED: readonly MapKind[] = [
  'boot-sector',
  'stage2',
  'padding',
  'commands',
  'partition-table',
  'partition',
];
const MOST_FILES = 1_000_000;
const PAGE = 1000;
/** A file may say any size and be one hole: beyond this it is not hashed. */
const LARGEST_HASHED_BYTES = 64 * 1024 * 1024 * 1024;
const ZEROS_BYTES = 4 * 1024 * 1024;

/** In the image's order. */
export async function partsOfImage(
  source: OpenSource,
  context: Partial<JobContext>,
): Promise<{ parts: ImagePart[]; warnings: string[] }> {
  const map = await mapDisk(source, context);
  const parts = [...(await plainParts(source, map)), ...entryParts(map)];
  if (map.fileSystems.length > 0) parts.push(...(await fileParts(source, map, context)));
  return { parts: parts.sort((a, b) => a.offsetBytes - b.offsetBytes), warnings: map.warnings };
}

async function plainParts(source: OpenSource, { regions }: MappedDisk): Promise<ImagePart[]> {
  const wanted = regions.filter(({ kind }) => COMPARED.includes(kind));
  const threads = openRangeThreads(source);
  try {
    const hashes = await threads.hashes(
      wanted.map(({ offsetBytes, lengthBytes }) => ({
        fromBytes: offsetBytes,
        toBytes: offsetBytes + lengthBytes,
      })),
    );
    return wanted.map(({ kind, label, offsetBytes, lengthBytes }, index) => {
      const sha256 = hashes[index] ?? null;
      return { key: `region ${label}`, kind, label, offsetBytes, lengthBytes, sha256, content: `${sha256}` };
    });
  } finally {
    await threads.close();
  }
}

/** Of several entries with one path each is a part of its own. */
function entryParts({ boot }: MappedDisk): ImagePart[] {
  const seen = new Map<string, number>();
  return (boot?.stream.entries ?? []).map((entry, index) => {
    const times = (seen.get(entry.path) ?? 0) + 1;
    seen.set(entry.path, times);
    const sha256 = entry.sizeBytes === 0 ? null : (boot?.entrySha256[index] ?? null);
    return {
      key: `entry ${times} ${entry.path}`,
      kind: 'entry',
      label: oneLine(entry.path),
      offsetBytes: entry.headerAtBytes,
      lengthBytes: entry.endBytes - entry.headerAtBytes,
      sha256,
      content: `${entry.sizeBytes} ${sha256}`,
    };
  });
}

/** Every file with its hash: all of them are read. */
async function fileParts(
  source: OpenSource,
  { regions }: MappedDisk,
  { signal, report }: Partial<JobContext>,
): Promise<ImagePart[]> {
  const contents = await openContents(source, signal);
  const placeOf = new Map<string, number>();
  for (const { path, kind, offsetBytes } of regions)
    if (path !== null && (kind === 'file' || kind === 'directory') && !placeOf.has(path))
      placeOf.set(path, offsetBytes);
  const parts: ImagePart[] = [];
  for await (const node of walk(contents, source.path)) {
    if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
    const sha256 = isHashed(node) ? await hashOf(node, signal) : null;
    const target = node.target === null ? '' : Buffer.from(node.target).toString('hex');
    const label = oneLine(node.path);
    parts.push({
      key: `file ${node.path}`,
      kind: node.kind === 'directory' ? 'directory' : 'file',
      label,
      // Where its map begins; a file without blocks is nowhere.
      offsetBytes: placeOf.get(label) ?? 0,
      lengthBytes: node.sizeBytes,
      sha256,
      content: [node.kind, node.mode, node.kind === 'directory' ? '' : node.sizeBytes, sha256, target].join(
        ' ',
      ),
    });
    report?.({ step: 'files', label: 'Reading the files', done: parts.length, total: null, unit: 'files' });
  }
  return parts;
}

function isHashed({ kind, sizeBytes }: ContentNode): boolean {
  return kind === 'file' && sizeBytes <= LARGEST_HASHED_BYTES;
}

async function* walk(contents: Contents, diskPath: string): AsyncGenerator<ContentNode, void, void> {
  const folders: ContentNode[] = [await contents.get('/')];
  const seen = new Set<number>();
  let count = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (folder.identity !== null && seen.has(folder.identity)) continue;
    if (folder.identity !== null) seen.add(folder.identity);
    for (let from = 0; ; from += PAGE) {
      const { nodes, total } = await contents.children(folder, from, PAGE);
      for (const node of nodes) {
        count += 1;
        if (count > MOST_FILES)
          throw new SeedbedError('CONTENT_UNREADABLE', {
            path: diskPath,
            reason: 'it holds more files than are compared',
          });
        yield node;
        if (node.kind === 'directory') folders.push(node);
      }
      if (from + PAGE >= total) break;
    }
  }
}

/** Holes count as the zeros that they are. */
async function hashOf(node: ContentNode, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const zeros = Buffer.alloc(ZEROS_BYTES);
  let at = 0;
  async function fill(until: number): Promise<void> {
    while (at < until) {
      const count = Math.min(zeros.length, until - at);
      hash.update(zeros.subarray(0, count));
      at += count;
      await yieldToOthers();
    }
  }
  for await (const { atBytes, bytes } of node.pieces(signal)) {
    await fill(atBytes);
    hash.update(bytes);
    at += bytes.length;
  }
  await fill(node.sizeBytes);
  return hash.digest('hex');
}
