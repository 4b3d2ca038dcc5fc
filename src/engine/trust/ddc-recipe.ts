// How stage0's tools are made without the seed: which commands of upstream's scripts are run, with what in place of what the seed made.
// Texts: stage0-posix at 45d90f59 (x86/mescc-tools-mini-kaem.kaem, x86/mescc-tools-full-kaem.kaem, x86/kaem.run, mescc-tools/makefile,
// M2-Planet/makefile). Method: David A. Wheeler, Fully Countering Trusting Trust through Diverse Double-Compiling (2009).
import { expandVariables, parseKaemCommands } from '../formats/chain/kaem-lines.ts';

/** Folders and files of seed/stage0-posix that are copied; the seeds in machine code are not among them. */
export const DDC_PARTS = [
  'M2libc',
  'M2-Planet',
  'M2-Mesoplanet',
  'mescc-tools',
  'mescc-tools-extra',
  'x86',
  'x86.answers',
  'after.kaem',
] as const;

export interface HostTool {
  name: 'M2' | 'M1' | 'hex2' | 'blood-elf';
  folder: string;
  sources: readonly string[];
}

const LIBRARY = '../M2libc/bootstrappable.c';

/** What the host's compiler makes; folder and sources as in the makefiles. */
export const HOST_TOOLS: readonly HostTool[] = [
  {
    name: 'M2',
    folder: 'M2-Planet',
    sources: [
      ...[
        'cc_reader.c',
        'cc_strings.c',
        'cc_types.c',
        'cc_emit.c',
        'cc_core.c',
        'cc_macro.c',
        'cc.c',
        'cc_globals.c',
      ],
      LIBRARY,
    ],
  },
  { name: 'M1', folder: 'mescc-tools', sources: ['M1-macro.c', 'stringify.c', LIBRARY] },
  { name: 'hex2', folder: 'mescc-tools', sources: ['hex2.c', 'hex2_linker.c', 'hex2_word.c', LIBRARY] },
  { name: 'blood-elf', folder: 'mescc-tools', sources: ['blood-elf.c', 'stringify.c', LIBRARY] },
];

export const COMPILER_OPTIONS = ['-D_GNU_SOURCE', '-std=c99', '-O0', '-fno-common', '-w'] as const;

export interface DdcCommand {
  /** Relative to the copy. */
  folder: string;
  words: string[];
}

/** Values of kaem.run; BLOOD_FLAG is a blank there, which is no argument here. */
function variablesOf(kaemRun: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const { words } of parseKaemCommands(kaemRun)) {
    const [word = ''] = words;
    const assignment = words.length === 1 ? /^([A-Z0-9_]+)=(.*)$/s.exec(word) : null;
    if (assignment !== null)
      variables.set(assignment[1] ?? '', expandVariables(assignment[2] ?? '', variables).trim());
  }
  return variables;
}

/** The commands that make M2-Planet from its own text, in the folder x86; the last one's output is bin/M2-Planet. */
export function compilerCommands(fullScript: string, kaemRun: string): DdcCommand[] {
  const variables = variablesOf(kaemRun);
  const commands = parseKaemCommands(fullScript).map(({ words }) =>
    words.map((word) => expandVariables(word, variables)).filter((word) => word.trim() !== ''),
  );
  return commands
    .filter((words) => words.some((word) => /\/M2-1[.-]/.test(word)))
    .map((words) => ({ folder: 'x86', words }));
}

/** The commands of the small script behind those that make the first hex2: with them M1, hex2 and kaem are made. */
export function finalCommands(miniScript: string): DdcCommand[] {
  const commands = parseKaemCommands(miniScript).map(({ words }) => words);
  const last = commands.findIndex((words) => words.at(-1) === './x86/artifact/hex2-1');
  return commands.slice(last + 1).map((words) => ({ folder: '.', words }));
}
