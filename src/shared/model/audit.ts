// What the audit of the seed comes to: programs byte by byte, checks with what each proves, and how representations of a program compare.
import { z } from 'zod';

export const AUDITED_PROGRAMS = [
  'hex0',
  'kaem',
  'hex1',
  'hex2-0',
  'catm',
  'M0',
  'cc_x86',
  'stage1',
  'stage2',
] as const;
export const AuditedProgramId = z.enum(AUDITED_PROGRAMS);
export type AuditedProgramId = z.infer<typeof AuditedProgramId>;

/** `explained`: not equal, and why is known for exactly these files. `not-checked`: what it needs is not here. */
export const CheckState = z.enum(['passed', 'explained', 'failed', 'not-checked']);
export type CheckState = z.infer<typeof CheckState>;

export const AuditCheckDefinition = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** What follows when it passes, in plain words. */
  proves: z.string(),
});
export type AuditCheckDefinition = z.infer<typeof AuditCheckDefinition>;

export const AuditCheck = AuditCheckDefinition.extend({
  /** null: about the checkout as a whole. */
  program: AuditedProgramId.nullable(),
  state: CheckState,
  /** Single facts that were looked at, and how many of them hold. */
  done: z.int().nonnegative(),
  held: z.int().nonnegative(),
  detail: z.string(),
});
export type AuditCheck = z.infer<typeof AuditCheck>;

export const SeedVersion = z.strictObject({
  sha256: z.string(),
  sizeBytes: z.int(),
  repository: z.string(),
  commit: z.string(),
  date: z.string(),
  seenIn: z.array(z.string()),
});
export type SeedVersion = z.infer<typeof SeedVersion>;

/** resources/seed-history.json */
export const SeedHistory = z.strictObject({
  note: z.string(),
  programs: z.record(AuditedProgramId, z.array(SeedVersion)),
});

/** resources/explained-differences.json: true for exactly the files with these hashes. */
export const ExplainedDifferences = z.strictObject({
  note: z.string(),
  comments: z.array(
    z.strictObject({
      sha256: z.string(),
      file: z.string(),
      line: z.int(),
      /** What was found there, as the audit writes it. */
      found: z.string(),
      explanation: z.string(),
    }),
  ),
  representations: z.array(
    z.strictObject({
      program: AuditedProgramId,
      representation: z.string(),
      sha256: z.array(z.string()),
      differences: z.int(),
      explanation: z.string(),
    }),
  ),
});
export type ExplainedDifferences = z.infer<typeof ExplainedDifferences>;

export const AuditFinding = z.strictObject({
  file: z.string(),
  line: z.int(),
  kind: z.enum(['mnemonic', 'operands', 'width', 'target', 'undecoded', 'address']),
  text: z.string(),
  /** null: nobody has looked at it yet. */
  explanation: z.string().nullable(),
});
export type AuditFinding = z.infer<typeof AuditFinding>;

export const AuditCall = z.strictObject({
  address: z.int(),
  /** `open`; for a BIOS or unknown interrupt its number. */
  name: z.string(),
  /** Times that it was made in the run; null: found in the code, not run. */
  count: z.int().nullable(),
});
export type AuditCall = z.infer<typeof AuditCall>;

export const AuditedProgram = z.strictObject({
  id: AuditedProgramId,
  title: z.string(),
  /** What it is for, in plain words. */
  purpose: z.string(),
  /** The file that holds its machine code; null: it is made from its text on the way. */
  file: z.string().nullable(),
  texts: z.array(z.strictObject({ file: z.string(), sha256: z.string(), sizeBytes: z.int() })),
  sizeBytes: z.int(),
  sha256: z.string(),
  baseAddress: z.int(),
  budget: z.array(z.strictObject({ kind: z.enum(['header', 'code', 'data', 'zero']), bytes: z.int() })),
  fields: z.array(
    z.strictObject({
      name: z.string(),
      offset: z.int(),
      length: z.int(),
      value: z.number(),
      expected: z.number().nullable(),
      meaning: z.string(),
    }),
  ),
  instructions: z.int(),
  /** Instructions that ran when the interpreter ran it; null: it was not run. */
  executed: z.int().nullable(),
  steps: z.int().nullable(),
  calls: z.array(AuditCall),
  rows: z.int(),
  version: SeedVersion.nullable(),
  history: z.array(SeedVersion),
  findings: z.array(AuditFinding),
  notes: z.array(z.string()),
});
export type AuditedProgram = z.infer<typeof AuditedProgram>;

export const AuditRow = z.strictObject({
  offset: z.int(),
  address: z.int(),
  /** Two hexadecimal digits a byte. */
  bytes: z.string(),
  kind: z.enum(['header', 'code', 'data']),
  instruction: z.string().nullable(),
  claim: z.string().nullable(),
  remark: z.string(),
  agreement: z.enum(['agrees', 'width', 'mnemonic', 'operands', 'target', 'undecoded', 'data']),
  meaning: z.string(),
  labels: z.array(z.string()),
  executed: z.boolean().nullable(),
  file: z.string(),
  line: z.int(),
});
export type AuditRow = z.infer<typeof AuditRow>;

export const RepresentationState = z.enum([
  'identical',
  'normalised',
  'explained',
  'unexplained',
  'not-applicable',
  'absent',
]);
export type RepresentationState = z.infer<typeof RepresentationState>;

export const RepresentationCell = z.strictObject({
  program: AuditedProgramId,
  representation: z.string(),
  state: RepresentationState,
  detail: z.string(),
  /** Where they differ, at most a few. */
  differences: z.array(z.string()),
});
export type RepresentationCell = z.infer<typeof RepresentationCell>;

export const MutationReport = z.strictObject({
  bytes: z.int(),
  mutations: z.int(),
  detected: z.int(),
  /** check id → mutations that it found by itself. */
  byCheck: z.array(z.strictObject({ check: z.string(), detected: z.int() })),
  milliseconds: z.number(),
});
export type MutationReport = z.infer<typeof MutationReport>;

export const SeedAudit = z.strictObject({
  checkout: z.string(),
  commit: z.string().nullable(),
  endedAt: z.iso.datetime(),
  programs: z.array(AuditedProgram),
  checks: z.array(AuditCheck),
  matrix: z.array(RepresentationCell),
  tools: z.array(z.strictObject({ name: z.string(), version: z.string().nullable() })),
  seedFiles: z.array(
    z.strictObject({
      file: z.string(),
      text: z.string(),
      sizeBytes: z.int(),
      sha256: z.string(),
      decodes: z.boolean(),
    }),
  ),
  mutations: MutationReport.nullable(),
  totals: z.strictObject({ passed: z.int(), explained: z.int(), failed: z.int(), notChecked: z.int() }),
});
export type SeedAudit = z.infer<typeof SeedAudit>;
