// The boot check's hex0 text against an independent assembler: the assembly that stands beside the bytes, assembled by nasm, gives the same bytes.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assembleHex0 } from '../../src/engine/formats/hex0.ts';

const hasNasm = spawnSync('nasm', ['-v']).status === 0;
const hasObjdump = spawnSync('objdump', ['--version']).status === 0;
const required = process.env['REQUIRE_TOOLS'] === '1';

const readStage = (name: string): string =>
  readFileSync(new URL(`../../resources/boot-check/${name}.hex0`, import.meta.url), 'utf8');

/** What stands between the first ; and the # of each line. Lines that begin with # are words only. */
function assemblyOf(hex0: string): string {
  return hex0
    .split('\n')
    .map((line) => /^[^#;]*;([^#]*)/.exec(line)?.[1]?.trim() ?? '')
    .join('\n');
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seedbed-nasm-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function nasm(assembly: string): Buffer {
  const source = join(folder, 'stage.asm');
  const output = join(folder, 'stage.bin');
  writeFileSync(source, assembly);
  execFileSync('nasm', ['-f', 'bin', '-w+error', '-o', output, source], { stdio: 'pipe' });
  return readFileSync(output);
}

describe.each(['stage1', 'stage2'])('%s.hex0, line by line', (name) => {
  const lines = readStage(name).split('\n');

  test('each line of bytes has its assembly and its plain words', () => {
    const poor = lines
      .filter((line) => /^[^#;]*[0-9A-Fa-f]/.test(line))
      .filter((line) => !/^(?:[0-9A-F]{2} )+ *; \S[^#]*# \S/.test(line));
    expect(poor).toEqual([]);
  });

  test('the address beside each label is where the next byte stands', () => {
    let address = name === 'stage1' ? 0x7c00 : 0x8000;
    let labels = 0;
    for (const line of lines) {
      const said = /^; \w+: +# \[([0-9A-F]{4})\]/.exec(line)?.[1];
      if (said !== undefined) {
        expect([line, Number.parseInt(said, 16)]).toEqual([line, address]);
        labels += 1;
      } else expect(line).not.toMatch(/^; \w+:/);
      address += assembleHex0(line).length;
    }
    expect(labels).toBeGreaterThan(20);
  });
});

describe.skipIf(!hasNasm && !required)(
  'the assembly beside the bytes, by nasm (skipped unless nasm is installed)',
  () => {
    test.each(['stage1', 'stage2'])('%s: both assemblers give the same bytes', (name) => {
      const text = readStage(name);
      const bytes = assembleHex0(text, { fileName: `${name}.hex0` });
      expect(Buffer.from(bytes).toString('hex')).toBe(nasm(assemblyOf(text)).toString('hex'));
    });

    test.each(['stage1', 'stage2'])('%s: another digit in any place of the bytes is a difference', (name) => {
      const text = readStage(name);
      const judge = nasm(assemblyOf(text));
      const digits = [...text.matchAll(/^(?:[0-9A-F]{2} +)+;/gm)].flatMap((match) =>
        [...match[0].matchAll(/[0-9A-F]/g)].map((digit) => match.index + digit.index),
      );
      expect(digits.length).toBe(judge.length * 2);
      for (let sample = 0; sample < digits.length; sample += 7) {
        const at = digits[sample] ?? 0;
        const digit = (Number.parseInt(text.charAt(at), 16) ^ (1 << (sample % 4))).toString(16).toUpperCase();
        const changed = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
        expect(Buffer.from(assembleHex0(changed)).equals(judge)).toBe(false);
      }
    });

    test('another word of the assembly is a difference too', () => {
      const text = readStage('stage2');
      const bytes = assembleHex0(text);
      for (const [from, to] of [
        ['; int 0x80 ', '; int 0x81 '],
        ['; mov ecx, 24 ', '; mov ecx, 20 '],
        ['; jne broken ', '; je broken '],
      ] as const) {
        expect(text).toContain(from);
        expect(nasm(assemblyOf(text.replace(from, to))).equals(bytes)).toBe(false);
      }
    });
  },
);

describe.skipIf(!hasObjdump && !required)(
  'the bytes, by a disassembler (skipped unless objdump is installed)',
  () => {
    test('the first instructions of stage2 are what the text beside them says', () => {
      const output = join(folder, 'stage2.bin');
      writeFileSync(output, assembleHex0(readStage('stage2')));
      const listing = execFileSync(
        'objdump',
        [
          '-D',
          '-b',
          'binary',
          '-m',
          'i8086',
          '-M',
          'intel',
          '--adjust-vma=0x8000',
          '--stop-address=0x800c',
          output,
        ],
        { encoding: 'utf8' },
      );
      const instructions = [...listing.matchAll(/^ *\w+:\t[0-9a-f ]+\t(.+)$/gm)].map(([, text = '']) =>
        text.replace(/ +/g, ' ').trim(),
      );
      expect(instructions).toEqual([
        'xor ax,ax',
        'mov ds,ax',
        'mov es,ax',
        'mov ss,ax',
        'mov sp,0x3000',
        'cld',
      ]);
    });
  },
);
