// Small programs for the audit's tests, written for Seedbed in the languages of stage0, and a folder that holds them like a checkout.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SeedProgram } from '../../src/engine/audit/seed-programs.ts';

/** 76 bytes of header with eight shared ones; `size` is the whole file's. */
function header(size: number): string {
  const bytes = `${size.toString(16).padStart(2, '0')} 00 00 00`;
  return `7F 45 4C 46 01 01 01 03 00 # identification
00 00 00 00 00 00 00
02 00 03 00 01 00 00 00 # e_type
4C 80 04 08 # e_entry
2C 00 00 00 # e_phoff
00 00 00 00 00 00 00 00 34 00 20 00
01 00 00 00 00 00 00 00 # shared
00 80 04 08 00 80 04 08
${bytes} ${bytes} # sizes
01 00 00 00 01 00 00 00 # flags
`;
}

/** Copies its input's first byte, plus one, to its output: open, read, write, exit; a loop of one turn and a branch not taken. */
export const COPY_PROGRAM_TEXT = `${header(134)}
#:_start ; (0x804804C)
	58    ; pop_eax      # Number of arguments
	5B    ; pop_ebx      # Its own name
	5B    ; pop_ebx      # The input
	31C9  ; xor_ecx,ecx  # To read
	6A 05 ; push !5
	58    ; pop_eax
	CD 80 ; int !0x80    # open
	5B    ; pop_ebx      # The output
	50    ; push_eax
	66B9 4102 ; mov_cx, @577
	66BA C001 ; mov_dx, @448
	6A 05 ; push !5
	58    ; pop_eax
	CD 80 ; int !0x80    # open
	97    ; xchg_eax,edi
	5B    ; pop_ebx
	31D2  ; xor_edx,edx
	42    ; inc_edx      # One byte
	89E1  ; mov_ecx,esp
	6A 03 ; push !3
	58    ; pop_eax
	CD 80 ; int !0x80    # read
	85C0  ; test_eax,eax
	74 0A ; je !done
	FE01  ; inc_[ecx]
	89FB  ; mov_ebx,edi
	B0 04 ; mov_al, !4
	CD 80 ; int !0x80    # write
	EB 00 ; jmp !done
#:done ; (0x804807F)
	31DB  ; xor_ebx,ebx
	6A 01 ; push !1
	58    ; pop_eax
	CD 80 ; int !0x80    # exit
`;

export const COPY_PROGRAM: SeedProgram = {
  id: 'hex0',
  title: 'copy',
  purpose: 'Copies one byte, plus one.',
  file: 'copy.seed',
  texts: [{ file: 'copy.hex0', style: 'stage0' }],
  dialect: 'hex0',
  base: 0x08048000,
  elf: true,
  copyOfText: null,
  others: [],
  gas: null,
  calls: ['open', 'read', 'write', 'exit'],
  notes: [],
};

export interface ProgramFolder {
  root: string;
  write(name: string, content: string | Uint8Array): void;
  remove(): void;
}

export function programFolder(): ProgramFolder {
  const root = mkdtempSync(join(tmpdir(), 'seedbed-programs-'));
  return {
    root,
    write: (name, content) => writeFileSync(join(root, name), content),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
