// Bytes as rows of sixteen with what they belong to: a hex view with annotations.
import type { MapRegion } from '../../../shared/model/image-reading.ts';
import { regionAt } from './map-cells.ts';
import { regionShade, type Shade } from './map-shades.ts';

export const ROW_BYTES = 16;

export interface HexByte {
  hex: string;
  /** The character, or a dot. */
  text: string;
  shade: Shade;
  odd: boolean;
  /** Of the `src` line before an entry's bytes. */
  isHeader: boolean;
}

export interface HexRow {
  offsetBytes: number;
  bytes: HexByte[];
  /** Regions that begin in this row, and for the first row the one that goes on in it. */
  notes: { text: string; goesOn: boolean; region: MapRegion }[];
}

/** `offsetBytes` is of the first byte in `hex`; rows begin at multiples of sixteen, so it should be one. */
export function hexRows(hex: string, offsetBytes: number, regions: readonly MapRegion[]): HexRow[] {
  const rows: HexRow[] = [];
  let last: MapRegion | null = null;
  for (let at = 0; at * 2 < hex.length; at += ROW_BYTES) {
    const row: HexRow = { offsetBytes: offsetBytes + at, bytes: [], notes: [] };
    for (let one = at; one < at + ROW_BYTES && one * 2 < hex.length; one += 1) {
      const here = offsetBytes + one;
      const region: MapRegion | null = isIn(last, here) ? last : regionAt(regions, here);
      if (region !== null && region !== last)
        row.notes.push({ text: region.label, goesOn: region.offsetBytes < here, region });
      last = region;
      row.bytes.push(byteOf(hex.slice(one * 2, one * 2 + 2), here, region));
    }
    rows.push(row);
  }
  return rows;
}

function isIn(region: MapRegion | null, at: number): boolean {
  return region !== null && at >= region.offsetBytes && at < region.offsetBytes + region.lengthBytes;
}

function byteOf(hex: string, at: number, region: MapRegion | null): HexByte {
  const code = Number.parseInt(hex, 16);
  return {
    hex,
    text: code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·',
    shade: region === null ? 'empty' : regionShade(region),
    odd: region !== null && region.index % 2 === 1,
    isHeader: region !== null && at < region.offsetBytes + region.headerBytes,
  };
}

/** A place as people write it: decimal, with spaces or not, or hexadecimal with 0x; null for anything else or beyond the end. */
export function parseOffset(text: string, sizeBytes: number): number | null {
  const plain = text.replace(/[\s_]/g, '');
  if (!/^(?:0x[0-9a-f]{1,13}|\d{1,16})$/i.test(plain)) return null;
  const value = Number(plain);
  return value < sizeBytes ? value : null;
}

/** 0x000015a0, with as many digits as the image needs. */
export function formatOffset(offsetBytes: number, sizeBytes: number): string {
  const digits = Math.max(6, (sizeBytes - 1).toString(16).length);
  return offsetBytes.toString(16).padStart(digits, '0');
}
