// seedbed run: build what is needed, start, stream the console, say the verdict.
import type { RunSpec } from '../../shared/contract/run.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { DEFAULT_CORES } from '../../shared/limits.ts';
import type { AcceleratorChoice } from '../../shared/model/run.ts';
import { followJob, followRun, verdictLines } from '../follow.ts';
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { type ImageOptions, namesBootstrap, readImageName, readSpec } from './spec.ts';

interface RunOptions extends ImageOptions, Json {
  image?: string;
  accel: AcceleratorChoice;
  memory: number;
  detach?: boolean;
  quiet?: boolean;
}

export async function run(given: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine, signal } = session;
    // Commander has checked the options by their declarations in program.ts.
    const options = given as RunOptions;
    const spec: RunSpec = {
      image: await wantedImage(options, { places: engine.places, client }),
      accelerator: options.accel,
      memoryMiB: options.memory,
      cores: options.cores ?? DEFAULT_CORES,
    };
    const { jobId } = await client.run.start(spec);
    const { runId } = await followJob(session, screen, jobId);
    if (runId === null) throw new SeedbedError('BUG', { reason: 'a run was started without an id' });
    const started = await client.run.show({ run: runId });
    screen.note(`run ${runId}: ${started.record.accelerator.reason}`);
    if (options.detach === true) {
      if (options.json === true) screen.json(started);
      else screen.line(`Started ${runId}. Look at it: seedbed runs show ${runId}`);
      return;
    }
    const streams = options.quiet !== true && options.json !== true;
    const end = await followRun(session, screen, runId, {
      fromBytes: streams ? 0 : null,
      milestones: options.quiet === true && options.json !== true,
    });
    if (end === null) {
      screen.note(
        `The run goes on. Look at it: seedbed runs show ${runId}   End it: seedbed runs stop ${runId}`,
      );
      process.exitCode = signal.aborted ? 130 : 1;
      return;
    }
    if (options.json === true) screen.json(end);
    else for (const line of ['', ...verdictLines(end)]) screen.line(line);
    if (end.record.verdict?.outcome !== 'passed') process.exitCode = 1;
  });
}

async function wantedImage(
  options: RunOptions,
  host: Parameters<typeof readSpec>[1],
): Promise<RunSpec['image']> {
  if (options.image === undefined) return { build: await readSpec(options, host, true) };
  if (options.preset !== undefined || namesBootstrap(options)) {
    throw new SeedbedError('USAGE', {
      reason:
        '--image takes no --preset, --checkout, --distfiles, --goal and the like: the image has decided them.',
    });
  }
  return readImageName(options.image, host.places);
}
