// Errors of the audit: the data that each code carries, what happened, and what to do now.
import type { ErrorTexts } from './text.ts';

export interface AuditErrorData {
  SEED_TEXT_INVALID: { file: string; line: number; reason: string };
  SEED_PROGRAM_UNKNOWN: { program: string; programs: string };
  AUDIT_NOT_FOUND: { audit: string };
  DDC_UNAVAILABLE: { reason: string };
  DDC_STEP_FAILED: { step: string; reason: string };
}

export const AUDIT_TEXTS: ErrorTexts<AuditErrorData> = {
  SEED_TEXT_INVALID: {
    message: (d) => `${d.file}:${d.line}: ${d.reason}.`,
    hint: () =>
      'Compare the file with its commit: seedbed checkout verify. Seedbed reads hex0, hex1, hex2 and M1 strictly: it skips nothing.',
  },
  SEED_PROGRAM_UNKNOWN: {
    message: (d) => `${d.program} is none of the programs that are audited.`,
    hint: (d) => `Take one of these: ${d.programs}`,
  },
  AUDIT_NOT_FOUND: {
    message: (d) => `There is no finished audit ${d.audit}.`,
    hint: () => 'Audits live as long as the program that made them. Start it again: seedbed audit seed',
  },
  DDC_UNAVAILABLE: {
    message: (d) => `The two-root check cannot run here: ${d.reason}.`,
    hint: () =>
      'It needs 32-bit Linux programs to run and a C compiler: Linux on x86 with gcc (Debian: sudo apt install gcc).',
  },
  DDC_STEP_FAILED: {
    message: (d) => `The two-root check ended at ${d.step}: ${d.reason}.`,
    hint: () =>
      'That is no verdict about the tools. Check that the checkout is whole (seedbed checkout verify) and that this system runs 32-bit programs.',
  },
};
