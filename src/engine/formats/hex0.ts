// hex0 text to bytes: pairs of hexadecimal digits, comments from # or ; to the end of the line, white space anywhere (also between the two
// digits of a byte). Same reading as builder-hex0's `compile` and stage0-posix's hex0, which skip what they do not know; here that is an error.
import { SeedbedError } from '../../shared/errors.ts';

const NOT_A_DIGIT = 0xff;
const SPACE = 0xfe;
const COMMENT = 0xfd;

/** What an ASCII character means: a value 0–15, or one of the three above. */
const MEANING = meanings();

function meanings(): Uint8Array {
  const table = new Uint8Array(128).fill(NOT_A_DIGIT);
  for (let value = 0; value < 16; value += 1) {
    const digit = value.toString(16);
    table[digit.charCodeAt(0)] = value;
    table[digit.toUpperCase().charCodeAt(0)] = value;
  }
  for (const space of ' \t\n\v\f\r') table[space.charCodeAt(0)] = SPACE;
  for (const mark of '#;') table[mark.charCodeAt(0)] = COMMENT;
  return table;
}

/** The bytes that hex0 text stands for. `fileName` is only for the message. Throws HEX0_INVALID with line and column, both from 1. */
export function assembleHex0(text: string, options: { fileName?: string } = {}): Uint8Array {
  const bytes = new Uint8Array(text.length >>> 1);
  let length = 0;
  let high = -1; // value of the first digit of a byte, while the second is awaited
  let highIndex = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const meaning = MEANING[code] ?? NOT_A_DIGIT;
    if (meaning < 16) {
      if (high < 0) {
        high = meaning;
        highIndex = index;
      } else {
        bytes[length] = (high << 4) | meaning;
        length += 1;
        high = -1;
      }
    } else if (meaning === COMMENT) {
      const end = text.indexOf('\n', index);
      index = end < 0 ? text.length : end;
    } else if (meaning !== SPACE) {
      throw invalid(text, index, options.fileName, describe(code));
    }
  }
  if (high >= 0)
    throw invalid(text, highIndex, options.fileName, 'this digit has no second one to make a byte with');
  return bytes.slice(0, length);
}

function describe(code: number): string {
  if (code > 0x7f) return 'a character outside ASCII may stand in a comment only';
  const shown =
    code > 0x20 && code < 0x7f
      ? `"${String.fromCharCode(code)}"`
      : `character 0x${code.toString(16).padStart(2, '0')}`;
  return `${shown} is no hexadecimal digit`;
}

function invalid(text: string, index: number, file: string | undefined, reason: string): SeedbedError {
  const lineStart = text.lastIndexOf('\n', index - 1) + 1;
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < lineStart; at = text.indexOf('\n', at + 1)) line += 1;
  return new SeedbedError('HEX0_INVALID', {
    file: file ?? 'hex0 text',
    line,
    column: index - lineStart + 1,
    reason,
  });
}
