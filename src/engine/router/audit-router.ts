// The contract's part for the audit of the seed and the two-root check.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import { auditContract } from '../../shared/contract/audit.ts';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import { DdcReport } from '../../shared/model/ddc.ts';
import { AUDIT_CHECKS } from '../audit/checks.ts';
import { openAudits } from '../audit/audits.ts';
import type { DataFolder } from '../data-folder.ts';
import type { Jobs } from '../jobs.ts';
import type { Results } from '../results/results.ts';
import type { Runs } from '../run/runs.ts';
import { checkTwoRoots } from '../trust/ddc.ts';
import { stage0Sums } from '../trust/stage0-sums.ts';
import { guarded } from './guard.ts';
import { createReports } from './job-reports.ts';

export interface AuditRouterNeeds {
  folder: DataFolder;
  jobs: Jobs;
  runs: Runs;
  results: Results;
  /** Folder of the checkout that was chosen. */
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createAuditRouter({ folder, jobs, runs, results, checkoutPath }: AuditRouterNeeds) {
  const os = implement(auditContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const home = join(folder.root, 'audits');
  const audits = openAudits(home, process.env);
  const ddcReports = createReports<DdcReport>();
  const nothingMade = { imageId: null, runId: null, path: null };

  return os.router({
    checks: os.checks.handler(() => [...AUDIT_CHECKS]),
    seed: os.seed.handler(async ({ input: { checkout, mutations } }) => {
      const root = await checkoutPath(checkout);
      const job = jobs.start('audit.seed', 'Auditing the seed', async (context) => {
        await audits.seed(job.id, root, mutations, context);
        return nothingMade;
      });
      return { jobId: job.id };
    }),
    seedReport: os.seedReport.handler(({ input }) => audits.report(input.job)),
    latest: os.latest.handler(async ({ input }) => audits.latest(await checkoutPath(input.checkout))),
    rows: os.rows.handler(({ input: { job, program, from, limit } }) => {
      const rows = audits.rows(job, program);
      return { total: rows.length, rows: rows.slice(from, from + limit) };
    }),
    ddc: os.ddc.handler(async ({ input }) => {
      const root = await checkoutPath(input.checkout);
      const id = input.run === null ? null : await runs.resolveId(input.run);
      const job = jobs.start('trust.ddc', 'Building stage0 from a C compiler', async (context) => {
        const run = id === null ? null : { id, sums: await sumsOf(id, context) };
        const { env, platform } = process;
        const report = await checkTwoRoots({ root, folder: home, env, platform, run }, context);
        ddcReports.set(job.id, report);
        return { ...nothingMade, runId: id };
      });
      return { jobId: job.id };
    }),
    ddcReport: os.ddcReport.handler(({ input }) => ddcReports.get(input.job)),
    ddcLatest: os.ddcLatest.handler(async () => {
      const text = await readFile(join(home, 'ddc.json'), 'utf8').catch(() => null);
      return text === null ? null : (DdcReport.safeParse(JSON.parse(text)).data ?? null);
    }),
  });

  async function sumsOf(
    id: string,
    context: Parameters<Results['collect']>[1],
  ): Promise<Map<string, string>> {
    return stage0Sums((await results.read(id)) ?? (await results.collect(id, context)));
  }
}
