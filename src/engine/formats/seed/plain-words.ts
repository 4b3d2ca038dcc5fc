// What one instruction does, in words for somebody who does not read assembly.
import { formatInstruction, type Instruction, type Operand } from './i386-instruction.ts';

const WHEN: Readonly<Record<string, string>> = {
  o: 'the result overflowed',
  no: 'the result did not overflow',
  b: 'it was smaller (unsigned), or there was a carry',
  ae: 'it was not smaller (unsigned)',
  e: 'they were equal, or the result was zero',
  ne: 'they differed, or the result was not zero',
  be: 'it was not greater (unsigned)',
  a: 'it was greater (unsigned)',
  s: 'the result was negative',
  ns: 'the result was not negative',
  p: 'the parity was even',
  np: 'the parity was odd',
  l: 'it was smaller (signed)',
  ge: 'it was not smaller (signed)',
  le: 'it was not greater (signed)',
  g: 'it was greater (signed)',
  cxz: 'the counter is zero',
};
const ALONE: Readonly<Record<string, string>> = {
  cdq: 'fill edx with the sign of eax',
  cwd: 'fill dx with the sign of ax',
  cwde: 'extend ax to eax with its sign',
  cld: 'string instructions go upwards',
  std: 'string instructions go downwards',
  cli: 'no interrupts from here on',
  sti: 'interrupts again',
  nop: 'nothing',
  hlt: 'wait for an interrupt',
  iret: 'go back from an interrupt',
  ret: 'go back to the caller',
  retf: 'go back to a caller in another segment',
  leave: 'leave the routine’s frame',
  lodsb: 'load the byte at si into al, go on',
  lodsd: 'load the word at si into eax, go on',
  lodsw: 'load the word at si into ax, go on',
  stosb: 'store al at di, go on',
  stosd: 'store eax at di, go on',
  stosw: 'store ax at di, go on',
  movsb: 'copy a byte from si to di, go on',
  movsd: 'copy four bytes from si to di, go on',
  movsw: 'copy two bytes from si to di, go on',
};
const TWO: Readonly<Record<string, string>> = {
  mov: 'put B into A',
  movzx: 'put B into A, the rest zero',
  movsx: 'put B into A with its sign',
  lea: 'put the address B into A',
  add: 'add B to A',
  adc: 'add B and the carry to A',
  sub: 'subtract B from A',
  sbb: 'subtract B and the borrow from A',
  cmp: 'compare A with B',
  test: 'look at the bits that A and B share',
  and: 'keep of A the bits that B has',
  or: 'set in A the bits that B has',
  xor: 'flip in A the bits that B has',
  xchg: 'swap A and B',
  shl: 'shift A left by B bits',
  sal: 'shift A left by B bits',
  shr: 'shift A right by B bits',
  sar: 'shift A right by B bits with its sign',
  rol: 'turn A left by B bits',
  ror: 'turn A right by B bits',
  imul: 'multiply A by B',
  in: 'read from port B into A',
  out: 'write B to port A',
};
const ONE: Readonly<Record<string, string>> = {
  push: 'put A on the stack',
  pop: 'take A from the stack',
  inc: 'add one to A',
  dec: 'subtract one from A',
  neg: 'change the sign of A',
  not: 'flip every bit of A',
  mul: 'multiply eax by A',
  imul: 'multiply eax by A (signed)',
  div: 'divide by A',
  idiv: 'divide by A (signed)',
  call: 'call the routine at A',
  'call far': 'call the routine at A in another segment',
  jmp: 'go on at A',
  'jmp far': 'go on at A in another segment or mode',
  lgdt: 'take the segment table at A',
  lidt: 'take the interrupt table at A',
  sgdt: 'note the segment table at A',
  sidt: 'note the interrupt table at A',
  loop: 'count down; go on at A unless done',
};

/** `called`: names of what an `int` asks for, when it is known. */
export function describeInstruction(instruction: Instruction, called: readonly string[] = []): string {
  const { mnemonic, operands, repeat } = instruction;
  const [a, b, c] = operands.map(operandText);
  if (mnemonic === 'int')
    return called.length > 0 ? `ask the kernel: ${called.join(' or ')}` : `interrupt ${a ?? ''}`;
  if (mnemonic === 'xor' && a === b) return `make ${a ?? ''} zero`;
  if (mnemonic === 'imul' && c !== undefined) return `put ${b ?? ''} times ${c} into ${a ?? ''}`;
  const alone = ALONE[mnemonic];
  if (alone !== undefined) return repeat === '' ? alone : `${alone}, until the counter is zero`;
  if (mnemonic.startsWith('push') && a === undefined)
    return `put all ${mnemonic.includes('f') ? 'flags' : 'registers'} on the stack`;
  if (mnemonic.startsWith('pop') && a === undefined)
    return `take all ${mnemonic.includes('f') ? 'flags' : 'registers'} from the stack`;
  const condition = mnemonic.startsWith('j') ? WHEN[mnemonic.slice(1)] : undefined;
  if (condition !== undefined) return `go on at ${a ?? ''} if ${condition}`;
  const pattern = b === undefined ? ONE[mnemonic] : TWO[mnemonic];
  if (pattern === undefined) return formatInstruction(instruction);
  return pattern.replace(/\bA\b/, a ?? '').replace(/\bB\b/, b ?? '');
}

function operandText(operand: Operand): string {
  if (operand.kind === 'immediate') return String(operand.value);
  if (operand.kind === 'target') return `0x${operand.address.toString(16)}`;
  const text = formatInstruction({
    ...{ offset: 0, address: 0, length: 0, repeat: '', width: 4 },
    mnemonic: '',
    operands: [operand],
  }).trim();
  return operand.kind === 'memory' ? `memory ${text.replace(/^(byte|word|dword) /, '')}` : text;
}
