// One decoded i386 instruction and how it is written down (Intel's order: destination first).

export type Width = 1 | 2 | 4;

export interface MemoryOperand {
  kind: 'memory';
  /** What is read or written there; 0: an address only (lea) or a table. */
  width: 0 | Width;
  /** Segment of a prefix, else null. */
  segment: string | null;
  base: number | null;
  index: number | null;
  scale: 1 | 2 | 4 | 8;
  displacement: number;
  /** Addresses are made of 16-bit registers. */
  short: boolean;
}

export type Operand =
  | { kind: 'register'; width: Width; number: number }
  | { kind: 'segment'; name: string }
  | { kind: 'control'; number: number }
  | { kind: 'immediate'; width: Width; value: number }
  | { kind: 'target'; address: number }
  | { kind: 'far'; selector: number; offset: number }
  | MemoryOperand;

export interface Instruction {
  /** In the decoded bytes. */
  offset: number;
  address: number;
  length: number;
  mnemonic: string;
  /** `rep`, `repne`, `lock`, or none. */
  repeat: string;
  operands: Operand[];
  /** Width of the operation where no operand says it. */
  width: 2 | 4;
}

const NAMES: Readonly<Record<Width, readonly string[]>> = {
  1: ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'],
  2: ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'],
  4: ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'],
};
const SIZE_WORDS = { 1: 'byte', 2: 'word', 4: 'dword' } as const;

export function registerName(width: Width, number: number): string {
  return NAMES[width][number] ?? '?';
}

export function isRegisterName(name: string): boolean {
  return Object.values(NAMES).some((names) => names.includes(name)) || /^([c-g]s|es|ss|cr[0-7])$/.test(name);
}

/** `mov eax, [ebx+0x4]`. */
export function formatInstruction(instruction: Instruction): string {
  const { mnemonic, repeat, operands } = instruction;
  const sized = operands.some(({ kind }) => kind === 'register' || kind === 'segment' || kind === 'control');
  const text = operands.map((operand) => formatOperand(operand, sized)).join(', ');
  return `${repeat === '' ? '' : `${repeat} `}${mnemonic}${text === '' ? '' : ` ${text}`}`;
}

function formatOperand(operand: Operand, sized: boolean): string {
  switch (operand.kind) {
    case 'register':
      return registerName(operand.width, operand.number);
    case 'segment':
      return operand.name;
    case 'control':
      return `cr${operand.number}`;
    case 'immediate':
      return hex(operand.value);
    case 'target':
      return hex(operand.address);
    case 'far':
      return `${hex(operand.selector)}:${hex(operand.offset)}`;
    case 'memory':
      return `${sized || operand.width === 0 ? '' : `${SIZE_WORDS[operand.width]} `}${formatMemory(operand)}`;
  }
}

function formatMemory({ segment, base, index, scale, displacement, short }: MemoryOperand): string {
  const width = short ? 2 : 4;
  const parts = [
    ...(base === null ? [] : [registerName(width, base)]),
    ...(index === null ? [] : [`${registerName(width, index)}${scale === 1 ? '' : `*${scale}`}`]),
  ];
  const where =
    parts.length === 0
      ? hex(displacement >>> 0)
      : `${parts.join('+')}${displacement === 0 ? '' : signed(displacement)}`;
  return `${segment === null ? '' : `${segment}:`}[${where}]`;
}

function hex(value: number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function signed(value: number): string {
  return value < 0 ? hex(value) : `+${hex(value)}`;
}
