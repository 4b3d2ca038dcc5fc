// Distfiles: a fetch of many files from a server that is 20 ms away, against curl and sha256sum; and the verification of the store against
// sha256sum on both processors. Whole processes of the built command line.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeCheckout } from '../test/support/checkout-fixture.ts';
import { makeDistfiles } from './make-distfiles.ts';
import { alternate, median, timeProgram } from './measure.ts';
import { formatRatio, formatSeconds, type Row } from './table.ts';

/** What issue 3 asks for. */
const FILES = 300;
const TOTAL_BYTES = 330_000_000;
const LATENCY_MILLISECONDS = 20;
const AT_ONCE = 8;
const FETCH_RATIO = 0.8;
const VERIFY_RATIO = 0.6;
const PEAK_BYTES = 150_000_000;
/** About what live-bootstrap's 310 distfiles come to. */
const STORE_BYTES = 1_200_000_000;
const ROUNDS = 5;

interface Measured {
  milliseconds: number;
  peakBytes: number;
}

export async function benchDistfiles(folder: string, root: string): Promise<Row[]> {
  const names = Array.from({ length: FILES }, (_, index) => `distfile-${index}.tar.gz`);
  const served = join(folder, 'served');
  const made = makeDistfiles(served, names, TOTAL_BYTES);
  const server = await startServer(served);
  try {
    const sources = made.map(({ name, sha256 }) => `f ${server.url}/${name} ${sha256}\n`).join('');
    const { path: checkout } = await makeCheckout(folder, {
      distfiles: new Map(),
      edit: (files) => {
        files.set('steps/alpha-1.0/sources', sources);
        files.delete('steps/late-3.0/sources');
      },
    });
    const cli = join(root, 'out', 'cli', 'index.js');
    const sums = made.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
    const list = names.map((name) => `url = "${server.url}/${name}"\noutput = "${name}"\n`).join('');

    const [fetched = [], curled = []] = await alternate(ROUNDS, [
      () => timeFetch(cli, checkout, join(folder, 'home')),
      () => timeCurl(join(folder, 'curl'), list, sums),
    ]);
    const home = join(folder, 'home');
    prepareHome(home);
    await runSeedbed(cli, ['distfiles', 'fetch', '--checkout', checkout], home);
    const store = join(home, 'distfiles', 'sha256');
    const verify = (): Promise<Measured[][]> =>
      alternate(ROUNDS, [() => runSeedbed(cli, ['distfiles', 'verify'], home), () => timeSums(store)]);
    const few = await verify();
    fillStore(store, join(folder, 'more'), STORE_BYTES - TOTAL_BYTES);
    return describe({ fetched, curled }, few, await verify());
  } finally {
    server.stop();
  }
}

/** Files that were not fetched, but are what their names say. */
function fillStore(store: string, folder: string, totalBytes: number): void {
  const names = Array.from({ length: 100 }, (_, index) => `more-${index}`);
  for (const { name, sha256 } of makeDistfiles(folder, names, totalBytes))
    renameSync(join(folder, name), join(store, sha256));
}

function describe(
  { fetched, curled }: { fetched: Measured[]; curled: Measured[] },
  [few = [], fewSummed = []]: Measured[][],
  [verified = [], summed = []]: Measured[][],
): Row[] {
  const time = (all: Measured[]): number => median(all.map(({ milliseconds }) => milliseconds));
  const peak = Math.max(...[...fetched, ...few, ...verified].map(({ peakBytes }) => peakBytes));
  return [
    {
      what: `distfiles fetch, ${FILES} files, ${TOTAL_BYTES / 1e6} MB, ${LATENCY_MILLISECONDS} ms away`,
      target: `≤ ${FETCH_RATIO}×`,
      measured: formatSeconds(time(fetched)),
      peer: `${formatSeconds(time(curled))} (curl --parallel-max ${AT_ONCE} + sha256sum)`,
      ratio: formatRatio(time(fetched), time(curled)),
      met: time(fetched) / time(curled) <= FETCH_RATIO,
    },
    {
      what: 'distfiles verify of these, Node’s start included',
      target: '',
      measured: formatSeconds(time(few)),
      peer: `${formatSeconds(time(fewSummed))} (xargs -P2 sha256sum)`,
      ratio: formatRatio(time(few), time(fewSummed)),
      met: null,
    },
    {
      what: `distfiles verify of a whole store, ${STORE_BYTES / 1e9} GB`,
      target: `≤ ${VERIFY_RATIO}×`,
      measured: formatSeconds(time(verified)),
      peer: `${formatSeconds(time(summed))} (xargs -P2 sha256sum)`,
      ratio: formatRatio(time(verified), time(summed)),
      met: time(verified) / time(summed) <= VERIFY_RATIO,
    },
    {
      what: 'peak memory of these processes',
      target: `≤ ${PEAK_BYTES / 1e6} MB`,
      measured: `${(peak / 1e6).toFixed(0)} MB`,
      peer: '',
      ratio: '',
      met: peak <= PEAK_BYTES,
    },
  ];
}

async function timeFetch(cli: string, checkout: string, home: string): Promise<Measured> {
  prepareHome(home);
  await settle();
  const measured = await runSeedbed(cli, ['distfiles', 'fetch', '--checkout', checkout], home);
  rmSync(home, { recursive: true });
  return measured;
}

/** As many files at a time as curl gets, from nobody but the server. */
function prepareHome(home: string): void {
  mkdirSync(home);
  const distfiles = { mirrors: false, archives: [], git: false, parallelPerHost: AT_ONCE };
  writeFileSync(join(home, 'settings.json'), JSON.stringify({ version: 1, distfiles }));
}

/** The whole process. VmHWM (proc_pid_status(5)) is of this program alone; getrusage's figure is that of the one that started it, where it is higher. */
async function runSeedbed(cli: string, args: readonly string[], home: string): Promise<Measured> {
  const tell = `import { readFileSync } from 'node:fs';
    process.on('exit', () => console.log(readFileSync('/proc/self/status', 'utf8').match(/VmHWM.*/)[0]));`;
  const { milliseconds, stdout } = await timeProgram('env', [
    `SEEDBED_HOME=${home}`,
    process.execPath,
    '--import',
    `data:text/javascript,${encodeURIComponent(tell)}`,
    cli,
    ...args,
  ]);
  return { milliseconds, peakBytes: Number(/^VmHWM:\s+(\d+) kB$/m.exec(stdout)?.[1] ?? 0) * 1024 };
}

async function timeCurl(folder: string, list: string, sums: string): Promise<Measured> {
  mkdirSync(folder);
  writeFileSync(join(folder, 'list'), list);
  writeFileSync(join(folder, 'sums'), sums);
  await settle();
  const script = `curl -sS --fail --parallel --parallel-max ${AT_ONCE} --config list && sha256sum --quiet -c sums`;
  const { milliseconds } = await timeProgram('sh', ['-c', script], folder);
  rmSync(folder, { recursive: true });
  return { milliseconds, peakBytes: 0 };
}

/** Groups of ten: one long list would go to one sha256sum. */
async function timeSums(folder: string): Promise<Measured> {
  const names = readdirSync(folder).join('\n');
  writeFileSync(join(folder, '..', 'names'), `${names}\n`);
  const { milliseconds } = await timeProgram('sh', ['-c', 'xargs -P2 -n10 sha256sum < ../names'], folder);
  return { milliseconds, peakBytes: 0 };
}

async function startServer(folder: string): Promise<{ url: string; stop: () => void }> {
  const program = join(import.meta.dirname, 'latency-server.js');
  const child = spawn(process.execPath, [program, folder, String(LATENCY_MILLISECONDS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).once('line', resolve),
  );
  return { url, stop: () => void child.kill() };
}

/** What earlier rounds left to be written must not be paid by the next. */
async function settle(): Promise<void> {
  await timeProgram('sync', []);
}
