// Where upstream's hex0, hex1 and M1 take a text that Seedbed refuses, or read it otherwise: each difference with its reason, and (hex0, hex1)
// the text that Seedbed has to be given for the same bytes. Read off hex0.c, hex1.c (stage0-posix 45d90f59, High Level Prototypes) and M1 1.4.0.

export const TEXT_DIFFERENCES = {
  'skips-unknown': 'a character that means nothing is skipped there; a misspelt digit is an error here',
  'drops-half-byte': 'a last digit without a second one is dropped there, an error here',
  'byte-split-by-mark':
    'a digit is kept over a label or a pointer there and makes a byte with the next one; an error here',
  'label-twice': 'the last of two labels of one name counts there; an error here',
  'label-unknown': 'a pointer to no label leads to address 0 there; an error here',
  'comment-ends-at-cr':
    'a comment ends at a carriage return too in hex0.c, hex1.c and the chain’s hex1; the seed and Seedbed read on to the line feed',
  'g-is-a-digit':
    'the seed’s own test for A to F is one too wide: it reads G as a digit of value 16; an error here',
  'label-in-byte':
    'the chain’s hex1 counts a byte at its first digit when it looks for labels: one inside a byte lies behind it; an error here',
  'pointer-name-not-read':
    'hex1.c looks for a label called % and reads the pointer’s name as text; the real hex1 and Seedbed read the name',
} as const;

/** M1 1.4.0 and hex2 1.4.0 take what Seedbed refuses with these words. */
export const M1_DIFFERENCES: readonly { refusal: RegExp; reason: string }[] = [
  { refusal: /does not fit where it stands/, reason: 'M1 1.4.0 cuts a number to the bytes that it has' },
  { refusal: /the label \S+ is there twice/, reason: 'hex2 takes a label twice' },
  { refusal: /has no second one/, reason: 'hex2 drops a last digit without a second one' },
  { refusal: /in the middle of a byte/, reason: 'hex2 takes a byte whose digits a label or a pointer parts' },
  {
    refusal: /DEFINE needs a name and a value/,
    reason: 'M1 takes the end of the line for the value of a DEFINE',
  },
];
export type TextDifference = keyof typeof TEXT_DIFFERENCES;

/** A C prototype of upstream's, or the program of the chain itself. */
export type SeedTextReader = 'hex0.c' | 'hex1.c' | 'hex0' | 'hex1';

type Part = { kind: 'digit' | 'label' | 'pointer'; text: string };

/** The text in Seedbed's words that says what the reader makes of it, and how it differs from the one given; null: there is no such text. */
export function inSeedbedWords(
  text: string,
  reader: SeedTextReader,
): { text: string | null; differences: Set<TextDifference> } {
  const differences = new Set<TextDifference>();
  const parts: Part[] = [];
  const hex1 = reader.startsWith('hex1');
  let wordless = false;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at] ?? '';
    if (mark === '#' || mark === ';') {
      const end = text.slice(at).search(reader === 'hex0' ? /\n/ : /[\r\n]/);
      at = end < 0 ? text.length : at + end;
      if (text[at] === '\r' && /^[^\n]*\S/.test(text.slice(at))) differences.add('comment-ends-at-cr');
    } else if (/[0-9A-Fa-f]/.test(mark)) parts.push({ kind: 'digit', text: mark });
    else if (reader === 'hex0' && /[Gg]/.test(mark)) {
      differences.add('g-is-a-digit');
      parts.push({ kind: 'digit', text: mark });
    } else if (hex1 && mark === ':') {
      at += 1;
      parts.push({ kind: 'label', text: text[at] ?? '' });
    } else if (hex1 && mark === '%') {
      const name = text[at + 1] ?? '';
      if (reader === 'hex1.c') {
        differences.add('pointer-name-not-read');
        if (/[0-9A-Fa-f:%#;]/.test(name)) wordless = true;
      }
      at += 1;
      parts.push({ kind: 'pointer', text: reader === 'hex1.c' ? '%' : name });
    } else if (!/\s/.test(mark)) differences.add('skips-unknown');
  }
  if (reader === 'hex1' && hasLabelInByte(parts)) {
    differences.add('label-in-byte');
    wordless = true;
  }
  return { text: wordless ? null : writeParts(parts, differences), differences };
}

function hasLabelInByte(parts: readonly Part[]): boolean {
  const digits = (end: number): number => parts.slice(0, end).filter(({ kind }) => kind === 'digit').length;
  return parts.some(({ kind }, index) => kind === 'label' && digits(index) % 2 === 1);
}

function byteOf(high: string, low: string): string {
  return ((parseInt(high, 17) * 16 + parseInt(low, 17)) & 0xff).toString(16).padStart(2, '0');
}

function writeParts(parts: readonly Part[], differences: Set<TextDifference>): string {
  const names = parts.filter(({ kind }) => kind === 'label').map((part) => part.text);
  let held = '';
  let made = '';
  for (const [index, { kind, text }] of parts.entries()) {
    if (kind === 'digit') {
      if (held !== '') made += ` ${byteOf(held, text)}`;
      held = held === '' ? text : '';
      continue;
    }
    if (held !== '') differences.add('byte-split-by-mark');
    if (kind === 'pointer') {
      if (!names.includes(text)) {
        differences.add('label-unknown');
        names.push(text);
        made = `:${text}${made}`;
      }
      made += ` %${text}`;
    } else if (parts.slice(index + 1).some((part) => part.kind === 'label' && part.text === text))
      differences.add('label-twice');
    else made += ` :${text}`;
  }
  if (held !== '') differences.add('drops-half-byte');
  return `${made}\n`;
}
