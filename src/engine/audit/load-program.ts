// One audited program out of a checkout: its texts assembled by Seedbed, its machine code where the checkout has some, and both side by side.
import { createHash } from 'node:crypto';
import type { AuditedProgram } from '../../shared/model/audit.ts';
import { readSmallFile } from '../checkout/read-text.ts';
import { annotate, type Annotated, type SourceText } from '../formats/seed/annotate.ts';
import { assembleHexText, type HexText } from '../formats/seed/hex-text.ts';
import { expandM1 } from '../formats/seed/m1-text.ts';
import type { SeedProgram } from './seed-programs.ts';

export interface LoadedProgram {
  program: SeedProgram;
  /** The machine code that is used: the checkout's, else what the text makes. */
  bytes: Uint8Array;
  assembled: HexText;
  sources: SourceText[];
  texts: AuditedProgram['texts'];
  annotated: Annotated;
}

/** Throws NOT_FOUND, CHECKOUT_UNREADABLE, SEED_TEXT_INVALID. */
export async function loadProgram(root: string, program: SeedProgram): Promise<LoadedProgram> {
  const texts: AuditedProgram['texts'] = [];
  const sources: SourceText[] = [];
  let whole = '';
  for (const { file, style } of program.texts) {
    const bytes = await readSmallFile(root, file);
    texts.push({ file, sha256: sha256Of(bytes), sizeBytes: bytes.length });
    const text = withLineEnd(new TextDecoder().decode(bytes));
    sources.push({ file, text, style, firstLine: whole.split('\n').length - 1 });
    whole += style === 'm1' ? expandM1(text, { fileName: file }) : text;
  }
  const fileName = program.texts.map(({ file }) => file).join(' + ');
  const assembled = assembleHexText(whole, { dialect: program.dialect, base: program.base, fileName });
  // Not a Buffer: a slice of one is the same memory.
  const bytes =
    program.file === null ? assembled.bytes : new Uint8Array(await readSmallFile(root, program.file));
  return {
    program,
    bytes,
    assembled,
    sources,
    texts,
    annotated: annotateBytes(program, bytes, sources, assembled),
  };
}

export function annotateBytes(
  program: SeedProgram,
  bytes: Uint8Array,
  sources: readonly SourceText[],
  assembled: HexText,
): Annotated {
  return annotate({
    bytes,
    base: program.base,
    startBits: program.elf ? 32 : 16,
    sources,
    lines: assembled.lines,
  });
}

/** hex2 or M1 texts, one behind the other, to bytes. */
export async function assembleFiles(
  root: string,
  files: readonly string[],
  { m1, base }: { m1: boolean; base: number },
): Promise<Uint8Array> {
  let whole = '';
  for (const file of files) {
    const text = withLineEnd(new TextDecoder().decode(await readSmallFile(root, file)));
    whole += m1 && file.endsWith('.M1') ? expandM1(text, { fileName: file }) : text;
  }
  return assembleHexText(whole, { dialect: 'hex2', base, fileName: files.join(' + ') }).bytes;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function withLineEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
