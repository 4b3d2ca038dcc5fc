// An empty qcow2 layer over a raw file: header, one refcount table with one block, an empty L1 table, nothing else (QEMU docs/interop/qcow2.txt,
// version 3). Reads come from the file below, writes and snapshots go into the layer.
import { encodeAscii } from './ascii.ts';

/** "QFI\xfb" */
const MAGIC = 0x514649fb;
const VERSION = 3;
const CLUSTER_BITS = 16;
const CLUSTER_BYTES = 2 ** CLUSTER_BITS;
const HEADER_BYTES = 104;
/** refcount_order 4: 16 bits a refcount. */
const REFCOUNT_ORDER = 4;
const REFCOUNT_BYTES = 2;
/** Header extension "Backing file format name". */
const BACKING_FORMAT = 0xe2792aca;
/** An L2 table is one cluster of 8-byte entries, and one entry of L1 points to it. */
const BYTES_PER_L1_ENTRY = (CLUSTER_BYTES / 8) * CLUSTER_BYTES;

/** `backingName` stands relative to the layer's own folder. Throws RangeError for a size that is no whole number of sectors, or above 64 TiB. */
export function encodeQcow2Layer(sizeBytes: number, backingName: string): Uint8Array {
  if (sizeBytes <= 0 || sizeBytes % 512 !== 0 || sizeBytes > 2 ** 46)
    throw new RangeError(`no disk has ${sizeBytes} bytes`);
  const l1Entries = Math.ceil(sizeBytes / BYTES_PER_L1_ENTRY);
  const l1Clusters = Math.ceil((l1Entries * 8) / CLUSTER_BYTES);
  // Cluster 0 the header, 1 the refcount table, 2 its block, then L1.
  const clusters = 3 + l1Clusters;
  const bytes = new Uint8Array(clusters * CLUSTER_BYTES);
  const view = new DataView(bytes.buffer);
  if (/[^ -~]/.test(backingName)) throw new RangeError('the name of the file below is not plain ASCII');
  const name = encodeAscii(backingName);
  const nameAt = HEADER_BYTES + 16 + 8;
  if (name.length > 1023) throw new RangeError('the name of the file below is longer than 1023 bytes');
  view.setUint32(0, MAGIC);
  view.setUint32(4, VERSION);
  view.setBigUint64(8, BigInt(nameAt)); // backing_file_offset
  view.setUint32(16, name.length); // backing_file_size
  view.setUint32(20, CLUSTER_BITS);
  view.setBigUint64(24, BigInt(sizeBytes));
  view.setUint32(36, l1Entries); // l1_size
  view.setBigUint64(40, BigInt(3 * CLUSTER_BYTES)); // l1_table_offset
  view.setBigUint64(48, BigInt(CLUSTER_BYTES)); // refcount_table_offset
  view.setUint32(56, 1); // refcount_table_clusters
  view.setUint32(96, REFCOUNT_ORDER);
  view.setUint32(100, HEADER_BYTES);
  view.setUint32(HEADER_BYTES, BACKING_FORMAT);
  view.setUint32(HEADER_BYTES + 4, 3);
  bytes.set(encodeAscii('raw'), HEADER_BYTES + 8);
  // Behind it the end of the extensions (type and length zero), then the name.
  bytes.set(name, nameAt);
  view.setBigUint64(CLUSTER_BYTES, BigInt(2 * CLUSTER_BYTES));
  for (let cluster = 0; cluster < clusters; cluster += 1)
    view.setUint16(2 * CLUSTER_BYTES + cluster * REFCOUNT_BYTES, 1);
  return bytes;
}
