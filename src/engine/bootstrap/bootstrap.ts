// A whole bootstrap as one piece of work: checkout → distfiles → images → run. Each stage first looks at what is there, so that a second start does nothing
// again that an earlier one has done; the state is the files of the stages themselves.
import { SeedbedError } from '../../shared/errors.ts';
import {
  BOOTSTRAP_STAGES,
  type BootstrapReport,
  type BootstrapStage,
  type FittedMachine,
} from '../../shared/model/bootstrap.ts';
import type { Assisted, GuestMirror } from '../../shared/model/run.ts';
import type { SandboxMode } from '../../shared/model/sandbox.ts';
import type { StartRequest } from '../run/runs.ts';
import type { FetchRequest } from '../checkout/fetch.ts';
import type { FetchChoices } from '../distfiles/fetch-wanted.ts';
import type { Image } from '../../shared/model/image.ts';
import type { JobContext } from '../jobs.ts';
import { isLive } from '../run/run-folder.ts';
import type { BootstrapNeeds } from './bootstrap-needs.ts';
import { checkoutStage } from './checkout-stage.ts';
import { distfileStage } from './distfile-stage.ts';
import { type ImageChoices, imageStage } from './image-stage.ts';
import { sandboxRunStage, treeStage } from './sandbox-stage.ts';

export interface BootstrapRequest {
  /** What it runs in. */
  in: 'qemu' | SandboxMode;
  /** Folder of a checkout; null fetches (or finds) the one of `fetch`. */
  checkoutPath: string | null;
  fetch: FetchRequest;
  distfiles: FetchChoices;
  goal: 'stage0' | 'end';
  /** End as passed once this step is done. */
  goalStep: string | null;
  /** Null: the first stage for `stage0`, else offline where all distfiles are there and with our own mirror where not. */
  preset: 'first-stage' | 'offline' | 'online' | null;
  /** The last stage. */
  to: BootstrapStage;
  accelerator: StartRequest['accelerator'];
  machine: FittedMachine;
  options: StartRequest['machine'];
  /** Go on with what this run has built. */
  continues: string | null;
  /** Start another run though one of the same image lives. */
  anew: boolean;
}

const LOOKING: Record<BootstrapStage, string> = {
  checkout: 'Looking at the checkout',
  distfiles: 'Looking at the distfiles',
  images: 'Planning the disks',
  run: 'Preparing the run',
};

export type BootstrapReporter = (report: BootstrapReport) => void;

/** Throws the codes of every stage; CANCELLED says what is kept. */
export async function bootstrap(
  request: BootstrapRequest,
  needs: BootstrapNeeds,
  context: JobContext,
  onReport: BootstrapReporter,
): Promise<BootstrapReport> {
  const board = openBoard(request, onReport);
  const last = BOOTSTRAP_STAGES.indexOf(request.to);
  const kept: string[] = [];

  async function stage<T extends { did: 'done' | 'found'; detail: string }>(
    name: BootstrapStage,
    work: (context: JobContext) => Promise<T>,
  ): Promise<T> {
    board.set(name, 'running', '');
    const number = BOOTSTRAP_STAGES.indexOf(name) + 1;
    const report: JobContext['report'] = (progress) =>
      context.report({
        ...progress,
        step: `${name}/${progress.step}`,
        label: `${number} of ${last + 1}: ${progress.label}`,
      });
    report({ step: 'look', label: LOOKING[name], done: 0, total: null, unit: 'steps' });
    try {
      const result = await work({ signal: context.signal, report });
      context.signal.throwIfAborted();
      board.set(name, result.did, result.detail);
      kept.push(result.detail);
      return result;
    } catch (error) {
      board.set(name, 'failed', '');
      throw withKept(error, kept, context.signal);
    }
  }

  // Before anything is fetched for it.
  if (request.in !== 'qemu' && last === 3) await needs.runs.requireSandbox(request.in);
  const checkout = await stage('checkout', (inner) => checkoutStage(request, needs, inner));
  if (last < 1) return board.leave();
  const continued = request.continues === null ? null : await repositoryOf(request.continues, needs, context);
  const distfiles = await stage('distfiles', (inner) => distfileStage(request, checkout.path, needs, inner));
  board.change({ sources: distfiles.sources });
  if (last < 2) return board.leave();
  const mirror = distfiles.sources === 'mirror' ? await needs.guestMirrors.choose(checkout.path) : null;
  const choices: ImageChoices = {
    goal: request.goal,
    sources: distfiles.sources,
    mirror,
    cores: request.machine.cores,
    repoPath: continued?.folder ?? null,
  };
  const assisted =
    continued === null || request.continues === null
      ? null
      : { run: request.continues, packages: continued.packages };
  if (request.in !== 'qemu') {
    const { in: mode } = request;
    const tree = await stage('images', (inner) => treeStage(mode, checkout.path, choices, needs, inner));
    board.change({ preset: tree.preset, mirror: tree.mirror?.url ?? null });
    if (last < 3) return board.leave();
    const run = await stage('run', (inner) => sandboxRunStage(request, { ...tree, assisted }, needs, inner));
    board.change({ runId: run.id });
    return board.leave();
  }
  const built = await stage('images', (inner) => imageStage(checkout.path, choices, needs, inner));
  board.change({ preset: built.preset, mirror: mirror?.url ?? null, imageId: built.image.id });
  if (last < 3) return board.leave();
  const run = await stage('run', (inner) =>
    runStage(request, { image: built.image, mirror, assisted }, needs, inner),
  );
  board.change({ runId: run.id });
  return board.leave();
}

async function repositoryOf(
  run: string,
  { results }: BootstrapNeeds,
  context: JobContext,
): Promise<{ folder: string; packages: number }> {
  return results.repository(run, {
    signal: context.signal,
    report: (progress) => context.report({ ...progress, step: `repository/${progress.step}` }),
  });
}

/** Preflight, a probe of the accelerator and copies of the disks come first. */
const BEGINS_WITHIN_SECONDS = 600;

/** A fresh disk for every run; a living run of the very same image is what an earlier start came to. */
async function runStage(
  request: BootstrapRequest,
  { image, mirror, assisted }: { image: Image; mirror: GuestMirror | null; assisted: Assisted | null },
  { runs, guestMirrors }: BootstrapNeeds,
  context: JobContext,
): Promise<{ did: 'done' | 'found'; detail: string; id: string }> {
  const living = request.anew ? undefined : await livingRunOf(image, runs);
  if (mirror !== null) {
    context.report({ step: 'mirror', label: 'Starting the mirror', done: 0, total: null, unit: 'steps' });
    await guestMirrors.start(mirror, BEGINS_WITHIN_SECONDS);
  }
  if (living !== undefined) return { did: 'found', detail: `Run ${living} is on its way.`, id: living };
  const { accelerator, machine, options, goalStep } = request;
  const record = await runs.start(
    {
      image,
      goal: goalStep === null ? image.record.goal : `step:${goalStep}`,
      accelerator,
      memoryMiB: machine.memoryMiB,
      cores: machine.cores,
      ...(options === undefined ? {} : { machine: options }),
      assisted,
      guestMirror: mirror,
    },
    context,
  );
  // One that served an earlier run may have ended with it in between.
  if (mirror !== null) await guestMirrors.start(mirror, 0);
  return { did: 'done', detail: `Run ${record.id} is started. ${record.accelerator.reason}`, id: record.id };
}

async function livingRunOf(image: Image, runs: BootstrapNeeds['runs']): Promise<string | undefined> {
  for (const { id } of (await runs.list()).filter(isLive)) {
    const { record } = await runs.show(id);
    if (isLive(record) && record.image.id === image.id) return id;
  }
  return undefined;
}

function openBoard(request: BootstrapRequest, onReport: BootstrapReporter) {
  let report: BootstrapReport = {
    stages: BOOTSTRAP_STAGES.map((stage) => ({ stage, state: 'waiting', detail: '' })),
    sources: null,
    preset: request.preset,
    mirror: null,
    machine: request.machine,
    continues: request.continues,
    imageId: null,
    runId: null,
  };
  const change = (part: Partial<BootstrapReport>): void => {
    report = { ...report, ...part };
    onReport(report);
  };
  const set = (
    name: BootstrapStage,
    state: BootstrapReport['stages'][number]['state'],
    detail: string,
  ): void =>
    change({ stages: report.stages.map((one) => (one.stage === name ? { ...one, state, detail } : one)) });
  change({});
  return {
    change,
    set,
    /** Stages that were not asked for. */
    leave(): BootstrapReport {
      for (const { stage, state } of report.stages)
        if (state === 'waiting') set(stage, 'left', 'Not asked for.');
      return report;
    },
  };
}

/** What earlier stages have done stays, and so does what the one that was cancelled says of itself. */
function withKept(error: unknown, kept: readonly string[], signal: AbortSignal): unknown {
  if (!signal.aborted) return error;
  const own =
    error instanceof SeedbedError && error.code === 'CANCELLED' ? (error.data as { kept: string }).kept : '';
  const sentence = [...kept, own, 'Start again, and it goes on from there.']
    .filter((part) => part !== '')
    .join(' ');
  return new SeedbedError('CANCELLED', { kept: sentence }, { cause: error });
}
