// The two-root check (diverse double-compiling): stage0's tools are built a second time from this computer's C compiler, without the seed, and
// have to be equal to what the seed makes. Measured and explained in docs/GUIDE.md.
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { arch, cpus, release } from 'node:os';
import { join } from 'node:path';
import type { DdcReport, DdcTool } from '../../shared/model/ddc.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { findOnPath, versionOf } from '../audit/tools.ts';
import { sha256Of } from '../audit/load-program.ts';
import { askGit } from '../checkout/git.ts';
import { readText } from '../checkout/read-text.ts';
import { parseChecksumList } from '../formats/checksum-list.ts';
import type { JobContext } from '../jobs.ts';
import { COMPILER_OPTIONS, compilerCommands, DDC_PARTS, finalCommands, HOST_TOOLS } from './ddc-recipe.ts';
import { runStep } from './ddc-run.ts';

const STAGE0 = 'seed/stage0-posix';
const COMPILERS = ['gcc', 'cc', 'clang'];

/** Printed with every result: what it does not tell. */
const ASSUMPTIONS = [
  'Both ways use the same source texts: what is wrong there is wrong in both.',
  'A C compiler and its libraries are taken on faith here, the seed there. For the same wrong bytes both would have to carry the same flaw.',
  'Both ways ran on the same kind of processor and, unless the run was made elsewhere, on the same kernel.',
  'It covers the tools of stage0 only: not mes, tcc, gcc, nor anything that is built with them later.',
];

export interface DdcOptions {
  /** Folder of the checkout. */
  root: string;
  /** The data folder's own for audits. */
  folder: string;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** Tools of a run, by the name that upstream's list gives them; null: no run was given. */
  run: { id: string; sums: ReadonlyMap<string, string> } | null;
}

/** Why it cannot be done here; null when it can. */
export async function ddcUnavailable(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  if (platform !== 'linux') return `the tools are programs for Linux, and this is ${platform}`;
  if (!['x64', 'ia32'].includes(arch())) return `the tools are programs for x86, and this is ${arch()}`;
  return (await findCompiler(env)) === null ? 'no C compiler was found (gcc, cc or clang)' : null;
}

async function findCompiler(env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const name of COMPILERS) {
    const path = await findOnPath(name, env);
    if (path !== null) return path;
  }
  return null;
}

/** Throws DDC_UNAVAILABLE, DDC_STEP_FAILED, NOT_FOUND, CANCELLED. Writes in `folder` only; what was built is removed again. */
export async function checkTwoRoots(options: DdcOptions, { signal, report }: JobContext): Promise<DdcReport> {
  const { root, folder, env, platform, run } = options;
  const reason = await ddcUnavailable(platform, env);
  const compiler = await findCompiler(env);
  if (reason !== null || compiler === null)
    throw new SeedbedError('DDC_UNAVAILABLE', { reason: reason ?? 'no C compiler was found' });
  const startedAt = new Date().toISOString();
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'ddc-'));
  let done = 0;
  const total = HOST_TOOLS.length + 6;
  const step = (label: string): void => {
    report({ step: 'ddc', label, done, total, unit: 'steps' });
    done += 1;
  };
  const execute = async (
    label: string,
    program: string,
    args: readonly string[],
    at: string,
  ): Promise<void> => {
    await runStep({ label, program, args, cwd: join(work, at), env }, signal);
  };
  const kaem = async (label: string, commands: ReturnType<typeof finalCommands>): Promise<void> => {
    if (commands.length === 0)
      throw new SeedbedError('DDC_STEP_FAILED', {
        step: label,
        reason: 'upstream’s script has no such commands',
      });
    for (const {
      folder: at,
      words: [program = '', ...args],
    } of commands)
      await execute(label, join(work, at, program), args, at);
  };
  try {
    step('copying the texts, without the seeds');
    for (const part of DDC_PARTS)
      await cp(join(root, STAGE0, part), join(work, part), {
        recursive: true,
        filter: (source) => !/\/(\.git|test)$/.test(source),
      });
    for (const made of ['x86/artifact', 'x86/bin', 'host'])
      await mkdir(join(work, made), { recursive: true });
    const read = (file: string): Promise<string> => readText(root, `${STAGE0}/${file}`);
    const [full, mini, kaemRun] = await Promise.all([
      read('x86/mescc-tools-full-kaem.kaem'),
      read('x86/mescc-tools-mini-kaem.kaem'),
      read('x86/kaem.run'),
    ]);
    for (const { name, folder: at, sources } of HOST_TOOLS) {
      step(`compiling ${name} with ${compiler}`);
      await execute(
        `compiling ${name}`,
        compiler,
        [...COMPILER_OPTIONS, ...sources, '-o', join(work, 'host', name)],
        at,
      );
    }
    const put = async (name: string, to: string): Promise<void> => {
      await copyFile(join(work, name), join(work, to));
      await chmod(join(work, to), 0o755);
    };
    await put('host/M2', 'x86/artifact/M2');
    for (const name of ['M1', 'hex2', 'blood-elf']) await put(`host/${name}`, `x86/bin/${name}`);
    const texts: string[] = [];
    for (const generation of ['first', 'second', 'third']) {
      step(`M2-Planet compiles itself: ${generation} generation`);
      await kaem(`the ${generation} generation`, compilerCommands(full, kaemRun));
      texts.push(sha256Of(await readFile(join(work, 'x86/artifact/M2-1.M1'))));
      await put('x86/bin/M2-Planet', 'x86/artifact/M2');
    }
    step('M1, hex2 and kaem from their texts');
    await put('host/blood-elf', 'x86/artifact/blood-elf-0');
    await put('host/M1', 'x86/artifact/M1-0');
    await put('host/hex2', 'x86/artifact/hex2-1');
    await Promise.all(
      ['M1', 'hex2', 'blood-elf', 'M2-Planet'].map((name) => rm(join(work, 'x86/bin', name))),
    );
    await kaem('M1, hex2 and kaem', finalCommands(mini));
    step('the remaining tools, by upstream’s own script');
    await execute(
      'the remaining tools',
      join(work, 'x86/bin/kaem'),
      ['--strict', '--file', './x86/kaem.run'],
      '.',
    );
    const tools = await compareTools(work, await read('x86.answers'), run);
    const [first = '', second = '', third = ''] = texts;
    const head = await askGit(root, ['rev-parse', 'HEAD'], signal);
    const found: DdcReport = {
      checkout: root,
      commit: head.kind === 'answer' ? head.text.trim() : null,
      startedAt,
      endedAt: new Date().toISOString(),
      compiler: {
        path: compiler,
        version: (await versionOf(compiler, env, signal)) ?? 'unknown',
        sha256: sha256Of(await readFile(compiler)),
      },
      host: { platform, kernel: release(), processor: cpus()[0]?.model ?? 'unknown' },
      generations: { first, second, third, settled: second === third },
      tools,
      equal: tools.filter(({ equal }) => equal).length,
      expected: tools.length,
      run: run === null ? null : compareRun(run.id, tools),
      assumptions: ASSUMPTIONS,
    };
    await writeFileAtomically(join(folder, 'ddc.json'), `${JSON.stringify(found, null, 1)}\n`);
    return found;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function compareTools(work: string, answers: string, run: DdcOptions['run']): Promise<DdcTool[]> {
  return Promise.all(
    parseChecksumList(answers, 'x86.answers').map(async ({ sha256: expected, name }) => {
      const built = await readFile(join(work, name)).then(sha256Of, () => null);
      const inRun = run?.sums.get(name) ?? null;
      return { name, expected, built, inRun, equal: built === expected };
    }),
  );
}

function compareRun(id: string, tools: readonly DdcTool[]): DdcReport['run'] {
  const compared = tools.filter(({ inRun }) => inRun !== null);
  return {
    id,
    compared: compared.length,
    equal: compared.filter(({ inRun, built }) => inRun === built).length,
  };
}
