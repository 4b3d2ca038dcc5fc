// A program's bytes beside the text that they come from: one row a line of source, with our decoder's instruction, upstream's comment and
// whether the two agree. The bytes are the program's own, so that a program that is not what its text says shows it.
import { type Agreement, claimOfMacro, compareClaim, readComment } from './comment-claim.ts';
import { decodeElfHeader } from './elf-header.ts';
import type { HexLine } from './hex-text.ts';
import { type CodeBits, decodeInstruction } from './i386-decode.ts';
import { formatInstruction, type Instruction } from './i386-instruction.ts';

export interface SourceText {
  file: string;
  text: string;
  /** Lines of the whole, put together from several files, that stand before this one's. */
  firstLine: number;
  style: 'stage0' | 'builder' | 'm1';
}

export interface AnnotatedRow {
  offset: number;
  length: number;
  address: number;
  kind: 'header' | 'code' | 'data';
  file: string;
  /** From 1, in that file. */
  line: number;
  instruction: Instruction | null;
  /** What upstream names it; null where it names no instruction. */
  claim: string | null;
  remark: string;
  labels: string[];
  agreement: Agreement;
  bits: CodeBits;
}

interface Line {
  offset: number;
  length: number;
  file: string;
  line: number;
  claim: string | null;
  remark: string;
  labels: string[];
}

export interface AnnotateOptions {
  bytes: Uint8Array;
  base: number;
  /** Flat programs begin in 16-bit code and change at far jumps; ELF programs are 32-bit throughout. */
  startBits: CodeBits;
  sources: readonly SourceText[];
  lines: readonly HexLine[];
}

export interface Annotated {
  rows: AnnotatedRow[];
  /** Label → addresses; names of local labels may come again. */
  labels: Map<string, number[]>;
  /** Labels whose comment names another address: `#:loop ; (0x804806E)`. */
  wrongAddresses: { label: string; line: number; claimed: number; actual: number }[];
}

/** Guesses of the mode are repeated until nothing changes, at most so often. */
const MODE_ROUNDS = 8;

export function annotate({ bytes, base, startBits, sources, lines }: AnnotateOptions): Annotated {
  const labels = new Map<string, number[]>();
  const wrongAddresses: Annotated['wrongAddresses'] = [];
  const read = readLines(sources, lines);
  for (const { labels: names, offset, line } of read)
    for (const { name, claimed } of names) {
      const address = base + offset;
      labels.set(name, [...(labels.get(name) ?? []), address]);
      if (claimed !== null && claimed !== address)
        wrongAddresses.push({ label: name, line, claimed, actual: address });
    }
  const elf = decodeElfHeader(bytes);
  const headerEnd = elf.problem === null ? elf.headerBytes : 0;
  const withBytes = read
    .filter(({ length }) => length > 0)
    .map((one) => ({ ...one, labels: one.labels.map(({ name }) => name) }));
  const modes = findModes(bytes, base, startBits, withBytes, headerEnd);
  const rows = withBytes.map((one, index): AnnotatedRow => {
    const bits = modes[index] ?? startBits;
    const kind = one.offset < headerEnd ? 'header' : one.claim === null ? 'data' : 'code';
    const whole = kind === 'code' ? decodeInstruction(bytes, one.offset, { base, bits }) : null;
    const instruction = whole?.length === one.length ? whole : null;
    const agreement: Agreement =
      kind !== 'code'
        ? 'data'
        : instruction === null
          ? 'undecoded'
          : compareClaim(one.claim ?? '', instruction, (label) => labels.get(label) ?? []);
    return { ...one, address: base + one.offset, kind, instruction, agreement, bits };
  });
  return { rows, labels, wrongAddresses };
}

type ReadLine = Omit<Line, 'labels'> & { labels: { name: string; claimed: number | null }[] };

function readLines(sources: readonly SourceText[], lines: readonly HexLine[]): ReadLine[] {
  const byLine = new Map(lines.map((one) => [one.line, one]));
  const read: ReadLine[] = [];
  let offset = 0;
  let waiting: ReadLine['labels'] = [];
  for (const { file, text, firstLine, style } of sources) {
    text.split('\n').forEach((content, index) => {
      const made = byLine.get(firstLine + index + 1);
      waiting.push(...labelsOf(content));
      if (made === undefined) return;
      const mark =
        style === 'm1'
          ? /[#;]/.exec(content.replace(/"[^"]*"|'[^']*'/g, (x) => ' '.repeat(x.length)))
          : /[#;]/.exec(content);
      const code = mark === null ? content : content.slice(0, mark.index);
      const comment = mark === null ? '' : content.slice(mark.index);
      const { claim, remark } =
        style === 'm1'
          ? { claim: claimOfMacro(code), remark: comment.replace(/^[#;\s]+/, '') }
          : readComment(comment, style);
      offset = made.offset + made.length;
      read.push({
        offset: made.offset,
        length: made.length,
        file,
        line: index + 1,
        claim,
        remark,
        labels: waiting,
      });
      waiting = [];
    });
  }
  if (waiting.length > 0)
    read.push({ offset, length: 0, file: '', line: 0, claim: null, remark: '', labels: waiting });
  return read;
}

/** `#:name ; (0x8048069)`, `# :name`, `:name`, `:a #:name`. */
function labelsOf(content: string): { name: string; claimed: number | null }[] {
  const address = /\(0x([0-9A-Fa-f]+)\)/.exec(content)?.[1];
  return [...content.matchAll(/(?:^|#)\s*:([A-Za-z_][\w$]*)/g)].map((match) => ({
    name: match[1] ?? '',
    claimed: address === undefined ? null : parseInt(address, 16),
  }));
}

/** 16- or 32-bit for each line: from line to line, changed by far jumps through a descriptor table, and set where a branch of known code leads. */
function findModes(
  bytes: Uint8Array,
  base: number,
  startBits: CodeBits,
  lines: readonly Line[],
  headerEnd: number,
): CodeBits[] {
  if (startBits === 32) return lines.map(() => 32);
  const entries = new Map<number, CodeBits>([[base + headerEnd, startBits]]);
  const exits = new Map<number, CodeBits>();
  let modes: CodeBits[] = [];
  for (let round = 0; round < MODE_ROUNDS; round += 1) {
    const before = modes.join();
    let bits = startBits as CodeBits;
    let routineBits = bits;
    let table: number | null = null;
    const farJumps = new Set<number>();
    modes = [];
    for (const { offset, length, claim, labels } of lines) {
      if (labels.length > 0) {
        bits = entries.get(base + offset) ?? bits;
        routineBits = bits;
      }
      modes.push(bits);
      if (claim === null) continue;
      const instruction = decodeInstruction(bytes, offset, { base, bits });
      if (instruction?.length !== length) continue;
      const [operand] = instruction.operands;
      if (instruction.mnemonic === 'lgdt' && operand?.kind === 'memory')
        table = readWord(bytes, operand.displacement + 2 - base);
      if (operand?.kind === 'target' && !entries.has(operand.address)) entries.set(operand.address, bits);
      // enter_16bit_real and its like return in another mode than they were called in.
      if (instruction.mnemonic.startsWith('call'))
        bits =
          exits.get(
            operand?.kind === 'far' ? operand.offset : operand?.kind === 'target' ? operand.address : -1,
          ) ?? bits;
      if (instruction.mnemonic !== 'jmp far' || operand?.kind !== 'far') continue;
      const inside = operand.offset >= base && operand.offset < base + bytes.length;
      // What follows a jump out of the program is not reached from it: it is in the mode that its routine began in.
      const after = inside ? modeBehind(bytes, base, table, operand.selector) : routineBits;
      if (after === null) continue;
      if (inside) entries.set(operand.offset, after);
      farJumps.add(modes.length - 1);
      bits = after;
    }
    if (modes.join() === before) break;
    for (const address of entries.keys()) {
      const first = lines.findIndex(({ offset }) => base + offset === address);
      const last = lines.findIndex(({ claim }, index) => index >= first && /^(ret|iret)/.test(claim ?? ''));
      const after = first < 0 ? undefined : modes[last];
      const jumps = [...farJumps].some((index) => index >= first && index < last);
      if (jumps && after !== undefined && after !== modes[first]) exits.set(address, after);
    }
  }
  return modes;
}

function modeBehind(
  bytes: Uint8Array,
  base: number,
  table: number | null,
  selector: number,
): CodeBits | null {
  return selector === 0 || table === null ? 16 : descriptorBits(bytes, table - base + selector);
}

/** Bit 22 of the upper half of a code descriptor: 32-bit (80386 Programmer's Reference Manual, figure 5-3). */
function descriptorBits(bytes: Uint8Array, offset: number): CodeBits | null {
  const flags = bytes[offset + 6];
  return flags === undefined ? null : (flags & 0x40) !== 0 ? 32 : 16;
}

function readWord(bytes: Uint8Array, offset: number): number | null {
  const view = bytes.subarray(offset, offset + 4);
  return view.length < 4 ? null : new DataView(view.buffer, view.byteOffset, 4).getUint32(0, true);
}

export function formatRow({ instruction }: AnnotatedRow): string | null {
  return instruction === null ? null : formatInstruction(instruction);
}
