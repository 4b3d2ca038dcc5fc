// A disk that is a qcow2 layer over a raw file, as runs with checkpoints have them (run/overlay.ts), read as the machine sees it now.
// Source: QEMU docs/interop/qcow2.txt (header, L1 and L2 tables). Compressed and encrypted ones, and more than one layer, are none of ours and refused.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath } from '../os-errors.ts';
import type { OpenSource } from './byte-source.ts';
import { openSource } from './open-source.ts';
import { readBytes } from './byte-source.ts';

const MAGIC = 0x514649fb;
const HEADER_BYTES = 104;
/** Bits 9 to 55 of an L1 or L2 entry: offset of the table or of the cluster. */
const OFFSET_MASK = 0x00fffffffffffe00n;
const COMPRESSED = 1n << 62n;
/** Bit 0 of an L2 entry: all zeros, whatever the layer below has. */
const ZERO = 1n;
/** incompatible_features: bit 0 "dirty" and bit 1 "corrupt" are about reference counts, which a reader has no use for. */
const HARMLESS_FEATURES = 0x3n;
const LARGEST_L1_ENTRIES = 4_194_304;

/** A qcow2 file with its backing file in the same folder, or any other file as it is. Throws NOT_FOUND, IMAGE_UNREADABLE. */
export async function openLayeredSource(path: string): Promise<OpenSource> {
  const top = await openSource(path);
  try {
    if (top.sizeBytes < HEADER_BYTES) return top;
    const header = new DataView((await readBytes(top, 0, HEADER_BYTES)).buffer);
    return header.getUint32(0) === MAGIC ? await openLayer(top, header) : top;
  } catch (error) {
    await top.close();
    throw error;
  }
}

async function openLayer(top: OpenSource, header: DataView): Promise<OpenSource> {
  const refuse = (reason: string): SeedbedError =>
    new SeedbedError('IMAGE_UNREADABLE', { path: top.path, reason });
  const clusterBits = header.getUint32(20);
  const sizeBytes = Number(header.getBigUint64(24));
  const l1Entries = header.getUint32(36);
  const features = header.getUint32(4) >= 3 ? header.getBigUint64(72) : 0n;
  if (clusterBits < 9 || clusterBits > 21) throw refuse('its clusters have a size that no qcow2 file has');
  if (header.getUint32(32) !== 0) throw refuse('it is encrypted');
  if ((features & ~HARMLESS_FEATURES) !== 0n)
    throw refuse('it uses features of qcow2 that are not read here');
  if (l1Entries > LARGEST_L1_ENTRIES || !Number.isSafeInteger(sizeBytes)) throw refuse('it is far too large');
  const below = await openBelow(top, header, refuse);
  const clusterBytes = 2 ** clusterBits;
  const l2Entries = clusterBytes / 8;
  const l1 = await readTable(top, Number(header.getBigUint64(40)), l1Entries);
  const tables = new Map<number, BigUint64Array | null>();

  async function tableOf(index: number): Promise<BigUint64Array | null> {
    const known = tables.get(index);
    if (known !== undefined) return known;
    const offset = Number((l1[index] ?? 0n) & OFFSET_MASK);
    const table = offset === 0 ? null : await readTable(top, offset, l2Entries);
    tables.set(index, table);
    return table;
  }

  /** A stretch inside one cluster. */
  async function readPart(target: Uint8Array, at: number): Promise<void> {
    const cluster = Math.floor(at / clusterBytes);
    const entry = (await tableOf(Math.floor(cluster / l2Entries)))?.[cluster % l2Entries] ?? 0n;
    if ((entry & COMPRESSED) !== 0n) throw refuse('it is compressed');
    const offset = Number(entry & OFFSET_MASK);
    target.fill(0);
    if ((entry & ZERO) !== 0n) return;
    if (offset === 0) await below?.read(target, at);
    else await top.read(target, offset + (at % clusterBytes));
  }

  return {
    ...top,
    sizeBytes,
    async read(target, offsetBytes) {
      const length = Math.max(0, Math.min(target.length, sizeBytes - offsetBytes));
      for (let done = 0; done < length;) {
        const at = offsetBytes + done;
        const part = Math.min(length - done, clusterBytes - (at % clusterBytes));
        await readPart(target.subarray(done, done + part), at);
        done += part;
      }
      return length;
    },
    async close() {
      await below?.close();
      await top.close();
    },
  };
}

/** Only a raw file beside the layer: a layer names it, and may come from anywhere. */
async function openBelow(
  top: OpenSource,
  header: DataView,
  refuse: (reason: string) => SeedbedError,
): Promise<OpenSource | null> {
  const offset = Number(header.getBigUint64(8));
  const length = header.getUint32(16);
  if (offset === 0 || length === 0) return null;
  const name = new TextDecoder().decode(await readBytes(top, offset, Math.min(length, 1023)));
  if (basename(name) !== name || name === '..' || name === '.')
    throw refuse('the file below it is not in its own folder');
  const path = join(dirname(top.path), name);
  // No link leads out of the folder.
  const probe = await atPath(path, () =>
    open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
  );
  await probe.close();
  return openSource(path);
}

async function readTable(source: OpenSource, offset: number, entries: number): Promise<BigUint64Array> {
  const view = new DataView((await readBytes(source, offset, entries * 8)).buffer);
  return BigUint64Array.from({ length: entries }, (_, index) => view.getBigUint64(index * 8));
}
