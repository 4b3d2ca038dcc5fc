// A program's bytes line by line as a page shows them, and how many bytes are what.
import type { AuditCall, AuditedProgram, AuditRow } from '../../shared/model/audit.ts';
import { formatRow } from '../formats/seed/annotate.ts';
import { decodeElfHeader } from '../formats/seed/elf-header.ts';
import { describeInstruction } from '../formats/seed/plain-words.ts';
import type { LoadedProgram } from './load-program.ts';
import { instructionsOf } from './static-checks.ts';

export function budgetOf({ bytes, annotated }: LoadedProgram, headerBytes: number): AuditedProgram['budget'] {
  const code = instructionsOf(annotated.rows).reduce((sum, { length }) => sum + length, 0);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0 && end > headerBytes + code) end -= 1;
  const zero = bytes.length - end;
  const data = Math.max(0, bytes.length - headerBytes - code - zero);
  return [
    { kind: 'header' as const, bytes: headerBytes },
    { kind: 'code' as const, bytes: code },
    { kind: 'data' as const, bytes: data },
    { kind: 'zero' as const, bytes: zero },
  ].filter((part) => part.bytes > 0);
}

export function rowsOf(
  { bytes, annotated }: LoadedProgram,
  executed: ReadonlySet<number> | null,
  calls: readonly AuditCall[],
): AuditRow[] {
  const fields = decodeElfHeader(bytes).fields;
  return annotated.rows.map((row) => {
    const { offset, length, address, kind, instruction, claim, remark, labels, file, line } = row;
    const called = calls.filter((call) => call.address === address && call.count !== null);
    const within = fields.filter(
      (field) => field.offset < offset + length && field.offset + field.length > offset,
    );
    const meaning =
      instruction !== null
        ? describeInstruction(
            instruction,
            called.map(({ name }) => name),
          )
        : kind === 'header'
          ? within.map(({ name, meaning: words }) => `${name}: ${words}`).join('; ')
          : '';
    return {
      offset,
      address,
      bytes: Buffer.from(bytes.subarray(offset, offset + length)).toString('hex'),
      kind,
      instruction: formatRow(row),
      claim,
      remark,
      agreement: row.agreement,
      meaning,
      labels,
      executed: kind === 'code' && executed !== null ? executed.has(address) : null,
      file,
      line,
    };
  });
}
