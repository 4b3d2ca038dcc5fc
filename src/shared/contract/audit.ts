// The audit of the seed and of the programs that follow it, and the two-root check of stage0's tools.
import { z } from 'zod';
import { AuditCheckDefinition, AuditedProgramId, AuditRow, SeedAudit } from '../model/audit.ts';
import { DdcReport } from '../model/ddc.ts';
import { CheckoutChoice } from './distfiles.ts';
import { procedure } from './errors.ts';

const started = z.strictObject({ jobId: z.string() });
const ofJob = z.strictObject({ job: z.string().max(80) });
/** Rows that are sent at once. */
export const AUDIT_ROW_LIMIT = 500;

export const auditContract = {
  /** Every check that there is, with its id and what it proves. */
  checks: procedure.output(z.array(AuditCheckDefinition)),
  /** Job `audit.seed`. `mutations`: also change every byte of the seed. Errors: CHECKOUT_INVALID, CHECKOUT_NOT_FOUND, NOT_FOUND, SEED_TEXT_INVALID. */
  seed: procedure.input(z.strictObject({ checkout: CheckoutChoice, mutations: z.boolean() })).output(started),
  /** null while the job is on its way. */
  seedReport: procedure.input(ofJob).output(SeedAudit.nullable()),
  /** The last audit that this host made of this checkout, and its job; null: none yet. */
  latest: procedure
    .input(z.strictObject({ checkout: CheckoutChoice }))
    .output(z.strictObject({ job: z.string(), audit: SeedAudit }).nullable()),
  /** Lines of a program with bytes. Errors: AUDIT_NOT_FOUND. */
  rows: procedure
    .input(
      ofJob.extend({
        program: AuditedProgramId,
        from: z.int().min(0),
        limit: z.int().min(1).max(AUDIT_ROW_LIMIT),
      }),
    )
    .output(z.strictObject({ total: z.int(), rows: z.array(AuditRow) })),
  /** Job `trust.ddc`: build stage0's tools from the host's C compiler, and compare. Errors: DDC_UNAVAILABLE, DDC_STEP_FAILED. */
  ddc: procedure
    .input(z.strictObject({ checkout: CheckoutChoice, run: z.string().max(80).nullable() }))
    .output(started),
  ddcReport: procedure.input(ofJob).output(DdcReport.nullable()),
  /** As the last check on this computer left it in the data folder; null: none yet. */
  ddcLatest: procedure.output(DdcReport.nullable()),
};
