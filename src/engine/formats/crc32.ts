// CRC-32 as in IEEE 802.3, zip and zlib: reflected polynomial 0xEDB88320, start and final exclusive-or 0xFFFFFFFF (RFC 1952 section 8).

const POLYNOMIAL = 0xedb88320;
const TABLE = table();

function table(): Uint32Array {
  const entries = new Uint32Array(256);
  for (let index = 0; index < 256; index += 1) {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    entries[index] = value;
  }
  return entries;
}

/** CRC-32 of bytes as an unsigned number; `previous` continues the sum of the bytes before them. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let sum = ~previous;
  for (const byte of bytes) sum = (sum >>> 8) ^ (TABLE[(sum ^ byte) & 0xff] ?? 0);
  return ~sum >>> 0;
}

/** As the boot check prints it: 8 lower-case hexadecimal digits. */
export function formatCrc32(sum: number): string {
  return (sum >>> 0).toString(16).padStart(8, '0');
}
