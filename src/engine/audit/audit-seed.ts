// The audit of a checkout's seed and of the programs that follow it, as one piece of work: load, decode, run, compare, ask others.
import type {
  AuditCheck,
  AuditedProgramId,
  AuditRow,
  MutationReport,
  RepresentationCell,
  SeedAudit,
} from '../../shared/model/audit.ts';
import { ExplainedDifferences, SeedHistory } from '../../shared/model/audit.ts';
import { askGit } from '../checkout/git.ts';
import { readSmallFile, readText } from '../checkout/read-text.ts';
import { assembleHex0 } from '../formats/hex0.ts';
import { readResource } from '../image/resources.ts';
import type { JobContext } from '../jobs.ts';
import { auditProgram, type ProgramAudit } from './audit-program.ts';
import { check, counted, notChecked } from './checks.ts';
import { loadProgram, type LoadedProgram, sameBytes, sha256Of } from './load-program.ts';
import { tryMutations } from './mutations.ts';
import { compareGas, compareTexts } from './representations.ts';
import { type ChainRuns, runChain } from './run-programs.ts';
import { askDecoders, askMesccTools, askObjdump } from './second-opinions.ts';
import { SEED_FILES, SEED_PROGRAMS, type SeedProgram } from './seed-programs.ts';
import { openToolbox, TOOL_NAMES, type Toolbox } from './tools.ts';

export interface SeedAuditOptions {
  /** Try all changes of single bytes of the seed; takes up to a minute. */
  mutations: boolean;
  env: NodeJS.ProcessEnv;
}

export interface SeedAuditResult {
  audit: SeedAudit;
  rows: Map<AuditedProgramId, AuditRow[]>;
}

/** What cc_x86 compiles in its run, so that it is run at all: the language of stage0's first compiler. */
const SMALL_PROGRAM =
  'int add(int a, int b)\n{\n\treturn a + b;\n}\n\nint main()\n{\n\treturn add(40, 2);\n}\n';

/** Throws NOT_FOUND, CHECKOUT_UNREADABLE, SEED_TEXT_INVALID, CANCELLED. Nothing is written. */
export async function auditSeed(
  root: string,
  { mutations, env }: SeedAuditOptions,
  { signal, report }: JobContext,
): Promise<SeedAuditResult> {
  const steps = SEED_PROGRAMS.length + 3;
  let done = 0;
  const step = (label: string): void => {
    signal.throwIfAborted();
    report({ step: 'audit', label, done, total: steps, unit: 'steps' });
    done += 1;
  };
  const [history, explained] = await Promise.all([
    readResource('seed-history.json').then((text) => SeedHistory.parse(JSON.parse(text))),
    readResource('explained-differences.json').then((text) => ExplainedDifferences.parse(JSON.parse(text))),
  ]);
  step('reading the programs');
  const loaded = new Map<AuditedProgramId, LoadedProgram>();
  for (const program of SEED_PROGRAMS) loaded.set(program.id, await loadProgram(root, program));
  step('running the chain in the interpreter');
  const chain = await runLoaded(root, loaded, signal);
  const tools = await openToolbox(env, signal);
  try {
    const audited: ProgramAudit[] = [];
    const checks: AuditCheck[] = [];
    const matrix: RepresentationCell[] = [];
    const seedFiles = await readSeedFiles(root);
    const decoding = seedFiles.filter(({ decodes }) => decodes).length;
    checks.push(check('seed.files-decode', null, counted(seedFiles.length, decoding)));
    for (const [id, one] of loaded) {
      step(`looking at ${one.program.title}`);
      const part = auditProgram(one, {
        history: history.programs[id],
        explained,
        copyEqual: await isCopyEqual(root, one.program),
        made: chain.made.find((run) => run.id === id) ?? null,
        runs: one.program.elf ? chain.runsOf(id) : [],
      });
      audited.push(part);
      const cells = [...(await compareTexts(root, one)), await compareGas(root, one, tools, explained)];
      matrix.push(...cells);
      checks.push(...part.checks, ...judgeCells(one.program, cells));
      checks.push(...(await askDecoders(one, tools)), await askObjdump(one, tools));
      checks.push(...(await askM1(root, one, tools)));
    }
    step(mutations ? 'changing every byte of the seed' : 'summing up');
    const seed = loaded.get('hex0');
    const tried = mutations && seed !== undefined ? await mutate(seed, { signal, report }) : null;
    checks.push(
      check(
        'seed.mutations',
        'hex0',
        tried === null
          ? notChecked('not asked for')
          : counted(tried.mutations, tried.detected, mutationText(tried)),
      ),
    );
    const count = (state: AuditCheck['state']): number => checks.filter((one) => one.state === state).length;
    const head = await askGit(root, ['rev-parse', 'HEAD'], signal);
    return {
      rows: new Map(audited.map(({ program, rows }) => [program.id, rows])),
      audit: {
        checkout: root,
        commit: head.kind === 'answer' ? head.text.trim() : null,
        endedAt: new Date().toISOString(),
        programs: audited.map(({ program }) => program),
        checks,
        matrix,
        tools: TOOL_NAMES.map((name) => ({ name, version: tools.get(name)?.version ?? null })),
        seedFiles,
        mutations: tried,
        totals: {
          passed: count('passed'),
          explained: count('explained'),
          failed: count('failed'),
          notChecked: count('not-checked'),
        },
      },
    };
  } finally {
    await tools.close();
  }
}

function mutate(seed: LoadedProgram, { signal, report }: JobContext): Promise<MutationReport> {
  return tryMutations(seed, {
    signal,
    onByte: (done, total) =>
      report({
        step: 'mutations',
        label: 'changing every byte of the seed',
        done: done * 255,
        total: total * 255,
        unit: 'steps',
      }),
  });
}

function mutationText({ byCheck }: MutationReport): string {
  return byCheck
    .map(({ check: id, detected }) => `${id} alone finds ${detected.toLocaleString('en')}`)
    .join('; ');
}

async function runLoaded(
  root: string,
  loaded: ReadonlyMap<AuditedProgramId, LoadedProgram>,
  signal: AbortSignal,
): Promise<ChainRuns> {
  const empty = new Uint8Array();
  const textOf = async (id: AuditedProgramId): Promise<Uint8Array> => {
    const file = loaded.get(id)?.program.texts.at(-1)?.file;
    return file === undefined ? empty : readSmallFile(root, file);
  };
  const header = loaded.get('M0')?.program.texts[0]?.file;
  const texts = {
    hex0: await textOf('hex0'),
    kaem: await textOf('kaem'),
    hex1: await textOf('hex1'),
    'hex2-0': await textOf('hex2-0'),
    catm: await textOf('catm'),
    M0: await textOf('M0'),
    cc_x86: await textOf('cc_x86'),
    header: header === undefined ? empty : await readSmallFile(root, header),
  };
  const seed = loaded.get('hex0')?.bytes ?? empty;
  const kaemSeed = loaded.get('kaem')?.bytes ?? empty;
  return runChain({ seed, kaemSeed, texts, program: new TextEncoder().encode(SMALL_PROGRAM) }, { signal });
}

async function isCopyEqual(
  root: string,
  { copyOfText, texts: [first] }: SeedProgram,
): Promise<boolean | null> {
  if (copyOfText === null || first === undefined) return null;
  return sameBytes(await readSmallFile(root, copyOfText), await readSmallFile(root, first.file));
}

function judgeCells({ id, gas, others }: SeedProgram, cells: readonly RepresentationCell[]): AuditCheck[] {
  const texts = cells.filter(({ representation }) => representation !== 'GAS');
  const good = texts.filter(({ state }) => state === 'identical' || state === 'normalised');
  const detail = texts.map(({ representation, detail: words }) => `${representation}: ${words}`).join('; ');
  const made =
    others.length === 0
      ? []
      : [check('seed.representations', id, counted(texts.length, good.length, detail))];
  const cell = cells.find(({ representation }) => representation === 'GAS');
  if (gas === null || cell === undefined) return made;
  const equal = cell.state === 'identical' || cell.state === 'normalised';
  if (cell.state === 'absent') return [...made, check('opinion.gas', id, notChecked(cell.detail))];
  const outcome = counted(1, equal ? 1 : 0, cell.detail);
  const state = cell.state === 'explained' ? ('explained' as const) : outcome.state;
  return [...made, check('opinion.gas', id, { ...outcome, state })];
}

async function askM1(root: string, loaded: LoadedProgram, tools: Toolbox): Promise<AuditCheck[]> {
  const [other] = loaded.program.others;
  const files = other?.files ?? loaded.program.texts.map(({ file }) => file);
  const texts = await Promise.all(
    files.map(async (file) => ({
      name: file.slice(file.lastIndexOf('/') + 1),
      text: await readText(root, file),
    })),
  );
  return [await askMesccTools(loaded, texts, tools)];
}

/** Seeds that are not there (a partial checkout) are not listed: what is not there cannot be run either. */
async function readSeedFiles(root: string): Promise<SeedAudit['seedFiles']> {
  const found: SeedAudit['seedFiles'] = [];
  for (const { file, text } of SEED_FILES) {
    const bytes = await readSmallFile(root, file).catch(() => null);
    if (bytes === null) continue;
    let decodes = false;
    try {
      decodes = sameBytes(assembleHex0(await readText(root, text), { fileName: text }), bytes);
    } catch {
      // A text that is missing or no hex0 says nothing about the bytes.
    }
    found.push({ file, text, sizeBytes: bytes.length, sha256: sha256Of(bytes), decodes });
  }
  return found;
}
