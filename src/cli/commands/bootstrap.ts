// seedbed bootstrap: all stages as one job, then the run.
import type { BootstrapInput } from '../../shared/contract/bootstrap.ts';
import type { BootstrapReport, BootstrapStage } from '../../shared/model/bootstrap.ts';
import type { AcceleratorChoice } from '../../shared/model/run.ts';
import type { SandboxMode } from '../../shared/model/sandbox.ts';
import { followJob, followToVerdict } from '../follow.ts';
import type { Json } from '../program.ts';
import { openScreen, type Screen } from '../screen.ts';
import { type Session, withSession } from '../session.ts';
import { type FetchOptions, readCheckoutName, readFetch } from './checkout-options.ts';
import { type DistfileOptions, readFetchOptions } from './distfiles.ts';
import { collect, describeTotals } from './results.ts';

interface BootstrapOptions extends FetchOptions, Omit<DistfileOptions, 'checkout'>, Json {
  checkout?: string;
  goal: string;
  preset?: 'offline' | 'online';
  to: BootstrapStage;
  in: 'qemu' | SandboxMode;
  continue?: string;
  newRun?: boolean;
  accel: AcceleratorChoice;
  memory?: number;
  cores?: number;
  checkpoints?: boolean;
  detach?: boolean;
  quiet?: boolean;
}

export async function bootstrap(given: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client } = session;
    // Commander has checked the options by their declarations in bootstrap-program.ts.
    const options = given as BootstrapOptions;
    const { jobId } = await client.bootstrap.start(await readInput(options, session));
    const result = await followJob(session, screen, jobId).catch(async (error: unknown) => {
      tellStages(screen, await client.bootstrap.report({ job: jobId }));
      throw error;
    });
    const report = await client.bootstrap.report({ job: jobId });
    tellStages(screen, report);
    if (result.runId === null) {
      if (options.json === true) screen.json(report);
      return;
    }
    const end = await followToVerdict(session, screen, result.runId, options);
    if (end !== null) await tellOutputs(session, screen, { run: result.runId, json: options.json === true });
  });
}

async function readInput(options: BootstrapOptions, { engine }: Session): Promise<BootstrapInput> {
  const { places } = engine;
  const { checkout, goal, preset, to, memory, cores } = options;
  const isStep = goal !== 'stage0' && goal !== 'end';
  return {
    ...(checkout === undefined ? {} : { checkout: readCheckoutName(checkout, places) }),
    fetch: await readFetch(options, places),
    distfiles: readFetchOptions(options, places),
    goal: goal === 'stage0' ? 'stage0' : 'end',
    ...(isStep ? { goalStep: goal } : {}),
    ...(preset === undefined ? {} : { preset }),
    to,
    in: options.in,
    accelerator: options.accel,
    ...(memory === undefined ? {} : { memoryMiB: memory }),
    ...(cores === undefined ? {} : { cores }),
    ...(options.checkpoints === true ? { machine: { checkpoints: true } } : {}),
    ...(options.continue === undefined ? {} : { continues: options.continue }),
    anew: options.newRun === true,
  };
}

/** Reads what the run made while it is fresh: the account is kept beside the run. */
async function tellOutputs(
  session: Session,
  screen: Screen,
  { run, json }: { run: string; json: boolean },
): Promise<void> {
  const results = await collect(session, screen, run);
  if (results === null || json) return;
  screen.line(describeTotals(results));
  screen.line(
    `Look at them: seedbed runs results ${run}   Take them out: seedbed runs extract ${run} --to DIR`,
  );
}

/** What each stage came to, on the side of the work itself. */
function tellStages(screen: Screen, report: BootstrapReport | null): void {
  if (report === null) return;
  for (const { stage, state, detail } of report.stages)
    if (state !== 'waiting' && state !== 'left') screen.note(`${MARKS[state]} ${stage}: ${detail || state}`);
  if (report.runId !== null) for (const reason of report.machine.reasons) screen.note(`  ${reason}`);
}

const MARKS = { running: '…', done: '✓', found: '✓', failed: '✗' };
