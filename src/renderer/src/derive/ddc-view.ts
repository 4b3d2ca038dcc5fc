// What the two-root check came to, in a sentence.
import type { DdcReport } from '../../../shared/model/ddc.ts';

export function ddcSentence({ equal, expected, compiler }: DdcReport): {
  tone: 'good' | 'bad';
  text: string;
} {
  const name = compiler.path.split('/').at(-1) ?? compiler.path;
  return {
    tone: equal === expected ? 'good' : 'bad',
    text: `${equal} of ${expected} tools that come from ${name} are equal to those that the seed makes.`,
  };
}
