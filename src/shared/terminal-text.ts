// Guest output made safe to show: what reaches the page's terminal, the clipboard and the command line.
// Source of truth: ECMA-48 (5th edition) 5.3–5.6 for control strings and sequences, 8.3.117 for SGR; xterm's ctlseqs for `ESC c` and OSC.

/** States of the escape-sequence reader. Shared with the console grammar, which drops the same sequences from the log's lines. */
export const GROUND = 0;
const ESCAPE = 1;
const INTERMEDIATE = 2;
const SEQUENCE = 3;
const STRING = 4;
const STRING_ESCAPE = 5;

/** A sequence longer than this is no sequence: reading goes on as text, so that a guest cannot swallow its own log. */
export const MAX_SEQUENCE_LENGTH = 4096;
/** Real SGR sequences are far shorter; longer ones are dropped. */
const MAX_SGR_LENGTH = 64;

const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;

/** `ESC` opens a sequence; gives the state after it. */
export const AFTER_ESCAPE: number = ESCAPE;

/**
 * The state after one more character. A line end always gives GROUND and is itself text: no sequence goes over a line, and one
 * that was never closed costs its own line only.
 */
export function nextEscapeState(state: number, code: number): number {
  if (code === LF || code === CR || code === 0x18 || code === 0x1a) return GROUND;
  if (code === ESC) return state === STRING ? STRING_ESCAPE : ESCAPE;
  switch (state) {
    case INTERMEDIATE:
      return code < 0x30 ? INTERMEDIATE : GROUND;
    case SEQUENCE:
      return code < 0x40 ? SEQUENCE : GROUND;
    case STRING:
      return code === 0x07 || code === 0x9c ? GROUND : STRING;
    case STRING_ESCAPE:
      return code === 0x5c ? GROUND : afterEscape(code);
    default:
      return afterEscape(code);
  }
}

function afterEscape(code: number): number {
  if (code < 0x20) return ESCAPE;
  if (code < 0x30) return INTERMEDIATE;
  if (code === 0x5b) return SEQUENCE; // [ CSI
  if (code === 0x50 || code === 0x58 || code === 0x5d || code === 0x5e || code === 0x5f) return STRING; // P X ] ^ _
  return GROUND;
}

export interface TerminalFilter {
  /** The safe part of the next piece of text. Sequences may be cut anywhere between pieces. */
  push(text: string): string;
}

/** C0 but for BS, TAB, LF and CR; DEL; C1; and the marks that turn text around (Unicode Bidi_Control). */
const UNSAFE =
  /[\u0000-\u0007\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/**
 * Reads guest output and gives text that a terminal can be fed with: colours and weights stay (`colours: false` drops them too),
 * every other sequence and control character goes, except BS, TAB, LF and CR. Holds at most one short sequence.
 */
export function openTerminalFilter(options: { colours?: boolean } = {}): TerminalFilter {
  const colours = options.colours ?? true;
  let state = GROUND;
  let length = 0;
  /** Parameters of the sequence so far; null when it cannot be SGR. */
  let parameters: string | null = null;

  function begin(next: number): void {
    state = next;
    length = 1;
    parameters = next === SEQUENCE ? '' : null;
  }

  /** One character inside a sequence; gives what comes out for it. */
  function step(code: number): string {
    const before = state;
    state = nextEscapeState(state, code);
    length += 1;
    if (state === GROUND) {
      const sgr = before === SEQUENCE && code === 0x6d && parameters !== null ? keptSgr(parameters) : '';
      return code === LF || code === CR ? String.fromCharCode(code) : colours ? sgr : '';
    }
    if (length > MAX_SEQUENCE_LENGTH) state = GROUND;
    else if (state === SEQUENCE && before !== SEQUENCE) parameters = '';
    else if (state === SEQUENCE && code >= 0x20 && parameters !== null)
      parameters = length > MAX_SGR_LENGTH ? null : parameters + String.fromCharCode(code);
    return '';
  }

  return {
    push(text) {
      if (state === GROUND && !UNSAFE.test(text)) return text;
      let out = '';
      let kept = 0;
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (state === GROUND && isPlain(code)) continue;
        if (state === GROUND) {
          out += text.slice(kept, at);
          const opened = opens(code);
          if (opened !== GROUND) begin(opened);
        } else out += step(code);
        kept = at + 1;
      }
      return out + text.slice(kept);
    },
  };
}

/** Plain text of a whole piece: no sequences, no control characters except TAB and LF (CR, CR LF → LF). */
export function plainText(text: string): string {
  const clean = openTerminalFilter({ colours: false }).push(text);
  return /[\b\r]/.test(clean) ? clean.replace(/\r+\n?/g, '\n').replaceAll('\b', '') : clean;
}

/** The state that a character opens from GROUND. C1 codes count: xterm.js obeys them too. */
function opens(code: number): number {
  if (code === ESC) return ESCAPE;
  if (code === 0x9b) return SEQUENCE;
  return code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f) ? STRING : GROUND;
}

function isPlain(code: number): boolean {
  if (code < 0x20) return code === 0x08 || code === 0x09 || code === LF || code === CR;
  if (code < 0x7f) return true;
  return !UNSAFE.test(String.fromCharCode(code));
}

/** `ESC [ … m` with the parameters that colour, embolden, dim, slant, underline or reset; '' when none is left. */
function keptSgr(parameters: string): string {
  if (!/^[0-9;]*$/.test(parameters)) return '';
  const numbers = parameters.split(';').map(Number);
  const kept: number[] = [];
  for (let at = 0; at < numbers.length; at += 1) {
    const value = numbers[at] ?? 0;
    const taken = value === 38 || value === 48 ? extendedColour(numbers, at) : isKeptSgr(value) ? 1 : 0;
    if (taken > 0) kept.push(...numbers.slice(at, at + taken));
    if (taken === 0 && (value === 38 || value === 48)) break; // what follows could be misread as parameters of its own
    at += Math.max(taken, 1) - 1;
  }
  return kept.length === 0 ? '' : `\u001b[${kept.join(';')}m`;
}

function isKeptSgr(value: number): boolean {
  return (
    value <= 4 ||
    (value >= 21 && value <= 24) ||
    (value >= 30 && value <= 49) ||
    (value >= 90 && value <= 107)
  );
}

/** How many numbers belong to the colour that begins at `at`: 38;5;n or 38;2;r;g;b; 0 when it is cut short or out of range. */
function extendedColour(numbers: readonly number[], at: number): number {
  const count = numbers[at + 1] === 5 ? 3 : numbers[at + 1] === 2 ? 5 : 0;
  const values = numbers.slice(at + 2, at + count);
  return count > 0 && values.length === count - 2 && values.every((value) => value <= 255) ? count : 0;
}
