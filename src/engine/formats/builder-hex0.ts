// The disk layout of builder-hex0: boot sector, stage2 as hex0 text, zeros to the next sector, then the source stream.
// Source: builder-hex0 a2781242, builder-hex0-x86-stage1.hex0 and -stage2.hex0; live-bootstrap 984b8322, lib/generator.py
// (create_builder_hex0_disk_image). docs/ARCHITECTURE.md names the rules.
import { SeedbedError } from '../../shared/errors.ts';

export const SECTOR_SIZE = 512;
export const MEBIBYTE = 1024 * 1024;

/** stage2 reads its stream 64 sectors at a time (handle_syscall_read: `mov eax, 0x0040 ; num_sectors`). */
export const READ_AHEAD_BYTES = 64 * SECTOR_SIZE;

/** What stage1 hands over to: the compiled stage2 stands at 0x7E00 (stage1: `mov di, $stage2_entry`). */
const STAGE1_LOAD_ADDRESS = 0x7c00;

/** builder-hex0 README, "Limitations", and the memory map at the head of stage2. */
export const BUILDER_HEX0_LIMITS = {
  /** File slots 4 to 14335: each creation takes one for good. */
  files: 14_332,
  /** One slot of the name table, the NUL included. */
  pathBytes: 1024,
  /** An argument of a process, without its NUL; also the longest name in Fiwix's ext2. */
  nameBytes: 255,
  /** Files live in 0x54000000–0xBBFFFFFF (1 744 830 464 bytes), of which Fiwix's initrd takes 1381376 KiB (steps/jump/fiwix.sh). */
  fileAreaBytes: 1_744_830_464 - 1_381_376 * 1024,
} as const;

/** Throws STAGE1_MISFIT unless the bytes are one boot sector with the mark that a BIOS looks for. */
export function checkBootSector(stage1: Uint8Array): void {
  const misfit = (reason: string): SeedbedError =>
    new SeedbedError('STAGE1_MISFIT', { sizeBytes: stage1.length, reason });
  if (stage1.length !== SECTOR_SIZE) throw misfit(`a boot sector has ${SECTOR_SIZE} bytes`);
  if (stage1[510] !== 0x55 || stage1[511] !== 0xaa) throw misfit('it does not end in 55 AA');
}

/**
 * The sector from which an assembled stage2 reads its stream: the number in `mov dword [0x01000000], n` (C7 05 00 00 00 01 n), the
 * "stdin disk locator". The same text also holds the number for the single-stage build; which one counts is decided
 * there by comparing the kernel's own address with 0x7C00, and that branch is followed here. Null when it is not told.
 */
export function findStreamLba(stage2: Uint8Array): number | null {
  const view = new DataView(stage2.buffer, stage2.byteOffset, stage2.byteLength);
  const at = findAll(stage2, [0xc7, 0x05, 0x00, 0x00, 0x00, 0x01]).filter((p) => p + 10 <= stage2.length);
  const [first, second] = at;
  if (first === undefined || at.length > 2) return null;
  if (second === undefined) return view.getUint32(first + 6, true);
  // B8 address; 3D 0x7C00; 75 0C (jne); first; EB 0A (jmp); second
  const branches =
    first >= 12 &&
    second === first + 12 &&
    stage2[first - 12] === 0xb8 &&
    stage2[first - 7] === 0x3d &&
    stage2[first - 2] === 0x75 &&
    stage2[first - 1] === 0x0c &&
    stage2[first + 10] === 0xeb &&
    stage2[first + 11] === 0x0a &&
    view.getUint32(first - 6, true) === STAGE1_LOAD_ADDRESS;
  if (!branches) return null;
  const single = view.getUint32(first - 11, true) === STAGE1_LOAD_ADDRESS;
  return view.getUint32((single ? first : second) + 6, true);
}

function findAll(bytes: Uint8Array, pattern: readonly number[]): number[] {
  const found: number[] = [];
  const [head = 0] = pattern;
  for (let at = bytes.indexOf(head); at >= 0; at = bytes.indexOf(head, at + 1)) {
    if (pattern.every((byte, index) => bytes[at + index] === byte)) found.push(at);
  }
  return found;
}

/** Where the stream begins behind a stage2 text of `sizeBytes`: stage1 compiles up to the first NUL, so there is always one. */
export function streamLbaFor(sizeBytes: number): number {
  return 1 + Math.ceil((sizeBytes + 1) / SECTOR_SIZE);
}

/** Offset of the stream in bytes. Throws STAGE2_MISFIT when stage2 would read it from another sector than where it stands. */
export function placeStream(stage2TextBytes: number, statesLba: number | null): number {
  const needsLba = streamLbaFor(stage2TextBytes);
  if (statesLba !== needsLba)
    throw new SeedbedError('STAGE2_MISFIT', { sizeBytes: stage2TextBytes, needsLba, statesLba });
  return needsLba * SECTOR_SIZE;
}

/**
 * Where the data of an image ends: zeros to the next MiB as upstream's generator writes them, and one more MiB where fewer than 64 sectors
 * would follow the stream, since stage2's last read would go past the end of the medium and be tried again for ever.
 */
export function dataEndBytes(streamEndBytes: number): number {
  const rounded = (Math.floor(streamEndBytes / MEBIBYTE) + 1) * MEBIBYTE;
  return rounded - streamEndBytes >= READ_AHEAD_BYTES ? rounded : rounded + MEBIBYTE;
}
