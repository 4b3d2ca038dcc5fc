// What the helper is told: 100 000 lines and argument vectors that nobody should have sent.
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatArguments, parseArguments, refusePoison } from '../../src/helper/arguments.ts';
import { startChunkList } from '../../src/helper/chunk-list.ts';
import { HelperError } from '../../src/helper/failure.ts';
import { listenForRequests } from '../../src/helper/input.ts';
import { type HelperArguments, parseRequest } from '../../src/helper/protocol.ts';

const HASH = 'a'.repeat(64);
const GIVEN: HelperArguments = {
  mode: 'write',
  device: '/dev/sdb',
  identity: {
    majorMinor: '8:16',
    sizeBytes: 8e9,
    diskseq: 12,
    serial: '-rf /',
    wwn: null,
    model: '$(reboot) "x" \\ é',
  },
  image: '/home/me/a b; rm -rf ~.img',
  imageBytes: 5_000_000,
  chunksSha256: HASH,
  unmount: true,
  eject: false,
};

describe('requests', () => {
  test('the five that there are', () => {
    for (const request of [
      { type: 'begin' },
      { type: 'cancel' },
      { type: 'resume', upTo: 3 },
      { type: 'zeros', from: 0, count: 2 },
      { type: 'hashes', from: 0, sha256: [HASH] },
    ])
      expect(parseRequest(JSON.stringify(request))).toEqual(request);
  });

  test('100 000 others are none, or are exactly one of them', () => {
    const word = fc.constantFrom(
      'type',
      'from',
      'count',
      'upTo',
      'sha256',
      'begin',
      'hashes',
      'zeros',
      '__proto__',
      'path',
    );
    const value = fc.oneof(
      word,
      fc.integer(),
      fc.double(),
      fc.constant(HASH),
      fc.array(fc.constant(HASH)),
      fc.jsonValue(),
    );
    const object = fc.dictionary(word, value).map((one) => JSON.stringify(one));
    const line = fc.oneof(
      object,
      fc.json(),
      fc.string(),
      object.map((text) => text.slice(1)),
    );
    let taken = 0;
    fc.assert(
      fc.property(line, (text) => {
        const request = parseRequest(text);
        if (request === null) return;
        taken += 1;
        const again = JSON.parse(text) as object;
        expect(Object.keys(again).sort()).toEqual(Object.keys(request).sort());
        expect(['begin', 'cancel', 'resume', 'zeros', 'hashes']).toContain(request.type);
      }),
      { numRuns: 100_000 },
    );
    expect(taken).toBeLessThan(50_000);
  });

  test('hashes that are too few, too many, out of order or other ones never begin', async () => {
    const listen = async (lines: unknown[]): Promise<unknown> => {
      const input = new PassThrough();
      const begun = listenForRequests(startChunkList(9_000_000), { chunksSha256: HASH }, input);
      for (const line of lines) input.write(`${JSON.stringify(line)}\n`);
      input.end();
      return begun.then(
        () => 'begun',
        (error: unknown) => (error instanceof HelperError ? error.code : error),
      );
    };
    const hashes = (from: number, count: number): object => ({
      type: 'hashes',
      from,
      sha256: Array(count).fill(HASH),
    });
    const begin = { type: 'begin' };
    for (const lines of [
      [begin],
      [hashes(0, 2), begin],
      [hashes(0, 4), begin],
      [hashes(1, 2), begin],
      [hashes(0, 2), hashes(1, 1), begin],
      [hashes(0, 3), begin],
      [{ type: 'zeros', from: 0, count: 3 }, begin],
    ])
      expect(await listen(lines)).toBe('bad-message');
    expect(await listen([hashes(0, 3)])).toBe('cancelled');
  });
});

describe('arguments', () => {
  test('odd names come through as they are', () => {
    expect(parseArguments(formatArguments(GIVEN))).toEqual(GIVEN);
  });

  test.each([
    ['a file', { device: '/home/me/disk.img' }],
    ['a way up', { device: '/dev/../etc/passwd' }],
    ['a line end in a name', { device: '/dev/sdb\n' }],
    ['a control character', { identity: { ...GIVEN.identity, serial: 'a\u001b[2J' } }],
    ['a NUL', { image: '/home/me/a\0b' }],
    ['a path that is not absolute', { image: 'a.img' }],
    ['no bytes', { imageBytes: 0 }],
    ['too many bytes', { imageBytes: 1e15 }],
    ['a hash that is none', { chunksSha256: 'A'.repeat(64) }],
    ['writing without an image', { image: null }],
    ['ejecting after a verification', { mode: 'verify' as const, unmount: false, eject: true }],
  ])('%s is refused', (_, change) => {
    expect(() => parseArguments(formatArguments({ ...GIVEN, ...change }))).toThrow(HelperError);
  });

  test('nothing may be missing, twice, or more', () => {
    const all = formatArguments(GIVEN);
    for (const index of all.keys()) {
      expect(() => parseArguments(all.filter((_one, at) => at !== index))).toThrow(HelperError);
      expect(() => parseArguments([...all, all[index] ?? ''])).toThrow(HelperError);
    }
    for (const more of ['--force=yes', '--', '-v', 'write', '--device', ''])
      expect(() => parseArguments([...all, more])).toThrow(HelperError);
  });

  test('any vector is refused, or is one that was made so', () => {
    const made = formatArguments(GIVEN);
    const vector = fc.array(fc.oneof(fc.constantFrom(...made), fc.string()), { maxLength: 16 });
    fc.assert(
      fc.property(vector, (argv) => {
        try {
          expect(formatArguments(parseArguments(argv)).sort()).toEqual([...argv].sort());
        } catch (error) {
          if (!(error instanceof HelperError)) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('variables and flags that change what is loaded are refused', () => {
    expect(() =>
      refusePoison({ PATH: '/usr/bin', SUDO_UID: '1000', LANG: 'C' }, ['--max-old-space-size=32']),
    ).not.toThrow();
    for (const name of [
      'LD_PRELOAD',
      'LD_LIBRARY_PATH',
      'NODE_OPTIONS',
      'NODE_PATH',
      'DYLD_INSERT_LIBRARIES',
      'OPENSSL_CONF',
    ])
      expect(() => refusePoison({ [name]: '' }, [])).toThrow(HelperError);
    for (const flag of ['--require=x', '--import=x', '--inspect', '--max-old-space-size=32 --inspect'])
      expect(() => refusePoison({}, [flag])).toThrow(HelperError);
  });
});
