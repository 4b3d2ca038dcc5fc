// The step manifest under a configuration: which directives remain, what becomes of the variables, which scripts come of it.
// Agrees with live-bootstrap 984b8322, seed/script-generator.c (interpret, define, generate), its quirks too.
import { SeedbedError } from '../../shared/errors.ts';
import { type BootstrapVariable, variableValue } from './bootstrap-variables.ts';
import { evaluateLogic, parseLogic } from './manifest-predicate.ts';
import { type ActiveDirective, type BootstrapScript, splitScripts } from './manifest-script.ts';
import { type Directive, parseStepManifest } from './step-manifest.ts';

export interface ManifestEvaluation {
  scripts: BootstrapScript[];
  /** bootstrap.cfg as script-generator leaves it: with what `define` set. */
  variables: BootstrapVariable[];
}

/** Evaluate the text of steps/manifest. Throws CHECKOUT_UNREADABLE, naming `fileName` and the line. */
export function evaluateManifest(
  text: string,
  variables: readonly BootstrapVariable[],
  fileName = 'steps/manifest',
): ManifestEvaluation {
  return evaluateDirectives(parseStepManifest(text, fileName), variables, fileName);
}

export function evaluateDirectives(
  directives: readonly Directive[],
  variables: readonly BootstrapVariable[],
  fileName = 'steps/manifest',
): ManifestEvaluation {
  const state = variables.map((variable) => ({ ...variable }));
  const active: ActiveDirective[] = [];
  for (const directive of directives) {
    const holds = (): boolean =>
      directive.predicate === null ||
      evaluate(directive.predicate, state, directive.line, fileName) === 'True';
    if (directive.kind === 'define') {
      // The value is worked out before the condition, as upstream does; neither has an effect on the other.
      const value = directive.value.startsWith('( ')
        ? evaluate(directive.value, state, directive.line, fileName)
        : directive.value;
      if (holds()) define(state, directive.name, value);
    } else if (holds()) {
      active.push({ kind: directive.kind, argument: argumentOf(directive), line: directive.line });
    }
  }
  return { scripts: splitScripts(active), variables: state };
}

function argumentOf(directive: Exclude<Directive, { kind: 'define' }>): string {
  switch (directive.kind) {
    case 'build':
      return directive.step;
    case 'improve':
    case 'jump':
      return directive.script;
    case 'uninstall':
      return directive.targets.join(' ');
  }
}

/**
 * Replace a variable, or add it at the end. Quirks of script-generator's `define`: it never looks at the first variable of the list, so that one of its name
 * is added behind and never read; and where there are no variables at all, the first is written twice.
 */
function define(variables: BootstrapVariable[], name: string, value: string): void {
  if (variables.length === 0) variables.push({ name, value });
  const known = variables.find((variable, index) => index > 0 && variable.name === name);
  if (known === undefined) variables.push({ name, value });
  else known.value = value;
}

function evaluate(
  text: string,
  variables: readonly BootstrapVariable[],
  line: number,
  fileName: string,
): string {
  const logic = parseLogic(text);
  if (typeof logic === 'string')
    throw new SeedbedError('CHECKOUT_UNREADABLE', { file: fileName, line, reason: logic });
  return evaluateLogic(logic, (name) => variableValue(variables, name));
}
