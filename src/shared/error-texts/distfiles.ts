// Errors of distfiles and their store: the data that each code carries, what happened, and what to do now.
import type { ErrorTexts } from './text.ts';

export interface DistfilesErrorData {
  DISTFILE_MISSING: { name: string; sha256: string; folder: string; step: string; others: number };
  DISTFILES_INCOMPLETE: { missing: number; files: number; first: string; why: string };
  DISTFILES_BUSY: { path: string };
  DISTFILE_UNKNOWN: { name: string };
  DISTFILE_MISMATCH: { name: string; expected: string; actual: string; path: string };
}

export const DISTFILES_TEXTS: ErrorTexts<DistfilesErrorData> = {
  DISTFILE_MISSING: {
    message: (d) =>
      `The distfile ${d.name} (needed by ${d.step}) is not in ${d.folder}${d.others > 0 ? `, and ${d.others} more are missing` : ''}.`,
    hint: (d) =>
      `Put a file with sha256 ${d.sha256} there, or build with --goal stage0, which needs no distfiles.`,
  },
  DISTFILES_INCOMPLETE: {
    message: (d) =>
      `${d.missing} of ${d.files} distfiles are missing${d.missing > 1 ? `, first ${d.first}` : `: ${d.first}`}: ${d.why}.`,
    hint: () =>
      'seedbed distfiles status --missing lists them with their addresses and what each source said. Fetch again later, name a mirror with --mirror, or bring them in with seedbed distfiles import.',
  },
  DISTFILES_BUSY: {
    message: (d) => `Another Seedbed is writing to the distfiles in ${d.path}.`,
    hint: () => 'Wait until it has finished, or cancel it there.',
  },
  DISTFILE_UNKNOWN: {
    message: (d) => `The checkout wants no distfile called ${d.name}.`,
    hint: () => 'seedbed distfiles status lists those that it wants.',
  },
  DISTFILE_MISMATCH: {
    message: (d) =>
      `The distfile ${d.name} is not what the checkout expects: sha256 is ${d.actual}, expected ${d.expected}.`,
    hint: (d) => `Delete ${d.path} and fetch it again, from another mirror if it stays wrong.`,
  },
};
