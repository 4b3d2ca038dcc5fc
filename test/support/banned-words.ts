// The words that no output may hold: each claims more than anybody can know.

const BANNED = /\b(?:trusted|secure(?! boot)|guaranteed|backdoor-free)\b/gi;

export function bannedWordsIn(text: string): string[] {
  return text.match(BANNED) ?? [];
}
