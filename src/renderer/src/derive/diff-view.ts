// What the page says of two images side by side.
import type { ImageDifference, ImageDiffReport } from '../../../shared/model/image-reading.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { shortHash } from './text.ts';

export function diffTitle({ identical, sameContent }: ImageDiffReport): string {
  if (identical) return 'The images are identical';
  return sameContent ? 'The same content in other places' : 'The images differ';
}

export function diffText({ identical, counts }: ImageDiffReport): string {
  if (identical) return `${formatCount(counts.same)} parts, each byte the same.`;
  const parts = [
    [counts.changed, 'changed'],
    [counts.added, 'only in the other'],
    [counts.removed, 'only in this one'],
    [counts.moved, 'moved'],
    [counts.same, 'the same'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  return `${told.join(', ')}.`;
}

const CHANGES: Record<ImageDifference['change'], string> = {
  added: 'Only in the other',
  removed: 'Only in this one',
  changed: 'Changed',
  moved: 'Moved',
};

export function changeWords({ change }: ImageDifference): string {
  return CHANGES[change];
}

/** Size and hash on one side; where it lies, when that is the difference. */
export function sideWords(side: ImageDifference['a'], change: ImageDifference['change']): string {
  if (side === null) return 'not there';
  if (change === 'moved') return `at byte ${formatCount(side.offsetBytes)}`;
  return side.sha256 === null
    ? formatBytes(side.lengthBytes)
    : `${formatBytes(side.lengthBytes)} · ${shortHash(side.sha256)}…`;
}
