// What the boot check's stream holds when nobody says otherwise: small, always the same, and chosen to be awkward for a disk and a reader.
// resources/boot-check/README.md, "The stream", lists it.
import { encodeAscii } from './ascii.ts';
import type { BootCheckFile } from './boot-check.ts';
import { READ_AHEAD_BYTES, SECTOR_SIZE } from './builder-hex0.ts';
import { encodeSrcHeader } from './srcfs.ts';

const WELCOME = `This is the source stream of Seedbed's boot check. A machine that could read it to the
end, print each entry and find the right sums has what builder-hex0 needs from it.
`;

/** Looks like the stream's own lines, so that a reader that loses count is caught. */
const DECOY = 'src 5 /wrong\nwrong\nsum 1 5 00000000\n\0\0\0\0';

/** Bytes of a header that stand before the end of a 32 KiB read; the rest stands behind it. */
const HEADER_BYTES_BEFORE_SEAM = 7;

/** Entries of the stream, directories before what is in them. The same bytes with each call. */
export function defaultBootCheckEntries(): BootCheckFile[] {
  const entries: BootCheckFile[] = [
    directory('/seedbed'),
    { path: '/seedbed/welcome', bytes: encodeAscii(WELCOME) },
    directory('/seedbed/bytes'),
    { path: '/seedbed/bytes/one', bytes: Uint8Array.of(0xff) },
    { path: '/seedbed/bytes/line-feed', bytes: Uint8Array.of(0x0a) },
    { path: '/seedbed/bytes/all', bytes: Uint8Array.from({ length: 256 }, (_, index) => index) },
    { path: '/seedbed/bytes/zeros', bytes: new Uint8Array(4096) },
    { path: '/seedbed/bytes/ones', bytes: new Uint8Array(4096).fill(0xff) },
    { path: '/seedbed/bytes/decoy', bytes: encodeAscii(DECOY) },
    directory('/seedbed/sectors'),
    ...[1, 2].flatMap((sectors) =>
      [-1, 0, 1].map((more) => {
        const sizeBytes = sectors * SECTOR_SIZE + more;
        return { path: `/seedbed/sectors/${sizeBytes}`, bytes: pseudoRandomBytes(sizeBytes, sizeBytes) };
      }),
    ),
    directory('/seedbed/reads'),
    // Longer than two reads, so that one read lies wholly inside it.
    { path: '/seedbed/reads/long', bytes: pseudoRandomBytes(2 * READ_AHEAD_BYTES + 1, 1) },
  ];
  entries.push(fillUpToSeam('/seedbed/reads/fill', entries));
  entries.push({
    path: '/seedbed/reads/seam',
    bytes: encodeAscii('The line above this one came in two reads.\n'),
  });
  const folder = '/seedbed/a-long-name-for-a-folder-that-the-console-cuts-at-80-columns';
  entries.push(directory(folder), directory(`${folder}/and-another-one-below-it`));
  entries.push({ path: `${folder}/and-another-one-below-it/the-end`, bytes: encodeAscii('The end.\n') });
  return entries;
}

function directory(path: string): BootCheckFile {
  return { path, bytes: new Uint8Array() };
}

/** An entry as long as it takes for the header of the one behind it to lie across the end of a read. */
function fillUpToSeam(path: string, before: readonly BootCheckFile[]): BootCheckFile {
  const used = before.reduce((total, entry) => total + encodedBytes(entry), 0);
  // 5 digits: the filler is shorter than two reads and longer than one.
  const header = encodeSrcHeader({ path, sizeBytes: READ_AHEAD_BYTES }).length;
  const seam = (Math.ceil((used + header) / READ_AHEAD_BYTES) + 1) * READ_AHEAD_BYTES;
  return { path, bytes: pseudoRandomBytes(seam - HEADER_BYTES_BEFORE_SEAM - used - header, 2) };
}

function encodedBytes({ path, bytes }: BootCheckFile): number {
  return encodeSrcHeader({ path, sizeBytes: bytes.length }).length + bytes.length;
}

/**
 * The low bytes of a 32-bit xorshift generator (Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (14), 2003: shifts 13, 17, 5),
 * started at `seed`, which must not be 0.
 */
function pseudoRandomBytes(sizeBytes: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let state = seed >>> 0;
  for (let at = 0; at < sizeBytes; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}
