// M1 macro assembly of stage0-posix to hex2 text with the same lines (the language: M1-macro.c of mescc-tools 1.7.0 at 5adfbf33, little-endian
// x86): DEFINE, strings, raw strings and numbers behind ! @ $ ~ % &.
import { SeedbedError } from '../../../shared/errors.ts';
import { encodeUtf8 } from '../utf8.ts';

interface Token {
  text: string;
  /** From 1: where it begins. */
  line: number;
  string: boolean;
}

const LENGTHS: Readonly<Record<string, number>> = { '!': 1, '@': 2, $: 2, '~': 3, '%': 4, '&': 4 };

/** Throws SEED_TEXT_INVALID with the line. */
export function expandM1(text: string, { fileName = 'M1 text' }: { fileName?: string } = {}): string {
  const refuse = (line: number, reason: string): never => {
    throw new SeedbedError('SEED_TEXT_INVALID', { file: fileName, line, reason });
  };
  const tokens = readTokens(text, refuse);
  const macros = new Map<string, string>();
  const rest: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    if (token.string || token.text !== 'DEFINE') {
      rest.push(token);
      continue;
    }
    const [name, value] = [tokens[at + 1], tokens[at + 2]];
    // M1 takes the end of the line for the name or the value where those stand on the next one.
    if (name?.line !== token.line || value?.line !== token.line)
      return refuse(token.line, 'DEFINE needs a name and a value on its own line');
    macros.set(name.text, value.string ? value.text.slice(1) : value.text);
    at += 2;
  }
  const lines = new Array<string>(text.split('\n').length).fill('');
  for (const token of rest) {
    const expanded = expand(token, macros);
    if (expanded === null)
      return refuse(token.line, `${JSON.stringify(token.text)} is no macro, string or number`);
    if (expanded === '') return refuse(token.line, `${token.text} does not fit where it stands`);
    lines[token.line - 1] = `${lines[token.line - 1] ?? ''} ${expanded}`;
  }
  return lines.join('\n');
}

/** null: nothing that M1 knows; '': a number that has no room. */
function expand({ text, string }: Token, macros: ReadonlyMap<string, string>): string | null {
  if (string) return text.startsWith("'") ? text.slice(1) : hexOf(text.slice(1));
  const macro = macros.get(text);
  if (macro !== undefined) return macro;
  const length = LENGTHS[text[0] ?? ''];
  if (length !== undefined) {
    const value = parseNumber(text.slice(1));
    if (value === null) return text;
    return hexNumber(value, length, '$&'.includes(text[0] ?? ''));
  }
  if (text.startsWith(':')) return text;
  const zeros = text.startsWith('<') ? parseNumber(text.slice(1)) : null;
  return zeros !== null && zeros > 0 && zeros <= 65_536 ? '00'.repeat(zeros) : null;
}

/** Bytes of a string, and the zero at its end. */
function hexOf(text: string): string {
  const bytes = [...encodeUtf8(text), 0];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** As strtoint reads it: what is no number at all is none, and so is a number that is nought but not written with 0. */
function parseNumber(text: string): number | null {
  if (!/^-?(0x[0-9A-Fa-f]+|[0-9]+)$/.test(text)) return null;
  const value = Number(text.replace('-', ''));
  return text.startsWith('-') ? -value : value;
}

/** Ranges as express_number has them; '' outside. */
function hexNumber(value: number, length: number, absolute: boolean): string {
  const bits = length * 8;
  if (length < 4) {
    const low = absolute ? -(2 ** (bits - 1)) - 1 : -(2 ** (bits - 1)) - 1;
    const high = absolute || length === 1 ? 2 ** bits : 2 ** (bits - 1);
    if (value < low || value > high) return '';
  }
  const bytes = Array.from({ length }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff);
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function readTokens(text: string, refuse: (line: number, reason: string) => never): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at] ?? '';
    if (mark === '\n') line += 1;
    else if (mark === '#' || mark === ';') {
      const end = text.indexOf('\n', at);
      at = (end < 0 ? text.length : end) - 1;
    } else if (mark === '"' || mark === "'") {
      const end = text.indexOf(mark, at + 1);
      if (end < 0) return refuse(line, `a string has no second ${mark}`);
      const content = text.slice(at, end);
      tokens.push({ text: content, line, string: true });
      line += content.split('\n').length - 1;
      at = end;
    } else if (mark !== ' ' && mark !== '\t') {
      const word = /^[^\t\n ]+/.exec(text.slice(at, at + 4096))?.[0] ?? mark;
      tokens.push({ text: word, line, string: false });
      at += word.length - 1;
    }
  }
  return tokens;
}
