// seedbed trust ddc
import type { DdcReport } from '../../shared/model/ddc.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { readCheckoutName } from './checkout-options.ts';

export async function ddc(options: Json & { checkout: string; run?: string }): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const checkout = readCheckoutName(options.checkout, engine.places);
    const { jobId } = await client.audit.ddc({ checkout, run: options.run ?? null });
    await followJob(session, screen, jobId);
    const report = await client.audit.ddcReport({ job: jobId });
    if (report === null) return;
    if (options.json === true) screen.json(report);
    else for (const line of ddcLines(report)) screen.line(line);
    const runDiffers = report.run !== null && report.run.equal < report.run.compared;
    if (report.equal < report.expected || runDiffers) process.exitCode = 1;
  });
}

export function ddcLines(report: DdcReport): string[] {
  const { tools, generations, compiler, host, run } = report;
  return [
    `${report.equal} of ${report.expected} tools that come from ${compiler.path} are equal to upstream’s list of what the seed makes`,
    ...(run === null
      ? []
      : [
          run.compared === 0
            ? `The run ${run.id} has none of them on its disk: not compared.`
            : `${run.equal} of ${run.compared} are equal to those of the run ${run.id}`,
        ]),
    generations.settled
      ? 'The compiler settled: its second generation compiles itself to itself.'
      : 'The compiler did not settle: the second generation compiles itself to something else.',
    '',
    ...formatTable(
      tools.map(({ name, equal, expected, built }) => [
        equal ? 'equal' : 'DIFFERS',
        name,
        expected,
        equal ? '' : `built: ${built ?? 'nothing'}`,
      ]),
    ),
    '',
    `compiler: ${compiler.version}, sha256 ${compiler.sha256}`,
    `host: ${host.platform} ${host.kernel}, ${host.processor}`,
    'What this does not tell:',
    ...report.assumptions.map((one) => `  - ${one}`),
  ];
}
