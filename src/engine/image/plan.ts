// Plans any image that can be built.
import { SeedbedError } from '../../shared/errors.ts';
import type { ImageFinding } from '../../shared/model/bootstrap-config.ts';
import type { BootstrapRequest, BuildRequest } from './build-request.ts';
import { requireDistfiles } from './find-distfiles.ts';
import type { BuildOptions, ImagePlan } from './image-plan.ts';
import { checkRequest, gatherInputs, type ImageInputs } from './image-inputs.ts';
import { planBootCheck } from './plan-boot-check.ts';
import { planBootstrap } from './plan-bootstrap.ts';

/**
 * Look at everything that an image will be made of: the rules, names, budgets, the layout, and that every distfile is there. The distfiles'
 * hashes are compared when they are written. Throws the codes of the checkout, CONFIGURATION_REFUSED, OVERLAY_REFUSED, HEX0_INVALID,
 * STAGE1_MISFIT, STAGE2_MISFIT, SRCFS_NAME_REFUSED, SRCFS_BUDGET_EXCEEDED, DISTFILE_MISSING, INPUT_INVALID, CANCELLED.
 */
export async function planImage(request: BuildRequest, options: BuildOptions = {}): Promise<ImagePlan> {
  if (request.kind === 'boot-check') return planBootCheck();
  const inputs = await gatherInputs(request, options);
  refuseErrors(checkRequest(request, inputs.overlays));
  return planGathered(request, inputs, options);
}

export function planGathered(
  request: BootstrapRequest,
  inputs: ImageInputs,
  options: BuildOptions,
): Promise<ImagePlan> {
  requireDistfiles(inputs.distfiles, request.distfiles);
  return planBootstrap(request, inputs, options);
}

export function refuseErrors(findings: readonly ImageFinding[]): void {
  const errors = findings.filter(({ level }) => level === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const { code, why, hint } = first;
  throw new SeedbedError('CONFIGURATION_REFUSED', { code, why, hint, others: errors.length - 1 });
}
