// Files of an ext file system as contents of a disk.
import { readPieces } from '../bytes/read-pieces.ts';
import type { ExtReader } from '../ext/ext-reader.ts';
import { childrenOf, type ExtNode, lookUp } from '../ext/ext-tree.ts';
import type { ContentFiles, ContentNode } from './contents.ts';

export function extContents(reader: ExtReader): ContentFiles {
  const { blockBytes } = reader.superBlock;

  async function nodeOf({ number, inode, path }: ExtNode, name: Uint8Array): Promise<ContentNode> {
    const { kind, sizeBytes, mode, modifiedSeconds } = inode;
    return {
      path,
      name,
      kind: kind === 'unused' ? 'other' : kind,
      sizeBytes,
      mode,
      modifiedSeconds,
      identity: number,
      target: kind === 'link' ? await reader.link(inode) : null,
      async *pieces(signal) {
        if (inode.isInline || inode.isEncrypted)
          throw reader.unreadable(`${path} is stored in a way that is not read here (inline or encrypted)`);
        const { runs } = await reader.blocks(inode);
        for (const { logical, physical, count, isUnwritten } of runs) {
          const start = logical * blockBytes;
          const lengthBytes = Math.min(count * blockBytes, sizeBytes - start);
          if (isUnwritten || lengthBytes <= 0) continue;
          const fromBytes = physical * blockBytes;
          let atBytes = start;
          for await (const bytes of readPieces(
            reader.source,
            { fromBytes, toBytes: fromBytes + lengthBytes },
            signal,
          )) {
            yield { atBytes, bytes };
            atBytes += bytes.length;
          }
        }
      },
    };
  }

  return {
    async get(path) {
      const node = await lookUp(reader, path);
      return nodeOf(node, new Uint8Array(0));
    },
    async children(folder, from, limit) {
      if (folder.identity === null) return { nodes: [], total: 0 };
      const inode = await reader.inode(folder.identity);
      const children = await childrenOf(reader, { number: folder.identity, inode, path: folder.path });
      const nodes: ContentNode[] = [];
      for (const { number, name, path } of children.slice(from, from + limit))
        nodes.push(await nodeOf({ number, path, inode: await reader.inode(number) }, name));
      return { nodes, total: children.length };
    },
  };
}
