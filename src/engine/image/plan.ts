// Plans any image that can be built.
import type { BuildOptions, ImagePlan } from './image-plan.ts';
import { planBootCheck } from './plan-boot-check.ts';
import { type KernelBootstrapRequest, planKernelBootstrap } from './plan-kernel-bootstrap.ts';

/** Paths are absolute, or relative to the working directory. */
export type BuildRequest = { kind: 'boot-check' } | KernelBootstrapRequest;

/**
 * Look at everything that an image will be made of: names, budgets, the layout, and that every distfile is there. The distfiles' hashes
 * are compared when they are written. Throws the codes of the checkout, HEX0_INVALID, STAGE1_MISFIT, STAGE2_MISFIT,
 * SRCFS_NAME_REFUSED, SRCFS_BUDGET_EXCEEDED, DISTFILE_MISSING, INPUT_INVALID, CANCELLED.
 */
export function planImage(request: BuildRequest, options: BuildOptions = {}): Promise<ImagePlan> {
  return request.kind === 'boot-check' ? planBootCheck() : planKernelBootstrap(request, options);
}
