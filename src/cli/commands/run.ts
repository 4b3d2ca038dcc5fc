// seedbed run: build what is needed, start, stream the console, say the verdict.
import type { RunSpec } from '../../shared/contract/run.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { DEFAULT_CORES } from '../../shared/limits.ts';
import type { AcceleratorChoice } from '../../shared/model/run.ts';
import { followJob, followToVerdict } from '../follow.ts';
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { type ImageOptions, namesBootstrap, readImageName, readSpec, takeGoalStep } from './spec.ts';

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
    const { client, engine } = session;
    // Commander has checked the options by their declarations in program.ts.
    const options = given as RunOptions;
    const goalStep = takeGoalStep(options);
    const spec: RunSpec = {
      image: await wantedImage(options, { places: engine.places, client }),
      accelerator: options.accel,
      memoryMiB: options.memory,
      cores: options.cores ?? DEFAULT_CORES,
      ...(goalStep === undefined ? {} : { goalStep }),
    };
    const { jobId } = await client.run.start(spec);
    const { runId } = await followJob(session, screen, jobId);
    if (runId === null) throw new SeedbedError('BUG', { reason: 'a run was started without an id' });
    await followToVerdict(session, screen, runId, options);
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
