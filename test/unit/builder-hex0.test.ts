// The disk layout: which sector stage2 reads from, where the stream may stand, how an image ends.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkBootSector,
  dataEndBytes,
  findStreamLba,
  placeStream,
  streamLbaFor,
} from '../../src/engine/formats/builder-hex0.ts';
import { assembleHex0 } from '../../src/engine/formats/hex0.ts';
import { stage1Text, stage2Text } from '../support/checkout-fixture.ts';
import { refusalOf } from '../support/refusals.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const bytes = (hex0: string): Uint8Array => assembleHex0(hex0);
const ONE = 'C7 05 00 00 00 01 ';
const branch = (address: string): string =>
  `90 B8 ${address} 3D 00 7C 00 00 75 0C ${ONE} 08 00 00 00 EB 0A ${ONE} AF 00 00 00 90`;

describe('findStreamLba', () => {
  test('follows the branch that a kernel at its address takes', () => {
    expect(findStreamLba(bytes(branch('00 7E 00 00')))).toBe(175);
    expect(findStreamLba(bytes(branch('00 7C 00 00')))).toBe(8);
  });

  test('takes a number that stands alone, all 32 bits of it', () => {
    expect(findStreamLba(bytes(`90 ${ONE} 01 02 03 84`))).toBe(0x84030201);
  });

  test.each([
    ['no such instruction', '90 90'],
    ['the instruction is cut off', `${ONE} AF 00 00`],
    ['two without a branch', `${ONE} 08 00 00 00 90 ${ONE} AF 00 00 00`],
    ['two at the start, so that no branch can precede them', `${ONE} 08 00 00 00 EB 0A ${ONE} AF 00 00 00`],
    ['three', `${ONE} 01 00 00 00 ${ONE} 02 00 00 00 ${ONE} 03 00 00 00`],
  ])('says nothing when %s', (_why, text) => {
    expect(findStreamLba(bytes(text))).toBeNull();
  });

  test.skipIf(checkout === undefined)(
    'upstream’s stage2 says 175, and its text ends there (needs LIVE_BOOTSTRAP_DIR)',
    () => {
      const path = join(checkout ?? '', 'builder-hex0', 'builder-hex0-x86-stage2.hex0');
      const text = readFileSync(path, 'latin1');
      expect([findStreamLba(bytes(text)), placeStream(text.length, 175)]).toEqual([175, 89_600]);
    },
  );
});

describe('where the stream stands', () => {
  test('there is always a NUL between the text and the stream, in less than one sector and a byte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200_000 }), (length) => {
        const gap = streamLbaFor(length) * 512 - (512 + length);
        expect(gap).toBeGreaterThanOrEqual(1);
        expect(gap).toBeLessThanOrEqual(512);
      }),
    );
  });

  test('a text that fills its last sector pushes the stream one further', () => {
    expect([streamLbaFor(511), streamLbaFor(512), streamLbaFor(513)]).toEqual([2, 3, 3]);
  });

  test('a stage2 that reads elsewhere is refused, with both sectors named', async () => {
    expect(await refusalOf(() => placeStream(88_615, 174))).toEqual([
      'STAGE2_MISFIT',
      { sizeBytes: 88_615, needsLba: 175, statesLba: 174 },
    ]);
    expect(await refusalOf(() => placeStream(88_615, null))).toEqual([
      'STAGE2_MISFIT',
      { sizeBytes: 88_615, needsLba: 175, statesLba: null },
    ]);
  });

  test('the stages of the tests’ own checkout fit together', () => {
    for (const lines of [1, 9, 10, 200, 1700]) {
      const text = stage2Text({ lines });
      expect(placeStream(text.length, findStreamLba(bytes(text))) % 512).toBe(0);
    }
    checkBootSector(bytes(stage1Text()));
  });
});

test('an image ends at a MiB with at least 64 zero sectors, and never more than needed for that', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 33 }), (end) => {
      const zeros = dataEndBytes(end) - end;
      expect(dataEndBytes(end) % 1_048_576).toBe(0);
      expect(zeros).toBeGreaterThanOrEqual(32_768);
      expect(zeros).toBeLessThan(1_048_576 + 32_768);
    }),
  );
  // Upstream's own rounding where that is enough: a whole MiB of zeros behind a stream that ends at one.
  expect([dataEndBytes(1_048_576), dataEndBytes(6_835_294)]).toEqual([2_097_152, 7_340_032]);
  expect([dataEndBytes(1_048_576 - 32_768), dataEndBytes(1_048_576 - 32_767)]).toEqual([
    1_048_576, 2_097_152,
  ]);
});

test.each([
  ['too short', new Uint8Array(511), 'a boot sector has 512 bytes'],
  ['too long', new Uint8Array(513), 'a boot sector has 512 bytes'],
  ['without its mark', new Uint8Array(512), 'it does not end in 55 AA'],
])('a boot sector that is %s is refused', async (_what, sector, reason) => {
  expect(await refusalOf(() => checkBootSector(sector))).toEqual([
    'STAGE1_MISFIT',
    { sizeBytes: sector.length, reason },
  ]);
});
