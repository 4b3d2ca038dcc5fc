// Names in a folder of a disk, a page at a time.
import { createHash } from 'node:crypto';
import { describeError } from '../../shared/error-texts.ts';
import type { SeedbedError } from '../../shared/errors.ts';
import type { ContentEntry, ContentListing } from '../../shared/model/image-reading.ts';
import { withSource } from '../bytes/open-source.ts';
import { oneLine, textOfName } from '../ext/name-text.ts';
import type { ContentNode } from './contents.ts';
import { withContents } from './with-contents.ts';

export interface ListRequest {
  diskPath: string;
  /** In the disk. */
  path: string;
  from: number;
  limit: number;
}

const MOST_DISPUTES = 20;

/** Throws NOT_FOUND, IMAGE_UNREADABLE, CONTENT_UNREADABLE, CONTENT_NOT_FOUND, FILE_CHANGED, CANCELLED. */
export async function listContents(
  { diskPath, path, from, limit }: ListRequest,
  signal?: AbortSignal,
): Promise<ContentListing> {
  return withSource(diskPath, async (source) => {
    const disputes: string[] = [];
    const onDispute = (dispute: SeedbedError): void => {
      if (disputes.length < MOST_DISPUTES) disputes.push(describeError(dispute).message);
    };
    return withContents(source, { signal, onDispute }, async (contents, reader) => {
      const node = await contents.get(path);
      const { nodes, total } =
        node.kind === 'directory' ? await contents.children(node, from, limit) : { nodes: [node], total: 1 };
      const entries: ContentEntry[] = [];
      for (const child of nodes) {
        const isHashed = contents.isStream && child.kind === 'file';
        entries.push(describeNode(child, isHashed ? await hashOf(child, signal) : null));
      }
      return {
        path: node.path,
        entries,
        total,
        reader: reader(),
        warnings: [...contents.warnings, ...disputes],
      };
    });
  });
}

function describeNode(node: ContentNode, sha256: string | null): ContentEntry {
  const { path, kind, sizeBytes, mode, modifiedSeconds, target } = node;
  return {
    path,
    label: oneLine(path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1)),
    kind,
    sizeBytes,
    mode,
    target: target === null ? null : oneLine(textOfName(target)),
    modifiedSeconds,
    sha256,
  };
}

async function hashOf(node: ContentNode, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const { bytes } of node.pieces(signal)) hash.update(bytes);
  return hash.digest('hex');
}
