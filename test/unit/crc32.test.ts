// CRC-32 against zlib and the published check value.
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32, formatCrc32 } from '../../src/engine/formats/crc32.ts';

describe('crc32', () => {
  test('gives the published check value for "123456789"', () => {
    expect(formatCrc32(crc32(new TextEncoder().encode('123456789')))).toBe('cbf43926');
  });

  test('of nothing is zero, written with all eight digits', () => {
    expect(formatCrc32(crc32(new Uint8Array()))).toBe('00000000');
  });

  test('agrees with zlib on any bytes, cut anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(2000), (bytes, cut) => {
        const first = bytes.subarray(0, cut);
        const rest = bytes.subarray(cut);
        expect(crc32(rest, crc32(first))).toBe(zlibCrc32(bytes));
      }),
    );
  });
});
