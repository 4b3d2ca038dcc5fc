// Sums, differences, products and shifts of the i386 with the flags that they leave (80386 Programmer's Reference Manual, appendix C).

export interface Flags {
  carry: boolean;
  overflow: boolean;
  /** Its sign and its being zero are the sign and the zero flag. */
  result: number;
}

export interface Shifted {
  read: () => number;
  write: (value: number) => void;
  bits: 8 | 16 | 32;
}

export function add(machine: Flags, a: number, b: number, carry: number, bits: number): number {
  const shift = 32 - bits;
  const sum = (((a + b + carry) | 0) << shift) >> shift;
  machine.carry = unsigned(a, bits) + unsigned(b, bits) + carry >= 2 ** bits;
  const left = (a << shift) >> shift;
  const right = (b << shift) >> shift;
  machine.overflow = ((left ^ sum) & (right ^ sum)) < 0;
  machine.result = sum;
  return sum;
}

export function subtract(machine: Flags, a: number, b: number, borrow: number, bits: number): number {
  const shift = 32 - bits;
  const left = (a << shift) >> shift;
  const right = (b << shift) >> shift;
  const rest = ((left - right - borrow) << shift) >> shift;
  machine.carry = unsigned(a, bits) < unsigned(b, bits) + borrow;
  machine.overflow = ((left ^ right) & (left ^ rest)) < 0;
  machine.result = rest;
  return rest;
}

function unsigned(value: number, bits: number): number {
  return bits === 32 ? value >>> 0 : value & (2 ** bits - 1);
}

export function multiply(machine: Flags, a: number, b: number, bits: number): number {
  const shift = 32 - bits;
  const left = (a << shift) >> shift;
  const right = (b << shift) >> shift;
  const product = (Math.imul(left, right) << shift) >> shift;
  machine.carry = BigInt(left) * BigInt(right) !== BigInt(product);
  machine.overflow = machine.carry;
  return product;
}

export function shiftBy(machine: Flags, mnemonic: string, a: Shifted, count: number): void {
  if (count === 0) return;
  const shift = 32 - a.bits;
  const value = a.read();
  if (mnemonic === 'shr') {
    const whole = unsigned(value, a.bits);
    machine.carry = ((whole >>> (count - 1)) & 1) === 1;
    machine.overflow = ((whole >>> (a.bits - 1)) & 1) === 1;
    machine.result = ((whole >>> count) << shift) >> shift;
  } else if (mnemonic === 'sar') {
    const whole = (value << shift) >> shift;
    machine.carry = ((whole >> (count - 1)) & 1) === 1;
    machine.overflow = false;
    machine.result = whole >> count;
  } else {
    machine.carry = count <= a.bits && ((value >>> (a.bits - count)) & 1) === 1;
    machine.result = ((value << count) << shift) >> shift;
    machine.overflow = machine.result < 0 !== machine.carry;
  }
  a.write(machine.result);
}

const CARRY = 0x1;
const ZERO = 0x40;
const SIGN = 0x80;
const OVERFLOW = 0x800;
/** Bit 1 is always set. */
const ALWAYS = 0x2;

/** As pushfd stores them; parity and auxiliary carry are not kept. */
export function flagsWord({ carry, overflow, result }: Flags): number {
  const sign = result === 0 ? ZERO : result < 0 ? SIGN : 0;
  return ALWAYS | sign | (carry ? CARRY : 0) | (overflow ? OVERFLOW : 0);
}

/** What popfd takes. Zero and negative at once, which no result is, counts as zero. */
export function takeFlags(flags: Flags, word: number): void {
  flags.carry = (word & CARRY) !== 0;
  flags.overflow = (word & OVERFLOW) !== 0;
  flags.result = (word & ZERO) !== 0 ? 0 : (word & SIGN) !== 0 ? -1 : 1;
}
