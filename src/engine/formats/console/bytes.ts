// Looking at console bytes without making strings of them: the grammar sees millions of lines and needs the text of few.
import { plainText } from '../../../shared/terminal-text.ts';

/** What this file uses of the platform's TextDecoder (Encoding Standard 7.2): there in Node and in every browser. */
declare const TextDecoder: new (label: string) => { decode(bytes: Uint8Array): string };

const utf8 = new TextDecoder('utf-8');

/** ASCII text as bytes, for comparing. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** `pattern` stands at `at` and ends at or before `end`. */
export function hasAt(bytes: Uint8Array, at: number, end: number, pattern: Uint8Array): boolean {
  if (at + pattern.length > end) return false;
  for (let index = 0; index < pattern.length; index += 1)
    if (bytes[at + index] !== pattern[index]) return false;
  return true;
}

export function isAll(bytes: Uint8Array, start: number, end: number, pattern: Uint8Array): boolean {
  return end - start === pattern.length && hasAt(bytes, start, end, pattern);
}

/** The bytes as UTF-8 text of at most `limit` UTF-16 units, without control characters; bad bytes become U+FFFD. */
export function textOf(bytes: Uint8Array, start: number, end: number, limit: number): string {
  // SeaBIOS sends code page 437 as UTF-8, at most 3 bytes a character; everything else is ASCII or UTF-8.
  const last = Math.min(end, start + 4 * limit);
  // Not subarray: of a Buffer it makes another Buffer, which costs more than the text.
  const text = utf8.decode(new Uint8Array(bytes.buffer, bytes.byteOffset + start, last - start));
  // Nearly every line: there is nothing in it that could be no text, and no half of a character.
  if (isPrintable(bytes, start, last)) return text.length <= limit ? text : text.slice(0, limit);
  return clip(plainText(text), limit);
}

/** Nothing but printable ASCII. */
function isPrintable(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

/** At most `limit` UTF-16 units, never half of a pair. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}
