// What each instruction does to registers, flags and memory (Intel 80386 Programmer's Reference Manual, chapter 17), as one function an
// instruction, made once per address. Only 32-bit protected mode as Linux programs see it; anything else is null.
import { add, type Flags, flagsWord, multiply, shiftBy, subtract, takeFlags } from './i386-arithmetic.ts';
import type { Instruction, Operand } from './i386-instruction.ts';
import type { Memory } from './i386-memory.ts';
import { CONDITIONS } from './i386-opcodes.ts';
import { addressOf, type Place, placeOf } from './i386-places.ts';

export interface Machine extends Flags {
  /** eax ecx edx ebx esp ebp esi edi */
  registers: Int32Array;
  /** Address of the next instruction. */
  next: number;
  memory: Memory;
  /** `int 0x80`. */
  call: () => void;
  /** A division by zero, or one whose result has no room. */
  divideError: () => never;
}

type Operation = () => void;

const ESP = 4;

export function compileInstruction(machine: Machine, instruction: Instruction): Operation | null {
  const { mnemonic, operands, repeat } = instruction;
  if (repeat !== '') return null;
  const end = (instruction.address + instruction.length) >>> 0;
  const [first, second, third] = operands;
  const work = operationOf(machine, instruction, first, second, third, end);
  if (work === null) return null;
  if (/^(j|call|ret)/.test(mnemonic)) return work;
  return () => {
    machine.next = end;
    work();
  };
}

function operationOf(
  machine: Machine,
  { mnemonic, width }: Instruction,
  first: Operand | undefined,
  second: Operand | undefined,
  third: Operand | undefined,
  end: number,
): Operation | null {
  const { registers, memory } = machine;
  const push = (value: number): void => {
    const top = (registers[ESP] ?? 0) - 4;
    registers[ESP] = top;
    memory.write(top >>> 0, 4, value);
  };
  const pop = (): number => {
    const value = memory.read((registers[ESP] ?? 0) >>> 0, 4);
    registers[ESP] = (registers[ESP] ?? 0) + 4;
    return value;
  };
  if (mnemonic === 'nop') return () => undefined;
  if (mnemonic === 'int') {
    const number = first?.kind === 'immediate' ? first.value : 0;
    return number === 0x80 ? () => machine.call() : null;
  }
  if (mnemonic === 'pushfd') return () => push(flagsWord(machine));
  if (mnemonic === 'popfd') return () => takeFlags(machine, pop());
  if (mnemonic === 'cdq' && width === 4) return () => (registers[2] = (registers[0] ?? 0) >> 31);
  if (mnemonic === 'cwde' && width === 4) return () => (registers[0] = ((registers[0] ?? 0) << 16) >> 16);
  if (mnemonic === 'ret' && first === undefined) return () => (machine.next = pop());
  if (mnemonic.startsWith('j') || mnemonic === 'call') {
    if (first === undefined) return null;
    const indirect = first.kind === 'target' ? null : placeOf(machine, first);
    if (first.kind !== 'target' && indirect === null) return null;
    const fixed = first.kind === 'target' ? first.address : 0;
    const target = (): number => (indirect === null ? fixed : indirect.read());
    if (mnemonic === 'jmp') return () => (machine.next = target());
    if (mnemonic === 'call')
      return () => {
        const to = target();
        push(end);
        machine.next = to;
      };
    const holds = conditionOf(machine, mnemonic.slice(1));
    return holds === null ? null : () => (machine.next = holds() ? fixed : end);
  }
  const a = first === undefined ? null : placeOf(machine, first);
  const b = second === undefined ? null : placeOf(machine, second);
  if (mnemonic === 'lea' && second?.kind === 'memory') {
    const address = addressOf(machine, second);
    return a === null ? null : () => a.write(address());
  }
  if (a === null || (second !== undefined && b === null)) return null;
  if (mnemonic === 'push') return a.bits === 16 ? null : () => push(a.read());
  if (mnemonic === 'pop') return a.bits === 16 ? null : () => a.write(pop());
  if (b === null) return unaryOf(machine, mnemonic, a);
  if (mnemonic === 'imul' && third !== undefined) {
    const factor = placeOf(machine, third);
    return factor === null ? null : () => a.write(multiply(machine, b.read(), factor.read(), a.bits));
  }
  return binaryOf(machine, mnemonic, a, b);
}

function binaryOf(machine: Machine, mnemonic: string, a: Place, b: Place): Operation | null {
  const { bits } = a;
  const shift = 32 - bits;
  const logic = (value: number): number => {
    machine.carry = false;
    machine.overflow = false;
    machine.result = (value << shift) >> shift;
    return value;
  };
  switch (mnemonic) {
    case 'mov':
    case 'movzx':
      return () => a.write(b.read());
    case 'movsx':
      return () => a.write((b.read() << (32 - b.bits)) >> (32 - b.bits));
    case 'xchg':
      return () => {
        const kept = a.read();
        a.write(b.read());
        b.write(kept);
      };
    case 'add':
      return () => a.write(add(machine, a.read(), b.read(), 0, bits));
    case 'adc':
      return () => a.write(add(machine, a.read(), b.read(), machine.carry ? 1 : 0, bits));
    case 'sub':
      return () => a.write(subtract(machine, a.read(), b.read(), 0, bits));
    case 'sbb':
      return () => a.write(subtract(machine, a.read(), b.read(), machine.carry ? 1 : 0, bits));
    case 'cmp':
      return () => void subtract(machine, a.read(), b.read(), 0, bits);
    case 'and':
      return () => a.write(logic(a.read() & b.read()));
    case 'or':
      return () => a.write(logic(a.read() | b.read()));
    case 'xor':
      return () => a.write(logic(a.read() ^ b.read()));
    case 'test':
      return () => void logic(a.read() & b.read());
    case 'imul':
      return () => a.write(multiply(machine, a.read(), b.read(), bits));
    case 'shl':
    case 'sal':
    case 'shr':
    case 'sar':
      return () => shiftBy(machine, mnemonic, a, b.read() & 31);
    default:
      return null;
  }
}

function unaryOf(machine: Machine, mnemonic: string, a: Place): Operation | null {
  const { registers } = machine;
  const kept = (value: (carry: boolean) => number) => (): void => {
    const { carry } = machine;
    a.write(value(carry));
    machine.carry = carry;
  };
  if (mnemonic === 'inc') return kept(() => add(machine, a.read(), 1, 0, a.bits));
  if (mnemonic === 'dec') return kept(() => subtract(machine, a.read(), 1, 0, a.bits));
  if (mnemonic === 'not') return () => a.write(~a.read());
  if (mnemonic === 'neg') return () => a.write(subtract(machine, 0, a.read(), 0, a.bits));
  if (mnemonic.startsWith('set')) {
    const holds = conditionOf(machine, mnemonic.slice(3));
    return holds === null ? null : () => a.write(holds() ? 1 : 0);
  }
  if (a.bits !== 32 || !/^i?(mul|div)$/.test(mnemonic)) return null;
  const signed = mnemonic.startsWith('i');
  const read = (number: number): bigint => BigInt((registers[number] ?? 0) >>> 0);
  const operand = (): bigint => (signed ? BigInt(a.read() | 0) : BigInt(a.read() >>> 0));
  if (mnemonic.endsWith('mul'))
    return () => {
      const product = (signed ? BigInt(registers[0] ?? 0) : read(0)) * operand();
      registers[0] = Number(BigInt.asIntN(32, product));
      registers[2] = Number(BigInt.asIntN(32, product >> 32n));
      machine.carry = signed ? BigInt.asIntN(32, product) !== product : product >> 32n !== 0n;
      machine.overflow = machine.carry;
    };
  return () => {
    const all = (read(2) << 32n) | read(0);
    const dividend = signed ? BigInt.asIntN(64, all) : all;
    const divisor = operand();
    if (divisor === 0n) machine.divideError();
    const quotient = dividend / divisor;
    if ((signed ? BigInt.asIntN(32, quotient) : BigInt.asUintN(32, quotient)) !== quotient)
      machine.divideError();
    registers[0] = Number(BigInt.asIntN(32, quotient));
    registers[2] = Number(BigInt.asIntN(32, dividend % divisor));
  };
}

/** Conditions in the order of their opcodes; parity is not kept, so nothing that asks for it can be run. */
function conditionOf(machine: Machine, name: string): (() => boolean) | null {
  const code = CONDITIONS.indexOf(name);
  const tests: readonly (() => boolean)[] = [
    () => machine.overflow,
    () => machine.carry,
    () => machine.result === 0,
    () => machine.carry || machine.result === 0,
    () => machine.result < 0,
  ];
  const less = (): boolean => machine.result < 0 !== machine.overflow;
  const test =
    code >> 1 === 6 ? less : code >> 1 === 7 ? () => less() || machine.result === 0 : tests[code >> 1];
  if (code < 0 || test === undefined) return null;
  return (code & 1) === 0 ? test : () => !test();
}
