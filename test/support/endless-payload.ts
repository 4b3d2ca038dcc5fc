// A boot sector that prints for ever: for runs that somebody else has to end. hex0 text with the assembly beside it, so that it can be read.
import type { StartableImage } from '../../src/engine/run/runs.ts';
import { createSectorImage } from './counting-payload.ts';

/** int 10h, AH=0Eh prints a character; the loop between two lines takes some milliseconds under TCG. */
const PAYLOAD = `
31 C0             # xor ax, ax
8E D8             # mov ds, ax
BE 21 7C          # line: mov si, 0x7C21
AC                # next: lodsb
84 C0             # test al, al
74 09             # jz pause
B4 0E             # mov ah, 0x0E
BB 07 00          # mov bx, 7
CD 10             # int 0x10
EB F2             # jmp next
B9 40 00          # pause: mov cx, 0x40
31 D2             # again: xor dx, dx
4A                # spin: dec dx
75 FD             # jnz spin
E2 F9             # loop again
EB E3             # jmp line
6F 6E 20 61 6E 64 20 6F 6E 0D 0A 00   # "on and on", CR LF, NUL at 0x7C21
`;

/** An image of a MiB that prints "on and on" line after line. */
export function createEndlessImage(folder: string): StartableImage {
  return createSectorImage(folder, PAYLOAD, 'endless.img');
}
