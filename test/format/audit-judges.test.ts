// Decoder and assemblers of the audit against other people's: GNU objdump on random instructions, mescc-tools and Linux itself on programs.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { assembleHexText } from '../../src/engine/formats/seed/hex-text.ts';
import { decodeInstruction } from '../../src/engine/formats/seed/i386-decode.ts';
import { runProgramFile } from '../../src/engine/formats/seed/i386-run.ts';
import { expandM1 } from '../../src/engine/formats/seed/m1-text.ts';
import { COPY_PROGRAM_TEXT, programFolder } from '../support/audit-programs.ts';

const has = (name: string): boolean => spawnSync(name, ['--version']).error === undefined;
const missing = ['objdump', 'M1', 'hex2'].filter((name) => !has(name));
if (missing.length > 0 && process.env['REQUIRE_TOOLS'] === '1')
  throw new Error(`needed: ${missing.join(', ')}`);
const title = (text: string, tool: string): string => `${text} (skipped without ${tool})`;

const folder = programFolder();
afterAll(() => folder.remove());

/** Lengths and names by objdump, each instruction alone in 16 bytes. */
function ask(codes: readonly Uint8Array[], bits: 16 | 32): (string | null)[] {
  const file = join(folder.root, 'codes');
  writeFileSync(
    file,
    Buffer.concat(codes.map((code) => Buffer.concat([code, Buffer.alloc(16 - code.length, 0x90)]))),
  );
  const machine = bits === 16 ? 'i8086' : 'i386';
  const text = execFileSync('objdump', ['-D', '-b', 'binary', '-m', machine, '-M', 'intel', '-w', file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const found: (string | null)[] = codes.map(() => null);
  for (const [, address = '', bytes = '', words = ''] of text.matchAll(
    /^\s*([0-9a-f]+):\t([0-9a-f ]+)\t(.*)$/gm,
  )) {
    const at = parseInt(address, 16);
    if (at % 16 === 0) found[at / 16] = `${bytes.trim().split(' ').length} ${words}`;
  }
  return found;
}

describe.skipIf(missing.includes('objdump'))(title('instructions, judged by GNU objdump', 'objdump'), () => {
  it.each([16, 32] as const)('are as long and have the same name in %i-bit code', (bits) => {
    let seed = 20_261_120 + bits;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) >>> 8;
    const codes: Uint8Array[] = [];
    const ours: string[] = [];
    while (codes.length < 4000) {
      const bytes = Uint8Array.from({ length: 12 }, () => random() & 0xff);
      const found = decodeInstruction(bytes, 0, { bits });
      // Prefixes that mean nothing for what follows are shown by objdump as instructions of their own.
      if (found === null || /^(26|2e|36|3e|64|65|66|67|f0|f2|f3)/.test(Buffer.from(bytes).toString('hex')))
        continue;
      codes.push(bytes.subarray(0, found.length));
      ours.push(`${found.length} ${found.mnemonic}`);
    }
    const theirs = ask(codes, bits);
    const differing = ours.flatMap((one, index) => {
      const other = theirs[index] ?? '';
      return sameInstruction(one, other)
        ? []
        : [`${Buffer.from(codes[index] ?? []).toString('hex')}: ${one} / ${other}`];
    });
    expect(differing).toEqual([]);
  });
});

function sameInstruction(ours: string, theirs: string): boolean {
  const [length = '', name = ''] = ours.split(' ');
  const [otherLength = '', otherName = ''] = theirs.split(/\s+/);
  const plain = (word: string): string =>
    word
      .replace(/^(pusha|popa|pushf|popf|iret|leave|ret|retf|call|jmp|push|pop|[sl][gi]dt)[dw]$/, '$1')
      .replace(/^sal$/, 'shl')
      .replace(/^(movs|cmps|stos|lods|scas)[bwd]$/, '$1')
      .replace(/^j[e]?cxz$/, 'jcxz');
  return length === otherLength && plain(name) === plain(otherName);
}

const M1_TEXT = `DEFINE mov_eax, B8
DEFINE mov_ebx, BB
DEFINE int CD
:_start
	mov_ebx, %42
	mov_eax, &one
	mov_eax, %1
	int !0x80
	!-1 @-2 <3
:one "text with ; and #"
:two '01 02 0A'
	%one !two
:ELF_end
`;
const HEADER = `:ELF_base
7F454C46 01 01 01 03 00 00000000000000 0200 0300 01000000
&_start %ELF_headers>ELF_base 00000000 00000000 3400 2000 0100 0000 0000 0000
:ELF_headers
01000000 00000000 &ELF_base &ELF_base %ELF_end>ELF_base %ELF_end>ELF_base 07000000 01000000
`;

describe.skipIf(missing.includes('M1') || missing.includes('hex2'))(
  title('M1 and hex2 text, judged by mescc-tools', 'M1 and hex2'),
  () => {
    it('gives the same program, which Linux and the interpreter run alike', () => {
      folder.write('header.hex2', HEADER);
      folder.write('program.M1', M1_TEXT);
      const at = (name: string): string => join(folder.root, name);
      const x86 = ['--little-endian', '--architecture', 'x86'];
      execFileSync('M1', ['-f', at('program.M1'), ...x86, '-o', at('program.hex2')]);
      const parts = ['-f', at('header.hex2'), '-f', at('program.hex2')];
      execFileSync('hex2', [...parts, ...x86, '--base-address', '0x8048000', '-o', at('program')]);
      const theirs = new Uint8Array(readFileSync(at('program')));
      const ours = assembleHexText(HEADER + expandM1(M1_TEXT), { dialect: 'hex2', base: 0x08048000 }).bytes;
      expect(Buffer.from(ours).toString('hex')).toBe(Buffer.from(theirs).toString('hex'));
      expect(runProgramFile(ours, { args: ['program'], files: {} })).toMatchObject({
        ending: 'exit',
        status: 42,
      });
      expect(spawnSync(at('program')).status).toBe(42);
    });
  },
);

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'a program in the interpreter and on this computer (skipped elsewhere than on Linux for x86-64)',
  () => {
    it('makes the same file', () => {
      const { bytes } = assembleHexText(COPY_PROGRAM_TEXT, { dialect: 'hex0' });
      folder.write('copy', bytes);
      chmodSync(join(folder.root, 'copy'), 0o755);
      folder.write('in', 'Abc');
      const native = spawnSync(join(folder.root, 'copy'), ['in', 'out'], { cwd: folder.root });
      const ran = runProgramFile(bytes, {
        args: ['copy', 'in', 'out'],
        files: { in: new TextEncoder().encode('Abc') },
      });
      expect(ran.status).toBe(native.status);
      expect(Buffer.from(ran.files.get('out') ?? [])).toEqual(readFileSync(join(folder.root, 'out')));
    });
  },
);
