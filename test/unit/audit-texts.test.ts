// hex1, hex2 and M1 text to bytes, and what is read beside them: lines, comments, modes, and how two assemblies compare.
import { describe, expect, it } from 'vitest';
import { annotate, formatRow } from '../../src/engine/formats/seed/annotate.ts';
import { compareCode, sweep } from '../../src/engine/formats/seed/compare-code.ts';
import { assembleHexText, type HexDialect } from '../../src/engine/formats/seed/hex-text.ts';
import { decodeInstruction } from '../../src/engine/formats/seed/i386-decode.ts';
import { expandM1 } from '../../src/engine/formats/seed/m1-text.ts';
import { isSeedbedError } from '../../src/shared/errors.ts';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const assemble = (text: string, dialect: HexDialect, base = 0x100): string =>
  hexOf(assembleHexText(text, { dialect, base }).bytes);

function refusal(work: () => unknown): string {
  try {
    work();
    return 'taken';
  } catch (error) {
    return isSeedbedError(error) ? `${error.code} ${JSON.stringify(error.data)}` : String(error);
  }
}

describe('hex text', () => {
  it.each([
    ['hex0', '1 2 # 34\n;56\n7\n8', '1278'],
    ['hex1', ':a 90 E9 %b # %c\n:b C3 E9%a', '90e900000000c3e9f4ffffff'],
    ['hex2', ':start !start @start $start &start %start', 'fffdff000100010000f3ffffff'],
    ['hex2', ':a 00 00 :b %b>a ~a', '000002000000f7ffff'],
  ] as const)('%s: %j is %s', (dialect, text, bytes) => {
    expect(assemble(text, dialect)).toBe(bytes);
  });

  it.each([
    ['hex0', '00 %a', 'means nothing in hex0'],
    ['hex1', '@a', 'means nothing in hex1'],
    ['hex2', '0 :a 0', 'in the middle of a byte'],
    ['hex2', '00\n%nowhere', 'no label nowhere'],
    ['hex2', ':a :a', 'there twice'],
    ['hex2', '%a>b :a', 'no label b'],
    ['hex2', `!far ${'00 '.repeat(200)} :far`, 'does not fit in 1 bytes'],
    ['hex2', ': 00', 'names no label'],
    ['hex2', '00 1', 'no second one'],
    ['hex2', 'xy', 'means nothing'],
  ] as const)('%s refuses %j: %s', (dialect, text, reason) => {
    expect(refusal(() => assemble(text, dialect))).toContain(reason);
    expect(refusal(() => assemble(text, dialect))).toContain('SEED_TEXT_INVALID');
  });

  it('knows the line of every byte', () => {
    const { lines } = assembleHexText('# nothing\n90 90\n\n:a\n%a 01', { dialect: 'hex2' });
    expect(lines).toEqual([
      { line: 2, offset: 0, length: 2 },
      { line: 5, offset: 2, length: 5 },
    ]);
  });
});

describe('M1', () => {
  it('puts macros, strings and numbers in, line by line', () => {
    const text = `DEFINE mov_eax, B8
DEFINE ret C3
:start
	mov_eax, %-2  # comment with "quotes"
	ret !255 @-1 $65535 <2
:text "a;b
c" '09 0A'`;
    const hex2 = expandM1(text);
    expect(hex2.split('\n')).toHaveLength(text.split('\n').length);
    expect(assemble(hex2, 'hex2')).toBe(`b8feffffffc3ffffffffff0000613b620a6300090a`);
  });

  it.each([
    ['nothing', 'is no macro'],
    ['!300', 'does not fit'],
    ['"open', 'no second'],
    ['DEFINE x', 'needs a name and a value'],
    ['DEFINE x # the value is on the next line\n90\n', 'needs a name and a value on its own line'],
  ])('refuses %j: %s', (text, reason) => {
    expect(refusal(() => expandM1(text))).toContain(reason);
  });
});

function look(text: string, style: 'stage0' | 'builder', startBits: 16 | 32 = 32, base = 0x7c00) {
  const { bytes, lines } = assembleHexText(text, { dialect: 'hex0', base });
  const sources = [{ file: 'text', text, firstLine: 0, style }];
  return annotate({ bytes, base, startBits, sources, lines });
}

describe('upstream’s comments against the bytes', () => {
  it.each([
    ['31C9 ; xor_ecx,ecx # zero', 'agrees'],
    ['31C9 ; xor_ecx,edx', 'operands'],
    ['31C9 ; and_ecx,ecx', 'mnemonic'],
    ['6A 05 ; push !5', 'agrees'],
    ['6A 05 ; push !0x6', 'operands'],
    ['6A 05 00 ; push !5', 'undecoded'],
    ['0000 ; %0', 'data'],
    ['C3 # ret', 'agrees'],
  ] as const)('stage0: %s: %s', (text, agreement) => {
    expect(look(text, 'stage0').rows[0]?.agreement).toBe(agreement);
  });

  it.each([
    ["3C 3B # cmp al, ';'", 32, 'agrees'],
    ['BB 00 07 # mov bx, 0x0007', 16, 'operands'],
    ['C3 # retf', 16, 'mnemonic'],
    ['3C 07 # cmp eax, 7', 32, 'width'],
    ['66 89 FB # mov ebx, edi ; copy', 16, 'agrees'],
    ['2C 30 # sub al, 30', 32, 'agrees'],
  ] as const)('builder-hex0: %s in %i-bit code: %s', (text, bits, agreement) => {
    expect(look(text, 'builder', bits).rows[0]?.agreement).toBe(agreement);
  });

  it('follows labels: a branch to another place than its comment says, and an address that is wrong', () => {
    const { rows, wrongAddresses } = look(
      '#:a ; (0x7C00)\n90 ; nop\n#:b ; (0x7C09)\n74 FD ; je !a\n74 FB ; je !b\n',
      'stage0',
    );
    expect(rows.map(({ agreement }) => agreement)).toEqual(['agrees', 'agrees', 'target']);
    expect(wrongAddresses).toMatchObject([{ label: 'b', line: 4, claimed: 0x7c09, actual: 0x7c01 }]);
  });

  it('changes to 32-bit code at a far jump through the program’s own descriptor table', () => {
    const text = `0F 01 16 19 7C # lgdt table
EA 0A 7C 08 00 # jmp far code32
#:code32
B8 01 00 00 00 # mov eax, 1
EB FE # jmp here
00 00 00 00 00 00 00 00
17 00 1F 7C 00 00
00 00 00 00 00 00 00 00
FF FF 00 00 00 9A CF 00
`;
    const { rows } = look(text, 'builder', 16);
    expect(rows.slice(0, 4).map((row) => [row.bits, formatRow(row)])).toEqual([
      [16, 'lgdt [0x7c19]'],
      [16, 'jmp far 0x8:0x7c0a'],
      [32, 'mov eax, 0x1'],
      [32, 'jmp 0x7c0f'],
    ]);
  });
});

describe('two assemblies of one program', () => {
  const image = (text: string, base: number) => {
    const { bytes } = assembleHexText(text, { dialect: 'hex2', base });
    const end = bytes.length - 1;
    return { base, bytes, instructions: sweep(0, end, (at) => decodeInstruction(bytes, at, { base })) };
  };
  const LONG = ':a 0F84 %b A1 &d C3 :b 90 EB !a :d 2A';
  it('are equal when only sizes of jumps and addresses differ', () => {
    const compared = compareCode(image(LONG, 0x1000), image(':a 74 !b A1 &d C3 :b 90 EB !a :d 2A', 0x2000));
    expect(compared).toEqual({ instructions: 5, differences: [] });
  });
  it('differ by an instruction, by a target, by their data', () => {
    const differences = (text: string): string[] =>
      compareCode(image(LONG, 0x1000), image(text, 0x2000)).differences;
    expect(differences(':a 74 !b A1 &d C3 :b 40 EB !a :d 2A')).toEqual([
      'only here: nop',
      'only there: inc eax',
      'data at 0x100c: 90 here, 40 there',
    ]);
    expect(differences(':a 74 !a A1 &d C3 :b 90 EB !a :d 2A')).toHaveLength(1);
    expect(differences(':a 74 !b A1 &d C3 :b 90 EB !a :d 2B')).toEqual(['data at 0x100f: 2a here, 2b there']);
  });
});
