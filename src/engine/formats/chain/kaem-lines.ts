// kaem scripts as commands: words with their line, before variables are put in.
// Source: stage0-posix 45d90f59, mescc-tools/Kaem/kaem.c (collect_token, collect_string, collect_comment, collect_variable).

export interface KaemCommand {
  /** Of its first word, from 1. */
  line: number;
  /** Quotes taken off; `${NAME}` still in them. */
  words: string[];
}

/** Commands in order. Never throws: what kaem would refuse ends where the text ends. */
export function parseKaemCommands(text: string): KaemCommand[] {
  const commands: KaemCommand[] = [];
  let words: string[] = [];
  let line = 1;
  let startLine = 1;
  let word: string | null = null;

  const endWord = (): void => {
    if (word !== null && words.length === 0) startLine = line;
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push({ line: startLine, words });
    words = [];
  };

  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === '\n') {
      endCommand();
      line += 1;
    } else if (letter === ';') endCommand();
    else if (letter === ' ' || letter === '\t') endWord();
    else if (letter === '#' && word === null) {
      while (at + 1 < text.length && text.charAt(at + 1) !== '\n') at += 1;
    } else if (letter === '\\') {
      at += 1;
      if (text.charAt(at) === '\n') {
        endWord();
        line += 1;
      } else word = (word ?? '') + text.charAt(at);
    } else if (letter === '"' || letter === "'") {
      word ??= '';
      for (at += 1; at < text.length && text.charAt(at) !== letter; at += 1) {
        if (text.charAt(at) === '\n') line += 1;
        word += text.charAt(at);
      }
    } else word = (word ?? '') + letter;
  }
  endCommand();
  return commands;
}

/** `${NAME}` and `${NAME:-default}` put in; what is not set is nothing. */
export function expandVariables(word: string, variables: ReadonlyMap<string, string>): string {
  return word.replace(/\$\{([^}:]*)(?::-([^}]*))?\}/g, (_all, name: string, otherwise = '') => {
    const value = variables.get(name);
    return value === undefined || value === '' ? String(otherwise) : value;
  });
}
