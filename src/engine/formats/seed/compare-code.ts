// Two assemblies of one program, instruction by instruction: the same names and operands, whatever sizes the assembler chose for jumps and
// constants, and whatever addresses follow from those sizes. Where one side has an instruction more, the rest is still compared.
import { formatInstruction, type Instruction, type Operand } from './i386-instruction.ts';

export interface CodeImage {
  instructions: readonly Instruction[];
  /** Everything that has an address, code and data. */
  base: number;
  bytes: Uint8Array;
}

export interface CodeComparison {
  instructions: number;
  differences: string[];
}

interface Addressed {
  instruction: Instruction;
  /** Text without addresses of this program. */
  text: string;
  /** Addresses of this program that it names. */
  addresses: number[];
}

export function compareCode(ours: CodeImage, theirs: CodeImage): CodeComparison {
  const left = ours.instructions.map((one) => addressed(one, ours));
  const right = theirs.instructions.map((one) => addressed(one, theirs));
  const pairs = alignSequences(
    left.map(({ text }) => text),
    right.map(({ text }) => text),
  );
  const differences: string[] = [];
  // Address here → address there: the first use says it, every other use has to say the same.
  const moved = new Map<number, number>();
  for (const [a, b] of pairs) {
    const [from, to] = [left[a ?? -1], right[b ?? -1]];
    if (from !== undefined && to !== undefined) moved.set(from.instruction.address, to.instruction.address);
  }
  const data = new Map<number, number>();
  for (const [a, b] of pairs) {
    const [from, to] = [left[a ?? -1], right[b ?? -1]];
    if (from === undefined || to === undefined) {
      const only = from ?? to;
      differences.push(
        `only ${from === undefined ? 'there' : 'here'}: ${only === undefined ? '' : formatInstruction(only.instruction)}`,
      );
      continue;
    }
    from.addresses.forEach((address, index) => {
      const other = to.addresses[index] ?? -1;
      const expected = moved.get(address);
      if (expected === undefined) {
        moved.set(address, other);
        data.set(address, other);
      } else if (expected !== other)
        differences.push(
          `another address: ${formatInstruction(from.instruction)} here, ${formatInstruction(to.instruction)} there`,
        );
    });
  }
  differences.push(...compareData(ours, theirs, data));
  return { instructions: left.length, differences };
}

/** What stands at addresses that both sides name, up to the next such address or instruction. */
function compareData(ours: CodeImage, theirs: CodeImage, data: ReadonlyMap<number, number>): string[] {
  const ends = ({ instructions, base, bytes }: CodeImage, named: Iterable<number>): number[] =>
    [...named, ...instructions.map(({ address }) => address), base + bytes.length].sort((a, b) => a - b);
  const [here, there] = [ends(ours, data.keys()), ends(theirs, data.values())];
  const differences: string[] = [];
  for (const [address, other] of data) {
    const length = Math.min(
      (here.find((next) => next > address) ?? address) - address,
      (there.find((next) => next > other) ?? other) - other,
    );
    const [a, b] = [slice(ours, address, length), slice(theirs, other, length)];
    if (a !== b)
      differences.push(`data at 0x${address.toString(16)}: ${shorten(a)} here, ${shorten(b)} there`);
  }
  return differences;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function slice({ bytes, base }: CodeImage, address: number, length: number): string {
  return [...bytes.subarray(Math.max(0, address - base), Math.max(0, address - base + length))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(' ');
}

function addressed(instruction: Instruction, { base, bytes }: CodeImage): Addressed {
  const [target, source] = instruction.operands;
  // `lea eax, [0x804b000]` and `mov eax, 0x804b000` do the same.
  if (
    instruction.mnemonic === 'lea' &&
    target !== undefined &&
    source?.kind === 'memory' &&
    source.base === null &&
    source.index === null
  ) {
    const value: Operand = { kind: 'immediate', width: 4, value: source.displacement >>> 0 };
    return {
      ...addressed(
        { ...instruction, mnemonic: 'mov', operands: [target, value] },
        { base, bytes, instructions: [] },
      ),
      instruction,
    };
  }
  const addresses: number[] = [];
  const inside = (value: number): boolean => value >= base && value <= base + bytes.length;
  const operands = instruction.operands.map((operand): Operand => {
    if (operand.kind === 'target') {
      addresses.push(operand.address);
      return { ...operand, address: 0 };
    }
    if (operand.kind === 'immediate') {
      const value = operand.value >>> 0;
      if (!inside(value))
        return { ...operand, value: operand.width === 4 ? operand.value | 0 : operand.value };
      addresses.push(value);
      return { ...operand, value: 0 };
    }
    if (operand.kind !== 'memory' || !inside(operand.displacement >>> 0)) return operand;
    addresses.push(operand.displacement >>> 0);
    return { ...operand, displacement: 0 };
  });
  const text = formatInstruction({ ...instruction, operands }).replace(/^sal /, 'shl ');
  return { instruction, text: `${text}${addresses.length > 0 ? ' *' : ''}`, addresses };
}

type Pair = readonly [number | null, number | null];

/** Longest common subsequence; equal ends are taken off first, so that the table stays small. */
function alignSequences(a: readonly string[], b: readonly string[]): Pair[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end += 1;
  const [rows, columns] = [a.length - start - end, b.length - start - end];
  const table = new Uint16Array((rows + 1) * (columns + 1));
  const at = (row: number, column: number): number => table[row * (columns + 1) + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1)
    for (let column = columns - 1; column >= 0; column -= 1)
      table[row * (columns + 1) + column] =
        a[start + row] === b[start + column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const pairs: Pair[] = Array.from({ length: start }, (_, index) => [index, index] as const);
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    if (row < rows && column < columns && a[start + row] === b[start + column]) {
      pairs.push([start + row, start + column]);
      row += 1;
      column += 1;
    } else if (column >= columns || (row < rows && at(row + 1, column) >= at(row, column + 1))) {
      pairs.push([start + row, null]);
      row += 1;
    } else {
      pairs.push([null, start + column]);
      column += 1;
    }
  }
  for (let index = 0; index < end; index += 1) pairs.push([a.length - end + index, b.length - end + index]);
  return pairs;
}

/** Instructions from `start` on, one behind the other; ends at `end` or where a byte is none. */
export function sweep(
  start: number,
  end: number,
  decode: (offset: number) => Instruction | null,
): Instruction[] {
  const instructions: Instruction[] = [];
  for (let offset = start; offset < end;) {
    const instruction = decode(offset);
    if (instruction === null) break;
    instructions.push(instruction);
    offset += instruction.length;
  }
  return instructions;
}
