import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { formatNix32, parseNix32 } from '../../src/engine/distfiles/nix32.ts';

describe('Nix base-32', () => {
  // sha256 of the empty file and of "abc", as Nix's own tests and manual write them (NixOS/nix, src/libutil-tests/hash.cc).
  it.each([
    [
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73',
    ],
    [
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      '1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s',
    ],
  ])('%s is %s', (hex, nix32) => {
    expect(formatNix32(hex)).toBe(nix32);
    expect(parseNix32(nix32)).toBe(hex);
  });

  it('comes back for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 40 }), (bytes) => {
        const hex = Buffer.from(bytes).toString('hex');
        expect(parseNix32(formatNix32(hex))).toBe(hex);
      }),
    );
  });

  it('does not use e, o, t and u, and refuses them', () => {
    expect(formatNix32('ff'.repeat(32))).not.toMatch(/[eotu]/);
    for (const text of ['e', 'oo', 't0', '0U']) expect(parseNix32(text)).toBeNull();
  });

  it('refuses a text that no bytes give', () => {
    expect(parseNix32('z'.repeat(52))).toBeNull();
    expect(parseNix32('0')).toBeNull();
  });
});
