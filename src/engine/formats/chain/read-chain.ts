// The whole chain of a checkout as a kernel bootstrap runs it: boot sector, builder-hex0, stage0-posix, seed, steps.
// Source: live-bootstrap 984b8322, lib/generator.py (create_builder_hex0_disk_image, append_srcfs) names the first files and commands; all else is read in the scripts.
import { SeedbedError } from '../../../shared/errors.ts';
import type { Chain, ChainEvidence } from '../../../shared/model/chain.ts';
import { launchVariables } from '../bootstrap-variables.ts';
import { evaluateManifest } from '../manifest-evaluate.ts';
import {
  addEdge,
  addFile,
  addNode,
  beginStage,
  BOOT_SECTOR,
  type ChainDraft,
  createDraft,
  evidenceOf,
  FIRST_KERNEL,
  noteMade,
} from './chain-draft.ts';
import { type ChainFile, type FindFile, findInMachine } from './chain-files.ts';
import { addSteps } from './chain-steps.ts';
import { type KaemMachine, runKaemScript } from './kaem-machine.ts';
import { measureDistances, openChainIndex } from './chain-ways.ts';

const GENERATOR = 'lib/generator.py';
const MANIFEST = 'steps/manifest';

/** Throws CHECKOUT_UNREADABLE, CHECKOUT_INVALID where one of the files is missing that everything begins with. */
export function readChain(find: FindFile, root = ''): Omit<Chain, 'commit' | 'rebuilds'> {
  const needed = (path: string): ChainFile => {
    const file = find(path);
    if (file === null) throw new SeedbedError('CHECKOUT_INVALID', { path: root, missing: path });
    return file;
  };
  const generator = needed(GENERATOR);
  const manifest = needed(MANIFEST);
  const draft = createDraft();
  const kernelEvidence = addBeginning(draft, generator, needed);
  const variables = launchVariables('kernel-bootstrap');
  const { scripts } = evaluateManifest(manifest.text, variables, MANIFEST);
  const machine: KaemMachine = {
    draft,
    find,
    folder: '/',
    variables: new Map(variables.map(({ name, value }) => [name, value])),
    aliases: new Map(),
    shell: FIRST_KERNEL,
    kernel: { node: FIRST_KERNEL, evidence: kernelEvidence },
    build: null,
    joined: new Map(),
    runSteps: (at, begun) => addSteps(at, scripts, manifest, begun),
    depth: 0,
  };
  beginStage(draft, { id: 'stage0', title: 'stage0-posix and seed', kernel: FIRST_KERNEL, shell: null });
  for (const { words, line } of imageCommands(generator)) {
    const evidence = evidenceOf(generator, line);
    const [command = '', first = '', second = ''] = words;
    if (command === 'hex0') addFirstProgram(machine, generator, first, second, evidence);
    else if (command !== 'src') startScript(machine, command, first);
  }
  if (!draft.stages.some(({ id }) => id === 'script-0'))
    throw new SeedbedError('CHECKOUT_UNREADABLE', {
      file: 'seed/seed.kaem',
      line: 1,
      reason: 'no script that was followed comes to /steps/0.sh',
    });
  return finish(draft);
}

function addBeginning(
  draft: ChainDraft,
  generator: ChainFile,
  needed: (path: string) => ChainFile,
): ChainEvidence {
  const stage1 = needed('builder-hex0/builder-hex0-x86-stage1.hex0');
  const stage2 = needed('builder-hex0/builder-hex0-x86-stage2.hex0');
  beginStage(draft, { id: 'seed', title: 'Boot sector and builder-hex0', kernel: null, shell: null });
  addFile(addNode(draft, { id: BOOT_SECTOR, kind: 'seed', label: 'boot sector' }), stage1);
  const kernel = addNode(draft, { id: FIRST_KERNEL, kind: 'kernel', label: 'builder-hex0' });
  addFile(kernel, stage2);
  const evidence = evidenceOf(generator, lineWith(generator.text, 'builder-hex0-x86-stage2.hex0'));
  addEdge(draft, FIRST_KERNEL, BOOT_SECTOR, { role: 'maker', basis: 'named', word: 'stage2', evidence });
  return evidence;
}

/** builder-hex0's own `hex0 INPUT OUTPUT`. */
function addFirstProgram(
  { draft, find }: KaemMachine,
  generator: ChainFile,
  input: string,
  output: string,
  evidence: ChainEvidence,
): void {
  const node = addNode(draft, { id: output, kind: 'program', label: output });
  addFile(node, generator);
  const text = findInMachine(find, input);
  if (text !== null) addFile(node, text);
  addEdge(draft, node.id, FIRST_KERNEL, { role: 'maker', basis: 'named', word: 'hex0', evidence });
  noteMade(draft, output, node.id);
}

function startScript(machine: KaemMachine, shell: string, script: string): void {
  const file = findInMachine(machine.find, script);
  const node = machine.draft.madeAt.get(shell);
  if (file !== null && node !== undefined) runKaemScript({ ...machine, shell: node }, file);
}

/** Lines that the generator puts at the end of the source stream: `' '.join(['hex0', …])`. */
function imageCommands({ text }: ChainFile): { words: string[]; line: number }[] {
  return [...text.matchAll(/' '\.join\(\[([^\]]*)\]\)/g)].map((match) => ({
    words: [...(match[1] ?? '').matchAll(/'([^']*)'/g)].map(([, word = '']) => word.replace(/\\n$/, '')),
    line: text.slice(0, match.index).split('\n').length,
  }));
}

function finish(draft: ChainDraft): Omit<Chain, 'commit' | 'rebuilds'> {
  const nodes = [...draft.nodes.values()];
  const distances = measureDistances(openChainIndex({ nodes, edges: draft.edges }), BOOT_SECTOR);
  for (const node of nodes) node.distance = distances.get(node.id) ?? null;
  const builds = nodes.filter(({ kind }) => kind === 'build');
  return {
    seed: BOOT_SECTOR,
    nodes,
    edges: draft.edges,
    stages: draft.stages,
    totals: {
      builds: builds.length,
      reaching: builds.filter(({ distance }) => distance !== null).length,
      nodes: nodes.length,
      edges: draft.edges.length,
    },
    unreachable: nodes.filter(({ distance }) => distance === null).map(({ id }) => id),
  };
}

function lineWith(text: string, words: string): number {
  return text.slice(0, Math.max(0, text.indexOf(words))).split('\n').length;
}
