// An argument vector as a script that any POSIX shell runs (POSIX.1-2017, 2.2.2 "Single-Quotes"), and a run's vector as one for a person at a terminal.

export const SCRIPT_NOTE =
  'Nothing that this machine writes is kept. Ctrl-A X ends it, Ctrl-A H shows what else there is. QEMU’s exit status says nothing about success.';

/** The same machine on a terminal: console and monitor on standard input and output, nothing that it writes is kept, nothing of the run's is used but `fileOf`. */
export function onTerminal(
  argv: readonly string[],
  fileOf: { disk: (role: string) => string; other: (name: string) => string },
): string[] {
  const [program = '', ...words] = argv;
  const kept: string[] = [program];
  for (let at = 0; at < words.length; at += 1) {
    const option = words[at] ?? '';
    const value = words[at + 1] ?? '';
    if (option === '-S') continue;
    kept.push(option);
    // Of all options of a run only these two stand alone.
    if (option === '-no-user-config' || option === '-no-reboot') continue;
    at += 1;
    if (option === '-chardev' || option === '-serial' || option === '-qmp') kept.pop();
    else if (option === '-drive') kept.push(throwAway(value, fileOf.disk));
    else kept.push(option === '-kernel' ? fileOf.other(value) : value);
  }
  return [...kept, '-serial', 'mon:stdio'];
}

/** The disk that the image has under this role, raw, with a layer that is gone at the end. */
function throwAway(drive: string, disk: (role: string) => string): string {
  const role = /(?:^|,)id=([^,]+)/.exec(drive)?.[1] ?? '';
  const file = disk(role).replaceAll(',', ',,');
  return `if=none,id=${role},file=${file},format=raw,cache=unsafe,discard=unmap,snapshot=on`;
}

/** A word that the shell takes as it is. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Options and their values stand on one line. */
export function formatScript(argv: readonly string[], notes: readonly string[]): string {
  const [program = '', ...words] = argv;
  const lines = [quoteWord(program)];
  for (const word of words) {
    if (word.startsWith('-')) lines.push(quoteWord(word));
    else lines.push(`${lines.pop() ?? ''} ${quoteWord(word)}`);
  }
  const comments = notes.map((note) => `# ${note.replaceAll(/[\r\n]+/g, ' ')}`);
  return ['#!/bin/sh', ...comments, `exec ${lines.join(' \\\n  ')}`, ''].join('\n');
}
