// What upstream's comment says that the bytes of a line are, held against what they decode to. Two styles: stage0-posix writes
// `; mov_ecx, %5  # meaning` (M1 names), builder-hex0 writes `# mov ax, 5 ; meaning` (NASM's).
import { type Instruction, isRegisterName, type Operand, registerName } from './i386-instruction.ts';

export interface LineComment {
  /** The instruction that it names; null where it names none. */
  claim: string | null;
  /** What is said about it. */
  remark: string;
}

/** `undecoded`: no instruction, or one of another length. `width`: `eax` is said where `al` is meant. `data`: no instruction is claimed. */
export type Agreement = 'agrees' | 'width' | 'mnemonic' | 'operands' | 'target' | 'undecoded' | 'data';

/** Other names of the same instruction. */
const SAME: Readonly<Record<string, string>> = {
  jz: 'je',
  jnz: 'jne',
  jc: 'jb',
  jnc: 'jae',
  jnae: 'jb',
  jnb: 'jae',
  jna: 'jbe',
  ja: 'ja',
  sal: 'shl',
  ljmp: 'jmp',
  pushad: 'pusha',
  popad: 'popa',
  pushfd: 'pushf',
  popfd: 'popf',
  iretd: 'iret',
  loopnz: 'loopne',
  loopz: 'loope',
  jecxz: 'jcxz',
};
const MNEMONICS = new Set(
  `adc add and call cbw cdq cld cli cmp cpuid cwd cwde dec div hlt idiv imul in inc int iret jbe8 jmp lea leave lgdt lidt lodsb lodsd lodsw
loop mov movsb movsd movsw movsx movzx mul neg nop not or out pop popa popf push pusha pushf rep repe repne ret retf rol ror sar sbb sgdt shl
shr sidt std sti stosb stosd stosw sub test xchg xor jcxz cmpsb scasb`.split(/\s+/),
);

/** `comment` begins with its mark; `code` is what stands before it. */
export function readComment(comment: string, style: 'stage0' | 'builder'): LineComment {
  const semicolon = comment.startsWith(';');
  const body = comment.replace(/^[#;\s]+/, '');
  // `cmp al, ';'` holds a mark that ends nothing.
  const end = /'.'|[#;]/g;
  let cut = body.length;
  for (let match = end.exec(body); match !== null; match = end.exec(body))
    if (match[0] === (semicolon ? '#' : ';')) {
      cut = match.index;
      break;
    }
  const claim = body.slice(0, cut).trim();
  const remark = body.slice(cut + 1).trim();
  // stage0 puts instructions behind a semicolon only: whatever word stands there claims to be one.
  const claims =
    style === 'builder' || !semicolon
      ? isMnemonic(style === 'builder' ? mnemonicOf(claim) : claim)
      : /^[a-z]/.test(claim);
  return claims ? { claim, remark } : { claim: null, remark: body.trim() };
}

/** A line of M1 is its own claim. */
export function claimOfMacro(code: string): string | null {
  const text = code.trim();
  return /^[a-z]/.test(text) ? text : null;
}

export function compareClaim(
  claim: string,
  instruction: Instruction,
  addressesOf: (label: string) => readonly number[],
): Agreement {
  const [claimed, actual] = [canonical(mnemonicOf(claim)), canonical(instruction.mnemonic)];
  if (claimed !== actual) return 'mnemonic';
  const rest = claim.replace(/^\s*(rep[a-z]*\s+)?[a-z]+\d*/, '').replace(/\(.*/, '');
  const target = instruction.operands.find(({ kind }) => kind === 'target' || kind === 'far');
  if (target !== undefined) {
    const address = target.kind === 'target' ? target.address : target.kind === 'far' ? target.offset : 0;
    const label = /([A-Za-z_$][\w$]*)[^\w]*$/.exec(rest)?.[1];
    const known = label === undefined ? [] : addressesOf(label);
    return known.length === 0 || known.includes(address) ? 'agrees' : 'target';
  }
  const registers = compareRegisters(rest.replace(/[!@%&$][A-Za-z_]\w*/g, ''), instruction);
  if (registers === 'operands') return registers;
  const label = /&([A-Za-z_]\w*)/.exec(rest)?.[1];
  const known = label === undefined ? [] : addressesOf(label);
  if (known.length > 0 && !instruction.operands.some((operand) => known.includes(valueOf(operand) ?? -1)))
    return 'target';
  return sameNumber(rest, instruction) ? registers : 'operands';
}

function valueOf(operand: Operand): number | null {
  if (operand.kind === 'immediate') return operand.value >>> 0;
  return operand.kind === 'memory' ? operand.displacement >>> 0 : null;
}

function mnemonicOf(claim: string): string {
  return /^\s*(?:rep[a-z]*\s+)?([a-z]+\d*)/.exec(claim)?.[1] ?? '';
}

function isMnemonic(word: string): boolean {
  return MNEMONICS.has(word) || word in SAME || /^j(n?[abcegloszp]e?|[bagl]e)$/.test(word);
}

/** `jmp far` and `jmp` are one; so are names with the size of their jump behind (`jbe8`, `je32`). */
function canonical(mnemonic: string): string {
  const name = mnemonic.replace(/ far$/, '').replace(/^(j[a-z]+)(8|32)$/, '$1');
  return SAME[name] ?? name;
}

function compareRegisters(
  rest: string,
  { operands, mnemonic }: Instruction,
): 'agrees' | 'width' | 'operands' {
  const words = rest
    .toLowerCase()
    .replace(/\b[c-g]s:/g, '')
    .split(/[^a-z0-9]+/)
    .filter(isRegisterName);
  const actual = operands.flatMap((operand): string[] => {
    if (operand.kind === 'register') return [registerName(operand.width, operand.number)];
    if (operand.kind === 'segment') return [operand.name];
    if (operand.kind === 'control') return [`cr${operand.number}`];
    if (operand.kind !== 'memory') return [];
    const width = operand.short ? 2 : 4;
    return [operand.base, operand.index].flatMap((one) => (one === null ? [] : [registerName(width, one)]));
  });
  const [claimed, found] = [[...new Set(words)], [...new Set(actual)]];
  if (mnemonic === 'xchg' || mnemonic === 'test') {
    claimed.sort();
    found.sort();
  }
  if (claimed.length === 0 || claimed.join() === found.join()) return 'agrees';
  return claimed.map(family).join() === found.map(family).join() ? 'width' : 'operands';
}

/** eax, ax and al are one; ah is not. */
function family(register: string): string {
  return register.replace(/^e(?=..$)/, '').replace(/^([a-d])l$/, '$1x');
}

/** True unless the claim has numbers for the immediate and none of them is it. */
function sameNumber(rest: string, { operands }: Instruction): boolean {
  const immediate = operands.find((operand) => operand.kind === 'immediate');
  if (immediate === undefined) return true;
  const outside = rest.replace(/\[[^\]]*\]/g, '').replace(/(0x[0-9A-Fa-f]+):([0-9A-Fa-f]{4})/, '$1$2');
  const literals = [
    ...outside.matchAll(
      /(?<![\w$])-?0x([0-9A-Fa-f]+)\b|(?<![\w$])-?\d+\b|(?<![\w$])([0-9A-Fa-f]+)h\b|'(\\?.)'/g,
    ),
  ];
  if (literals.length === 0) return true;
  const modulus = 2 ** (8 * immediate.width);
  const wrap = (value: number): number => ((value % modulus) + modulus) % modulus;
  const actual = wrap(immediate.value);
  // builder-hex0 writes `int 80` and `sub al, 30` as well: bare digits may be either.
  return literals.some((match) => wrap(numberOf(match)) === actual || parseInt(match[0], 16) === actual);
}

const ESCAPES: Readonly<Record<string, number>> = { '\\n': 10, '\\r': 13, '\\t': 9, '\\0': 0 };

function numberOf([all, , suffixed, character]: RegExpMatchArray): number {
  if (character !== undefined) return ESCAPES[character] ?? character.charCodeAt(0);
  if (suffixed !== undefined) return parseInt(suffixed, 16);
  return all.startsWith('-') ? -Number(all.slice(1)) : Number(all);
}
