// Nix' base-32: how content-addressed archives name a sha256. Digits without e, o, t, u; the bits are read from the last byte backwards.
// Source: NixOS/nix, src/libutil/hash.cc (printHash32, base32Chars); the same as Guix' nix-base32 (guix/base32.scm).

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz';
const BITS_PER_DIGIT = 5;

/** Bytes in lower-case hexadecimal → Nix base-32; 32 bytes give 52 digits. */
export function formatNix32(hex: string): string {
  const bytes = parseHex(hex);
  const length = Math.ceil((bytes.length * 8) / BITS_PER_DIGIT);
  let text = '';
  for (let digit = length - 1; digit >= 0; digit -= 1) {
    const bit = digit * BITS_PER_DIGIT;
    const at = bit >> 3;
    const pair = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    text += DIGITS.charAt((pair >> (bit & 7)) & 31);
  }
  return text;
}

/** Nix base-32 → hexadecimal; null when it is not the base-32 of whole bytes. */
export function parseNix32(text: string): string | null {
  const size = Math.floor((text.length * BITS_PER_DIGIT) / 8);
  const bytes = new Uint8Array(size);
  for (let index = 0; index < text.length; index += 1) {
    const value = DIGITS.indexOf(text.charAt(index));
    if (value < 0) return null;
    const bit = (text.length - 1 - index) * BITS_PER_DIGIT;
    const at = bit >> 3;
    const pair = value << (bit & 7);
    for (const [offset, part] of [pair & 255, pair >> 8].entries()) {
      if (at + offset < size) bytes[at + offset] = (bytes[at + offset] ?? 0) | part;
      else if (part !== 0) return null;
    }
  }
  return Math.ceil((size * 8) / BITS_PER_DIGIT) === text.length ? formatHex(bytes) : null;
}

function parseHex(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

function formatHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
