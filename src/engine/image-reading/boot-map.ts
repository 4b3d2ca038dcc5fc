// The regions of a builder-hex0 image, read from its bytes alone, whoever made it.
import { SeedbedError } from '../../shared/errors.ts';
import { plainText } from '../../shared/terminal-text.ts';
import type { ByteSource, OpenSource } from '../bytes/byte-source.ts';
import { readBytes } from '../bytes/byte-source.ts';
import { openRangeThreads } from '../bytes/range-threads.ts';
import { dataEndBytes, SECTOR_SIZE } from '../formats/builder-hex0.ts';
import { decodeImageHead, type ImageHead, LONGEST_HEAD_BYTES } from '../image/image-head.ts';
import type { JobContext } from '../jobs.ts';
import { coverRange, type DraftRegion, plainRegion } from './disk-map.ts';
import { type ScannedEntry, type ScannedStream, scanStream } from './scan-stream.ts';

/** Throws IMAGE_UNREADABLE for what is no image of builder-hex0 or of the boot check. */
export async function readBootHead(source: ByteSource): Promise<ImageHead> {
  const head = await readBytes(source, 0, Math.min(source.sizeBytes, LONGEST_HEAD_BYTES));
  return decodeImageHead(head, source.path);
}

export interface BootMap {
  stream: ScannedStream;
  /** sha256 of each entry's bytes, in the stream's order. */
  entrySha256: string[];
  /** [0, hashedBytes) of the image. */
  sha256: string;
  hashedBytes: number;
  /** They cover [0, hashedBytes). */
  regions: DraftRegion[];
  warnings: string[];
}

/** Throws IMAGE_UNREADABLE, FILE_CHANGED, CANCELLED. */
export async function mapBootImage(
  source: OpenSource,
  head: ImageHead,
  { signal, report }: Partial<JobContext>,
): Promise<BootMap> {
  const streamAt = head.streamLba * SECTOR_SIZE;
  const stream = await scanStream(source, streamAt, signal);
  if (stream.entries.length === 0)
    throw new SeedbedError('IMAGE_UNREADABLE', { path: source.path, reason: 'its source stream is empty' });
  const hashedBytes = Math.min(source.sizeBytes, dataEndBytes(stream.endBytes));
  const draft = draftRegions(head, stream, hashedBytes);
  report?.({ step: 'hash', label: 'Hashing the image', done: 0, total: hashedBytes, unit: 'bytes' });
  const threads = openRangeThreads(source, signal);
  try {
    const payload = stream.entries.map(({ payloadAtBytes, endBytes }) => ({
      fromBytes: payloadAtBytes,
      toBytes: endBytes,
    }));
    const [[sha256 = ''], entrySha256, plain] = await Promise.all([
      threads.hashes([{ fromBytes: 0, toBytes: hashedBytes }]),
      threads.hashes(payload),
      threads.hashes(draft.filter(isHashed).map(rangeOf)),
    ]);
    const hashes = [...plain];
    const claims = [
      ...draft.map((region) => (isHashed(region) ? { ...region, sha256: hashes.shift() ?? null } : region)),
      ...stream.entries.map((entry, index) => entryRegion(entry, entrySha256[index] ?? null)),
    ];
    // Commands between entries, which nobody writes, are what is left over.
    const { regions } = coverRange(claims, { fromBytes: 0, toBytes: hashedBytes }, (offset, length) =>
      plainRegion('commands', offset, length, 'commands'),
    );
    return {
      stream,
      entrySha256,
      sha256,
      hashedBytes,
      regions,
      warnings: [
        ...head.warnings,
        ...(stream.failure === null
          ? []
          : [`The source stream cannot be read to its end: ${stream.failure}.`]),
      ],
    };
  } finally {
    await threads.close();
  }
}

/** All regions but the entries. */
function draftRegions(head: ImageHead, stream: ScannedStream, hashedBytes: number): DraftRegion[] {
  const streamAt = head.streamLba * SECTOR_SIZE;
  const entriesEnd = stream.entries.at(-1)?.endBytes ?? streamAt;
  const textEnd = SECTOR_SIZE + head.stage2Bytes;
  const count = stream.commands.length;
  return [
    plainRegion('boot-sector', 0, SECTOR_SIZE, 'boot sector (stage1)'),
    plainRegion('stage2', SECTOR_SIZE, head.stage2Bytes, 'stage2, hex0 text'),
    plainRegion('padding', textEnd, streamAt - textEnd, 'zeros up to the source stream'),
    plainRegion('commands', entriesEnd, stream.endBytes - entriesEnd, `${count} commands`),
    plainRegion('zeros', stream.endBytes, hashedBytes - stream.endBytes, 'zeros behind the stream'),
  ].filter(({ lengthBytes }) => lengthBytes > 0);
}

function entryRegion(entry: ScannedEntry, sha256: string | null): DraftRegion {
  const { path, sizeBytes, headerAtBytes, payloadAtBytes, endBytes } = entry;
  const shown = plainText(path);
  return {
    kind: 'entry',
    offsetBytes: headerAtBytes,
    lengthBytes: endBytes - headerAtBytes,
    label: shown,
    path: shown,
    headerBytes: payloadAtBytes - headerAtBytes,
    sha256: sizeBytes === 0 ? null : sha256,
  };
}

function isHashed({ kind }: DraftRegion): boolean {
  return kind === 'boot-sector' || kind === 'stage2' || kind === 'commands';
}

function rangeOf({ offsetBytes, lengthBytes }: DraftRegion): { fromBytes: number; toBytes: number } {
  return { fromBytes: offsetBytes, toBytes: offsetBytes + lengthBytes };
}
