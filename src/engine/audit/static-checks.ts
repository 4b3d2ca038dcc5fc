// Checks that need nothing but the bytes and upstream's text: header, instructions, comments, targets, calls. Pure functions of the bytes, so
// that a changed byte can be tried against them thousands of times.
import type { AnnotatedRow } from '../formats/seed/annotate.ts';
import { decodeElfHeader } from '../formats/seed/elf-header.ts';
import type { Instruction } from '../formats/seed/i386-instruction.ts';
import { counted, type CheckOutcome } from './checks.ts';
import type { SeedProgram } from './seed-programs.ts';

/** p_flags that occur: execute, and read-write-execute. */
const KNOWN_FLAGS = [1, 5, 7];
const SECTOR_BYTES = 512;

export function checkHeaderFields(bytes: Uint8Array): CheckOutcome {
  const { fields } = decodeElfHeader(bytes);
  const wrong = fields.filter(({ name, value, expected }) =>
    name === 'p_flags' ? !KNOWN_FLAGS.includes(value) : expected !== null && value !== expected,
  );
  return counted(
    fields.length,
    fields.length - wrong.length,
    wrong.map(({ name, value }) => `${name} is 0x${value.toString(16)}`).join(', '),
  );
}

/** `firstCode`: offset of the first line of code. */
export function checkHeaderFits(bytes: Uint8Array, base: number, firstCode: number): CheckOutcome {
  const { segments, entry, problem, headerBytes, sharedBytes } = decodeElfHeader(bytes);
  const [segment] = segments;
  if (segment === undefined) return counted(1, 0, problem ?? '');
  const facts: [string, boolean][] = [
    ['it is loaded where its text says', segment.address === base],
    ['the segment is the whole file', segment.fileSize === bytes.length],
    ['memory is not smaller than the file', segment.memorySize >= segment.fileSize],
    ['it starts at its first instruction', entry === base + firstCode],
    ['its headers end where the code begins', headerBytes === firstCode],
    ['headers share no bytes, or the eight that are known', sharedBytes === 0 || sharedBytes === 8],
  ];
  const wrong = facts.filter(([, holds]) => !holds).map(([name]) => `not so: ${name}`);
  return counted(facts.length, facts.length - wrong.length, wrong.join(', '));
}

export function checkBootLayout({ id }: SeedProgram, bytes: Uint8Array): CheckOutcome {
  const signature = bytes[510] === 0x55 && bytes[511] === 0xaa;
  const facts: [string, boolean][] =
    id === 'stage1'
      ? [
          ['one sector', bytes.length === SECTOR_BYTES],
          ['the signature 55 AA', signature],
          ['one partition entry that can be booted', bytes[446] === 0x80],
        ]
      : [
          ['whole sectors', bytes.length % SECTOR_BYTES === 0],
          ['the signature 55 AA', signature],
        ];
  const wrong = facts.filter(([, holds]) => !holds).map(([name]) => `not so: ${name}`);
  return counted(facts.length, facts.length - wrong.length, wrong.join(', '));
}

export function codeOf(rows: readonly AnnotatedRow[]): AnnotatedRow[] {
  return rows.filter(({ kind }) => kind === 'code');
}

export function instructionsOf(rows: readonly AnnotatedRow[]): Instruction[] {
  return rows.flatMap(({ instruction }) => instruction ?? []);
}

export function checkDecodes(rows: readonly AnnotatedRow[]): CheckOutcome {
  const code = codeOf(rows);
  const wrong = code.filter(({ instruction }) => instruction === null);
  return counted(
    code.length,
    code.length - wrong.length,
    wrong
      .map(({ file, line }) => `${file}:${line}`)
      .slice(0, 8)
      .join(', '),
  );
}

export function checkTargets(rows: readonly AnnotatedRow[], base: number, sizeBytes: number): CheckOutcome {
  const code = instructionsOf(rows);
  const starts = new Set(code.map(({ address }) => address));
  const branches = code.flatMap((instruction) =>
    instruction.operands.flatMap((operand) =>
      operand.kind === 'target' ? [{ from: instruction.address, to: operand.address }] : [],
    ),
  );
  // The boot sector ends with a jump to what it has just compiled, right behind itself.
  const wrong = branches.filter(({ to }) => !starts.has(to) && to !== base + sizeBytes);
  return counted(
    branches.length,
    branches.length - wrong.length,
    wrong.map(({ from, to }) => `0x${from.toString(16)} → 0x${to.toString(16)}`).join(', '),
  );
}
