// The nine programs of the x86 chain that are audited, and where live-bootstrap 984b8322 keeps their texts (seed/stage0-posix at 45d90f59:
// kaem.x86, x86/mescc-tools-seed-kaem.kaem, x86/mescc-tools-mini-kaem.kaem; builder-hex0 at a2781242: build-stages.sh).
import type { AuditedProgramId } from '../../shared/model/audit.ts';
import type { HexDialect } from '../formats/seed/hex-text.ts';
import type { SourceText } from '../formats/seed/annotate.ts';

export interface ProgramText {
  file: string;
  style: SourceText['style'];
}

export interface Representation {
  /** `M1`, `hex2`. */
  name: string;
  files: readonly string[];
  m1: boolean;
}

export interface SeedProgram {
  id: AuditedProgramId;
  title: string;
  purpose: string;
  /** Machine code that the checkout holds; null: it is made from the text. */
  file: string | null;
  /** What it is made of, in this order. */
  texts: readonly ProgramText[];
  dialect: HexDialect;
  base: number;
  elf: boolean;
  /** The same text elsewhere in the checkout. */
  copyOfText: string | null;
  others: readonly Representation[];
  gas: string | null;
  /** System calls that its purpose needs; another is a finding. */
  calls: readonly string[];
  notes: readonly string[];
}

const STAGE0 = 'seed/stage0-posix';
const X86 = `${STAGE0}/x86`;
const SEEDS = `${STAGE0}/bootstrap-seeds`;
const HEADER: ProgramText = { file: `${X86}/ELF-i386.hex2`, style: 'stage0' };
/** Where Linux programs of stage0 are loaded. */
export const ELF_BASE = 0x08048000;

function stage0(
  id: AuditedProgramId,
  name: string,
  given: Pick<SeedProgram, 'title' | 'purpose' | 'texts' | 'dialect' | 'calls'> & Partial<SeedProgram>,
): SeedProgram {
  return {
    id,
    file: null,
    base: ELF_BASE,
    elf: true,
    copyOfText: null,
    others: [{ name: 'M1', files: [HEADER.file, `${X86}/Development/${name}.M1`], m1: true }],
    gas: `${X86}/GAS/${name}.S`,
    notes: [],
    ...given,
  };
}

function text(file: string, style: SourceText['style'] = 'stage0'): ProgramText {
  return { file: `${X86}/${file}`, style };
}

export const SEED_PROGRAMS: readonly SeedProgram[] = [
  stage0('hex0', 'hex0_x86', {
    title: 'hex0-seed',
    purpose: 'The seed: turns pairs of hexadecimal digits into bytes. Everything else is made with it.',
    file: `${SEEDS}/POSIX/x86/hex0-seed`,
    texts: [text('hex0_x86.hex0')],
    dialect: 'hex0',
    copyOfText: `${SEEDS}/POSIX/x86/hex0_x86.hex0`,
    calls: ['open', 'read', 'write', 'exit'],
    notes: [
      'It does not look at what open answers: without an input file it writes nothing and still says success.',
      'It reads the letter G as a digit of value 16: its test for A to F is one too wide. No text of the chain has one outside a comment.',
      'A last digit without a second one is dropped. Comments begin with # or ;. The file that it writes has mode 0700.',
    ],
  }),
  stage0('kaem', 'kaem-minimal', {
    title: 'kaem-optional-seed',
    purpose: 'A shell that runs one command a line. Optional: a person can type the commands instead.',
    file: `${SEEDS}/POSIX/x86/kaem-optional-seed`,
    texts: [text('kaem-minimal.hex0')],
    dialect: 'hex0',
    copyOfText: `${SEEDS}/POSIX/x86/kaem-minimal.hex0`,
    calls: ['open', 'brk', 'read', 'write', 'fork', 'execve', 'waitpid', 'exit'],
    notes: ['Its memory may be read, written and executed at once (flags 7).'],
  }),
  stage0('hex1', 'hex1_x86', {
    title: 'hex1',
    purpose: 'hex0 with labels of one character and relative addresses.',
    texts: [text('hex1_x86.hex0')],
    dialect: 'hex0',
    calls: ['open', 'read', 'write', 'lseek', 'exit'],
  }),
  stage0('hex2-0', 'hex2_x86', {
    title: 'hex2-0',
    purpose: 'hex1 with named labels and every kind of address.',
    texts: [text('hex2_x86.hex1')],
    dialect: 'hex1',
    calls: ['open', 'read', 'write', 'lseek', 'brk', 'exit'],
  }),
  stage0('catm', 'catm_x86', {
    title: 'catm',
    purpose: 'Puts files together, one behind the other.',
    texts: [text('catm_x86.hex2')],
    dialect: 'hex2',
    calls: ['open', 'read', 'write', 'brk', 'exit'],
  }),
  stage0('M0', 'M0_x86', {
    title: 'M0',
    purpose: 'A macro assembler: names instead of opcodes.',
    texts: [HEADER, text('M0_x86.hex2')],
    dialect: 'hex2',
    calls: ['open', 'read', 'write', 'brk', 'exit'],
  }),
  stage0('cc_x86', 'cc_x86', {
    title: 'cc_x86',
    purpose: 'The first C compiler, in macro assembly.',
    texts: [HEADER, text('cc_x86.M1', 'm1')],
    dialect: 'hex2',
    others: [],
    calls: ['open', 'read', 'write', 'brk', 'exit'],
  }),
  {
    id: 'stage1',
    title: 'boot sector (stage1)',
    purpose: 'What the BIOS starts: reads hex0 text from the disk, turns it into bytes and jumps to them.',
    file: null,
    texts: [{ file: 'builder-hex0/builder-hex0-x86-stage1.hex0', style: 'builder' }],
    dialect: 'hex0',
    base: 0x7c00,
    elf: false,
    copyOfText: null,
    others: [{ name: 'hex2', files: ['builder-hex0/builder-hex0-x86-stage1.hex2'], m1: false }],
    gas: null,
    calls: ['int 0x13'],
    notes: [
      'bootstrap-seeds holds another, older boot sector of the same name. live-bootstrap boots this one, made from builder-hex0’s text.',
    ],
  },
  {
    id: 'stage2',
    title: 'builder-hex0 (stage2)',
    purpose:
      'A tiny kernel: files in memory, a few system calls, a shell with three commands, and hex0 again.',
    file: null,
    texts: [{ file: 'builder-hex0/builder-hex0-x86-stage2.hex0', style: 'builder' }],
    dialect: 'hex0',
    base: 0x7e00,
    elf: false,
    copyOfText: null,
    others: [{ name: 'hex2', files: ['builder-hex0/builder-hex0.hex2'], m1: false }],
    gas: null,
    calls: ['int 0x10', 'int 0x13', 'int 0x15', 'int 0x80'],
    notes: [
      'It changes between 16- and 32-bit code; the mode follows its far jumps and its own descriptor table.',
    ],
  },
];

/** Every seed in machine code that the checkout has, for all architectures, and the text that each has to be equal to. */
export const SEED_FILES: readonly { file: string; text: string; dialect: HexDialect }[] = [
  ...(['x86', 'AMD64', 'AArch64', 'riscv32', 'riscv64'] as const).flatMap((arch) => [
    { file: `${SEEDS}/POSIX/${arch}/hex0-seed`, text: `${SEEDS}/POSIX/${arch}/hex0_${arch}.hex0` },
    { file: `${SEEDS}/POSIX/${arch}/kaem-optional-seed`, text: `${SEEDS}/POSIX/${arch}/kaem-minimal.hex0` },
  ]),
  { file: `${SEEDS}/UEFI/amd64/hex0-seed.efi`, text: `${SEEDS}/UEFI/amd64/hex0.hex0` },
  { file: `${SEEDS}/UEFI/amd64/kaem-optional-seed.efi`, text: `${SEEDS}/UEFI/amd64/kaem-optional.hex0` },
  { file: `${SEEDS}/NATIVE/knight/hex0-seed`, text: `${SEEDS}/NATIVE/knight/hex0-knight.hex0` },
  { file: `${SEEDS}/NATIVE/x86/stage0_monitor.img`, text: `${SEEDS}/NATIVE/x86/stage0_monitor.hex0` },
  {
    file: `${SEEDS}/NATIVE/x86/builder-hex0-x86-stage1.img`,
    text: `${SEEDS}/NATIVE/x86/builder-hex0-x86-stage1.hex0`,
  },
].map((one) => ({ ...one, dialect: 'hex0' }));
