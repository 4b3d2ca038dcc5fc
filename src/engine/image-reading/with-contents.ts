// The contents of a disk for a while: a source stream by ourselves, a file system by ext2fs and by ourselves.
import type { SeedbedError } from '../../shared/errors.ts';
import type { ContentReader } from '../../shared/model/image-reading.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import type { Ext2fsOptions } from '../ext/open-ext2fs.ts';
import { type Contents, openContents } from './contents.ts';
import { readByBoth, type ReadingByBoth } from './read-by-both.ts';

export interface ContentsOptions extends Ext2fsOptions {
  /** Given each CONTENT_DISPUTED: what the two readers of a file system do not agree in. May throw it. */
  onDispute: (dispute: SeedbedError) => void;
}

/** `reader` in `work` tells who has read until then; null for a stream. Throws what `work` does, IMAGE_UNREADABLE, CONTENT_UNREADABLE, CANCELLED. */
export async function withContents<T>(
  source: OpenSource,
  { onDispute, ...options }: ContentsOptions,
  work: (contents: Contents, reader: () => ContentReader | null) => Promise<T>,
): Promise<T> {
  const opened: ReadingByBoth[] = [];
  try {
    const contents = await openContents(source, options.signal, async (reader) => {
      const reading = await readByBoth(reader, onDispute, options);
      opened.push(reading);
      return reading;
    });
    return await work(contents, () => opened[0]?.reader() ?? null);
  } finally {
    for (const reading of opened) await reading.close();
  }
}
