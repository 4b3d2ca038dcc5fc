// Where operands of i386 instructions are: a register or part of one, memory, or a number in the instruction.
import type { Shifted } from './i386-arithmetic.ts';
import type { MemoryOperand, Operand } from './i386-instruction.ts';
import type { Memory } from './i386-memory.ts';

export type Place = Shifted;

interface Registers {
  registers: Int32Array;
  memory: Memory;
}

/** null for what 32-bit Linux programs do not have: segments, control registers, 16-bit addresses. */
export function placeOf(machine: Registers, operand: Operand): Place | null {
  const { registers, memory } = machine;
  if (operand.kind === 'immediate') {
    const { value } = operand;
    return { read: () => value, write: () => undefined, bits: bitsOf(operand.width) };
  }
  if (operand.kind === 'memory') {
    const { width } = operand;
    if (width === 0 || operand.segment !== null || operand.short) return null;
    const address = addressOf(machine, operand);
    return {
      read: () => memory.read(address(), width),
      write: (value) => memory.write(address(), width, value),
      bits: bitsOf(width),
    };
  }
  if (operand.kind !== 'register') return null;
  const { number, width } = operand;
  if (width === 4)
    return {
      read: () => registers[number] ?? 0,
      write: (value) => void (registers[number] = value),
      bits: 32,
    };
  const at = width === 1 ? number & 3 : number;
  const shift = width === 1 && number > 3 ? 8 : 0;
  const mask = width === 1 ? 0xff : 0xffff;
  return {
    read: () => ((registers[at] ?? 0) >>> shift) & mask,
    write: (value) =>
      void (registers[at] = ((registers[at] ?? 0) & ~(mask << shift)) | ((value & mask) << shift)),
    bits: bitsOf(width),
  };
}

export function addressOf({ registers }: Pick<Registers, 'registers'>, operand: MemoryOperand): () => number {
  const { base, index, scale, displacement } = operand;
  if (base === null && index === null) return () => displacement >>> 0;
  if (base !== null && index === null) return () => ((registers[base] ?? 0) + displacement) >>> 0;
  return () => {
    const start = base === null ? 0 : (registers[base] ?? 0);
    const offset = index === null ? 0 : Math.imul(registers[index] ?? 0, scale);
    return (start + offset + displacement) >>> 0;
  };
}

function bitsOf(width: 1 | 2 | 4): 8 | 16 | 32 {
  return width === 1 ? 8 : width === 2 ? 16 : 32;
}
