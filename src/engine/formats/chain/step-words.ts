// What a step's script names: programs, those of helpers.sh's own functions where the script leaves them as they are, and libraries.
// Source: live-bootstrap 984b8322, steps/helpers.sh (build, call, default, src_pkg, src_checksum, src_apply).
import type { ChainEvidence } from '../../../shared/model/chain.ts';
import { evidenceOf } from './chain-draft.ts';
import type { ChainFile } from './chain-files.ts';
import { programWords, shellFunctions } from './shell-words.ts';

/** Stages of a build that a script may bring itself. */
const STAGES = [
  'src_get',
  'src_unpack',
  'src_prepare',
  'src_configure',
  'src_compile',
  'src_install',
  'src_postprocess',
];
/** What every build ends with, and what the stages call. */
const ALWAYS = [
  'extract_file',
  'check_source_line',
  'reset_timestamp',
  'src_pkg',
  'src_checksum',
  'src_apply',
];

export interface NamedProgram {
  word: string;
  evidence: ChainEvidence;
}

/** Of a script, and of what helpers.sh does where the script (or a step without one) leaves it. */
export function scriptWords(file: ChainFile | null, helpers: ChainFile | null): NamedProgram[] {
  const own =
    file === null
      ? []
      : programWords(file.text).map(({ word, line }) => ({ word, evidence: evidenceOf(file, line) }));
  if (helpers === null) return own;
  const brought = shellFunctions(file?.text ?? '');
  const defaults = functionsOf(helpers);
  const inherited = STAGES.flatMap((stage) => {
    const body = brought.get(stage);
    const isDefault = body === undefined || /^\s*default(_\w+)?\s*$/m.test(body.text);
    return isDefault ? (defaults.get(`default_${stage}`) ?? []) : [];
  });
  return [...own, ...inherited, ...ALWAYS.flatMap((name) => defaults.get(name) ?? [])];
}

const read = new WeakMap<ChainFile, Map<string, NamedProgram[]>>();

/** helpers.sh is read once for all builds. */
function functionsOf(helpers: ChainFile): Map<string, NamedProgram[]> {
  const known = read.get(helpers);
  if (known !== undefined) return known;
  const words = new Map(
    [...shellFunctions(helpers.text)].map(([name, { text, line }]) => [
      name,
      programWords(text, line).map((one) => ({ word: one.word, evidence: evidenceOf(helpers, one.line) })),
    ]),
  );
  read.set(helpers, words);
  return words;
}

/** Libraries by the options that ask for them: `--with-gmp`, `--with-system-zlib`, `-lffi`. Others are found without a word: a blind spot that is said. */
export function libraryWords(file: ChainFile, stems: ReadonlySet<string>): { stem: string; line: number }[] {
  const found = new Map<string, number>();
  for (const [index, text] of file.text.split('\n').entries())
    for (const [, name = ''] of text.matchAll(/(?:--with-(?:system-)?|--enable-|\s-l)(?:lib)?([a-z][\w]*)/g))
      for (const stem of [name, `lib${name}`])
        if (stems.has(stem) && !found.has(stem)) found.set(stem, index + 1);
  return [...found].map(([stem, line]) => ({ stem, line }));
}

/** Programs that a script puts into a folder `bin`, or that a Makefile has a rule for (`$(SRC_DIR)/sha256sum: …`). */
export function installedNames(text: string): string[] {
  const installed = [...text.matchAll(/^\s*(?:install|ln|cp|mv)\s[^\n]*\/bin\/([\w.+-]+)"?\s*$/gm)];
  const rules = [...text.matchAll(/^\S*\/([a-z][\w-]*):(?!=)/gm)];
  return [...installed, ...rules].map(([, name = '']) => name);
}
