// Third and last stage of a bootstrap in a sandbox: the tree is planned from the same choices as disks would be, and the run is started with it.
import type { Assisted, GuestMirror } from '../../shared/model/run.ts';
import { SANDBOX_NAMES, type SandboxMode } from '../../shared/model/sandbox.ts';
import { formatBytes, formatCount } from '../../shared/units.ts';
import type { JobContext } from '../jobs.ts';
import { isLive } from '../run/run-folder.ts';
import { planTree, type TreePlan } from '../sandbox/plan-tree.ts';
import type { BootstrapRequest } from './bootstrap.ts';
import type { BootstrapNeeds } from './bootstrap-needs.ts';
import { type ImageChoices, imageRequest, presetFor } from './image-stage.ts';

export interface TreeStageResult {
  did: 'done';
  detail: string;
  plan: TreePlan;
  preset: string;
  mirror: GuestMirror | null;
}

/** The host's own address: there is no machine between. */
const LOOPBACK = '127.0.0.1';
/** Copies of the distfiles come first. */
const BEGINS_WITHIN_SECONDS = 600;

/** Throws what planning an image throws. */
export async function treeStage(
  mode: SandboxMode,
  checkoutPath: string,
  choices: ImageChoices,
  { distfiles }: Pick<BootstrapNeeds, 'distfiles'>,
  context: JobContext,
): Promise<TreeStageResult> {
  const preset = presetFor(choices);
  const mirror =
    choices.mirror === null ? null : { ...choices.mirror, url: `http://${LOOPBACK}:${choices.mirror.port}` };
  // Overlays are for machines: a sandbox waits for no network, and has no menu.
  const request = imageRequest(
    { ...preset, overlays: [] },
    checkoutPath,
    { ...choices, mirror },
    distfiles.store,
  );
  const plan = await planTree(mode, request, context);
  const { entries } = plan.record.disks[0];
  const size = `${formatCount(entries.files)} files, ${formatBytes(entries.payloadBytes)}`;
  return {
    did: 'done',
    detail: `The root of the sandbox was planned (${size}).`,
    plan,
    preset: preset.id,
    mirror,
  };
}

/** A fresh tree for every run; a living run of the very same tree is what an earlier start came to. */
export async function sandboxRunStage(
  request: BootstrapRequest,
  { plan, mirror, assisted }: { plan: TreePlan; mirror: GuestMirror | null; assisted: Assisted | null },
  { runs, guestMirrors }: Pick<BootstrapNeeds, 'runs' | 'guestMirrors'>,
  context: JobContext,
): Promise<{ did: 'done' | 'found'; detail: string; id: string }> {
  const living = request.anew ? undefined : await livingRunOf(plan, runs);
  if (mirror !== null) await guestMirrors.start(mirror, BEGINS_WITHIN_SECONDS);
  if (living !== undefined) return { did: 'found', detail: `Run ${living} is on its way.`, id: living };
  const record = await runs.startSandbox(
    {
      plan,
      goal: request.goalStep === null ? plan.record.goal : `step:${request.goalStep}`,
      cores: request.machine.cores,
      network: mirror !== null,
      assisted,
      guestMirror: mirror,
    },
    context,
  );
  // One that served an earlier run may have ended with it in between.
  if (mirror !== null) await guestMirrors.start(mirror, 0);
  const where = SANDBOX_NAMES[plan.mode];
  return { did: 'done', detail: `Run ${record.id} is started in ${where}.`, id: record.id };
}

async function livingRunOf(plan: TreePlan, runs: BootstrapNeeds['runs']): Promise<string | undefined> {
  for (const { id, kind } of (await runs.list()).filter(isLive)) {
    if (kind !== plan.mode) continue;
    const { record } = await runs.show(id);
    if (isLive(record) && record.image.inputDigest === plan.record.inputDigest) return id;
  }
  return undefined;
}
