// srcfs: the source stream that builder-hex0 turns into files. `src <size> <path>\n` and <size> bytes per entry, then commands, then a NUL.
// Source: builder-hex0 a2781242, stage2 `src`, `internalshell`, `absolute_path`; live-bootstrap 984b8322, lib/generator.py (output_tree).
import { SeedbedError } from '../../shared/errors.ts';
import type { Budget } from '../../shared/model/image.ts';
import { encodeAscii } from './ascii.ts';
import { BUILDER_HEX0_LIMITS } from './builder-hex0.ts';

/** An entry of the stream. A directory is an entry without bytes; builder-hex0 knows no other difference. */
export interface SrcEntry {
  /** As written: `.`, `./steps/manifest`, or absolute. */
  path: string;
  sizeBytes: number;
}

/** stage0-posix's own folder; steps/jump/linux.sh renames it before `find` feeds names to a program that splits at spaces. */
const NAME_WITH_SPACES = 'High Level Prototypes';

export function encodeSrcHeader({ path, sizeBytes }: SrcEntry): Uint8Array {
  return encodeAscii(`src ${sizeBytes} ${path}\n`);
}

export function encodeCommand(command: string): Uint8Array {
  return encodeAscii(`${command}\n`);
}

/** Byte order of the path's components, so that a directory comes before what is in it. */
export function compareSrcPaths(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  const count = Math.min(left.length, right.length);
  for (let index = 0; index < count; index += 1) {
    const one = left[index] ?? '';
    const other = right[index] ?? '';
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
}

/** Throws SRCFS_NAME_REFUSED when the last component of `path` would not arrive as it is. */
export function checkSrcName(path: string): void {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const reason = refusalOf(name, path === `./${NAME_WITH_SPACES}`);
  if (reason !== null) throw new SeedbedError('SRCFS_NAME_REFUSED', { path, reason });
}

function refusalOf(name: string, spacesAllowed: boolean): string | null {
  if (name === '') return 'it is empty';
  if (/[\0-\x1f\x7f]/.test(name)) return 'it holds a control character, such as a line end';
  if (/[^ -~]/.test(name)) return 'only ASCII names are the same bytes on every system';
  if (name.includes(' ') && !spacesAllowed)
    return 'it holds a space, at which live-bootstrap’s jump to Linux splits names';
  // absolute_path takes `/..` for the parent wherever it stands.
  if (name.startsWith('..'))
    return 'builder-hex0 reads a name that begins with two dots as the parent folder';
  return null;
}

/** What no limit forbids, but what builder-hex0 will do otherwise than the tree says. One sentence each, none for upstream's own tree. */
export function srcfsWarnings(entries: readonly (SrcEntry & { isFile: boolean })[]): string[] {
  // An empty `.keep` is there to hold its folder in git; what becomes of it does not matter.
  const files = entries.filter(({ path, sizeBytes }) => !(sizeBytes === 0 && path.endsWith('/.keep')));
  return [
    ...listed(
      files.filter((entry) => entry.isFile && entry.sizeBytes === 0),
      'empty, so that builder-hex0 makes a directory of it',
    ),
    ...listed(
      files.filter(({ path }) => /\/\.[^/]/.test(path)),
      'named with a leading dot, which builder-hex0 drops together with the character after it',
    ),
    ...listed(
      files.filter(({ path }) => path.length > BUILDER_HEX0_LIMITS.nameBytes),
      `longer than ${BUILDER_HEX0_LIMITS.nameBytes} bytes, too long to be an argument under builder-hex0`,
    ),
  ];
}

function listed(entries: readonly SrcEntry[], what: string): string[] {
  const [first] = entries;
  if (first === undefined) return [];
  const others = entries.length - 1;
  return [`${first.path}${others > 0 ? ` (and ${others} more)` : ''} is ${what}.`];
}

/** Adds up what a stream uses of builder-hex0's limits. */
export interface BudgetMeter {
  addEntry(entry: SrcEntry): void;
  addCommand(command: string): void;
  budgets(): Budget[];
}

export function createBudgetMeter(): BudgetMeter {
  let files = 0;
  let payloadBytes = 0;
  let longestPath = 0;
  let longestName = 0;
  const addPath = (path: string): void => {
    files += 1;
    // In the name table `./a` is `/a`; with its NUL that is as long as it stands in the stream.
    longestPath = Math.max(longestPath, path.startsWith('.') ? path.length : path.length + 1);
    for (const name of path.split('/')) longestName = Math.max(longestName, name.length);
  };
  return {
    addEntry({ path, sizeBytes }) {
      addPath(path);
      payloadBytes += sizeBytes;
    },
    addCommand(command) {
      const output = /^hex0 \S+ (\S+)$/.exec(command)?.[1];
      if (output !== undefined) addPath(output);
    },
    budgets: () => [
      { name: 'files', used: files, limit: BUILDER_HEX0_LIMITS.files, unit: 'files' },
      { name: 'file-area', used: payloadBytes, limit: BUILDER_HEX0_LIMITS.fileAreaBytes, unit: 'bytes' },
      { name: 'longest-path', used: longestPath, limit: BUILDER_HEX0_LIMITS.pathBytes, unit: 'bytes' },
      { name: 'longest-name', used: longestName, limit: BUILDER_HEX0_LIMITS.nameBytes, unit: 'bytes' },
    ],
  };
}

const BUDGET_WORDS: Readonly<Record<Budget['name'], string>> = {
  files: 'the number of files and directories',
  'file-area': 'the size of all files together',
  'longest-path': 'the longest path',
  'longest-name': 'the longest name',
};

/** Throws SRCFS_BUDGET_EXCEEDED for the first limit that is passed. */
export function checkBudgets(budgets: readonly Budget[]): void {
  for (const { name, used, limit, unit } of budgets) {
    if (used > limit)
      throw new SeedbedError('SRCFS_BUDGET_EXCEEDED', {
        what: BUDGET_WORDS[name],
        actual: used,
        limit,
        unit,
      });
  }
}
