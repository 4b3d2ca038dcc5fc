// seedbed run: build what is needed, start, stream the console, say the verdict.
import type { SandboxSpec } from '../../shared/contract/sandbox.ts';
import type { RunSpec } from '../../shared/contract/run.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { readAnswers } from '../../engine/run/answer-script.ts';
import type { MachineOptions } from '../../shared/model/machine.ts';
import { DEFAULT_CORES } from '../../shared/limits.ts';
import type { AcceleratorChoice } from '../../shared/model/run.ts';
import type { SandboxMode } from '../../shared/model/sandbox.ts';
import { followJob, followToVerdict } from '../follow.ts';
import type { Json } from '../program.ts';
import { openScreen, type Screen } from '../screen.ts';
import { type Session, withSession } from '../session.ts';
import { type ImageOptions, namesBootstrap, readImageName, readSpec, takeGoalStep } from './spec.ts';

interface RunOptions extends ImageOptions, Json {
  image?: string;
  in: 'qemu' | SandboxMode;
  accel: AcceleratorChoice;
  memory: number;
  detach?: boolean;
  quiet?: boolean;
  kernel?: string;
  printCommand?: boolean;
  bus: MachineOptions['bus'];
  paused?: boolean;
  onFault: MachineOptions['onFault'];
  checkpoints?: boolean;
  answers?: string;
}

export async function run(given: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    // Commander has checked the options by their declarations in program.ts.
    const options = given as RunOptions;
    const goalStep = takeGoalStep(options);
    if (options.in !== 'qemu') {
      const { jobId } = await client.sandbox.start(await sandboxSpec(options, options.in, goalStep, session));
      await followStarted(session, screen, jobId, options);
      return;
    }
    const spec: RunSpec = {
      image: await wantedImage(options, { places: engine.places, client }),
      accelerator: options.accel,
      memoryMiB: options.memory,
      cores: options.cores ?? DEFAULT_CORES,
      ...(goalStep === undefined ? {} : { goalStep }),
      ...(options.kernel === undefined ? {} : { kernel: engine.places.mint(options.kernel).token }),
      machine: await readMachine(options),
    };
    if (options.printCommand === true) {
      const preview = await client.run.preview(spec, { signal: session.signal });
      if (options.json === true) screen.json(preview);
      else screen.stream(preview.script);
      return;
    }
    const { jobId } = await client.run.start(spec);
    await followStarted(session, screen, jobId, options);
  });
}

async function followStarted(
  session: Session,
  screen: Screen,
  jobId: string,
  options: RunOptions,
): Promise<void> {
  const { runId } = await followJob(session, screen, jobId);
  if (runId === null) throw new SeedbedError('BUG', { reason: 'a run was started without an id' });
  await followToVerdict(session, screen, runId, options);
}

async function sandboxSpec(
  options: RunOptions,
  mode: SandboxMode,
  goalStep: string | undefined,
  { client, engine }: Session,
): Promise<SandboxSpec> {
  if (options.image !== undefined || options.printCommand === true || options.checkout === undefined)
    throw new SeedbedError('USAGE', {
      reason:
        'A sandbox runs a checkout: --in bwrap and --in chroot take --checkout, and no image of a machine.',
    });
  const tree = await readSpec(options, { places: engine.places, client }, false);
  return { in: mode, tree, ...(goalStep === undefined ? {} : { goalStep }) };
}

async function readMachine(options: RunOptions): Promise<MachineOptions> {
  return {
    bus: options.bus,
    paused: options.paused === true,
    onFault: options.onFault,
    checkpoints: options.checkpoints === true,
    answers: options.answers === undefined ? [] : await readAnswers(options.answers),
  };
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
