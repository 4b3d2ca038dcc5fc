// Machine code of the i386 to instructions, for 16- and 32-bit code. What is not in the tables of i386-opcodes.ts comes back as null: a
// decoder that guesses would hide what it does not know.
import type { Instruction, MemoryOperand, Operand, Width } from './i386-instruction.ts';
import { GROUPS, ONE_BYTE, TWO_BYTES } from './i386-opcodes.ts';

export type CodeBits = 16 | 32;

const SEGMENT_PREFIXES: Readonly<Record<number, string>> = {
  0x26: 'es',
  0x2e: 'cs',
  0x36: 'ss',
  0x3e: 'ds',
  0x64: 'fs',
  0x65: 'gs',
};
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];
/** Base and index of 16-bit addressing by the low bits of ModR/M. */
const SHORT_FORMS: readonly (readonly [number, number | null])[] = [
  [3, 6],
  [3, 7],
  [5, 6],
  [5, 7],
  [6, null],
  [7, null],
  [5, null],
  [3, null],
];
/** Longest that the processor takes. */
const LONGEST = 15;

interface Reader {
  bytes: Uint8Array;
  at: number;
  failed: boolean;
}

interface Form {
  width: 2 | 4;
  short: boolean;
  segment: string | null;
  opcode: number;
  modrm: { mod: number; reg: number; rm: number } | null;
  /** Where ModR/M names memory: decoded once, whatever operand asks. */
  memory: Omit<MemoryOperand, 'width'> | null;
}

/** The instruction at `offset` of `bytes`, which lie at `base` in memory; null where there is none that we know. */
export function decodeInstruction(
  bytes: Uint8Array,
  offset: number,
  { base = 0, bits = 32 }: { base?: number; bits?: CodeBits } = {},
): Instruction | null {
  const reader: Reader = { bytes, at: offset, failed: false };
  let repeat = '';
  let segment: string | null = null;
  let otherWidth = false;
  let otherAddress = false;
  let opcode = take(reader, 1);
  for (; reader.at - offset < LONGEST; opcode = take(reader, 1)) {
    const named = SEGMENT_PREFIXES[opcode];
    if (named !== undefined) segment = named;
    else if (opcode === 0x66) otherWidth = true;
    else if (opcode === 0x67) otherAddress = true;
    else if (opcode === 0xf2) repeat = 'repne';
    else if (opcode === 0xf3) repeat = 'rep';
    else if (opcode === 0xf0) repeat = 'lock';
    else break;
  }
  const two = opcode === 0x0f;
  if (two) opcode = take(reader, 1);
  const text = (two ? TWO_BYTES : ONE_BYTE).get(opcode);
  if (text === undefined || reader.failed) return null;
  const form: Form = {
    width: (bits === 32) !== otherWidth ? 4 : 2,
    short: (bits === 16) !== otherAddress,
    segment,
    opcode,
    modrm: null,
    memory: null,
  };
  const space = text.lastIndexOf(' ');
  const wanted = space < 0 ? [] : text.slice(space + 1).split(',');
  if (/[EGSCM]/.test(wanted.join(''))) readModRm(reader, form);
  const mnemonic = mnemonicOf(space < 0 ? text : text.slice(0, space), form);
  if (mnemonic === null) return null;
  if (mnemonic === 'test' && text.startsWith('@unary')) wanted.push(opcode === 0xf6 ? 'Ib' : 'Iv');
  const operands = wanted.map((one) => readOperand(reader, one, form));
  const length = reader.at - offset;
  if (ranOut(reader) || length > LONGEST) return null;
  const known = operands.filter((operand) => operand !== null);
  if (known.length < operands.length) return null;
  // A relative target counts from the end of the whole instruction.
  const end = base + reader.at;
  return {
    offset,
    address: base + offset,
    length,
    mnemonic,
    repeat,
    operands: known.map((operand) =>
      operand.kind === 'target' ? { ...operand, address: wrap(end + operand.address, form.width) } : operand,
    ),
    width: form.width,
  };
}

function mnemonicOf(text: string, form: Form): string | null {
  if (text.startsWith('@')) {
    const name = GROUPS[text.slice(1)]?.[form.modrm?.reg ?? 0] ?? '';
    return name === '' ? null : name;
  }
  if (text === 'jecxz') return form.short ? 'jcxz' : text;
  if (form.width === 4) return /^(pusha|popa|pushf|popf)$/.test(text) ? `${text}d` : text;
  if (text === 'cwde') return 'cbw';
  if (text === 'cdq') return 'cwd';
  return /^(movs|cmps|stos|lods|scas)d$/.test(text) ? `${text.slice(0, -1)}w` : text;
}

function readOperand(reader: Reader, wanted: string, form: Form): Operand | null {
  const { width, opcode, modrm } = form;
  const reg = modrm?.reg ?? 0;
  switch (wanted) {
    case 'Eb':
      return readRegisterOrMemory(1, form);
    case 'Ew':
      return readRegisterOrMemory(2, form);
    case 'Ev':
      return readRegisterOrMemory(width, form);
    case 'Ed':
      return modrm?.mod === 3 ? { kind: 'register', width: 4, number: modrm.rm } : null;
    case 'M':
      return form.memory === null ? null : { ...form.memory, width: 0 };
    case 'Gb':
      return { kind: 'register', width: 1, number: reg };
    case 'Gv':
      return { kind: 'register', width, number: reg };
    case 'Zb':
      return { kind: 'register', width: 1, number: opcode & 7 };
    case 'Zv':
      return { kind: 'register', width, number: opcode & 7 };
    case 'Sw':
      return SEGMENTS[reg] === undefined ? null : { kind: 'segment', name: SEGMENTS[reg] };
    case 'Cd':
      return { kind: 'control', number: reg };
    case 'Ib':
      return { kind: 'immediate', width: 1, value: take(reader, 1) };
    case 'Iw':
      return { kind: 'immediate', width: 2, value: take(reader, 2) };
    case 'Is':
      return { kind: 'immediate', width, value: (take(reader, 1) << 24) >> 24 };
    case 'Iv':
      return { kind: 'immediate', width, value: take(reader, width) };
    case 'Jb':
      return { kind: 'target', address: (take(reader, 1) << 24) >> 24 };
    case 'Jv':
      return { kind: 'target', address: signedValue(take(reader, width), width) };
    case 'Ob':
    case 'Ov':
      return direct(wanted === 'Ob' ? 1 : width, take(reader, form.short ? 2 : 4), form);
    case 'Ap': {
      const offset = take(reader, width);
      return { kind: 'far', offset, selector: take(reader, 2) };
    }
    case '1':
      return { kind: 'immediate', width: 1, value: 1 };
    case 'al':
      return { kind: 'register', width: 1, number: 0 };
    case 'cl':
      return { kind: 'register', width: 1, number: 1 };
    case 'dx':
      return { kind: 'register', width: 2, number: 2 };
    case 'eax':
      return { kind: 'register', width, number: 0 };
    default:
      return { kind: 'segment', name: wanted };
  }
}

function direct(width: Width, displacement: number, { segment, short }: Form): MemoryOperand {
  return { kind: 'memory', width, segment, base: null, index: null, scale: 1, displacement, short };
}

function readRegisterOrMemory(width: Width, { modrm, memory }: Form): Operand | null {
  if (memory !== null) return { ...memory, width };
  return modrm === null ? null : { kind: 'register', width, number: modrm.rm };
}

function readModRm(reader: Reader, form: Form): void {
  const byte = take(reader, 1);
  const mod = byte >> 6;
  const rm = byte & 7;
  form.modrm = { mod, reg: (byte >> 3) & 7, rm };
  if (mod === 3) return;
  const { segment, short } = form;
  const shared = { kind: 'memory' as const, segment, short };
  if (short) {
    const [base, index] = SHORT_FORMS[rm] ?? [3, null];
    const bare = mod === 0 && rm === 6;
    const displacement = bare ? take(reader, 2) : readDisplacement(reader, mod, 2);
    form.memory = { ...shared, base: bare ? null : base, index: bare ? null : index, scale: 1, displacement };
    return;
  }
  let base: number | null = rm;
  let index: number | null = null;
  let scale: 1 | 2 | 4 | 8 = 1;
  if (rm === 4) {
    const sib = take(reader, 1);
    scale = ([1, 2, 4, 8] as const)[(sib >> 6) as 0 | 1 | 2 | 3];
    index = ((sib >> 3) & 7) === 4 ? null : (sib >> 3) & 7;
    base = sib & 7;
  }
  if (mod === 0 && base === 5) base = null;
  const displacement = base === null ? take(reader, 4) | 0 : readDisplacement(reader, mod, 4);
  form.memory = { ...shared, base, index, scale, displacement };
}

function readDisplacement(reader: Reader, mod: number, full: 2 | 4): number {
  if (mod === 0) return 0;
  return mod === 1 ? (take(reader, 1) << 24) >> 24 : signedValue(take(reader, full), full);
}

function ranOut({ failed }: Reader): boolean {
  return failed;
}

/** Little-endian, unsigned. */
function take(reader: Reader, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index += 1) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) reader.failed = true;
    value += (byte ?? 0) * 2 ** (8 * index);
    reader.at += 1;
  }
  return value;
}

function signedValue(value: number, width: 2 | 4): number {
  return width === 4 ? value | 0 : (value << 16) >> 16;
}

function wrap(address: number, width: 2 | 4): number {
  return width === 4 ? address >>> 0 : address & 0xffff;
}
