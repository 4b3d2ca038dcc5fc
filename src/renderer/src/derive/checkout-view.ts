// What the page says of a checkout: which it is, where it came from, and how it differs from its commits.
import type { CheckoutJobReport } from '../../../shared/contract/checkout.ts';
import type { CheckoutReport, CheckoutView, DifferenceKind } from '../../../shared/model/checkout.ts';
import { formatBytes, formatCount, formatDuration } from '../../../shared/units.ts';
import { placeName } from './chooser.ts';
import { countOf } from './distfile-view.ts';
import type { Tone } from './run-view.ts';
import { formatMoment, shortHash } from './text.ts';

export function checkoutTitle({ record, path }: Pick<CheckoutView, 'record' | 'path'>): string {
  return record.kind === 'fetched' ? `live-bootstrap ${shortHash(record.commit)}` : placeName(path);
}

/** "Fetched 20 Nov 2026, 13:38 · tested with Seedbed", "A folder of yours · 3 differences". */
export function checkoutOrigin({ record, known }: Pick<CheckoutView, 'record' | 'known'>): string {
  const tested = known ? ['Seedbed was tested with its commit'] : [];
  if (record.kind === 'fetched') {
    const how = record.origin === 'archive' ? 'Taken in from a file' : 'Fetched';
    const asked = record.asked === null ? [] : [`asked for as ${record.asked}`];
    return [`${how} ${formatMoment(record.at)}`, ...asked, ...tested].join(' · ');
  }
  const { commit } = record.report;
  return [
    'A folder of yours',
    commit === null ? 'its commit is not known' : `commit ${shortHash(commit)}`,
    differencesText(record.report),
    ...tested,
  ].join(' · ');
}

export function differencesText({ differences, leftOut }: CheckoutReport): string {
  const count = differences.length + leftOut;
  return count === 0 ? 'no differences' : countOf(count, 'difference', 'differences');
}

/** How a comparison with the commits ended. */
export function verdictOf(report: CheckoutReport): { tone: Tone; title: string; text: string } {
  const { commit, files, bytes, differences, leftOut, elapsedMilliseconds } = report;
  const read = `${formatCount(files)} files, ${formatBytes(bytes)}, compared in ${formatDuration(elapsedMilliseconds)}.`;
  if (commit === null)
    return {
      tone: 'warn',
      title: 'Its commit is not known',
      text: 'The folder is no git work tree, so there is nothing to compare it with.',
    };
  const count = differences.length + leftOut;
  if (count === 0)
    return { tone: 'good', title: 'The tree is what its commits say, byte for byte', text: read };
  const inImage = differences.filter((difference) => difference.inImage).length;
  const matter =
    inImage === 0
      ? `None of ${leftOut === 0 ? 'them' : 'those that are listed'} gets into a boot image.`
      : `${inImage} of them may change the bytes of a boot image.`;
  return {
    tone: 'warn',
    title: `${countOf(count, 'difference', 'differences')} from its commits`,
    text: `${matter} ${read}`,
  };
}

const DIFFERENCE_WORDS: Record<DifferenceKind, string> = {
  altered: 'Altered',
  missing: 'Missing',
  stray: 'Extra',
  mode: 'Mode',
  kind: 'Other kind',
  'commit-moved': 'Commit moved',
  'submodule-moved': 'Submodule moved',
  'submodule-missing': 'Submodule missing',
  'submodule-unknown': 'Submodule unknown',
  'tag-rewritten': 'Tag rewritten',
  'object-damaged': 'Object damaged',
};

export function differenceWord(kind: DifferenceKind): string {
  return DIFFERENCE_WORDS[kind];
}

/** What a job came to, in a sentence. */
export function checkoutOutcome(report: CheckoutJobReport): string {
  switch (report.kind) {
    case 'fetch':
      if (report.did === 'nothing') return 'It was here already, whole and unaltered.';
      return report.did === 'remade'
        ? 'What was here had been altered or was not whole; it was made anew.'
        : 'Fetched with all submodules, and compared with its commits.';
    case 'export':
      return `${formatBytes(report.sizeBytes)}, ${countOf(report.distfiles, 'distfile', 'distfiles')} in it${
        report.missing.length === 0
          ? ''
          : `, ${report.missing.length} ${report.missing.length === 1 ? 'is' : 'are'} not stored here`
      }; sha256 ${report.sha256}.`;
    case 'import':
      return report.distfiles === null
        ? 'The checkout was taken in; the file holds no distfiles.'
        : `The checkout was taken in, with ${countOf(report.distfiles.added, 'new distfile', 'new distfiles')}.`;
  }
}
