// What it costs that Seedbed looks after a sandbox: the same tree in bubblewrap as live-bootstrap's rootfs.py runs it, and under our supervisor with its
// terminal, log and monitor. The real tree as far as it goes without distfiles, and a tree of our own that only prints.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CONFIGURATION } from '../src/shared/model/bootstrap-config.ts';
import { planTree, type TreePlan } from '../src/engine/sandbox/plan-tree.ts';
import { sandboxArguments, sandboxInit } from '../src/engine/sandbox/sandbox-command.ts';
import { findSandboxTools } from '../src/engine/sandbox/sandbox-tools.ts';
import { writeTree } from '../src/engine/sandbox/write-tree.ts';
import { compileTiny, createTinyCheckout } from '../test/support/tiny-root/tiny-root.ts';
import { median, timeProgram } from './measure.ts';
import { formatRatio, formatSeconds, type Row } from './table.ts';

const TARGET_RATIO = 1.03;
const REAL_ROUNDS = 2;
const TINY_ROUNDS = 3;
const LINES = 300_000;

/** `project`: our own folder; `checkout`: of live-bootstrap; empty for our own tree alone. `child`: the bundled sandbox-child. */
export async function benchSandbox(
  folder: string,
  { project, checkout, child }: { project: string; checkout: string; child: string },
): Promise<Row[]> {
  const tools = await findSandboxTools('bwrap', { env: process.env, hasCommand: true });
  const { env, maker } = tools.programs;
  let runs = 0;

  async function prepare(plan: TreePlan): Promise<string> {
    const path = join(folder, `run-${(runs += 1)}`);
    await mkdir(path);
    const context = { signal: new AbortController().signal, report: () => undefined };
    await writeTree(join(path, 'root'), plan.entries, context);
    return path;
  }

  /** Milliseconds, and a proof that it did its work. */
  async function ours(plan: TreePlan, proof: string): Promise<number> {
    const path = await prepare(plan);
    const root = join(path, 'root');
    const init = sandboxInit(plan.archFolder);
    const argv = sandboxArguments({ mode: 'bwrap', programs: tools.programs, root, network: false, init });
    writeFileSync(join(path, 'run.json'), JSON.stringify({ argv }));
    const { milliseconds } = await timeProgram(process.execPath, [child, path]);
    const log = readFileSync(join(path, 'serial.log'), 'utf8');
    if (!log.includes(proof)) throw new Error(`the sandbox did not come to ${proof}: ${log.slice(-500)}`);
    rmSync(path, { recursive: true });
    return milliseconds;
  }

  /** rootfs.py, bootstrap, with --external-sources; its exit status is that of a tree without distfiles, too. */
  async function upstreams(plan: TreePlan, proof: string): Promise<number> {
    const path = await prepare(plan);
    const devices = ['null', 'zero', 'random', 'urandom', 'ptmx', 'tty'].map((name) => `/dev/${name}`);
    const argv = [
      ...['-i', maker, '--unshare-user', '--uid', '0', '--gid', '0', '--unshare-net'],
      ...['--setenv', 'PATH', '/usr/bin', '--bind', join(path, 'root'), '/', '--dir', '/dev'],
      ...devices.flatMap((name) => ['--dev-bind', name, name]),
      ...['--tmpfs', '/dev/shm', '--proc', '/proc', '--bind', '/sys', '/sys', '--tmpfs', '/tmp'],
      sandboxInit(plan.archFolder),
    ];
    const { milliseconds, stdout } = await timeProgram('/bin/sh', [
      '-c',
      '"$@" 2>&1; true',
      'sh',
      env,
      ...argv,
    ]);
    if (!stdout.includes(proof)) throw new Error(`upstream's way did not come to ${proof}`);
    rmSync(path, { recursive: true });
    return milliseconds;
  }

  async function compare(plan: TreePlan, proof: string, rounds: number): Promise<[number[], number[]]> {
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1)
      for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
        times[side].push(await (side === 0 ? ours : upstreams)(plan, proof));
    return times;
  }

  const rows: Row[] = [];
  const tinyCheckout = await createTinyCheckout(
    folder,
    compileTiny(folder, join(project, 'test', 'support', 'tiny-root', 'tiny.c')),
    { first: [`chatter ${LINES}`] },
  );
  const tiny = await planTree('bwrap', requestFor(tinyCheckout.path), {});
  const [mine, theirs] = await compare(tiny, `line ${LINES} of`, TINY_ROUNDS);
  rows.push({
    what: `sandbox that prints ${LINES / 1000} 000 lines, looked after`,
    target: '',
    measured: formatSeconds(median(mine)),
    peer: `upstream’s way ${formatSeconds(median(theirs))}`,
    ratio: '',
    met: null,
  });
  if (checkout === '') return rows;
  const plan = await planTree('bwrap', requestFor(checkout), {});
  const [real, peer] = await compare(plan, 'script-generator: OK', REAL_ROUNDS);
  rows.push({
    what: 'stage0 and on to the first distfile, looked after',
    target: `≤ ${TARGET_RATIO}× upstream’s way`,
    measured: formatSeconds(median(real)),
    peer: formatSeconds(median(peer)),
    ratio: formatRatio(median(real), median(peer)),
    met: median(real) <= TARGET_RATIO * median(peer),
  });
  return rows;
}

/** The first stage's tree: no distfile is in it. */
function requestFor(checkoutPath: string): Parameters<typeof planTree>[1] {
  return {
    kind: 'live-bootstrap',
    goal: 'stage0',
    checkoutPath,
    distfiles: { from: 'folder', path: checkoutPath },
    configuration: DEFAULT_CONFIGURATION,
    repoPath: null,
    preseedPath: null,
    overlays: [],
  };
}
