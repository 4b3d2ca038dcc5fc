// bash scripts as far as the chain reads them: functions, and the words that can be programs.
// Source: POSIX.1-2017, Shell Command Language 2.2 to 2.4 and 2.7.4; a reading for words, not an interpreter: what a variable names is not followed.

export interface ShellWord {
  word: string;
  /** From 1. */
  line: number;
}

interface Token extends ShellWord {
  /** Is it the first word behind an operator or a line end? */
  first: boolean;
}

/** Words before which the command still comes. */
const LEADING = new Set([
  'if',
  'then',
  'else',
  'elif',
  'while',
  'until',
  'do',
  '!',
  '{',
  'time',
  'exec',
  'command',
  'env',
]);
/** Words behind which a program is named. */
const NAMING = new Set(['xargs', '-exec', '-execdir', '-v']);
const ASSIGNMENT = /^-{0,2}[A-Za-z_][\w-]*\+?=(.*)$/s;
const PROGRAM = /^[A-Za-z_][\w.+-]{0,63}$/;

/** Programs that a text runs or hands on as a value (`CC=tcc`), each once with its first line. */
export function programWords(text: string, firstLine = 1): ShellWord[] {
  const found = new Map<string, ShellWord>();
  const add = (word: string, line: number): void => {
    const name = word
      .replace(/^["']|["']$/g, '')
      .replace(/^(\$\{?(PREFIX|BINDIR)\}?"?)?\/?(usr\/)?(bin\/)?/, '')
      .replace(/^["']/, '');
    if (PROGRAM.test(name) && !found.has(name)) found.set(name, { word: name, line });
  };
  let atCommand = false;
  let naming = false;
  for (const { word, line, first } of tokens(text, firstLine)) {
    if (first) atCommand = true;
    const value = ASSIGNMENT.exec(word)?.[1];
    if (value !== undefined) add(value.replace(/^["']/, '').split(/\s/)[0] ?? '', line);
    else if (naming || (atCommand && !LEADING.has(word))) {
      add(word, line);
      atCommand = false;
    }
    naming = NAMING.has(word);
  }
  return [...found.values()];
}

/** Every `NAME() {` at the beginning of a line, up to its `}` there. */
export function shellFunctions(text: string): Map<string, { text: string; line: number }> {
  const functions = new Map<string, { text: string; line: number }>();
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const name = /^(\w+)\s*\(\)\s*\{/.exec(lines[index] ?? '')?.[1];
    if (name === undefined) continue;
    const length = lines.slice(index).findIndex((line) => line.startsWith('}'));
    const end = length < 0 ? lines.length : index + length;
    functions.set(name, { text: lines.slice(index + 1, end).join('\n'), line: index + 2 });
    index = end;
  }
  return functions;
}

function tokens(text: string, firstLine: number): Token[] {
  const found: Token[] = [];
  let line = firstLine;
  let word = '';
  let wordLine = line;
  let first = true;
  let quote = '';
  const end = (operator: boolean): void => {
    if (word !== '') {
      found.push({ word, line: wordLine, first });
      first = false;
    }
    word = '';
    if (operator) first = true;
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (word === '') wordLine = line;
    if (letter === '\n') line += 1;
    if (quote !== '') {
      if (letter === quote) quote = '';
      word += letter;
    } else if (letter === '\\') {
      at += 1;
      if (text.charAt(at) === '\n') line += 1;
      else word += text.charAt(at);
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word += letter;
    } else if (letter === '#' && word === '') {
      while (at + 1 < text.length && text.charAt(at + 1) !== '\n') at += 1;
    } else if (/\s/.test(letter)) end(letter === '\n');
    else if (/[;|&()`]/.test(letter)) end(true);
    else word += letter;
  }
  end(true);
  return found;
}
