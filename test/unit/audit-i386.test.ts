// The i386 decoder and interpreter: known encodings by hand, what they do not know, and programs that behave badly.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleHexText } from '../../src/engine/formats/seed/hex-text.ts';
import { type CodeBits, decodeInstruction } from '../../src/engine/formats/seed/i386-decode.ts';
import { formatInstruction } from '../../src/engine/formats/seed/i386-instruction.ts';
import { type ProgramOptions, runProgramFile } from '../../src/engine/formats/seed/i386-run.ts';
import { describeInstruction } from '../../src/engine/formats/seed/plain-words.ts';
import { COPY_PROGRAM_TEXT } from '../support/audit-programs.ts';

function decode(hex: string, bits: CodeBits = 32): string | null {
  const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  const found = decodeInstruction(bytes, 0, { base: 0x1000, bits });
  return found === null ? null : `${formatInstruction(found)} /${found.length}`;
}

describe('the decoder', () => {
  // Read from Intel's tables by hand; test/format/audit-judges.test.ts asks GNU objdump.
  it.each([
    ['66 B9 41 02', 32, 'mov cx, 0x241 /4'],
    ['6A FF', 32, 'push -0x1 /2'],
    ['8B 44 24 08', 32, 'mov eax, [esp+0x8] /4'],
    ['8D 04 8D F0 FF FF FF', 32, 'lea eax, [ecx*4-0x10] /7'],
    ['0F B6 C0', 32, 'movzx eax, al /3'],
    ['74 FE', 32, 'je 0x1000 /2'],
    ['E8 FB FF FF FF', 32, 'call 0x1000 /5'],
    ['F3 A4', 32, 'rep movsb /2'],
    ['0F 01 16 98 7F', 16, 'lgdt [0x7f98] /5'],
    ['26 66 C7 45 14 01 00 00 00', 16, 'mov dword es:[di+0x14], 0x1 /9'],
    ['EA C2 80 08 00', 16, 'jmp far 0x8:0x80c2 /5'],
    ['8A 87 00 78', 16, 'mov al, [bx+0x7800] /4'],
    ['66 60', 16, 'pushad /2'],
    ['0F 22 C0', 16, 'mov cr0, eax /3'],
  ] as const)('reads %s in %i-bit code as %s', (hex, bits, expected) => {
    expect(decode(hex, bits)).toBe(expected);
  });

  it.each(['0F FF', 'F1', 'FF FF', '8D C0', 'C7 C8 00', 'B8 01 02', '0F', '66 66', ''])(
    'does not guess at %s',
    (hex) => {
      expect(decode(hex)).toBeNull();
    },
  );

  it('takes any bytes, and never more than there are or than a processor takes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), fc.constantFrom<CodeBits>(16, 32), (bytes, bits) => {
        const found = decodeInstruction(bytes, 0, { bits });
        if (found === null) return;
        expect(found.length).toBeLessThanOrEqual(Math.min(15, bytes.length));
        expect(describeInstruction(found)).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });
});

/** A program whose whole memory may be written, of these instructions; the header's 84 bytes stand before them. */
function program(code: string, { flags = 7, memory = 0x1000 } = {}): Uint8Array {
  const word = (value: number): string =>
    (value.toString(16).padStart(8, '0').match(/../g) ?? []).reverse().join('');
  const head = `7F454C46 010101 03 00 00000000000000 0200 0300 01000000 ${word(0x8048054)} 34000000 00000000 00000000
3400 2000 0100 0000 0000 0000 01000000 00000000 00800408 00800408 ${word(memory)} ${word(memory)} ${word(flags)} 01000000`;
  const body = assembleHexText(`${head} ${code}`, { dialect: 'hex0' }).bytes;
  const whole = new Uint8Array(memory);
  whole.set(body);
  return whole;
}

function run(code: string, options: Partial<ProgramOptions> = {}, shape = {}) {
  return runProgramFile(program(code, shape), { args: ['program'], files: {}, ...options });
}

/** exit(ebx) */
const EXIT = 'B8 01000000 CD80';

describe('the interpreter', () => {
  it('runs a program on a file of its own and tells every call, every instruction and the mode of what it made', () => {
    const { bytes } = assembleHexText(COPY_PROGRAM_TEXT, { dialect: 'hex0' });
    const ran = runProgramFile(bytes, { args: ['copy', 'in', 'out'], files: { in: Uint8Array.of(65, 9) } });
    expect(ran).toMatchObject({ ending: 'exit', status: 0, steps: 33 });
    expect(ran.executed).toHaveLength(33);
    expect(ran.files.get('out')).toEqual(Uint8Array.of(66));
    expect(ran.modes.get('out')).toBe(0o700);
    expect(ran.calls.map(({ number, count }) => [number, count])).toEqual([
      [5, 1],
      [5, 1],
      [3, 1],
      [4, 1],
      [1, 1],
    ]);
  });

  // Each computes its exit status; the right one was worked out by hand.
  it.each([
    ['a carry', 'B0 FF 04 02 B3 00 80D3 05', 6],
    ['no carry kept by inc', 'F9 31DB B0 FF FEC0 80D3 00', null],
    ['a signed comparison', 'B8 FFFFFFFF 83F8 01 B3 00 7D 02 B3 07', 7],
    ['an unsigned comparison', 'B8 FFFFFFFF 83F8 01 B3 00 76 02 B3 09', 9],
    ['overflow at the most negative number', 'B8 00000080 F7D8 B3 00 71 02 B3 05', 5],
    ['a shift by more than the width keeps 5 bits', 'BB 03000000 B9 21000000 D3E3', 6],
    ['an arithmetic shift', 'BB F0FFFFFF C1FB 04', 0xff],
    ['flags through the stack', 'B0 FF 04 02 9C 31C0 9D B3 00 80D3 04', 5],
    ['signed division', 'B8 F9FFFFFF 99 BB 02000000 F7FB 89D3', 0xff],
    ['multiplication', 'B8 07000000 6BD8 06', 42],
    ['high bytes of registers', 'BB 00000000 B7 12 88FB', 0x12],
    ['a call and its return', 'E8 02000000 EB 03 B3 0B C3', 11],
    ['sign extension', 'B0 80 0FBED8 C1EB 18', 0xff],
    ['exchange', 'B8 15000000 93', 0x15],
    ['code that changes itself', 'C605 5C800408 0C B3 0B', 12],
  ] as const)('computes %s', (_name, code, status) => {
    const ran = run(`${code} ${EXIT}`);
    // stc is not in any audited program: it ends as what it is.
    if (status === null) expect(ran.ending).toBe('unknown-instruction');
    else expect([ran.ending, ran.status]).toEqual(['exit', status]);
  });

  it('ends what never ends, leaves its memory, writes where it may not, divides by zero, or asks for too much', () => {
    expect(run('EB FE', { stepLimit: 1000 })).toMatchObject({ ending: 'steps', steps: 1000 });
    expect(run('A1 00000000').ending).toBe('fault');
    expect(run('8825 54800408', {}, { flags: 5 }).ending).toBe('fault');
    expect(run('31DB F7F3').ending).toBe('fault');
    expect(run('FF25 00000000').ending).toBe('fault');
    expect(run('F4').ending).toBe('unknown-instruction');
    const greedy = run(`B8 2D000000 BB 00000070 CD80 89C3 C1EB 18 ${EXIT}`, { memoryLimitBytes: 1 << 20 });
    expect(greedy).toMatchObject({ ending: 'exit', status: 8 });
    const loud = run(`B8 04000000 BB 01000000 B9 00800408 BA 00100000 CD80 93 F7DB ${EXIT}`, {
      outputLimitBytes: 100,
    });
    expect(loud).toMatchObject({ ending: 'exit', status: 14 });
  });

  it('refuses what Linux would not load', () => {
    expect(runProgramFile(new Uint8Array(), { args: [], files: {} }).ending).toBe('not-loadable');
    expect(runProgramFile(program(EXIT).subarray(0, 60), { args: [], files: {} }).ending).toBe(
      'not-loadable',
    );
    const short = program(EXIT).subarray(0, 100);
    expect(runProgramFile(short, { args: [], files: {} }).ending).toBe('not-loadable');
  });

  it('goes on as parent or as child where a program forks, and ends where it becomes another', () => {
    const fork = 'B8 02000000 CD80 85C0 B3 01 74 02 B3 02';
    expect(run(`${fork} ${EXIT}`, { fork: 'child' }).status).toBe(1);
    expect(run(`${fork} ${EXIT}`, { fork: 'parent' }).status).toBe(2);
    const becomes = run('31C0 50 68 2F616263 89E3 50 53 89E1 31D2 B8 0B000000 CD80');
    expect(becomes).toMatchObject({ ending: 'execve', programs: [['/abc']] });
  });

  it('comes to an end with any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        const code = Buffer.from(bytes).toString('hex');
        const ran = run(code, { stepLimit: 500, memoryLimitBytes: 1 << 20 });
        expect(ran.steps).toBeLessThanOrEqual(500);
      }),
      { numRuns: 300 },
    );
  });
});
