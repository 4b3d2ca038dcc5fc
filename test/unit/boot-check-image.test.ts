// The boot check's disk: layout, stream, what it must print, and what is refused.
import { readFileSync } from 'node:fs';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BootCheckFile,
  encodeBootCheckImage,
  encodeBootCheckStream,
} from '../../src/engine/formats/boot-check.ts';
import { defaultBootCheckEntries } from '../../src/engine/formats/boot-check-entries.ts';
import { isSeedbedError } from '../../src/shared/errors.ts';

const stage = (name: string): string =>
  readFileSync(new URL(`../../resources/boot-check/${name}.hex0`, import.meta.url), 'utf8');
const stages = { stage1Text: stage('stage1'), stage2Text: stage('stage2') };
const hex = (sum: number): string => sum.toString(16).padStart(8, '0');
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isSeedbedError(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

/** Reads a stream the plain way, with nothing of the code under test. */
function readStream(stream: Uint8Array): { entries: BootCheckFile[]; sumLine: string; before: Uint8Array } {
  const entries: BootCheckFile[] = [];
  for (let at = 0; ;) {
    const end = stream.indexOf(0x0a, at);
    const line = latin1(stream.subarray(at, end));
    const [, size, path] = /^src (0|[1-9]\d*) (\S+)$/.exec(line) ?? [];
    if (size === undefined || path === undefined) {
      expect(end).toBe(stream.length - 1);
      return { entries, sumLine: line, before: stream.subarray(0, at) };
    }
    at = end + 1 + Number(size);
    entries.push({ path, bytes: stream.slice(end + 1, at) });
  }
}

describe('encodeBootCheckStream', () => {
  test('holds any entries, and a line with their number, their bytes and the sum of all before it', () => {
    const path = fc.stringMatching(/^[!-~]{1,60}$/);
    const files = fc.array(fc.record({ path, bytes: fc.uint8Array({ maxLength: 300 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(files, (entries) => {
        const { entries: seen, sumLine, before } = readStream(encodeBootCheckStream(entries));
        const payload = entries.reduce((total, { bytes }) => total + bytes.length, 0);
        expect(seen).toEqual(entries);
        expect(sumLine).toBe(`sum ${entries.length} ${payload} ${hex(zlibCrc32(before))}`);
      }),
    );
  });

  test('refuses what stage2 would not take', () => {
    const encode = (path: string, bytes = new Uint8Array()) =>
      codeOf(() => encodeBootCheckStream([{ path, bytes }]));
    expect([
      encode(''),
      encode('/a b'),
      encode('/a\n'),
      encode('/é'),
      encode('/\u007f'),
      encode(`/${'x'.repeat(1023)}`),
      encode(`/${'x'.repeat(1022)}`),
      encode('/big', new Uint8Array(100_000_000)),
    ]).toEqual([...Array<string>(6).fill('SRCFS_NAME_REFUSED'), 'accepted', 'SRCFS_BUDGET_EXCEEDED']);
  });
});

describe('encodeBootCheckImage', () => {
  const image = encodeBootCheckImage({ ...stages, entries: defaultBootCheckEntries() });
  const region = (name: string): Uint8Array => {
    const found = image.regions.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(name);
    return image.bytes.subarray(found.offset, found.offset + found.length);
  };

  test('is boot sector, stage2 text, NULs, stream and zeros, without gaps', () => {
    expect(image.regions.map(({ name }) => name)).toEqual([
      'boot-sector',
      'stage2',
      'padding',
      'stream',
      'zeros',
    ]);
    let at = 0;
    for (const { offset, length } of image.regions) {
      expect(offset).toBe(at);
      at += length;
    }
    expect(at).toBe(image.bytes.length);
    expect(image.bytes.length % (1024 * 1024)).toBe(0);
    expect(latin1(region('stage2'))).toBe(stages.stage2Text);
    expect(region('padding').length).toBeGreaterThan(0);
    expect(region('zeros').length).toBeGreaterThanOrEqual(64 * 512);
    expect([...region('padding'), ...region('zeros')].every((byte) => byte === 0)).toBe(true);
    expect((512 + region('stage2').length + region('padding').length) % 512).toBe(0);
  });

  test('has the boot sector that BIOSes want: mark, disk id, one active partition of type B5', () => {
    const sector = region('boot-sector');
    expect([...sector.subarray(510)]).toEqual([0x55, 0xaa]);
    expect(sector.subarray(0x1b8, 0x1bc).every((byte) => byte !== 0)).toBe(true);
    expect(Buffer.from(sector.subarray(0x1be, 0x1ce)).toString('hex')).toBe(
      '80000200b5ffffff01000000ffffffff',
    );
    expect(sector.subarray(0x1ce, 510).every((byte) => byte === 0)).toBe(true);
  });

  test.each([
    ['fills its last sector: a whole sector of NULs follows', 512],
    ['leaves one byte of its last sector: one NUL follows', 1],
  ])('a stage2 text that %s', (_, nuls) => {
    const length = stages.stage2Text.length;
    const target = Math.ceil((length + 2) / 512) * 512 - (nuls === 512 ? 0 : nuls);
    const stage2Text = `${stages.stage2Text}#${'x'.repeat(target - length - 2)}\n`;
    const { regions } = encodeBootCheckImage({ ...stages, stage2Text, entries: [] });
    expect(regions[2]).toEqual({ name: 'padding', offset: 512 + target, length: nuls });
    expect(regions[3]?.offset).toBe(512 + target + nuls);
  });

  test.each([
    [1024 * 1024 - 64 * 512, 1],
    [1024 * 1024 - 64 * 512 + 1, 2],
  ])('a stream that ends at byte %i gives %i MiB: 64 sectors of zeros stay', (streamEnd, mebibytes) => {
    const empty = encodeBootCheckImage({
      ...stages,
      entries: [{ path: '/x', bytes: new Uint8Array(500_000) }],
    });
    const [, , , stream] = empty.regions;
    if (stream === undefined) throw new Error('no stream');
    const bytes = new Uint8Array(500_000 + streamEnd - stream.offset - stream.length);
    const { bytes: whole, regions } = encodeBootCheckImage({ ...stages, entries: [{ path: '/x', bytes }] });
    expect([regions[4]?.offset, whole.length]).toEqual([streamEnd, mebibytes * 1024 * 1024]);
  });

  test('expects what zlib says of each entry', () => {
    const entries = defaultBootCheckEntries();
    expect(image.expected).toEqual(
      entries.map(({ path, bytes }) => ({ path, sizeBytes: bytes.length, crc32: hex(zlibCrc32(bytes)) })),
    );
  });

  test('is the same with each call', () => {
    const again = encodeBootCheckImage({ ...stages, entries: defaultBootCheckEntries() });
    expect(Buffer.from(again.bytes).equals(image.bytes)).toBe(true);
  });

  test('refuses stages that could not boot', () => {
    const refusal = (change: Partial<typeof stages>) =>
      codeOf(() => encodeBootCheckImage({ ...stages, ...change, entries: [] }));
    expect([
      refusal({ stage1Text: `${stages.stage1Text}00` }),
      refusal({ stage1Text: stages.stage1Text.replace('\n55 AA ', '\n55 AB ') }),
      refusal({ stage1Text: stages.stage1Text.replace('\n55 AA ', '\n55 A ') }),
      refusal({ stage2Text: stages.stage2Text.replace('\nCD 80 ', '\nCD 81 ') }),
      refusal({ stage2Text: `${stages.stage2Text}00` }),
      refusal({ stage2Text: '# only words\n' }),
      refusal({ stage2Text: `# é\n${stages.stage2Text}` }),
      refusal({ stage2Text: `# \0\n${stages.stage2Text}` }),
    ]).toEqual(['STAGE1_MISFIT', 'STAGE1_MISFIT', 'HEX0_INVALID', ...Array<string>(5).fill('BUG')]);
  });
});

describe('defaultBootCheckEntries', () => {
  const entries = defaultBootCheckEntries();

  test('names each directory before what is in it, and each path once', () => {
    const seen = new Map([['', 0]]);
    for (const { path, bytes } of entries) {
      expect(seen.get(path.slice(0, path.lastIndexOf('/')))).toBe(0);
      expect(seen.has(path)).toBe(false);
      seen.set(path, bytes.length);
    }
  });

  test('holds every byte value, sizes around a sector, data over whole reads and a header cut by one', () => {
    const stream = encodeBootCheckStream(entries);
    const sizes = entries.map(({ bytes }) => bytes.length);
    expect(sizes).toEqual(expect.arrayContaining([0, 1, 256, 511, 512, 513, 1023, 1024, 1025]));
    expect(Math.max(...sizes)).toBeGreaterThanOrEqual(64 * 1024);
    const seam = latin1(stream).indexOf('src 43 /seedbed/reads/seam\n');
    expect(seam).toBeGreaterThan(0);
    expect(seam % 32768).toBe(32768 - 7);
    expect(entries.some(({ bytes }) => new Set(bytes).size === 256)).toBe(true);
  });

  test('stays small: it is read by every probe', () => {
    expect(encodeBootCheckStream(entries).length).toBeLessThan(256 * 1024);
  });
});
