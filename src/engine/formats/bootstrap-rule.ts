// A rule about a configuration: a pure function to findings.
import type { BootstrapConfiguration, ImageFinding } from '../../shared/model/bootstrap-config.ts';
import type { BootstrapGoal } from '../../shared/model/image-preset.ts';

/** What else is known of the image: its goal, and the built-in overlays that are laid over it. */
export interface RuleContext {
  goal: BootstrapGoal;
  overlays: readonly string[];
}

export type Rule = (configuration: BootstrapConfiguration, context: RuleContext) => ImageFinding[];

export function finding(
  level: ImageFinding['level'],
  code: string,
  field: string | null,
  why: string,
  hint = '',
): ImageFinding {
  return { level, code, field, why, hint };
}
