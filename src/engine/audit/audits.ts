// Audits of this host: the report and the rows of each by job, and the report in the data folder for others to read.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditedProgramId, AuditRow, SeedAudit } from '../../shared/model/audit.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { JobContext } from '../jobs.ts';
import { auditSeed, type SeedAuditResult } from './audit-seed.ts';

export interface Audits {
  /** Throws what auditSeed throws. */
  seed(job: string, root: string, mutations: boolean, context: JobContext): Promise<void>;
  report(job: string): SeedAudit | null;
  latest(root: string): { job: string; audit: SeedAudit } | null;
  /** Throws AUDIT_NOT_FOUND. */
  rows(job: string, program: AuditedProgramId): AuditRow[];
}

/** Rows of one audit are a few megabytes. */
const KEPT_AUDITS = 3;

export function openAudits(folder: string, env: NodeJS.ProcessEnv): Audits {
  const kept = new Map<string, SeedAuditResult>();
  return {
    async seed(job, root, mutations, context) {
      const result = await auditSeed(root, { mutations, env }, context);
      kept.set(job, result);
      for (const oldest of kept.keys()) if (kept.size > KEPT_AUDITS) kept.delete(oldest);
      await mkdir(folder, { recursive: true });
      await writeFileAtomically(join(folder, 'seed.json'), `${JSON.stringify(result.audit, null, 1)}\n`);
    },
    report: (job) => kept.get(job)?.audit ?? null,
    latest(root) {
      const found = [...kept].reverse().find(([, { audit }]) => audit.checkout === root);
      return found === undefined ? null : { job: found[0], audit: found[1].audit };
    },
    rows(job, program) {
      const rows = kept.get(job)?.rows.get(program);
      if (rows === undefined) throw new SeedbedError('AUDIT_NOT_FOUND', { audit: job });
      return rows;
    },
  };
}
