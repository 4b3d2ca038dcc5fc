// Reads a boot image with nothing of src/: the other opinion on what an image holds.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

export interface PlainImage {
  bootSector: Buffer;
  stage2: string;
  /** Between stage2 and the stream. */
  padding: Buffer;
  streamOffset: number;
  /** In the order of the image; `sha256` of the payload. */
  entries: { path: string; sizeBytes: number; sha256: string }[];
  /** The bytes from the first line that is no `src`, up to the first NUL. */
  commands: string;
  /** Offset of the NUL that ends the stream. */
  streamEnd: number;
  sizeBytes: number;
  /** All of it up to `limit` bytes. */
  bytes: Buffer;
}

/** `streamSector`: where the stream starts. */
export async function readPlainImage(
  path: string,
  streamSector: number,
  limit = 64 * 1024 * 1024,
): Promise<PlainImage> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, limit));
    await handle.read(bytes, 0, bytes.length, 0);
    const textEnd = bytes.indexOf(0, 512);
    const streamOffset = streamSector * 512;
    const entries: PlainImage['entries'] = [];
    let at = streamOffset;
    while (bytes.toString('latin1', at, at + 4) === 'src ') {
      const lineEnd = bytes.indexOf('\n', at);
      const [, count = '', name = ''] = /^src (\d+) (.*)$/s.exec(bytes.toString('latin1', at, lineEnd)) ?? [];
      const payload = bytes.subarray(lineEnd + 1, lineEnd + 1 + Number(count));
      entries.push({
        path: name,
        sizeBytes: Number(count),
        sha256: createHash('sha256').update(payload).digest('hex'),
      });
      at = lineEnd + 1 + Number(count);
    }
    const streamEnd = bytes.indexOf(0, at);
    return {
      bootSector: bytes.subarray(0, 512),
      stage2: bytes.toString('latin1', 512, textEnd),
      padding: bytes.subarray(textEnd, streamOffset),
      streamOffset,
      entries,
      commands: bytes.toString('latin1', at, streamEnd),
      streamEnd,
      sizeBytes: size,
      bytes,
    };
  } finally {
    await handle.close();
  }
}
