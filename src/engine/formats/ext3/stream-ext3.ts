// The blocks that inodes own, in the order of the disk: directories, the journal, files, each after the blocks that map it.
import { encodeMapBlocks } from './block-map.ts';
import { BLOCK_BYTES } from './ext3-layout.ts';
import type { Ext3Segment } from './ext3-entry.ts';
import type { Placed } from './place-ext3.ts';

export function* encodePlaced<Content>(
  placed: readonly Placed<Content>[],
): Generator<Ext3Segment<Content>, void, void> {
  for (const owner of placed) yield* encodeOwner(owner);
}

function* encodeOwner<Content>(owner: Placed<Content>): Generator<Ext3Segment<Content>, void, void> {
  const { extents, mapBlocks, dataBlocks, data } = owner;
  const map = encodeMapBlocks(extents, dataBlocks);
  const blocks = data.kind === 'blocks' ? data.encode()[Symbol.iterator]() : null;
  for (const { ordinal, block, count } of extents) {
    const mapped = Math.min(Math.max(mapBlocks - ordinal, 0), count);
    for (let index = 0; index < mapped; index += 1) yield* oneBlock(map, block + index);
    if (blocks !== null) {
      for (let index = mapped; index < count; index += 1) yield* oneBlock(blocks, block + index);
    } else if (data.kind === 'content' && mapped < count) {
      const contentOffsetBytes = (ordinal + mapped - mapBlocks) * BLOCK_BYTES;
      yield {
        kind: 'content',
        offsetBytes: (block + mapped) * BLOCK_BYTES,
        content: data.content,
        contentOffsetBytes,
        lengthBytes: Math.min((count - mapped) * BLOCK_BYTES, data.sizeBytes - contentOffsetBytes),
      };
    }
  }
}

function* oneBlock(blocks: Iterator<Uint8Array>, block: number): Generator<Ext3Segment<never>, void, void> {
  const next = blocks.next();
  if (next.done !== true) yield { kind: 'bytes', offsetBytes: block * BLOCK_BYTES, bytes: next.value };
}
