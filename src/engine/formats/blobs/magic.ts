// What the first bytes of a file say that it is. Numbers: each format's own specification, as file(1)'s magic lists them.

const MAGICS: readonly (readonly [kind: string, offset: number, bytes: string])[] = [
  ['gzip', 0, '1f8b'],
  ['xz', 0, 'fd377a585a00'],
  ['bzip2', 0, '425a68'],
  ['lzma', 0, '5d0000'],
  ['compress', 0, '1f9d'],
  ['zip', 0, '504b0304'],
  ['zstd', 0, '28b52ffd'],
  ['tar', 257, '7573746172'],
  ['ELF program', 0, '7f454c46'],
  ['Windows or UEFI program', 0, '4d5a'],
  ['ar archive', 0, '213c617263683e0a'],
  ['Mach-O program', 0, 'feedface'],
  ['Mach-O program', 0, 'cefaedfe'],
  ['Mach-O program', 0, 'cffaedfe'],
  ['Java class', 0, 'cafebabe'],
  ['WebAssembly', 0, '0061736d'],
  ['gettext catalogue', 0, 'de120495'],
  ['gettext catalogue', 0, '950412de'],
  ['Emacs byte code', 0, '3b454c43'],
  ['PNG picture', 0, '89504e47'],
  ['GIF picture', 0, '474946383961'],
  ['GIF picture', 0, '474946383761'],
  ['JPEG picture', 0, 'ffd8ff'],
  ['PDF', 0, '25504446'],
  ['icon', 0, '00000100'],
  ['boot sector', 510, '55aa'],
];

/** Bytes from the beginning that `magicOf` looks at. */
export const MAGIC_BYTES = 512;

/** Null when they say nothing. */
export function magicOf(start: Uint8Array): string | null {
  for (const [kind, offset, digits] of MAGICS) if (matches(start, offset, digits)) return kind;
  // Python: a version and CR LF (CPython, Lib/importlib/_bootstrap_external.py, MAGIC_NUMBER).
  return start[2] === 0x0d && start[3] === 0x0a ? 'Python byte code' : null;
}

function matches(start: Uint8Array, offset: number, digits: string): boolean {
  if (start.length < offset + digits.length / 2) return false;
  for (let index = 0; index < digits.length; index += 2)
    if (start[offset + index / 2] !== Number.parseInt(digits.slice(index, index + 2), 16)) return false;
  return true;
}
