// The header of a 32-bit ELF file and its program headers, field by field (Tool Interface Standard, ELF 1.2, book I, figures 1-3 and 2-1),
// with what stage0's programs have there and what it means.

export interface HeaderField {
  name: string;
  offset: number;
  length: number;
  value: number;
  /** What a small static Linux program for the i386 has there; null where any value is right. */
  expected: number | null;
  meaning: string;
}

export interface ElfSegment {
  offset: number;
  address: number;
  fileSize: number;
  memorySize: number;
  flags: number;
}

export interface ElfHeader {
  fields: HeaderField[];
  entry: number;
  segments: ElfSegment[];
  /** Bytes that headers take, shared ones once. */
  headerBytes: number;
  /** Bytes that belong to both headers. */
  sharedBytes: number;
  /** Why Linux would not load it; null when it would. */
  problem: string | null;
}

const HEADER_BYTES = 52;
const SEGMENT_BYTES = 32;

const MAGIC_MEANING = 'ELF’s magic number';
/** name, offset, length, expected, meaning */
type Row = readonly [string, number, number, number | null, string];
const HEADER_ROWS: readonly Row[] = [
  ['EI_MAG0', 0, 1, 0x7f, MAGIC_MEANING],
  ['EI_MAG1', 1, 1, 0x45, `${MAGIC_MEANING}: E`],
  ['EI_MAG2', 2, 1, 0x4c, `${MAGIC_MEANING}: L`],
  ['EI_MAG3', 3, 1, 0x46, `${MAGIC_MEANING}: F`],
  ['EI_CLASS', 4, 1, 1, '32-bit'],
  ['EI_DATA', 5, 1, 1, 'little-endian'],
  ['EI_VERSION', 6, 1, 1, 'the only version there is'],
  ['EI_OSABI', 7, 1, 3, 'Linux (GNU); 3, because FreeBSD is strict'],
  ['EI_ABIVERSION', 8, 1, 0, 'no version'],
  ['EI_PAD', 9, 7, 0, 'unused, zero'],
  ['e_type', 16, 2, 2, 'a program at a fixed address'],
  ['e_machine', 18, 2, 3, 'i386'],
  ['e_version', 20, 4, 1, 'the only version there is'],
  ['e_entry', 24, 4, null, 'address of the first instruction'],
  ['e_phoff', 28, 4, null, 'where the program header is in the file'],
  ['e_shoff', 32, 4, 0, 'no section headers'],
  ['e_flags', 36, 4, 0, 'none'],
  ['e_ehsize', 40, 2, HEADER_BYTES, 'size of this header'],
  ['e_phentsize', 42, 2, SEGMENT_BYTES, 'size of a program header'],
  ['e_phnum', 44, 2, 1, 'one program header'],
  ['e_shentsize', 46, 2, 0, 'no section headers'],
  ['e_shnum', 48, 2, 0, 'no section headers'],
  ['e_shstrndx', 50, 2, 0, 'no names of sections'],
];
const SEGMENT_ROWS: readonly Row[] = [
  ['p_type', 0, 4, 1, 'load this'],
  ['p_offset', 4, 4, 0, 'from the first byte of the file'],
  ['p_vaddr', 8, 4, null, 'to this address'],
  ['p_paddr', 12, 4, null, 'physical address, not used'],
  ['p_filesz', 16, 4, null, 'so many bytes of the file'],
  ['p_memsz', 20, 4, null, 'so many bytes of memory'],
  ['p_flags', 24, 4, null, '1 execute, 2 write, 4 read'],
  ['p_align', 28, 4, 1, 'no alignment'],
];

/** Short input gives a problem, not an error. */
export function decodeElfHeader(bytes: Uint8Array): ElfHeader {
  const empty = { entry: 0, segments: [], headerBytes: 0, sharedBytes: 0 };
  if (bytes.length < HEADER_BYTES) return { ...empty, fields: [], problem: 'shorter than an ELF header' };
  const fields = HEADER_ROWS.map((row) => readField(bytes, row, 0));
  const valueOf = (name: string): number => fields.find((field) => field.name === name)?.value ?? 0;
  const start = valueOf('e_phoff');
  const magic = fields.slice(0, 4).every(({ value, expected }) => value === expected);
  if (!magic) return { ...empty, fields, problem: 'no ELF magic number' };
  if (start + SEGMENT_BYTES > bytes.length || valueOf('e_phnum') < 1)
    return { ...empty, fields, problem: 'no program header' };
  const segmentFields = SEGMENT_ROWS.map((row) => readField(bytes, row, start));
  const inSegment = (name: string): number => segmentFields.find((field) => field.name === name)?.value ?? 0;
  const sharedBytes = Math.max(0, HEADER_BYTES - start);
  const problem =
    inSegment('p_type') !== 1
      ? 'the program header is none to load'
      : valueOf('e_machine') !== 3 || valueOf('e_type') !== 2 || valueOf('e_phentsize') !== SEGMENT_BYTES
        ? 'no static program for the i386'
        : null;
  return {
    fields: [...fields, ...segmentFields],
    entry: valueOf('e_entry'),
    segments: [
      {
        offset: inSegment('p_offset'),
        address: inSegment('p_vaddr'),
        fileSize: inSegment('p_filesz'),
        memorySize: inSegment('p_memsz'),
        flags: inSegment('p_flags'),
      },
    ],
    headerBytes: HEADER_BYTES + SEGMENT_BYTES - sharedBytes,
    sharedBytes,
    problem,
  };
}

function readField(bytes: Uint8Array, row: Row, start: number): HeaderField {
  const [name, offset, length, expected, meaning] = row;
  let value = 0;
  for (let index = length - 1; index >= 0; index -= 1)
    value = value * 256 + (bytes[start + offset + index] ?? 0);
  return { name, offset: start + offset, length, value, expected, meaning };
}
