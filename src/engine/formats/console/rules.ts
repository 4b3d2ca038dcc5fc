// How the files of the grammar say which lines are theirs: by how a line starts, so that a line is asked about by its first byte only.
import { ascii, hasAt } from './bytes.ts';
import type { ReaderState } from './state.ts';

interface LineRule {
  starts: Uint8Array;
  /** Reads `state.line`; false when it is not one of these lines after all. */
  read: (state: ReaderState) => boolean;
}

export function rule(starts: string, read: LineRule['read']): LineRule {
  return { starts: ascii(starts), read };
}

/** First byte → the rules whose lines start with it, in the order given. */
type RuleIndex = readonly (readonly LineRule[])[];

export function indexRules(rules: readonly LineRule[]): RuleIndex {
  return Array.from({ length: 256 }, (_, byte) => rules.filter(({ starts }) => starts[0] === byte));
}

export function readByRules(index: RuleIndex, state: ReaderState): boolean {
  const { bytes, start, end } = state.line;
  const rules = index[bytes[start] as number];
  if (rules === undefined) return false;
  for (const { starts, read } of rules) if (hasAt(bytes, start, end, starts) && read(state)) return true;
  return false;
}
