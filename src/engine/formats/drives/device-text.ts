// What a device or a file system says of itself, made safe to show: names that hide, turn around or steer a terminal are known tricks.
// Sources: Unicode 15.1 ch. 23.2 (layout controls) and 23.9 (tags); util-linux writes bytes as \xHH in lsblk's output.
import { plainText } from '../../../shared/terminal-text.ts';

/** Longer names are cut: SCSI has 24 characters for vendor and model, NVMe 40, GPT labels 36. */
const LONGEST_CHARACTERS = 120;

/** Zero-width and invisible characters, fillers, line and paragraph ends, variation selectors, tags; bidi marks go in plainText. */
const INVISIBLE =
  /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\u{1bca0}-\u{1bca3}\u{e0000}-\u{e0fff}]/gu;

/** One line of visible text, at most 120 characters; null when nothing is left. */
export function deviceText(raw: string | null | undefined): string | null {
  if (raw === null || raw === undefined) return null;
  const decoded = raw.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const clean = visible(decoded).replace(/\s+/gu, ' ').trim();
  if (clean === '') return null;
  const characters = Array.from(clean);
  return characters.length > LONGEST_CHARACTERS
    ? `${characters.slice(0, LONGEST_CHARACTERS - 1).join('')}…`
    : clean;
}

/** A path, made safe to show: one line, but whole. */
export function pathText(raw: string): string {
  return visible(raw).replaceAll('\n', ' ');
}

function visible(text: string): string {
  return plainText(text)
    .replace(/\p{Surrogate}/gu, '')
    .replace(INVISIBLE, '');
}
