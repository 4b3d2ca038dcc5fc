// How large an image is, all disks together.
import type { ImageRecord } from './model/image.ts';

/** Bytes that are not in holes. */
export function dataBytesOf({ disks }: Pick<ImageRecord, 'disks'>): number {
  const holes = disks.flatMap(({ regions }) => regions).filter(({ name }) => name === 'hole');
  return sum(disks.map(({ dataBytes }) => dataBytes)) - sum(holes.map(({ lengthBytes }) => lengthBytes));
}

export function sizeBytesOf({ disks }: Pick<ImageRecord, 'disks'>): number {
  return sum(disks.map(({ sizeBytes }) => sizeBytes));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
