// The boot check's disk: Seedbed's own payload in builder-hex0's layout. Source of truth: resources/boot-check (README.md, stage1.hex0,
// stage2.hex0); the layout itself: builder-hex0.ts.
import { SeedbedError } from '../../shared/errors.ts';
import type { BootCheckEntry } from '../../shared/model/console.ts';
import type { Region } from '../../shared/model/image.ts';
import { encodeAscii } from './ascii.ts';
import { checkBootSector, dataEndBytes, SECTOR_SIZE, streamLbaFor } from './builder-hex0.ts';
import { crc32, formatCrc32 } from './crc32.ts';
import { assembleHex0 } from './hex0.ts';
import { encodeSrcHeader } from './srcfs.ts';

/** What goes into the stream. No bytes make a directory, as in builder-hex0. */
export interface BootCheckFile {
  path: string;
  bytes: Uint8Array;
}

export interface BootCheckImage {
  bytes: Uint8Array;
  /** In order and without gaps, from 0 to the end of `bytes`; both numbers in bytes. */
  regions: { name: Region['name']; offset: number; length: number }[];
  /** What the boot check must print for each entry, in this order. */
  expected: BootCheckEntry[];
}

/** stage2.hex0, `size_digit`: at most 8 digits. */
const MAX_ENTRY_BYTES = 99_999_999;
/** stage2.hex0, `path_character`: room for 1023 characters. */
const MAX_PATH_LENGTH = 1023;
/** stage1.hex0, `made`: all 16-bit words of stage2 add up to this number. */
const STAGE2_SUM = 0x5eed;

/**
 * The stream with its `sum` line, without the NULs behind it. Throws SRCFS_NAME_REFUSED for a path that stage2 would not take,
 * SRCFS_BUDGET_EXCEEDED for an entry of 100 million bytes or more.
 */
export function encodeBootCheckStream(entries: readonly BootCheckFile[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let payloadBytes = 0;
  let sum = 0;
  for (const { path, bytes } of entries) {
    checkEntry(path, bytes.length);
    const header = encodeSrcHeader({ path, sizeBytes: bytes.length });
    sum = crc32(bytes, crc32(header, sum));
    payloadBytes += bytes.length;
    pieces.push(header, bytes);
  }
  pieces.push(encodeAscii(`sum ${entries.length} ${payloadBytes} ${formatCrc32(sum)}\n`));
  return concatenate(pieces);
}

/**
 * The whole disk: boot sector, stage2's text, NULs to the next sector (at least one), the stream, and zeros to the next MiB (at least
 * 64 sectors, since stage2 reads as many at a time). Throws HEX0_INVALID for bad text, BUG for stages that could not boot.
 */
export function encodeBootCheckImage(parts: {
  stage1Text: string;
  stage2Text: string;
  entries: readonly BootCheckFile[];
}): BootCheckImage {
  const stage1 = assembleHex0(parts.stage1Text, { fileName: 'stage1.hex0' });
  checkBootSector(stage1);
  const stage2 = encodeStage2(parts.stage2Text);
  const stream = encodeBootCheckStream(parts.entries);

  const stage2End = SECTOR_SIZE + stage2.length;
  const streamStart = streamLbaFor(stage2.length) * SECTOR_SIZE;
  const streamEnd = streamStart + stream.length;
  const end = dataEndBytes(streamEnd);
  const bytes = new Uint8Array(end);
  bytes.set(stage1, 0);
  bytes.set(stage2, SECTOR_SIZE);
  bytes.set(stream, streamStart);
  return {
    bytes,
    regions: [
      { name: 'boot-sector', offset: 0, length: SECTOR_SIZE },
      { name: 'stage2', offset: SECTOR_SIZE, length: stage2.length },
      { name: 'padding', offset: stage2End, length: streamStart - stage2End },
      { name: 'stream', offset: streamStart, length: stream.length },
      { name: 'zeros', offset: streamEnd, length: end - streamEnd },
    ],
    expected: parts.entries.map(describeEntry),
  };
}

export function describeEntry({ path, bytes }: BootCheckFile): BootCheckEntry {
  return { path, sizeBytes: bytes.length, crc32: formatCrc32(crc32(bytes)) };
}

/** The text as it goes onto the disk, where stage1 assembles it: up to the first NUL, and only if its words have the right sum. */
function encodeStage2(text: string): Uint8Array {
  if (/[^\n\r\t -~]/.test(text)) throw bug('stage2.hex0 holds a character that is not plain ASCII text');
  const code = assembleHex0(text, { fileName: 'stage2.hex0' });
  if (code.length === 0 || code.length % 2 !== 0) throw bug(`stage2.hex0 makes ${code.length} bytes`);
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  let sum = 0;
  for (let at = 0; at < code.length; at += 2) sum = (sum + view.getUint16(at, true)) & 0xffff;
  if (sum !== STAGE2_SUM)
    throw bug(`the words of stage2.hex0 add up to 0x${sum.toString(16)}, not 0x${STAGE2_SUM.toString(16)}`);
  return encodeAscii(text);
}

function checkEntry(path: string, sizeBytes: number): void {
  const refused = (reason: string): SeedbedError => new SeedbedError('SRCFS_NAME_REFUSED', { path, reason });
  if (path === '' || path.length > MAX_PATH_LENGTH)
    throw refused(`a path has 1 to ${MAX_PATH_LENGTH} characters`);
  if (/[^!-~]/.test(path)) throw refused('it holds a space, a control character or one outside ASCII');
  if (sizeBytes > MAX_ENTRY_BYTES)
    throw new SeedbedError('SRCFS_BUDGET_EXCEEDED', {
      what: `the size of ${path}`,
      actual: sizeBytes,
      limit: MAX_ENTRY_BYTES,
      unit: 'bytes',
    });
}

function bug(reason: string): SeedbedError {
  return new SeedbedError('BUG', { reason });
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
