// Which files a command of the early scripts writes, by the programs' own argument rules.
// Source: stage0-posix 45d90f59: x86/hex0_x86.hex0, hex1_x86.hex0, hex2_x86.hex1, M0_x86.hex2, cc_x86.M1 (INPUT OUTPUT); catm (OUTPUT INPUT…);
// M2-Planet, mescc-tools, mescc-tools-extra (-o or --output OUTPUT); cp; GNU install, ln, mv.
import { resolveMachinePath } from './chain-files.ts';

const INPUT_OUTPUT = new Set(['hex0', 'hex0-seed', 'hex1', 'hex2-0', 'M0', 'cc_x86']);
const LAST_IS_TARGET = new Set(['cp', 'install', 'mv', 'ln']);

export interface CommandFiles {
  /** Absolute paths in the machine. */
  outputs: string[];
  /** Words that may name files that go in. */
  inputs: string[];
}

/** `program` without its folder; `words` without the program. */
export function filesOfCommand(
  program: string,
  words: readonly string[],
  folder: string,
  isFolder: (path: string) => boolean,
): CommandFiles {
  const at = (path: string): string => resolveMachinePath(folder, path);
  const plain = words.filter((word) => !word.startsWith('-'));
  if (INPUT_OUTPUT.has(program) && plain.length >= 2)
    return { outputs: plain.slice(1, 2).map(at), inputs: plain.slice(0, 1) };
  if (program === 'catm') return { outputs: plain.slice(0, 1).map(at), inputs: plain.slice(1) };
  if (LAST_IS_TARGET.has(program) && plain.length >= 2) return copied(plain, at, isFolder);
  const archive = words.findIndex((word) => word === '-ar' || word === 'cr');
  if (archive >= 0) {
    const [target = '', ...members] = plain.filter((word) => word !== 'cr');
    return { outputs: target === '' ? [] : [at(target)], inputs: members };
  }
  const flag = words.findIndex((word) => word === '-o' || word === '--output');
  const target = flag < 0 ? undefined : words[flag + 1];
  return {
    outputs: target === undefined ? [] : [at(target)],
    inputs: words.filter((_word, index) => flag < 0 || index !== flag + 1),
  };
}

function copied(
  plain: readonly string[],
  at: (path: string) => string,
  isFolder: (path: string) => boolean,
): CommandFiles {
  const inputs = plain.slice(0, -1);
  const target = plain.at(-1) ?? '';
  if (!target.endsWith('/') && !isFolder(at(target))) return { outputs: [at(target)], inputs };
  // Into a folder under their own names.
  return { outputs: inputs.map((input) => at(`${target}/${input.split('/').at(-1) ?? ''}`)), inputs };
}
