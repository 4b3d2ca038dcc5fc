// Opcode tables of the i386, in the notation of Intel's manual (80386 Programmer's Reference Manual, appendix A): E = ModR/M, G = its
// register, I = immediate, J = relative, O = direct address, Z = register in the opcode, S = segment, C = control; b/w/v = 8, 16, operand size.

export const CONDITIONS = 'o no b ae e ne be a s ns p np l ge le g'.split(' ');
export const ARITHMETIC = 'add or adc sbb and sub xor cmp'.split(' ');
export const SHIFTS = 'rol ror rcl rcr shl shr sal sar'.split(' ');
const UNARY = ['test', '', 'not', 'neg', 'mul', 'imul', 'div', 'idiv'];
const FAR = ['inc', 'dec', 'call', '', 'jmp', '', 'push', ''];
const TABLES = ['sgdt', 'sidt', 'lgdt', 'lidt', '', '', '', ''];

/** opcode → `mnemonic operands`; `@group operands` takes the mnemonic from ModR/M. */
export const ONE_BYTE: ReadonlyMap<number, string> = new Map(oneByte());
export const TWO_BYTES: ReadonlyMap<number, string> = new Map(twoBytes());

/** Mnemonic by the middle bits of ModR/M; '' is no instruction that we know. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  arithmetic: ARITHMETIC,
  shift: SHIFTS,
  unary: UNARY,
  step: ['inc', 'dec', '', '', '', '', '', ''],
  far: FAR,
  tables: TABLES,
  pop: ['pop', '', '', '', '', '', '', ''],
  mov: ['mov', '', '', '', '', '', '', ''],
};

function oneByte(): [number, string][] {
  const all: [number, string][] = [];
  ARITHMETIC.forEach((name, row) => {
    ['Eb,Gb', 'Ev,Gv', 'Gb,Eb', 'Gv,Ev', 'al,Ib', 'eax,Iv'].forEach((operands, column) =>
      all.push([row * 8 + column, `${name} ${operands}`]),
    );
  });
  for (const [row, segment] of ['es', 'cs', 'ss', 'ds'].entries()) {
    all.push([0x06 + row * 8, `push ${segment}`]);
    if (segment !== 'cs') all.push([0x07 + row * 8, `pop ${segment}`]);
  }
  for (let register = 0; register < 8; register += 1) {
    all.push([0x40 + register, 'inc Zv'], [0x48 + register, 'dec Zv']);
    all.push([0x50 + register, 'push Zv'], [0x58 + register, 'pop Zv']);
    if (register > 0) all.push([0x90 + register, 'xchg eax,Zv']);
    all.push([0xb0 + register, 'mov Zb,Ib'], [0xb8 + register, 'mov Zv,Iv']);
  }
  CONDITIONS.forEach((name, row) => all.push([0x70 + row, `j${name} Jb`]));
  const rest = `60 pusha;61 popa;68 push Iv;69 imul Gv,Ev,Iv;6a push Is;6b imul Gv,Ev,Is;80 @arithmetic Eb,Ib;81 @arithmetic Ev,Iv
83 @arithmetic Ev,Is;84 test Eb,Gb;85 test Ev,Gv;86 xchg Eb,Gb;87 xchg Ev,Gv;88 mov Eb,Gb;89 mov Ev,Gv;8a mov Gb,Eb;8b mov Gv,Ev
8c mov Ew,Sw;8d lea Gv,M;8e mov Sw,Ew;8f @pop Ev;90 nop;98 cwde;99 cdq;9a call far Ap;9c pushf;9d popf;a0 mov al,Ob;a1 mov eax,Ov
a2 mov Ob,al;a3 mov Ov,eax;a4 movsb;a5 movsd;a6 cmpsb;a7 cmpsd;a8 test al,Ib;a9 test eax,Iv;aa stosb;ab stosd;ac lodsb;ad lodsd
ae scasb;af scasd;c0 @shift Eb,Ib;c1 @shift Ev,Ib;c2 ret Iw;c3 ret;c6 @mov Eb,Ib;c7 @mov Ev,Iv;c9 leave;ca retf Iw;cb retf;cc int3
cd int Ib;cf iret;d0 @shift Eb,1;d1 @shift Ev,1;d2 @shift Eb,cl;d3 @shift Ev,cl;e0 loopne Jb;e1 loope Jb;e2 loop Jb;e3 jecxz Jb
e4 in al,Ib;e6 out Ib,al;e8 call Jv;e9 jmp Jv;ea jmp far Ap;eb jmp Jb;ec in al,dx;ee out dx,al;f4 hlt;f5 cmc;f6 @unary Eb;f7 @unary Ev
f8 clc;f9 stc;fa cli;fb sti;fc cld;fd std;fe @step Eb;ff @far Ev`;
  return [...all, ...listed(rest)];
}

function twoBytes(): [number, string][] {
  const all: [number, string][] = [];
  CONDITIONS.forEach((name, row) => {
    all.push([0x80 + row, `j${name} Jv`], [0x90 + row, `set${name} Eb`]);
  });
  const rest = `01 @tables M;20 mov Ed,Cd;22 mov Cd,Ed;a0 push fs;a1 pop fs;a2 cpuid;a8 push gs;a9 pop gs;af imul Gv,Ev
b6 movzx Gv,Eb;b7 movzx Gv,Ew;be movsx Gv,Eb;bf movsx Gv,Ew`;
  return [...all, ...listed(rest)];
}

function listed(text: string): [number, string][] {
  return text.split(/[;\n]/).map((entry) => [parseInt(entry.slice(0, 2), 16), entry.slice(3)]);
}
