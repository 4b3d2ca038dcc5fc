// Upstream's own script-generator as a judge: compiled unchanged from the user's checkout, with fopen() led into a folder of the test.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface JudgedEntry {
  directive: string;
  argument: string;
  pass: number | null;
}

export interface Judgement {
  scripts: JudgedEntry[][];
  /** bootstrap.cfg as it was written back. */
  configuration: string;
}

export type ScriptGenerator = (manifest: string, configuration: string) => Judgement;

/** It opens /steps/…, /init.N and /kaem.run.N: the same names below $JUDGE_ROOT. */
const SHIM = `
#include <stdio.h>
#include <stdlib.h>
FILE *judge_fopen(const char *path, const char *mode) {
  char name[4096];
  snprintf(name, sizeof name, "%s%s", getenv("JUDGE_ROOT"), path);
  return fopen(name, mode);
}
`;

export function hasCompiler(): boolean {
  return spawnSync('gcc', ['--version']).status === 0;
}

export function compileScriptGenerator(checkout: string, folder: string): ScriptGenerator {
  const shim = join(folder, 'shim.c');
  const program = join(folder, 'script-generator');
  writeFileSync(shim, SHIM);
  const library = join(checkout, 'seed', 'stage0-posix', 'M2libc');
  const generator = join(folder, 'script-generator.o');
  run('gcc', [
    '-w',
    '-fsigned-char',
    '-idirafter',
    library,
    '-Dfopen=judge_fopen',
    '-c',
    '-o',
    generator,
    join(checkout, 'seed', 'script-generator.c'),
  ]);
  run('gcc', [
    '-w',
    '-idirafter',
    library,
    '-o',
    program,
    generator,
    shim,
    join(library, 'bootstrappable.c'),
  ]);
  return (manifest, configuration) => {
    const root = mkdtempSync(join(folder, 'root-'));
    try {
      mkdirSync(join(root, 'steps'));
      writeFileSync(join(root, 'steps', 'manifest'), manifest);
      writeFileSync(join(root, 'steps', 'bootstrap.cfg'), configuration);
      writeFileSync(join(root, 'steps', 'env'), '');
      const { stderr, signal } = spawnSync(program, ['/steps/manifest'], {
        env: { JUDGE_ROOT: root },
        encoding: 'utf8',
        timeout: 10_000,
      });
      if (stderr !== '' || signal !== null) throw new Error(`script-generator: ${stderr}${signal ?? ''}`);
      return readJudgement(join(root, 'steps'));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  };
}

function readJudgement(steps: string): Judgement {
  const configuration = readFileSync(join(steps, 'bootstrap.cfg'), 'utf8');
  const numbers = readdirSync(steps).filter((name) => /^\d+\.sh$/.test(name)).length;
  const scripts = Array.from({ length: numbers }, (_, number) => {
    const text = readFileSync(join(steps, `${number}.sh`), 'utf8');
    return readScript(text, configuration);
  });
  return { scripts, configuration };
}

/** The lines behind the preamble, as entries; any line that is not known is a fault. */
function readScript(text: string, configuration: string): JudgedEntry[] {
  const preamble = text.startsWith('#!')
    ? text.indexOf('. ./helpers.sh\n') + '. ./helpers.sh\n'.length
    : 'set -ex\ncd /steps\n'.length + configuration.length;
  const entries: JudgedEntry[] = [];
  let step = '';
  for (const line of text.slice(preamble).split('\n')) {
    const build = /^build (\S+) pass(\d+)\.sh$/.exec(line);
    const kaemBuild = /^kaem --file pass(\d+)\.kaem$/.exec(line);
    const script = /^(?:\.|kaem --file) \/steps\/(improve|jump)\/(\S+)\.sh$/.exec(line);
    const uninstall = /^uninstall (.+)$/.exec(line);
    const name = /^pkg=(.+)$/.exec(line);
    if (build !== null)
      entries.push({ directive: 'build', argument: build[1] ?? '', pass: Number(build[2]) });
    else if (name !== null) step = name[1] ?? '';
    else if (kaemBuild !== null)
      entries.push({ directive: 'build', argument: step, pass: Number(kaemBuild[1]) });
    else if (script !== null)
      entries.push({ directive: script[1] ?? '', argument: script[2] ?? '', pass: null });
    else if (uninstall !== null)
      entries.push({ directive: 'uninstall', argument: uninstall[1] ?? '', pass: null });
    else if (!/^(|cd \$\{pkg\}|cd \.\.|(bash|kaem --file) \/steps\/\d+\.sh|(mv|cp|chmod) .*)$/.test(line))
      throw new Error(`a line of script-generator that is not known: ${line}`);
  }
  return entries;
}

function run(program: string, args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}
