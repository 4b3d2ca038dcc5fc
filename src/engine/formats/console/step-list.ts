// The directives of a run as steps with ids: from the manifest under a configuration to the list that is kept beside a run, and back.
// Source: live-bootstrap 984b8322, seed/script-generator.c (generate), through ../manifest-script.ts.
import type { ManifestScript } from '../../../shared/model/manifest.ts';
import { StepDirective, type StepList } from '../../../shared/model/timeline.ts';
import { type BootstrapVariable, variableValue } from '../bootstrap-variables.ts';
import { evaluateManifest } from '../manifest-evaluate.ts';
import { firstKernel, namedScripts } from '../manifest-kernels.ts';
import { type ActiveDirective, splitScripts } from '../manifest-script.ts';

export interface ExpectedStep {
  id: string;
  directive: StepDirective;
  argument: string;
  pass: number | null;
  line: number | null;
  /** Number of its /steps/N.sh. */
  script: number;
}

export interface ExpectedSteps {
  steps: readonly ExpectedStep[];
  scripts: readonly Omit<ManifestScript, 'entries'>[];
}

/** Throws CHECKOUT_UNREADABLE. */
export function stepListOf(
  manifest: string,
  variables: readonly BootstrapVariable[],
  commit: string | null,
): StepList {
  const { scripts, variables: after } = evaluateManifest(manifest, variables);
  const directives = scripts.flatMap(({ entries }) =>
    entries.map(({ directive, argument, line }) => `${line} ${directive}: ${argument}`),
  );
  return { version: 1, commit, firstKernel: firstKernel((name) => variableValue(after, name)), directives };
}

export function expectedSteps(list: StepList): ExpectedSteps {
  const active = list.directives.flatMap((text) => readDirective(text) ?? []);
  const scripts = namedScripts(splitScripts(active), list.firstKernel);
  const seen = new Map<string, number>();
  const steps = scripts.flatMap(({ number, entries }) =>
    entries.map(({ directive, argument, pass, line }) => ({
      id: idOf(directive, argument, pass, seen),
      directive,
      argument,
      pass,
      line,
      script: number,
    })),
  );
  return { steps, scripts: scripts.map(({ number, shell, kernel }) => ({ number, shell, kernel })) };
}

function readDirective(text: string): ActiveDirective | null {
  const [, line, kind, argument] = /^(\d+) (\w+): (.+)$/.exec(text) ?? [];
  const directive = StepDirective.safeParse(kind);
  if (!directive.success || argument === undefined) return null;
  return { kind: directive.data, argument, line: Number(line) };
}

function idOf(
  directive: StepDirective,
  argument: string,
  pass: number | null,
  seen: Map<string, number>,
): string {
  const id = pass === null ? `${directive}:${argument}` : buildId(argument, pass);
  const before = seen.get(id) ?? 0;
  seen.set(id, before + 1);
  return before === 0 ? id : `${id}#${before + 1}`;
}

export function buildId(name: string, pass: number): string {
  return `build:${name}:${pass}`;
}

/** `tcc-0.9.27 (pass 2)`, `improve: swap`. */
export function stepTitle(step: Pick<ExpectedStep, 'directive' | 'argument' | 'pass'>): string {
  return step.pass === null ? `${step.directive}: ${step.argument}` : `${step.argument} (pass ${step.pass})`;
}
