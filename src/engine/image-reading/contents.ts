// The files and folders of a disk, whatever it is: of its ext file system where it has one, else of its source stream. Names in it are untrusted.
import { SeedbedError } from '../../shared/errors.ts';
import type { ContentEntry } from '../../shared/model/image-reading.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import type { ExtReader } from '../ext/ext-reader.ts';
import { type DiskLayout, filePart, openDisk, partWarnings } from './disk-layout.ts';
import { extContents } from './ext-contents.ts';
import { streamContents } from './stream-contents.ts';

/** Bytes of a file at an offset in it; what no piece covers is zeros. */
export interface ContentPiece {
  atBytes: number;
  bytes: Uint8Array;
}

export interface ContentNode {
  /** As ContentEntry.path. */
  path: string;
  /** The last part as its bytes are; empty for the root. */
  name: Uint8Array;
  kind: ContentEntry['kind'];
  sizeBytes: number;
  mode: number | null;
  modifiedSeconds: number | null;
  /** Tells whether two paths lead to one thing; null where that cannot be. */
  identity: number | null;
  /** Where a link leads. */
  target: Uint8Array | null;
  /** In order; a piece is valid until the next is asked for. */
  pieces(signal?: AbortSignal): AsyncGenerator<ContentPiece, void, void>;
}

export interface ContentFiles {
  /** Throws CONTENT_NOT_FOUND, CONTENT_UNREADABLE. */
  get(path: string): Promise<ContentNode>;
  /** Names, and what each is, sorted by the names' bytes. `from` and `limit` in names: the others are not looked at. */
  children(
    folder: ContentNode,
    from: number,
    limit: number,
  ): Promise<{ nodes: ContentNode[]; total: number }>;
}

export interface Contents extends ContentFiles {
  /** Do files have a hash worth telling: they cannot be found otherwise on a boot image. */
  isStream: boolean;
  warnings: string[];
}

/** `filesOf`: who reads a file system. Throws IMAGE_UNREADABLE, CONTENT_UNREADABLE. */
export async function openContents(
  source: OpenSource,
  signal?: AbortSignal,
  filesOf: (reader: ExtReader) => ContentFiles | Promise<ContentFiles> = extContents,
): Promise<Contents> {
  const layout = await openDisk(source);
  const part = filePart(layout);
  const warnings = partWarnings(layout);
  if (part !== null) return { ...(await filesOf(part.reader)), isStream: false, warnings };
  if (layout.head === null) throw nothingIn(source, layout);
  const stream = await streamContents(source, layout.head, signal);
  return { ...stream, isStream: true, warnings: [...warnings, ...stream.warnings] };
}

function nothingIn(source: OpenSource, { parts }: DiskLayout): SeedbedError {
  const complaint = parts.find((part) => part.complaint !== null)?.complaint;
  const reason = complaint ?? 'none of its partitions is ext2, ext3 or ext4';
  return new SeedbedError('CONTENT_UNREADABLE', { path: source.path, reason });
}
