// The hash by which names are found in an indexed directory: half MD4 over characters taken as signed, keyed by the file system.
// Source: Linux, fs/ext3/hash.c (half_md4_transform, str2hashbuf_signed, ext3fs_dirhash).

/** MD4's start, RFC 1320 section 3.3, for a key of zeros. */
const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
/** A turn takes so many bytes of the name, as 8 words. */
const TURN_BYTES = 32;
/** ext3.h, EXT3_HTREE_EOF: this hash, doubled, means the end of a directory. */
const END_OF_DIRECTORY = 0x7fffffff;

type Mix = (x: number, y: number, z: number) => number;
/** RFC 1320 section 3.4: the functions and constants of the three rounds; the order of words and the rotations are half MD4's own. */
const ROUNDS: readonly { mix: Mix; add: number; words: readonly number[]; turns: readonly number[] }[] = [
  {
    mix: (x, y, z) => z ^ (x & (y ^ z)),
    add: 0,
    words: [0, 1, 2, 3, 4, 5, 6, 7],
    turns: [3, 7, 11, 19],
  },
  {
    mix: (x, y, z) => (x & y) + ((x ^ y) & z),
    add: 0x5a827999,
    words: [1, 3, 5, 7, 0, 2, 4, 6],
    turns: [3, 5, 9, 13],
  },
  {
    mix: (x, y, z) => x ^ y ^ z,
    add: 0x6ed9eba1,
    words: [3, 7, 2, 6, 1, 5, 0, 4],
    turns: [3, 9, 11, 15],
  },
];

/** An even number below 2^32. `seed`: the 16 bytes of s_hash_seed. */
export function hashName(name: Uint8Array, seed: Uint8Array): number {
  const seedWords = new DataView(seed.buffer, seed.byteOffset, seed.byteLength);
  const state = START.map((start, index) =>
    seed.some((byte) => byte !== 0) ? seedWords.getUint32(4 * index, true) : start,
  );
  for (let at = 0; at < name.length; at += TURN_BYTES) mixIn(state, wordsOf(name, at));
  const hash = ((state[1] ?? 0) & ~1) >>> 0;
  return hash === END_OF_DIRECTORY * 2 ? (END_OF_DIRECTORY - 1) * 2 : hash;
}

/** Eight words from `at` on. What is missing is filled with the number of bytes that are left, four times. */
function wordsOf(name: Uint8Array, at: number): number[] {
  const left = name.length - at;
  const padding = left | (left << 8);
  const fill = padding | (padding << 16);
  const words = new Array<number>(TURN_BYTES / 4).fill(fill);
  const count = Math.min(left, TURN_BYTES);
  for (let index = 0; index < count; index += 1) {
    const byte = name[at + index] ?? 0;
    const signed = byte < 0x80 ? byte : byte - 0x100;
    const word = index >> 2;
    words[word] = (signed + ((words[word] ?? 0) << 8)) | 0;
  }
  return words;
}

function mixIn(state: number[], words: readonly number[]): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (const { mix, add, words: order, turns } of ROUNDS) {
    for (const [step, word] of order.entries()) {
      const sum = (a + mix(b, c, d) + (words[word] ?? 0) + add) | 0;
      const turn = turns[step % 4] ?? 0;
      const turned = (sum << turn) | (sum >>> (32 - turn));
      [a, b, c, d] = [d, turned, b, c];
    }
  }
  for (const [index, value] of [a, b, c, d].entries()) state[index] = ((state[index] ?? 0) + value) >>> 0;
}
