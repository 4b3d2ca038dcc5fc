// What the page says of an account of every byte.
import type { ImageProblem, ImageVerifyReport } from '../../../shared/model/image-reading.ts';
import { formatBytes, formatCount, formatDuration } from '../../../shared/units.ts';
import { countOf } from './distfile-view.ts';

export type AccountSource = ImageVerifyReport['account'][number]['from'];

const SOURCE_WORDS: Record<AccountSource, string> = {
  checkout: 'Files of the checkout, at its commits',
  distfiles: 'Distfiles, by the hashes in the checkout',
  configuration: 'bootstrap.cfg: the configuration',
  given: 'What was named for this account',
  generated: 'What follows from the rest by rule',
  'file-system': 'Structures of the file system',
  zeros: 'Zeros',
};

export function accountWords(from: AccountSource): string {
  return SOURCE_WORDS[from];
}

export function verifyTitle({ verdict, problems, problemsLeftOut }: ImageVerifyReport): string {
  if (verdict === 'accounted') return 'Every byte is accounted for';
  const count = problems.length + problemsLeftOut;
  return count === 0
    ? 'Not every byte is accounted for'
    : `${countOf(count, 'place is', 'places are')} not what the sources say`;
}

/** "16 GiB in 1.2 s. Entries stand in another order than Seedbed’s; each was accounted for." */
export function verifyText({
  sizeBytes,
  elapsedMilliseconds,
  order,
  configuration,
}: ImageVerifyReport): string {
  const parts = [`${formatBytes(sizeBytes)} in ${formatDuration(elapsedMilliseconds)}.`];
  if (order === 'other')
    parts.push('Entries stand in another order than Seedbed’s, as upstream’s generator makes it.');
  if (configuration?.from === 'image')
    parts.push(
      'No record says which configuration was meant: bootstrap.cfg was taken as it stands in the image.',
    );
  return parts.join(' ');
}

export function problemTitle({ offsetBytes, exact, region }: ImageProblem): string {
  const where = `byte ${formatCount(offsetBytes)}`;
  return exact ? `${region.label}: ${where}` : `${region.label}: at or behind ${where}`;
}

/** "4d5a90" → "4d 5a 90". */
export function spacedHex(hex: string): string {
  return hex.replace(/..(?=.)/g, '$& ');
}
