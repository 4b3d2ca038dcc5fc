// A boot sector for tests of what happens to a living machine: it counts in memory and on its disk, prints both, and repeats what is typed.
// hex0 text with the assembly beside it (origin 0x7C00, as nasm lays it out), so that it can be read.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleHex0 } from '../../src/engine/formats/hex0.ts';
import type { StartableImage } from '../../src/engine/run/runs.ts';
import { createFakeImage } from './fake-image.ts';

/** `count AAAA BBBB`: a number kept in memory, written to sector 100 and read back. `key X`: what was typed. */
const PAYLOAD = `
31 C0                   # start: xor ax, ax
8E D8                   # mov ds, ax
8E C0                   # mov es, ax
8E D0                   # mov ss, ax
BC 00 7C                # mov sp, 0x7C00
A3 00 7E                # mov [0x7E00], ax
FF 06 00 7E             # next: inc word [0x7E00]
B8 00 43                # mov ax, 0x4300
BE 93 7C                # mov si, write
B2 80                   # mov dl, 0x80
CD 13                   # int 0x13
B4 42                   # mov ah, 0x42
BE A3 7C                # mov si, read
B2 80                   # mov dl, 0x80
CD 13                   # int 0x13
BE B3 7C                # mov si, words
E8 56 00                # call print
A1 00 7E                # mov ax, [0x7E00]
E8 38 00                # call hex
B0 20                   # mov al, 0x20
E8 55 00                # call out
A1 00 80                # mov ax, [0x8000]
E8 2D 00                # call hex
BE BF 7C                # mov si, line
E8 3F 00                # call print
B9 40 00                # mov cx, 0x40
31 D2                   # again: xor dx, dx
4A                      # spin: dec dx
75 FD                   # jnz spin
E2 F9                   # loop again
B4 01                   # mov ah, 1
CD 16                   # int 0x16
74 BC                   # jz next
30 E4                   # xor ah, ah
CD 16                   # int 0x16
50                      # push ax
BE BA 7C                # mov si, key
E8 24 00                # call print
58                      # pop ax
E8 2A 00                # call out
BE BF 7C                # mov si, line
E8 1A 00                # call print
EB A5                   # jmp next
B9 04 00                # hex: mov cx, 4
C1 C0 04                # digit: rol ax, 4
50                      # push ax
24 0F                   # and al, 0x0F
04 30                   # add al, 0x30
3C 3A                   # cmp al, 0x3A
72 02                   # jb small
04 07                   # add al, 7
E8 0E 00                # small: call out
58                      # pop ax
E2 EC                   # loop digit
C3                      # ret
AC                      # print: lodsb
84 C0                   # test al, al
74 0C                   # jz done
E8 02 00                # call out
EB F6                   # jmp print
B4 0E                   # out: mov ah, 0x0E
BB 07 00                # mov bx, 7
CD 10                   # int 0x10
C3                      # done: ret
10 00 01 00             # write: db 0x10,0,1,0
00 7E 00 00             # dw 0x7E00,0
64 00 00 00 00 00 00 00 # dq 100
10 00 01 00             # read: db 0x10,0,1,0
00 80 00 00             # dw 0x8000,0
64 00 00 00 00 00 00 00 # dq 100
63 6F 75 6E 74 20 00    # words: db "count ",0
6B 65 79 20 00          # key: db "key ",0
0D 0A 00                # line: db 13,10,0
`;

/** An image of a MiB whose machine counts on and on, a line each some milliseconds under TCG. */
export function createCountingImage(folder: string): StartableImage {
  return createSectorImage(folder, PAYLOAD, 'counting.img');
}

/** An image that is this boot sector and nothing else. */
export function createSectorImage(folder: string, hex0: string, name: string): StartableImage {
  const data = new Uint8Array(512);
  data.set(assembleHex0(hex0));
  data.set([0x55, 0xaa], 510);
  const path = join(folder, name);
  const { record } = createFakeImage(folder);
  const [disk] = record.disks;
  const bytes = Buffer.alloc(disk.sizeBytes);
  bytes.set(data);
  writeFileSync(path, bytes);
  const sha256 = createHash('sha256').update(data).digest('hex');
  const [region] = disk.regions;
  const regions = region === undefined ? [] : [{ ...region, lengthBytes: data.length, sha256 }];
  const changed = { ...disk, sha256, dataBytes: data.length, regions };
  return { path, record: { ...record, disks: [changed], expectedBootCheck: [] } };
}
