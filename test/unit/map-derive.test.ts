// The picture of an image: its window, its cells, its bytes with notes.
import { describe, expect, it } from 'vitest';
import type { MapKind, MapRegion } from '../../src/shared/model/image-reading.ts';
import {
  contentNote,
  formatMode,
  parentPath,
  pathParts,
} from '../../src/renderer/src/derive/contents-view.ts';
import { formatOffset, hexRows, parseOffset } from '../../src/renderer/src/derive/hex-rows.ts';
import { cellsOf, dataEnd, regionAt } from '../../src/renderer/src/derive/map-cells.ts';
import { regionShade } from '../../src/renderer/src/derive/map-shades.ts';
import {
  formatWindow,
  moveWindow,
  parseWindow,
  windowAround,
  windowWith,
  zoomWindow,
} from '../../src/renderer/src/derive/map-window.ts';

function region(
  index: number,
  kind: MapKind,
  offsetBytes: number,
  lengthBytes: number,
  path = '',
): MapRegion {
  return {
    ...{ index, kind, offsetBytes, lengthBytes, label: path === '' ? kind : path },
    path: path === '' ? null : path,
    ...{ headerBytes: kind === 'entry' ? 4 : 0, sha256: null, origin: null },
  };
}
const REGIONS = [
  region(0, 'boot-sector', 0, 512),
  region(1, 'entry', 512, 10, './seed.kaem'),
  region(2, 'entry', 522, 4000, './steps/manifest'),
  region(3, 'zeros', 4522, 95_478),
];

describe('a window', () => {
  const SIZE = 100_000;
  it('comes nearer and goes farther around a byte that stays in its place', () => {
    const near = zoomWindow({ offsetBytes: 0, lengthBytes: SIZE }, 0.5, 30_000, SIZE);
    expect(near).toEqual({ offsetBytes: 15_000, lengthBytes: 50_000 });
    expect(zoomWindow(near, 2, 30_000, SIZE)).toEqual({ offsetBytes: 0, lengthBytes: SIZE });
  });
  it('stays within the image, and no nearer than its bytes can be shown', () => {
    expect(zoomWindow({ offsetBytes: 99_000, lengthBytes: 1000 }, 0.001, 99_999, SIZE)).toEqual({
      offsetBytes: 99_488,
      lengthBytes: 512,
    });
    expect(moveWindow({ offsetBytes: 90_000, lengthBytes: 8000 }, 5, SIZE).offsetBytes).toBe(92_000);
    expect(moveWindow({ offsetBytes: 100, lengthBytes: 8000 }, -1, SIZE).offsetBytes).toBe(0);
    expect(windowAround({ offsetBytes: 0, lengthBytes: 8000 }, SIZE)).toEqual({
      offsetBytes: 0,
      lengthBytes: 10_000,
    });
  });
  it('moves only when a byte is not in it', () => {
    const window = { offsetBytes: 1000, lengthBytes: 4000 };
    expect(windowWith(window, 4999, SIZE)).toBe(window);
    expect(windowWith(window, 5000, SIZE)).toEqual({ offsetBytes: 4000, lengthBytes: 4000 });
  });
  it('stands in the address as it is, and only when it fits', () => {
    const window = { offsetBytes: 7, lengthBytes: 600 };
    expect(parseWindow(formatWindow(window), SIZE)).toEqual(window);
    for (const text of [null, '', '7', '7-0', '99999-2', '-1-5', 'a-b', '1e3-5'])
      expect(parseWindow(text, SIZE), text ?? 'null').toBeNull();
  });
});

describe('cells', () => {
  it('take the shade of most of their bytes, but what is there wins over emptiness', () => {
    const cells = cellsOf(REGIONS, { offsetBytes: 0, lengthBytes: 100_000 }, 10);
    expect(cells.map(({ shade }) => shade)).toEqual(['steps', ...Array.from({ length: 9 }, () => 'empty')]);
    expect(cells[0]).toMatchObject({ regions: 4, region: { index: 2 } });
  });
  it('follow the window', () => {
    const cells = cellsOf(REGIONS, { offsetBytes: 510, lengthBytes: 16 }, 4);
    expect(cells.map(({ region: one }) => one?.index)).toEqual([0, 1, 1, 2]);
  });
  it('know where the data ends, and which region holds a byte', () => {
    expect(dataEnd(['entry', 'zeros', 'file', 'free'], 100, 390)).toBe(300);
    expect(dataEnd(['zeros'], 100, 90)).toBe(90);
    expect(regionAt(REGIONS, 521)?.index).toBe(1);
    expect(regionAt(REGIONS, 99_999)?.index).toBe(3);
    expect(regionAt(REGIONS, 100_000)).toBeNull();
  });
  it('tell files apart by where they stand', () => {
    expect(regionShade(region(0, 'entry', 0, 1, './external/distfiles/x.tar.gz'))).toBe('distfile');
    expect(regionShade(region(0, 'file', 0, 1, '/distfiles/x.tar.gz'))).toBe('distfile');
    expect(regionShade(region(0, 'file', 0, 1, '/repo/x'))).toBe('file');
    expect(regionShade(region(0, 'entry', 0, 1, './steps-guess'))).toBe('seed');
    expect(regionShade(region(0, 'inode-table', 0, 1))).toBe('structure');
  });
});

describe('the hex view', () => {
  it('names each region where it begins, and the one that goes on at its top', () => {
    const rows = hexRows('ab'.repeat(40), 496, REGIONS);
    expect(
      rows.map(({ offsetBytes, notes }) => [offsetBytes, notes.map(({ text, goesOn }) => [text, goesOn])]),
    ).toEqual([
      [496, [['boot-sector', true]]],
      [
        512,
        [
          ['./seed.kaem', false],
          ['./steps/manifest', false],
        ],
      ],
      [528, []],
    ]);
    expect(rows[1]?.bytes.map(({ isHeader }) => isHeader)).toEqual(
      Array.from({ length: 16 }, (_, at) => at < 4 || (at >= 10 && at < 14)),
    );
    expect(rows[2]?.bytes).toHaveLength(8);
  });
  it('shows letters as they are and everything else as a dot', () => {
    expect(
      hexRows('417e7f1f20', 0, [])
        .flatMap(({ bytes }) => bytes.map(({ text }) => text))
        .join(''),
    ).toBe('A~·· ');
  });
  it.each([
    ['0x1F4', 500],
    ['1 234', 1234],
    ['99999', 99_999],
    ['100000', null],
    ['-1', null],
    ['12abc', null],
    ['0x', null],
    ['', null],
  ])('goes to %j: %j', (text, offset) => {
    expect(parseOffset(text, 100_000)).toBe(offset);
  });
  it('writes offsets with as many digits as the image needs', () => {
    expect(formatOffset(255, 512)).toBe('0000ff');
    expect(formatOffset(255, 17_179_869_184)).toBe('0000000ff'.slice(-9));
  });
});

describe('contents', () => {
  it('have a way up from every folder', () => {
    expect(pathParts('/a/b').map(({ name, path }) => `${name} ${path}`)).toEqual([
      'Image /',
      'a /a',
      'b /a/b',
    ]);
    expect([parentPath('/a/b'), parentPath('/a'), parentPath('/')]).toEqual(['/a', '/', '/']);
  });
  it.each([
    [0o755, 'rwxr-xr-x'],
    [0o4755, 'rwsr-xr-x'],
    [0o1777, 'rwxrwxrwt'],
    [0o2640, 'rw-r-S---'],
  ])('show the mode %o as %s', (mode, text) => {
    expect(formatMode(mode)).toBe(text);
  });
  it('tell of a file what the image knows of it', () => {
    const known = { sizeBytes: 1, mode: null, target: null, modifiedSeconds: null, sha256: 'ab'.repeat(32) };
    expect(contentNote({ kind: 'file', ...known })).toBe('sha256 abababababab…');
    expect(contentNote({ kind: 'link', ...known, mode: 0o777, sha256: null, target: '../x' })).toBe(
      'rwxrwxrwx · → ../x',
    );
  });
});
