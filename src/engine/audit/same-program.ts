// Two builds of one program by different tools: equal, or equal but for how the header is written and what follows from its length.
import { sameBytes } from './load-program.ts';

/** `header`: code and data are equal. `addresses`: data lie further by what the header is longer. null: they differ. */
export function compareBuilds(
  made: Uint8Array,
  bytes: Uint8Array,
): 'identical' | 'header' | 'addresses' | null {
  if (sameBytes(made, bytes)) return 'identical';
  const [a, b] = [made.subarray(headerLength(made)), bytes.subarray(headerLength(bytes))];
  if (sameBytes(a, b)) return 'header';
  return sameButAddresses(a, b, headerLength(made) - headerLength(bytes)) ? 'addresses' : null;
}

export const SAME_TEXTS = {
  identical: 'every byte',
  header: 'code and data identical; the header is written otherwise',
  addresses: 'identical but for addresses: its header has another length, so data lie further by as much',
} as const;

/** Of an ELF program: e_phoff and one program header. */
export function headerLength(bytes: Uint8Array): number {
  return (bytes[28] ?? 0) + ((bytes[29] ?? 0) << 8) + 32;
}

/** Bytes are equal, or are of an address that lies further by `moved`. */
function sameButAddresses(a: Uint8Array, b: Uint8Array, moved: number): boolean {
  if (a.length !== b.length || moved === 0) return false;
  const word = (from: Uint8Array, at: number): number =>
    ((from[at] ?? 0) |
      ((from[at + 1] ?? 0) << 8) |
      ((from[at + 2] ?? 0) << 16) |
      ((from[at + 3] ?? 0) << 24)) >>>
    0;
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] === b[at]) continue;
    if (word(a, at) - word(b, at) !== moved) return false;
    at += 3;
  }
  return true;
}
