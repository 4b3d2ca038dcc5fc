// How much what a person typed is like what the machine printed: letters that look alike count as equal, and a few others may differ.

/** Those that a text screen of 80 columns shows alike. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  o: '0',
  l: '1',
  i: '1',
  '|': '1',
  '!': '1',
  s: '5',
  b: '8',
  z: '2',
};

/** Lower case, single spaces, without punctuation. */
export function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9|!]+/g, ' ')
    .trim();
}

function folded(text: string): string {
  return text.replaceAll('rn', 'm').replace(/[olisbz|!]/g, (letter) => LOOKALIKES[letter] ?? letter);
}

/** Least number of letters to put in, take out or change (Levenshtein), lookalikes being equal. */
export function distance(a: string, b: string): number {
  const [left, right] = [folded(a), folded(b)];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/** The word that is meant, or null: about one letter in four may be wrong, none of a word of three. */
export function closest<W extends string>(text: string, words: readonly W[]): W | null {
  let best: { word: W; steps: number } | null = null;
  for (const word of words) {
    const steps = distance(text, word);
    if (steps <= Math.floor(Math.max(word.length, 3) / 4 + 0.3) && (best === null || steps < best.steps))
      best = { word, steps };
  }
  return best?.word ?? null;
}

/** A decimal number as people copy one: `3O71`, `3,071`, `3 071`. */
export function readDecimal(text: string): number | null {
  const digits = folded(text.toLowerCase()).replace(/[\s,.']/g, '');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
}

/** Eight hexadecimal digits; `o`, `l` and `i` are none. */
export function readCrc32(text: string): string | null {
  const digits = text
    .toLowerCase()
    .replaceAll('o', '0')
    .replace(/[li|!]/g, '1');
  return /^[0-9a-f]{8}$/.test(digits) ? digits : null;
}
