// Runs: a boot check through Seedbed against QEMU alone with the same arguments, what watching costs, and how soon a run with a long log is on the screen.
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { openDataFolder } from '../src/engine/data-folder.ts';
import { buildImage } from '../src/engine/image/build.ts';
import { findQemu } from '../src/engine/run/find-qemu.ts';
import { openRuns, type Runs, type StartableImage } from '../src/engine/run/runs.ts';
import type { RunRecord } from '../src/shared/model/run.ts';
import { alternate, median, timeProgram } from './measure.ts';
import { formatRatio, formatSeconds, type Row } from './table.ts';

const ROUNDS = 9;
const MIB = 1_048_576;
const LONG_LOG_BYTES = 500_000_000;
const WATCH_SECONDS = 20;
const QUIET = { signal: new AbortController().signal, report: (): void => undefined };

export async function benchRun(folder: string): Promise<Row[]> {
  const path = join(folder, 'boot.img');
  const record = await buildImage({ kind: 'boot-check' }, path, join(folder, 'image.json'), {
    replace: false,
  });
  const image: StartableImage = { id: 'boot-check', path, record };
  return [
    ...(await benchBootCheck(folder, image)),
    ...(await benchWatching(folder, image)),
    ...(await benchOpening(folder, image)),
  ];
}

async function host(folder: string, name: string): Promise<Runs> {
  return openRuns(await openDataFolder(join(folder, name)), {
    images: { buildIntoStore: () => Promise.reject(new Error('no probe is needed for TCG')) },
  });
}

function startBootCheck(runs: Runs, image: StartableImage): Promise<RunRecord> {
  const goal = image.record.goal;
  return runs.start({ image, goal, accelerator: 'tcg', memoryMiB: 4096, cores: 1 }, QUIET);
}

/** Milliseconds: from the wish to the verdict, and QEMU’s processor time. */
interface Timed {
  wall: number;
  processor: number;
}

async function benchBootCheck(folder: string, image: StartableImage): Promise<Row[]> {
  // QEMU under a shell that tells what its children took, on both sides.
  const { path } = await findQemu({ env: process.env });
  const wrapper = join(folder, 'qemu');
  appendFileSync(
    wrapper,
    `#!/bin/sh\n[ "$1" = --version ] && exec '${path}' "$@"\n'${path}' "$@"\ntimes > times\n`,
    { mode: 0o755 },
  );
  const engine: number[] = [];
  const env = { ...process.env, SEEDBED_QEMU: wrapper };
  const measured = await openRuns(await openDataFolder(join(folder, 'measured')), {
    images: { buildIntoStore: () => Promise.reject(new Error('no probe is needed for TCG')) },
    env,
  });
  let argv: string[] = [];
  const [ours = [], theirs = []] = await alternate<Timed>(ROUNDS, [
    async () => {
      const began = performance.now();
      const cpu = process.cpuUsage();
      const run = await startBootCheck(measured, image);
      for await (const snapshot of measured.watch(run.id)) argv = snapshot.record.argv;
      const wall = performance.now() - began;
      const used = process.cpuUsage(cpu);
      engine.push((used.user + used.system) / 1000);
      const place = join(folder, 'measured', 'runs', run.id);
      return { wall, processor: childTime(join(place, 'times')) };
    },
    () => bareQemu(folder, [path, ...argv.slice(1)], image.path),
  ]);
  await measured.close();
  const [wall, bareWall] = [median(ours.map((one) => one.wall)), median(theirs.map((one) => one.wall))];
  const [cpu, bareCpu] = [
    median(ours.map((one) => one.processor)),
    median(theirs.map((one) => one.processor)),
  ];
  return [
    {
      what: 'boot check through Seedbed: QEMU’s processor time',
      target: '≤ 1.02×',
      measured: formatSeconds(cpu),
      peer: `${formatSeconds(bareCpu)} (QEMU alone)`,
      ratio: formatRatio(cpu, bareCpu),
      met: cpu <= 1.02 * bareCpu,
    },
    {
      what: 'boot check through Seedbed: from the wish to the verdict',
      target: '≤ 1.05×',
      measured: formatSeconds(wall),
      peer: `${formatSeconds(bareWall)} (QEMU alone)`,
      ratio: formatRatio(wall, bareWall),
      met: wall <= 1.05 * bareWall,
    },
    {
      what: 'the engine’s own processor time for it',
      target: '',
      measured: formatSeconds(median(engine.slice(1))),
      peer: '',
      ratio: '',
      met: null,
    },
  ];
}

async function bareQemu(folder: string, argv: readonly string[], image: string): Promise<Timed> {
  const place = mkdtempSync(join(folder, 'bare-'));
  mkdirSync(join(place, 'disks'));
  copyFileSync(image, join(place, 'disks', 'boot.img'));
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', '"$@"; times > times', 'sh', ...argv], {
      cwd: place,
      stdio: 'ignore',
    });
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
  const wall = performance.now() - began;
  const processor = childTime(join(place, 'times'));
  rmSync(place, { recursive: true });
  return { wall, processor };
}

/** The second line of `times` (POSIX): user and system time of the children, `0m0.30s 0m0.05s`. */
function childTime(path: string): number {
  const line = readFileSync(path, 'utf8').split('\n')[1] ?? '';
  return [...line.matchAll(/(\d+)m(\d+(?:\.\d+)?)s/g)].reduce(
    (sum, match) => sum + (Number(match[1]) * 60 + Number(match[2])) * 1000,
    0,
  );
}

/** A machine that stands still, whose log grows by 100 kB/s of real console, watched by a process of its own. */
async function benchWatching(folder: string, image: StartableImage): Promise<Row[]> {
  const runs = await host(folder, 'watching');
  const request = { image, goal: 'end', accelerator: 'tcg', memoryMiB: 4096, cores: 1 } as const;
  const { id } = await runs.start({ ...request, machine: { paused: true } }, QUIET);
  await runs.close();
  const log = join(folder, 'watching', 'runs', id, 'serial.log');
  const text = Buffer.from(
    Array.from({ length: 130 }, (_, index) =>
      ` +> compile part ${index} of a long bootstrap, as chatty as real ones are `.padEnd(76),
    ).join('\r\n'),
  ).subarray(0, 10_000);
  const child = timeProgram(process.execPath, [
    join(import.meta.dirname, 'watch-child.js'),
    join(folder, 'watching'),
    id,
    String(WATCH_SECONDS),
  ]);
  const file = openSync(log, 'a');
  const feed = setInterval(() => writeSync(file, text), 100);
  const told = JSON.parse((await child).stdout) as { cpuShare: number; memoryBytes: number };
  clearInterval(feed);
  const again = await host(folder, 'watching');
  await again.stop(id);
  await again.close();
  return [
    {
      what: 'engine watching a console of 100 kB/s: processor',
      target: '≤ 2 % of a core',
      measured: `${(told.cpuShare * 100).toFixed(1)} %`,
      peer: '',
      ratio: '',
      met: told.cpuShare <= 0.02,
    },
    {
      what: 'engine watching a console of 100 kB/s: memory',
      target: '≤ 150 MB',
      measured: `${(told.memoryBytes / 1e6).toFixed(0)} MB`,
      peer: '',
      ratio: '',
      met: told.memoryBytes <= 150e6,
    },
  ];
}

/** From a data folder that is opened to record, report and the last screen of the log. */
async function benchOpening(folder: string, image: StartableImage): Promise<Row[]> {
  const runs = await host(folder, 'long');
  const { id } = await startBootCheck(runs, image);
  for await (const snapshot of runs.watch(id)) if (snapshot.record.verdict !== null) break;
  await runs.close();
  const log = join(folder, 'long', 'runs', id, 'serial.log');
  const text = Buffer.from(
    `${'a line of a long bootstrap, as chatty as real ones are, over and over'.padEnd(78)}\r\n`.repeat(
      13_107,
    ),
  );
  const file = openSync(log, 'a');
  for (let written = 0; written < LONG_LOG_BYTES; written += text.length) writeSync(file, text);
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const began = performance.now();
    const opened = await host(folder, 'long');
    const { logBytes } = await opened.show(id);
    await opened.readLog(id, Math.max(0, logBytes - 65_536), 65_536);
    times.push(performance.now() - began);
    await opened.close();
  }
  const time = median(times);
  return [
    {
      what: `first screen of a run with a log of ${(LONG_LOG_BYTES / MIB).toFixed(0)} MiB`,
      target: '≤ 500 ms',
      measured: formatSeconds(time),
      peer: '',
      ratio: '',
      met: time <= 500,
    },
  ];
}
