// The builds of the step manifest as nodes: who runs their script, on which kernel, with which compiler and tools.
// Source: live-bootstrap 984b8322, seed/script-generator.c (output_build), steps/helpers.sh (build, call, default_src_*), steps/jump/*.sh.
import type { ChainEvidence, ChainNode } from '../../../shared/model/chain.ts';
import type { ScriptEntry, BootstrapScript } from '../manifest-script.ts';
import { parseSourcesFile } from '../sources-file.ts';
import { parseChecksumList } from '../checksum-list.ts';
import {
  addEdge,
  addFile,
  addNode,
  beginStage,
  type ChainDraft,
  evidenceOf,
  noteMade,
  provide,
  providerOf,
  withdraw,
} from './chain-draft.ts';
import type { ChainFile, FindFile } from './chain-files.ts';
import { type KaemMachine, runKaemScript } from './kaem-machine.ts';
import { parsePackageName, programNames, roleOfProgram } from './package-names.ts';
import { installedNames, libraryWords, scriptWords } from './step-words.ts';

interface Steps {
  draft: ChainDraft;
  find: FindFile;
  manifest: ChainFile;
  arch: string;
  helpers: ChainFile | null;
  builds: ChainNode[];
}

/** All builds of the scripts, in order. `machine` stands where kaem is about to read /steps/0.sh. */
export function addSteps(
  machine: KaemMachine,
  scripts: readonly BootstrapScript[],
  manifest: ChainFile,
  begun: ChainEvidence,
): void {
  const { draft, find } = machine;
  const generator = draft.madeAt.get('/script-generator') ?? null;
  const arch = machine.variables.get('ARCH') ?? 'x86';
  const steps: Steps = { draft, find, manifest, arch, helpers: find('steps/helpers.sh'), builds: [] };
  let kernel = machine.kernel;
  for (const { number, shell: kind, entries } of scripts) {
    const shell = kind === 'kaem' ? machine.shell : (providerOf(draft, 'bash') ?? machine.shell);
    beginStage(draft, {
      id: `script-${number}`,
      title: `${number}.sh`,
      kernel: kernel.node,
      shell,
    });
    const script = addNode(draft, { id: `/steps/${number}.sh`, kind: 'file', label: `/steps/${number}.sh` });
    addFile(script, manifest);
    if (generator !== null)
      addEdge(draft, script.id, generator, {
        role: 'maker',
        basis: 'named',
        word: 'script-generator',
        evidence: begun,
      });
    for (const entry of entries) {
      if (entry.directive === 'uninstall') uninstall(steps, entry);
      if (entry.directive === 'jump') kernel = jumpedTo(steps, entry) ?? kernel;
      if (entry.directive !== 'build') continue;
      const node = addBuild(steps, entry);
      const evidence = evidenceOf(manifest, entry.line);
      addEdge(draft, node.id, shell, { role: 'shell', basis: 'in force', word: kind, evidence });
      addEdge(draft, node.id, kernel.node, {
        role: 'kernel',
        basis: 'in force',
        word: kernel.node,
        evidence: kernel.evidence,
      });
      addEdge(draft, node.id, script.id, { role: 'input', basis: 'named', word: entry.argument, evidence });
      if (kind === 'kaem') runKaemBuild({ ...machine, shell, kernel }, steps, node, entry);
      else runBashBuild(steps, node, entry);
      addToolchain(steps, node, evidence);
      steps.builds.push(node);
      provideNames(steps, node, entry);
    }
  }
  noteReplaced(steps);
}

function addBuild({ draft, find, manifest }: Steps, { argument: step, pass }: ScriptEntry): ChainNode {
  const node = addNode(draft, {
    id: `${step}#${pass ?? 1}`,
    kind: 'build',
    label: pass === null || pass === 1 ? step : `${step} (pass ${pass})`,
    step,
    pass,
  });
  addFile(node, manifest);
  const sources = find(`steps/${step}/sources`);
  if (sources !== null) {
    addFile(node, sources);
    for (const { name, sha256 } of parseSourcesFile(sources.text, sources.path))
      if (!node.distfiles.some((one) => one.sha256 === sha256)) node.distfiles.push({ name, sha256 });
  }
  return node;
}

function runKaemBuild(machine: KaemMachine, steps: Steps, node: ChainNode, entry: ScriptEntry): void {
  const { draft, find, arch } = steps;
  const step = entry.argument;
  const file = find(`steps/${step}/pass${entry.pass ?? 1}.kaem`);
  if (file === null) {
    missingScript(steps, node, entry);
    return;
  }
  addFile(node, file);
  const variables = new Map(machine.variables).set('pkg', step);
  runKaemScript({ ...machine, folder: `/steps/${step}`, variables, build: node }, file);
  for (const makefile of ['main.mk', 'common.mk', 'builtins.mk']) {
    const found = find(`steps/${step}/mk/${makefile}`);
    if (found !== null) addWords(steps, node, scriptWords(found, null));
  }
  // Upstream's list of what the build made; make installs some that no line of the script names.
  for (const list of [`${step}.checksums`, `${step}.${arch}.checksums`]) {
    const found = find(`steps/${step}/${list}`);
    for (const { name } of found === null ? [] : parseChecksumList(found.text, found.path))
      noteMade(draft, name, node.id);
  }
}

function runBashBuild(steps: Steps, node: ChainNode, entry: ScriptEntry): void {
  const file = steps.find(`steps/${entry.argument}/pass${entry.pass ?? 1}.sh`);
  // A step without a script of its own is built by what helpers.sh does anyway; one without anything is not there.
  if (file === null && node.distfiles.length === 0) {
    missingScript(steps, node, entry);
    return;
  }
  if (file !== null) addFile(node, file);
  addWords(steps, node, scriptWords(file, steps.helpers));
  for (const makefile of ['main.mk', 'common.mk']) {
    const found = steps.find(`steps/${entry.argument}/mk/${makefile}`);
    if (found !== null) addWords(steps, node, scriptWords(found, null));
  }
  if (file === null) return;
  for (const { stem, line } of libraryWords(file, new Set(steps.builds.map((one) => stemOf(one)))))
    addEdge(steps.draft, node.id, steps.builds.findLast((one) => stemOf(one) === stem)?.id ?? node.id, {
      role: 'library',
      basis: 'named',
      word: stem,
      evidence: evidenceOf(file, line),
    });
}

/** The programs that a build brings: by its name, by what its script and Makefiles write, and all that an earlier build of the same software brought. */
function provideNames(
  { draft, find, builds }: Steps,
  node: ChainNode,
  { argument: step, pass }: ScriptEntry,
): void {
  const names = new Set(programNames(step));
  for (const file of [`pass${pass ?? 1}.sh`, 'mk/main.mk', `mk/pass${pass ?? 1}.mk`])
    for (const name of installedNames(find(`steps/${step}/${file}`)?.text ?? '')) names.add(name);
  const earlier = new Set(builds.filter((one) => stemOf(one) === stemOf(node)).map(({ id }) => id));
  for (const [name, providers] of draft.providers) {
    const last = providers.at(-1);
    // `autoconf-2.69` stays with the one that has that version.
    if (last !== undefined && earlier.has(last) && !/\d(\.\d+)+$/.test(name)) names.add(name);
  }
  for (const name of names) provide(draft, name, node.id);
}

function addWords(steps: Steps, node: ChainNode, words: ReturnType<typeof scriptWords>): void {
  for (const { word, evidence } of words) {
    const provider = providerOf(steps.draft, word);
    if (provider !== null)
      addEdge(steps.draft, node.id, provider, { role: roleOfProgram(word), basis: 'named', word, evidence });
  }
}

/** Compiler, C library and linker that configure and make find, where the script names none. */
function addToolchain({ draft, builds }: Steps, node: ChainNode, evidence: ChainEvidence): void {
  const has = (role: string): boolean =>
    draft.edges.some((edge) => edge.from === node.id && edge.role === role);
  const add = (role: 'compiler' | 'c-library' | 'binutils', to: string | null, word: string): void => {
    if (to !== null && to !== node.id)
      addEdge(draft, node.id, to, { role, basis: 'in force', word, evidence });
  };
  const gcc = providerOf(draft, 'gcc');
  // AC_PROG_CC takes gcc first, then cc (Autoconf manual, 5.10.3); before there is one, the early scripts have tcc, and mes what stage0-posix ends with.
  const compiler = gcc ?? providerOf(draft, 'tcc') ?? providerOf(draft, 'M2-Planet');
  if (!has('compiler')) add('compiler', compiler, compiler === gcc ? 'gcc' : 'compiler');
  add('c-library', builds.findLast((one) => stemOf(one) === 'musl')?.id ?? providerOfLibc(draft), 'libc');
  if (compiler !== null && compiler === gcc && !has('binutils'))
    add('binutils', providerOf(draft, 'ld'), 'ld');
}

function providerOfLibc(draft: ChainDraft): string | null {
  return draft.madeAt.get('/usr/lib/mes/libc.a') ?? null;
}

function uninstall({ draft, manifest, builds }: Steps, { argument, line }: ScriptEntry): void {
  const evidence = evidenceOf(manifest, line);
  for (const target of argument.split(' ')) {
    // helpers.sh takes away the package that was built last under that name.
    const node = builds.findLast(({ step, uninstalled }) => step === target && uninstalled === null);
    if (node === undefined) continue;
    for (const one of builds) if (one.step === target) one.uninstalled ??= evidence;
    withdraw(draft, new Set(builds.filter(({ step }) => step === target).map(({ id }) => id)));
  }
}

/** A jump of a kernel's name goes on with the kernel that was built last under it. */
function jumpedTo(
  { builds, manifest }: Steps,
  { argument, line }: ScriptEntry,
): { node: string; evidence: ChainEvidence } | null {
  const kernel = builds.findLast((one) => stemOf(one) === argument);
  return kernel === undefined ? null : { node: kernel.id, evidence: evidenceOf(manifest, line) };
}

/** A later build of the same software lies over an earlier one, unless the earlier one's programs carry their version in their names. */
function noteReplaced({ builds, find }: Steps): void {
  for (const [index, node] of builds.entries()) {
    const script = find(`steps/${node.step ?? ''}/pass${node.pass ?? 1}.sh`);
    const keeps = /--program-suffix=|program-transform-name=\S*s/.test(script?.text ?? '');
    const later = builds.slice(index + 1).find((other) => stemOf(other) === stemOf(node));
    if (later !== undefined && (!keeps || later.step === node.step)) node.replacedBy = later.id;
  }
}

function missingScript(
  { draft, manifest }: Steps,
  node: ChainNode,
  { argument, pass, line }: ScriptEntry,
): void {
  const id = `?steps/${argument}/pass${pass ?? 1}`;
  const label = `steps/${argument}/pass${pass ?? 1}`;
  if (!draft.nodes.has(id)) addNode(draft, { id, kind: 'missing', label });
  const evidence = evidenceOf(manifest, line);
  addEdge(draft, node.id, id, { role: 'input', basis: 'named', word: label, evidence });
}

function stemOf({ step }: ChainNode): string {
  return parsePackageName(step ?? '').stem;
}
