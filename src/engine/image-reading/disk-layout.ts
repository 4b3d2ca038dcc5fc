// What kind of disk this is: a builder-hex0 image, one with a partition table, or a bare file system; and where its ext file systems are.
// Source of the partition table: the PC's master boot record as Linux reads it (block/partitions/msdos.c): four entries of 16 bytes at 446, type at 4,
// first sector at 8, count at 12. Extended partitions are not looked into.
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import { type OpenSource, readBytes, sliceOf } from '../bytes/byte-source.ts';
import { type ExtReader, openExt } from '../ext/ext-reader.ts';
import { EXT_INCOMPAT } from '../formats/ext/super-block.ts';
import { SECTOR_SIZE } from '../formats/builder-hex0.ts';
import type { ImageHead } from '../image/image-head.ts';
import { readBootHead } from './boot-map.ts';

export interface DiskPart {
  /** 1 to 4; 0 for a file system that takes the whole disk. */
  number: number;
  type: number;
  offsetBytes: number;
  lengthBytes: number;
  /** Null for anything that is not ext2, ext3 or ext4, or is damaged: then `complaint` says how. */
  reader: ExtReader | null;
  complaint: string | null;
}

export interface DiskLayout {
  kind: 'boot' | 'disk' | 'file-system';
  /** Of a builder-hex0 image. */
  head: ImageHead | null;
  parts: DiskPart[];
}

const TABLE_OFFSET = 446;
const ENTRY_BYTES = 16;
/** builder-hex0's own entry ("Boot5trap"): it covers everything and means nothing (builder-hex0 a2781242, stage1). */
const BUILDER_HEX0_TYPE = 0xb5;

/** Throws IMAGE_UNREADABLE for what is none of them, with what speaks against each. */
export async function openDisk(source: OpenSource): Promise<DiskLayout> {
  const bare = await tryExt(source, { number: 0, type: 0, offsetBytes: 0, lengthBytes: source.sizeBytes });
  if (bare.reader !== null) return { kind: 'file-system', head: null, parts: [bare] };
  const parts: DiskPart[] = [];
  for (const part of await readPartitions(source)) parts.push(await tryExt(source, part));
  const head = await readBootHead(source).catch((error: unknown) => {
    if (isSeedbedError(error) && error.code === 'IMAGE_UNREADABLE') return error;
    throw error;
  });
  if (!(head instanceof Error)) return { kind: 'boot', head, parts };
  if (parts.length > 0) return { kind: 'disk', head: null, parts };
  if (bare.complaint !== null)
    throw new SeedbedError('CONTENT_UNREADABLE', { path: source.path, reason: bare.complaint });
  throw head;
}

type PlainPart = Omit<DiskPart, 'reader' | 'complaint'>;

async function tryExt(source: OpenSource, part: PlainPart): Promise<DiskPart> {
  try {
    const reader = await openExt(sliceOf(source, part.offsetBytes, part.lengthBytes));
    return { ...part, reader, complaint: null };
  } catch (error) {
    if (!isSeedbedError(error) || error.code !== 'CONTENT_UNREADABLE') throw error;
    const data = error.data as { reason: string };
    return { ...part, reader: null, complaint: data.reason };
  }
}

/** Partitions that lie in the disk, in the order of the table. */
async function readPartitions(source: OpenSource): Promise<PlainPart[]> {
  if (source.sizeBytes < SECTOR_SIZE) return [];
  const sector = await readBytes(source, 0, SECTOR_SIZE);
  if (sector[510] !== 0x55 || sector[511] !== 0xaa) return [];
  const view = new DataView(sector.buffer, sector.byteOffset, sector.length);
  const parts: PlainPart[] = [];
  for (let number = 1; number <= 4; number += 1) {
    const at = TABLE_OFFSET + (number - 1) * ENTRY_BYTES;
    const type = view.getUint8(at + 4);
    const offsetBytes = view.getUint32(at + 8, true) * SECTOR_SIZE;
    const wanted = view.getUint32(at + 12, true) * SECTOR_SIZE;
    const lengthBytes = Math.min(wanted, source.sizeBytes - offsetBytes);
    if (type === 0 || type === BUILDER_HEX0_TYPE || offsetBytes < SECTOR_SIZE || lengthBytes <= 0) continue;
    parts.push({ number, type, offsetBytes, lengthBytes });
  }
  return parts;
}

/** The first part with files in it. */
export function filePart({ parts }: DiskLayout): (DiskPart & { reader: ExtReader }) | null {
  for (const part of parts) if (part.reader !== null) return { ...part, reader: part.reader };
  return null;
}

/** What should be known of the other parts, and of this one. */
export function partWarnings({ parts, kind }: DiskLayout): string[] {
  const withFiles = parts.filter(({ reader }) => reader !== null);
  const replayed = withFiles.some(({ reader }) => reader !== null && reader.newer !== null);
  const recovery = withFiles.some(
    ({ reader }) =>
      reader !== null &&
      reader.newer === null &&
      (reader.superBlock.incompat & EXT_INCOMPAT.needsRecovery) !== 0,
  );
  return [
    ...parts.flatMap(({ number, complaint }) =>
      complaint === null ? [] : [`Partition ${number}: ${complaint}.`],
    ),
    ...(withFiles.length > 1 ? ['There is more than one partition with files; the first is shown.'] : []),
    ...(kind === 'boot' && withFiles.length > 0
      ? ['The disk holds a source stream too; the files of its partition are shown.']
      : []),
    ...(replayed
      ? ['The file system was not unmounted; what its journal holds is shown as if it had been.']
      : []),
    ...(recovery
      ? [
          'The file system was not unmounted, and its journal holds nothing more, or nothing that can be read.',
        ]
      : []),
  ];
}
