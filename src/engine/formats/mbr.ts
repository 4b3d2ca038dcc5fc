// A master boot record with one partition for Linux: what sfdisk writes for the same table. The package mbr makes the sector; the addresses by
// cylinder, head and sector, whose bytes it would put in the wrong order, are set here. Source of the layout: Linux, include/linux/msdos_partition.h.
import MBR from 'mbr';
import { SeedbedError } from '../../shared/errors.ts';
import { SECTOR_SIZE } from './builder-hex0.ts';

/** Linux, include/linux/msdos_partition.h: LINUX_DATA_PARTITION. */
const LINUX_PARTITION = 0x83;
const TABLE_OFFSET = 0x1be;
/** In an entry: first and last sector by cylinder, head and sector. */
const FIRST_CHS_OFFSET = 1;
const LAST_CHS_OFFSET = 5;
/** The geometry that BIOSes pretend for disks of any size, and sfdisk takes. */
const HEADS = 255;
const SECTORS_PER_TRACK = 63;
/** Addresses count sectors in 32 bits. */
const MAX_SECTORS = 2 ** 32;

export interface OnePartition {
  /** Disk identifier, 32 bits. */
  signature: number;
  /** In whole sectors of 512 bytes. */
  offsetBytes: number;
  lengthBytes: number;
}

/** SECTOR_SIZE bytes. Throws INPUT_INVALID for a partition that a table cannot describe, such as one that ends behind 2 TiB. */
export function encodeMbr({ signature, offsetBytes, lengthBytes }: OnePartition): Uint8Array {
  const first = offsetBytes / SECTOR_SIZE;
  const sectors = lengthBytes / SECTOR_SIZE;
  if (!Number.isInteger(first) || !Number.isInteger(sectors) || first < 1 || sectors < 1)
    throw new SeedbedError('INPUT_INVALID', { reason: 'a partition begins and ends at whole sectors' });
  if (first + sectors > MAX_SECTORS)
    throw new SeedbedError('INPUT_INVALID', {
      reason: 'a partition table of this kind ends at 2 TiB; choose a smaller disk',
    });
  const table = new MBR.MODERN(MBR.createBuffer());
  table.signature = signature;
  const [entry] = table.partitions;
  if (entry === undefined) throw new RangeError('a table has four entries');
  entry.type = LINUX_PARTITION;
  entry.firstLBA = first;
  entry.sectors = sectors;
  // A copy: the package's is a Buffer.
  const bytes = Uint8Array.from(table.buffer);
  bytes.set(encodeChs(first), TABLE_OFFSET + FIRST_CHS_OFFSET);
  bytes.set(encodeChs(first + sectors - 1), TABLE_OFFSET + LAST_CHS_OFFSET);
  return bytes;
}

/** Head, sector with the cylinder's two high bits, the cylinder's low bits; the end of the range for what lies behind it. */
function encodeChs(sector: number): Uint8Array {
  const track = Math.floor(sector / SECTORS_PER_TRACK);
  const cylinder = Math.floor(track / HEADS);
  if (cylinder > 1023) return Uint8Array.of(0xfe, 0xff, 0xff);
  return Uint8Array.of(
    track % HEADS,
    (sector % SECTORS_PER_TRACK) + 1 + ((cylinder >> 8) << 6),
    cylinder & 0xff,
  );
}
