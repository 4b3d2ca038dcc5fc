// The shape of an error's texts, and how they show amounts and words of a shell.
import { formatBytes } from '../units.ts';

/** Per code a message (what happened) and a hint (what to do now), as functions of the error's data. */
export type ErrorTexts<Data> = {
  [C in keyof Data]: { message: (data: Data[C]) => string; hint: (data: Data[C]) => string };
};

export function amount(value: number, unit: string): string {
  return unit === 'bytes' ? formatBytes(value) : `${value} ${unit}`;
}

export function quote(word: string): string {
  return /^[\w./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
