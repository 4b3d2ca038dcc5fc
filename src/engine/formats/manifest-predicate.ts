// Conditions of the step manifest: `( NAME == VALUE && NAME != VALUE || … )`. No precedence: everything right of an operator is its right side.
// Source: live-bootstrap 984b8322, seed/script-generator.c (logic, primary_logic, eval_predicate).

/** A comparison or a constant, and what follows it. */
export interface Logic {
  term:
    { kind: 'constant'; value: string } | { kind: 'compare'; name: string; equal: boolean; value: string };
  rest: { operator: '||' | '&&'; logic: Logic } | null;
}

/** `( … )` with single spaces, as data; a string says what is wrong with it. */
export function parseLogic(text: string): Logic | string {
  const tokens = text.split(' ');
  if (tokens.shift() !== '(' || tokens.pop() !== ')') return 'a condition stands in ( and )';
  return parseTerms(tokens);
}

function parseTerms(tokens: readonly string[]): Logic | string {
  const [name, comparison, value, operator, ...others] = tokens;
  if (name === undefined) return 'the condition is empty';
  if (comparison === undefined) return { term: { kind: 'constant', value: name }, rest: null };
  if (comparison !== '==' && comparison !== '!=') return `== or != is expected after ${name}`;
  if (value === undefined) return `a value is expected after ${name} ${comparison}`;
  const term = { kind: 'compare', name, equal: comparison === '==', value } as const;
  if (operator === undefined) return { term, rest: null };
  if (operator !== '||' && operator !== '&&') return `|| or && is expected after ${value}`;
  const logic = parseTerms(others);
  return typeof logic === 'string' ? logic : { term, rest: { operator, logic } };
}

/** "True", "False", or the constant when there is nothing else. */
export function evaluateLogic({ term, rest }: Logic, valueOf: (name: string) => string): string {
  const left =
    term.kind === 'constant' ? term.value : truth((valueOf(term.name) === term.value) === term.equal);
  if (rest === null) return left;
  const right = evaluateLogic(rest.logic, valueOf);
  return truth(
    rest.operator === '||' ? left === 'True' || right === 'True' : left === 'True' && right === 'True',
  );
}

function truth(value: boolean): string {
  return value ? 'True' : 'False';
}
