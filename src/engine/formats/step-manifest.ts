// steps/manifest: what live-bootstrap does, one directive a line.
// Source: live-bootstrap 984b8322, head of steps/manifest and seed/script-generator.c; the pre-network rule is lib/generator.py's (get_source_manifest).
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

const WORD = /^[\w.+/-]{1,63}$/;
const NAME = /^[\w.+-]{1,63}$/;

/** All directives in order. Throws CHECKOUT_UNREADABLE, naming `fileName` and the line. */
export function parseStepManifest(text: string, fileName = 'steps/manifest'): Directive[] {
  if (text.includes('\r'))
    throw unreadable(fileName, lineOf(text, '\r'), 'the lines end in CR LF; clone with core.autocrlf=false');
  const directives: Directive[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const body = raw.replace(/#.*$/, '').trim();
    if (body === '') continue;
    directives.push(parseDirective(body, { line: index + 1, text: raw }, fileName));
  }
  return directives;
}

function parseDirective(body: string, at: { line: number; text: string }, file: string): Directive {
  const [, kind, rest] = /^(build|improve|jump|uninstall|define): (.+)$/.exec(body) ?? [];
  const fail = (reason: string): SeedbedError => unreadable(file, at.line, reason);
  if (kind === undefined || rest === undefined)
    throw fail('this is none of build:, improve:, jump:, define: and uninstall:');
  if (kind === 'define') return parseDefine(rest, at, fail);
  const [, words = '', predicate = null] = /^([^()]*?)(?: (\( [^()]+ \)))?$/.exec(rest) ?? [];
  const [first = '', ...others] = words.split(' ');
  if (kind === 'uninstall') {
    const targets = [first, ...others];
    if (!targets.every((target) => WORD.test(target))) throw fail('uninstall: names what to remove');
    return { ...at, predicate, kind, targets };
  }
  if (others.length > 0 || !NAME.test(first) || /^\.\.?$/.test(first))
    throw fail(`${kind}: takes one name and a condition in ( )`);
  if (kind === 'build') return { ...at, predicate, kind, step: first };
  return { ...at, predicate, kind: kind === 'jump' ? 'jump' : 'improve', script: first };
}

function parseDefine(
  rest: string,
  at: { line: number; text: string },
  fail: (reason: string) => SeedbedError,
): Directive {
  const [, name, value, predicate = null] =
    /^(\w{1,63}) = (\( [^()]+ \)|[^\s()]+)(?: (\( [^()]+ \)))?$/.exec(rest) ?? [];
  if (name === undefined || value === undefined) throw fail('define: is NAME = value');
  return { ...at, predicate, kind: 'define', name, value };
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
