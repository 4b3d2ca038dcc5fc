// What the page says of a run's results: states in words, totals in a sentence, which outputs a filter shows.
import type {
  OutputState,
  OutputTotals,
  ResultOutput,
  RunComparison,
} from '../../../shared/model/results.ts';
import type { Tone } from './run-view.ts';

export const OUTPUT_STATES: { [S in OutputState]: { word: string; tone: Tone; means: string } } = {
  equal: {
    word: 'Equal',
    tone: 'good',
    means: 'on the disk, hashed by this host: the bytes that upstream expects',
  },
  seen: {
    word: 'Seen',
    tone: 'good',
    means: 'the machine’s own check said OK; the file is not on the disk any more',
  },
  different: { word: 'Different', tone: 'bad', means: 'other bytes than upstream expects' },
  missing: { word: 'Missing', tone: 'bad', means: 'its build is over and nothing of it is there' },
  unchecked: { word: 'Unchecked', tone: 'quiet', means: 'the run did not come to it, or did not check it' },
};

export const RESULT_FILTERS = ['all', 'wrong', 'right', 'unchecked'] as const;
export type ResultFilter = (typeof RESULT_FILTERS)[number];

export const FILTER_WORDS: Record<ResultFilter, string> = {
  all: 'All',
  wrong: 'Different or missing',
  right: 'As expected',
  unchecked: 'Unchecked',
};

export function readResultFilter(text: string | null): ResultFilter {
  return RESULT_FILTERS.find((filter) => filter === text) ?? 'all';
}

const SHOWN: Record<ResultFilter, readonly OutputState[]> = {
  all: ['equal', 'seen', 'different', 'missing', 'unchecked'],
  wrong: ['different', 'missing'],
  right: ['equal', 'seen'],
  unchecked: ['unchecked'],
};

export function filterOutputs(outputs: readonly ResultOutput[], filter: ResultFilter): ResultOutput[] {
  return outputs.filter(({ state }) => SHOWN[filter].includes(state));
}

export function countOutputs(totals: OutputTotals, filter: ResultFilter): number {
  return SHOWN[filter].reduce((sum, state) => sum + totals[state], 0);
}

/** The one sentence that matters. */
export function totalsSentence(totals: OutputTotals): { tone: 'good' | 'bad' | 'warn'; text: string } {
  const { expected, equal, seen, different, missing, unchecked } = totals;
  const wrong = different + missing;
  if (wrong > 0)
    return {
      tone: 'bad',
      text: `${wrong} of ${expected} expected outputs ${wrong === 1 ? 'is' : 'are'} different or missing.`,
    };
  if (unchecked === 0)
    return { tone: 'good', text: `All ${expected} expected outputs are as upstream expects.` };
  return {
    tone: 'warn',
    text: `${equal + seen} of ${expected} expected outputs are as upstream expects; nothing is known of the other ${unchecked}.`,
  };
}

export function comparisonSentence({ counts, sameInputs }: RunComparison): string {
  const { same, differs, onlyA, onlyB, unknown } = counts;
  const inputs = sameInputs ? 'The inputs are the same' : 'The inputs are not the same';
  const parts = [
    `${same} outputs are the same`,
    differs === 0 ? 'none differs' : `${differs} ${differs === 1 ? 'differs' : 'differ'}`,
    onlyA + onlyB === 0 ? '' : `${onlyA + onlyB} only in one of the runs`,
    unknown === 0 ? '' : `of ${unknown} nothing is known`,
  ];
  return `${inputs}: ${parts.filter((part) => part !== '').join(', ')}.`;
}
