// An argument vector as a script that any POSIX shell runs (POSIX.1-2017, 2.2.2 "Single-Quotes").

/** A word that the shell takes as it is. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The machine on this terminal, without Seedbed. Options and their values stand on one line. */
export function formatScript(argv: readonly string[], notes: readonly string[]): string {
  const [program = '', ...words] = argv;
  const lines = [quoteWord(program)];
  for (const word of words) {
    if (word.startsWith('-')) lines.push(quoteWord(word));
    else lines.push(`${lines.pop() ?? ''} ${quoteWord(word)}`);
  }
  return [
    '#!/bin/sh',
    ...notes.map((note) => `# ${note.replaceAll(/[\r\n]+/g, ' ')}`),
    `exec ${lines.join(' \\\n  ')}`,
    '',
  ].join('\n');
}
