// Names in a file system are bytes; as text, what is no UTF-8 (and a backslash) is written as `\xNN`, so that every name has one text and back.
import { plainText } from '../../shared/terminal-text.ts';

/** UTF-8 as it is, other bytes and the backslash escaped. */
export function textOfName(name: Uint8Array): string {
  const bytes = Buffer.from(name.buffer, name.byteOffset, name.length);
  const text = bytes.toString('utf8');
  if (!text.includes('\uFFFD') && Buffer.byteLength(text) === bytes.length)
    return text.replaceAll('\\', '\\\\');
  // Not UTF-8 as a whole: only ASCII stays readable.
  return Array.from(bytes, (byte) =>
    byte === 0x5c ? '\\\\' : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : escape(byte),
  ).join('');
}

/** The bytes that a text stands for. */
export function nameOfText(text: string): Buffer {
  const parts = text.split(/(\\\\|\\x[0-9a-f]{2})/);
  return Buffer.concat(
    parts.map((part) => {
      if (part === '\\\\') return Buffer.from('\\');
      return /^\\x[0-9a-f]{2}$/.test(part) ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part);
    }),
  );
}

/** Safe to show, and in one line whatever line ends a name holds. */
export function oneLine(text: string): string {
  return plainText(text).replace(/[\n\t]/g, '?');
}

function escape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
