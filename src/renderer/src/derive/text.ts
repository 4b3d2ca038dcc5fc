// Small texts: commands to paste, moments, hashes, shares.

/** An argument vector as a line for a POSIX shell. */
export function formatCommand(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** 2026-11-20T13:38:35Z → "20 Nov 2026, 13:38" in the user's own form. */
export function formatMoment(iso: string, locale?: string, timeZone?: string): string {
  return formatter({ dateStyle: 'medium', timeStyle: 'short' }, locale, timeZone).format(new Date(iso));
}

/** Only the time of day, with seconds. */
export function formatTime(iso: string, locale?: string, timeZone?: string): string {
  return formatter({ timeStyle: 'medium' }, locale, timeZone).format(new Date(iso));
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than formatting a whole table with it. */
function formatter(
  form: Intl.DateTimeFormatOptions,
  locale: string | undefined,
  timeZone: string | undefined,
): Intl.DateTimeFormat {
  const options = timeZone === undefined ? form : { ...form, timeZone };
  const key = JSON.stringify([locale, options]);
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formatters.set(key, made);
  return made;
}

const SHORT_HASH_LENGTH = 12;

export function shortHash(hash: string): string {
  return hash.slice(0, SHORT_HASH_LENGTH);
}

/** 0.4567 → "46 %"; never 100 % before everything is done. */
export function formatShare(share: number): string {
  const percent = share >= 1 ? 100 : Math.min(99, Math.round(share * 100));
  return `${percent} %`;
}
