// hex0, hex1 and hex2 text of stage0-posix to bytes, each byte with the line that it comes from (the languages: stage0-posix's README; hex2's
// pointers: ELF-i386.hex2 at 45d90f59, mescc-tools' hex2_linker.c). What those programs silently skip is an error here.
import { SeedbedError } from '../../../shared/errors.ts';

/** hex0: bytes only. hex1: labels of one character and `%`. hex2: named labels and all pointers. */
export type HexDialect = 'hex0' | 'hex1' | 'hex2';

export interface HexLine {
  /** From 1. */
  line: number;
  offset: number;
  length: number;
}

export interface HexText {
  bytes: Uint8Array;
  /** Lines that make bytes, in order. */
  lines: HexLine[];
  /** Label → address. */
  labels: Map<string, number>;
}

interface Options {
  dialect: HexDialect;
  /** Address of the first byte. */
  base?: number;
  fileName?: string;
}

interface Pointer {
  kind: string;
  target: string;
  /** `%target>from`: counted from that label. */
  from: string | null;
  offset: number;
  line: number;
}

/** Bytes of a pointer, and whether it is an address. */
const POINTERS: Readonly<Record<string, { length: number; absolute: boolean }>> = {
  '!': { length: 1, absolute: false },
  '@': { length: 2, absolute: false },
  $: { length: 2, absolute: true },
  '~': { length: 3, absolute: false },
  '%': { length: 4, absolute: false },
  '&': { length: 4, absolute: true },
};

/** Throws SEED_TEXT_INVALID with the line. */
export function assembleHexText(text: string, { dialect, base = 0, fileName }: Options): HexText {
  const refuse = (line: number, reason: string): never => {
    throw new SeedbedError('SEED_TEXT_INVALID', { file: fileName ?? `${dialect} text`, line, reason });
  };
  const bytes: number[] = [];
  const lines: HexLine[] = [];
  const labels = new Map<string, number>();
  const pointers: Pointer[] = [];
  let high = -1;
  let highLine = 0;
  const source = text.split('\n');
  source.forEach((content, index) => {
    const line = index + 1;
    const before = bytes.length;
    for (let at = 0; at < content.length; at += 1) {
      const mark = content[at] ?? '';
      if (mark === '#' || mark === ';') break;
      if (/\s/.test(mark)) continue;
      const digit = parseDigit(mark);
      if (digit !== null) {
        if (high < 0) {
          high = digit;
          highLine = line;
        } else {
          bytes.push((high << 4) | digit);
          high = -1;
        }
        continue;
      }
      const kind = POINTERS[mark];
      if (
        dialect === 'hex0' ||
        (mark !== ':' && (kind === undefined || (dialect === 'hex1' && mark !== '%')))
      )
        return refuse(line, `${JSON.stringify(mark)} means nothing in ${dialect}`);
      if (high >= 0) return refuse(line, 'a label or pointer in the middle of a byte');
      const word = dialect === 'hex1' ? content.slice(at + 1, at + 2) : wordAt(content, at + 1);
      if (word === '' || /\s/.test(word)) return refuse(line, `${mark} names no label`);
      at += word.length;
      if (mark === ':') {
        if (labels.has(word)) return refuse(line, `the label ${word} is there twice`);
        labels.set(word, base + bytes.length);
        continue;
      }
      let from: string | null = null;
      if (dialect === 'hex2' && content[at + 1] === '>') {
        from = wordAt(content, at + 2);
        at += from.length + 1;
      }
      pointers.push({ kind: mark, target: word, from, offset: bytes.length, line });
      for (let count = kind?.length ?? 0; count > 0; count -= 1) bytes.push(0);
    }
    if (bytes.length > before) lines.push({ line, offset: before, length: bytes.length - before });
  });
  if (high >= 0) refuse(highLine, 'a digit has no second one to make a byte with');
  for (const pointer of pointers) {
    const problem = putPointer(bytes, pointer, labels, base);
    if (problem !== null) refuse(pointer.line, problem);
  }
  return { bytes: Uint8Array.from(bytes), lines, labels };
}

function putPointer(
  bytes: number[],
  { kind, target, from, offset }: Pointer,
  labels: ReadonlyMap<string, number>,
  base: number,
): string | null {
  const { length, absolute } = POINTERS[kind] ?? { length: 4, absolute: false };
  const to = labels.get(target);
  const start = from === null ? base + offset + length : labels.get(from);
  if (to === undefined) return `there is no label ${target}`;
  if (start === undefined) return `there is no label ${from ?? ''}`;
  const value = absolute ? to : to - start;
  const bits = length * 8;
  const [low, high] = absolute ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)];
  if (value < low || value >= high)
    return `${target} is too far away: ${value} does not fit in ${length} bytes`;
  for (let index = 0; index < length; index += 1)
    bytes[offset + index] = Math.floor(value / 2 ** (8 * index)) & 0xff;
  return null;
}

function parseDigit(mark: string): number | null {
  return /^[0-9A-Fa-f]$/.test(mark) ? parseInt(mark, 16) : null;
}

/** Up to white space or `>`, as hex2 reads a token. A comment mark does not end it. */
function wordAt(content: string, start: number): string {
  return /^[^\s>]*/.exec(content.slice(start))?.[0] ?? '';
}
