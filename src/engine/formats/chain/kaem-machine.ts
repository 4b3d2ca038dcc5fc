// Follows kaem scripts as kaem would, and notes what makes what. Files are made in the mind only: nothing is run.
// Source: stage0-posix 45d90f59, mescc-tools/Kaem/kaem.c (cd, set, export, alias, if/else/fi, exec), kaem-minimal.hex0 (one script, no variables).
import type { ChainEvidence, ChainNode } from '../../../shared/model/chain.ts';
import {
  addEdge,
  addFile,
  addNode,
  type ChainDraft,
  evidenceOf,
  noteMade,
  providerOf,
} from './chain-draft.ts';
import { type ChainFile, type FindFile, findInMachine, resolveMachinePath } from './chain-files.ts';
import { expandVariables, type KaemCommand, parseKaemCommands } from './kaem-lines.ts';
import { filesOfCommand } from './kaem-outputs.ts';
import { roleOfProgram } from './package-names.ts';

const BUILTINS = new Set([
  'then',
  'set',
  'export',
  'unset',
  'echo',
  'pwd',
  'exit',
  'wait',
  'true',
  'false',
  ':',
  '.',
]);
/** A script that runs itself would never end. */
const DEEPEST = 12;

export interface KaemMachine {
  draft: ChainDraft;
  find: FindFile;
  folder: string;
  variables: Map<string, string>;
  aliases: Map<string, string[]>;
  /** The node that reads the script. */
  shell: string;
  kernel: { node: string; evidence: ChainEvidence };
  /** The build that what is run belongs to; null while every file is a node of its own. */
  build: ChainNode | null;
  /** What `catm` put together out of files of the checkout. */
  joined: Map<string, ChainFile[]>;
  /** Called where the generated script begins. */
  runSteps: ((machine: KaemMachine, at: ChainEvidence) => void) | null;
  depth: number;
}

export function runKaemScript(machine: KaemMachine, file: ChainFile): void {
  if (machine.depth > DEEPEST) return;
  const inner = { ...machine, aliases: new Map(machine.aliases), depth: machine.depth + 1 };
  let skipping: 'no' | 'to else' | 'to fi' = 'no';
  for (const command of parseKaemCommands(file.text)) {
    const [first = ''] = command.words;
    if (first === 'fi') skipping = 'no';
    else if (first === 'else') skipping = skipping === 'to else' ? 'no' : 'to fi';
    else if (skipping === 'no')
      if (first === 'if') skipping = holds(inner, command) ? 'no' : 'to else';
      else runCommand(inner, command, file);
  }
  // A script that is read in its turn (seed.kaem behind bootstrap.cfg and env) sees what was set before.
  for (const [name, value] of inner.variables) machine.variables.set(name, value);
  machine.folder = inner.folder;
}

/** `if match A B`; other conditions are taken as met. */
function holds(machine: KaemMachine, { words }: KaemCommand): boolean {
  const [, program, left = '', right = ''] = words.map((word) => expandVariables(word, machine.variables));
  return program !== 'match' || left === right;
}

function runCommand(machine: KaemMachine, command: KaemCommand, file: ChainFile): void {
  const expanded = command.words.map((word) => expandVariables(word, machine.variables));
  const [first = '', ...rest] = expanded;
  const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(first);
  if (assignment !== null && rest.length === 0)
    return void machine.variables.set(assignment[1] ?? '', assignment[2] ?? '');
  if (first === 'cd') {
    machine.folder = resolveMachinePath(machine.folder, rest[0] ?? '/');
    return;
  }
  if (first === 'alias') {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(rest[0] ?? '') ?? [];
    machine.aliases.set(name, value.split(/\s+/).filter(Boolean));
    return;
  }
  if (first === 'exec') {
    runCommand(machine, { ...command, words: command.words.slice(1) }, file);
    return;
  }
  if (first === '' || BUILTINS.has(first)) return;
  const words = [...(machine.aliases.get(first) ?? [first]), ...rest];
  runProgram(machine, words, file, evidenceOf(file, command.line));
}

function runProgram(
  machine: KaemMachine,
  [word = '', ...rest]: readonly string[],
  file: ChainFile,
  evidence: ChainEvidence,
): void {
  const { draft, build } = machine;
  const program = programOf(machine, word);
  // What a build runs out of its own folder comes of its own sources.
  if (program === null && build !== null && isOwn(machine, word)) return;
  const name = word.split('/').at(-1) ?? word;
  const maker = program ?? missing(draft, word);
  if (isKaem(name)) {
    const flag = rest.findIndex((argument) => argument === '--file' || argument === '-f');
    const script = flag < 0 ? rest.find((argument) => !argument.startsWith('-')) : rest[flag + 1];
    if (script !== undefined) runNested(machine, maker, script, evidence);
    if (build !== null) uses(machine, build, maker, name, evidence);
    return;
  }
  const { outputs, inputs } = filesOfCommand(name, rest, machine.folder, (path) => isFolder(draft, path));
  if (name === 'catm') joinFiles(machine, outputs[0], inputs);
  if (build !== null) {
    uses(machine, build, maker, name, evidence);
    for (const input of inputs) inputOf(machine, build, input, evidence);
    for (const output of outputs) noteMade(draft, output, build.id);
    return;
  }
  for (const output of outputs) {
    const node = addNode(draft, { id: output, kind: 'file', label: output });
    addEdge(draft, node.id, maker, { role: 'maker', basis: 'named', word, evidence });
    addEdge(draft, node.id, machine.shell, { role: 'shell', basis: 'named', word: file.path, evidence });
    addEdge(draft, node.id, machine.kernel.node, {
      role: 'kernel',
      basis: 'in force',
      word: machine.kernel.node,
      evidence: machine.kernel.evidence,
    });
    addFile(node, file);
    for (const input of inputs) inputOf(machine, node, input, evidence);
    noteMade(draft, output, node.id);
  }
  const made = draft.nodes.get(maker);
  if (made?.kind === 'file') made.kind = 'program';
}

/** In the folder of the build that goes on. */
function isOwn({ folder, build }: KaemMachine, word: string): boolean {
  return word.includes('/') && resolveMachinePath(folder, word).startsWith(`/steps/${build?.step ?? ''}/`);
}

/** What files were made in. */
function isFolder(draft: ChainDraft, path: string): boolean {
  return [...draft.madeAt.keys()].some((made) => made.startsWith(`${path}/`));
}

function isKaem(name: string): boolean {
  return name === 'kaem' || name === 'kaem-0' || name === 'kaem-optional-seed';
}

function runNested(machine: KaemMachine, shell: string, script: string, evidence: ChainEvidence): void {
  const { draft } = machine;
  const node = draft.nodes.get(shell);
  if (node?.kind === 'file') node.kind = 'program';
  const path = resolveMachinePath(machine.folder, script);
  if (path === '/steps/0.sh') return machine.runSteps?.({ ...machine, shell }, evidence);
  const files = machine.joined.get(path) ?? [];
  const own = findInMachine(machine.find, path);
  // A child has its own folder and variables.
  const child = { ...machine, shell, variables: new Map(machine.variables) };
  for (const file of files.length > 0 || own === null ? files : [own]) runKaemScript(child, file);
}

function joinFiles(machine: KaemMachine, output: string | undefined, inputs: readonly string[]): void {
  const files = inputs.flatMap((input) => {
    const file = findInMachine(machine.find, resolveMachinePath(machine.folder, input));
    return file === null ? [] : [file];
  });
  if (output !== undefined) machine.joined.set(output, files);
}

function uses(
  machine: KaemMachine,
  build: ChainNode,
  program: string,
  word: string,
  evidence: ChainEvidence,
): void {
  addEdge(machine.draft, build.id, program, { role: roleOfProgram(word), basis: 'named', word, evidence });
}

/** A made file, or one of the checkout. */
function inputOf(machine: KaemMachine, node: ChainNode, word: string, evidence: ChainEvidence): void {
  if (word === '' || word.startsWith('-')) return;
  const path = resolveMachinePath(machine.folder, word);
  const made = machine.draft.madeAt.get(path);
  if (made !== undefined && made !== node.id)
    addEdge(machine.draft, node.id, made, { role: 'input', basis: 'named', word, evidence });
  if (made !== undefined) return;
  const file = findInMachine(machine.find, path);
  if (file !== null) addFile(node, file);
}

function programOf(machine: KaemMachine, word: string): string | null {
  if (word.includes('/')) return machine.draft.madeAt.get(resolveMachinePath(machine.folder, word)) ?? null;
  return providerOf(machine.draft, word);
}

/** A node for what nobody makes: it reaches nothing, and so is an error. */
function missing(draft: ChainDraft, word: string): string {
  const id = `?${word}`;
  return (draft.nodes.get(id) ?? addNode(draft, { id, kind: 'missing', label: word })).id;
}
