// steps/manifest: what live-bootstrap does, one directive a line.
// Source: live-bootstrap 984b8322, head of steps/manifest and seed/script-generator.c (consume_line, interpret, define); the pre-network rule is lib/generator.py's (get_source_manifest).
import { SeedbedError } from '../../shared/errors.ts';

interface Common {
  /** From 1. */
  line: number;
  /** The line as it stands. */
  text: string;
  /** `( NAME == VALUE … )`, when there is one. */
  predicate: string | null;
}

export type Directive =
  | (Common & { kind: 'build'; step: string })
  | (Common & { kind: 'improve' | 'jump'; script: string })
  | (Common & { kind: 'uninstall'; targets: readonly string[] })
  | (Common & { kind: 'define'; name: string; value: string });

const WORD = /^[\w.+/-]{0,63}$/;
const NAME = /^[\w.+-]{1,63}$/;
const VARIABLE = /^\w{1,63}$/;
const CONSTANT = /^[^\s()]{0,63}$/;

/**
 * All directives in order. Throws CHECKOUT_UNREADABLE, naming `fileName` and the line: where script-generator stops or crashes, and for names that
 * are no safe file names.
 */
export function parseStepManifest(text: string, fileName = 'steps/manifest'): Directive[] {
  if (text.includes('\r'))
    throw unreadable(fileName, lineOf(text, '\r'), 'the lines end in CR LF; clone with core.autocrlf=false');
  const directives: Directive[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const tokens = splitTokens(raw);
    if (tokens.length === 0) continue;
    const fail: Fail = (reason) => unreadable(fileName, index + 1, reason);
    directives.push(parseDirective(tokens, { line: index + 1, text: raw }, fail));
  }
  return directives;
}

type Fail = (reason: string) => SeedbedError;

/** As consume_line: each space ends a token, so that two of them have an empty one between them; one at the end of the line is nothing. */
function splitTokens(line: string): string[] {
  const [body = ''] = line.split('#', 1);
  if (body === '') return [];
  const tokens = body.split(' ');
  return tokens.at(-1) === '' ? tokens.slice(0, -1) : tokens;
}

function parseDirective(
  tokens: readonly string[],
  at: { line: number; text: string },
  fail: Fail,
): Directive {
  const [kind, ...rest] = tokens;
  if (kind === '') throw fail('a line must not begin with a space: script-generator stops there');
  switch (kind) {
    case 'build:': {
      const { name, predicate } = parseNamed('build', rest, fail);
      return { ...at, predicate, kind: 'build', step: name };
    }
    case 'improve:':
    case 'jump:': {
      const { name, predicate } = parseNamed(kind.slice(0, -1), rest, fail);
      return { ...at, predicate, kind: kind === 'jump:' ? 'jump' : 'improve', script: name };
    }
    case 'uninstall:': {
      const end = rest.indexOf('(');
      const targets = end < 0 ? rest : rest.slice(0, end);
      if (targets.every((target) => target === '') || !targets.every((target) => WORD.test(target)))
        throw fail('uninstall: names what to remove');
      return { ...at, predicate: predicateAt(rest.slice(targets.length), fail), kind: 'uninstall', targets };
    }
    case 'define:':
      return parseDefine(rest, at, fail);
    default:
      throw fail('this is none of build:, improve:, jump:, define: and uninstall:');
  }
}

function parseNamed(
  kind: string,
  [name = '', ...rest]: readonly string[],
  fail: Fail,
): { name: string; predicate: string | null } {
  if (!NAME.test(name) || /^\.\.?$/.test(name)) throw fail(`${kind}: takes one name and a condition in ( )`);
  return { name, predicate: predicateAt(rest, fail) };
}

function parseDefine(rest: readonly string[], at: { line: number; text: string }, fail: Fail): Directive {
  const [name = '', equals, first] = rest;
  if (!VARIABLE.test(name) || equals !== '=' || first === undefined) throw fail('define: is NAME = value');
  const value = first === '(' ? logicAt(rest.slice(2), fail) : first;
  if (first !== '(' && !CONSTANT.test(value)) throw fail('define: is NAME = value');
  const predicate = predicateAt(rest.slice(2 + value.split(' ').length), fail);
  return { ...at, predicate, kind: 'define', name, value };
}

function predicateAt(tokens: readonly string[], fail: Fail): string | null {
  return tokens.length === 0 ? null : logicAt(tokens, fail);
}

/** `( … )` at the beginning of these; as script-generator, nobody looks at what stands behind it. */
function logicAt(tokens: readonly string[], fail: Fail): string {
  const end = tokens.indexOf(')');
  if (tokens[0] !== '(' || end < 0) throw fail('a name is followed by nothing but one condition in ( and )');
  return tokens.slice(0, end + 1).join(' ');
}

/** The `build` directives before the network is up: their distfiles must be in the boot image. Conditions are not looked at, as upstream. */
export function preNetworkBuilds(directives: readonly Directive[]): Extract<Directive, { kind: 'build' }>[] {
  const end = directives.findIndex(({ kind, text }) => kind === 'improve' && text.includes('network'));
  const before = end < 0 ? directives : directives.slice(0, end);
  return before.filter((directive) => directive.kind === 'build');
}

function unreadable(file: string, line: number, reason: string): SeedbedError {
  return new SeedbedError('CHECKOUT_UNREADABLE', { file, line, reason });
}

function lineOf(text: string, mark: string): number {
  return text.slice(0, text.indexOf(mark)).split('\n').length;
}
