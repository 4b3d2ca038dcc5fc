// Entries and sums as a person typed them, held against what the image holds: a slip of the finger is told from a byte that was read wrongly.
import type { BootCheckEntry } from '../../../shared/model/console.ts';
import type { ScreenFinding } from '../../../shared/model/bare-metal.ts';
import { distance } from './alike.ts';
import type { ScreenLine } from './screen-lines.ts';

type Entry = Extract<ScreenLine, { kind: 'entry' }>;
type Stream = Extract<ScreenLine, { kind: 'stream' }>;
type Words = Pick<ScreenFinding, 'mark' | 'text'>;

/** So many letters of a sum may be mistyped before it counts as another sum. */
const SLIPS = 2;

export function entriesText(lines: readonly ScreenLine[], expected: readonly BootCheckEntry[] | null): Words {
  const typed = lines.filter((line): line is Entry => line.kind === 'entry');
  if (typed.length === 0)
    return { mark: 'equal', text: 'Passed: the lines that follow could not stand there otherwise.' };
  if (expected === null)
    return { mark: 'equal', text: `Passed; the ${typed.length} typed lines are not held against an image.` };
  const wrong = typed.flatMap((entry) => contradiction(entry, expected) ?? []);
  if (wrong.length > 0) return { mark: 'differs', text: wrong.slice(0, 3).join(' ') };
  return {
    mark: 'equal',
    text: `Passed; the ${typed.length} typed lines are equal to what the image holds.`,
  };
}

function contradiction(
  { path, sizeBytes, crc32 }: Entry,
  expected: readonly BootCheckEntry[],
): string | null {
  const same =
    expected.find((entry) => entry.path === path) ??
    expected.find((entry) => distance(entry.path, path) <= SLIPS);
  if (same === undefined) return `${path} is not on that image: it may be another one.`;
  if ((crc32 === null || crc32 === same.crc32) && (sizeBytes === null || sizeBytes === same.sizeBytes))
    return null;
  const slip = crc32 !== null && distance(crc32, same.crc32) <= SLIPS;
  const should = `${same.path} should have ${same.sizeBytes} bytes and ${same.crc32}`;
  return slip
    ? `${should}: a slip of the finger? Look at the screen again.`
    : `${should}, not ${sizeBytes ?? '?'} and ${crc32 ?? '?'}.`;
}

export function streamText(line: Stream, expected: readonly BootCheckEntry[] | null): Words {
  if (expected === null || line.entries === null || line.payloadBytes === null)
    return { mark: 'equal', text: 'Passed; the numbers are not held against an image.' };
  const bytes = expected.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (line.entries === expected.length && line.payloadBytes === bytes)
    return {
      mark: 'equal',
      text: `Passed: ${line.entries} entries, ${line.payloadBytes} bytes, as the image holds them.`,
    };
  return {
    mark: 'differs',
    text: `The image holds ${expected.length} entries with ${bytes} bytes: another image was started, or the numbers are mistyped.`,
  };
}
