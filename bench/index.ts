// npm run bench: measures what issues 2, 3 and 4 set targets for, and prints a table. Tests nothing: the exit code tells only whether it could measure.
// npm run bench -- image|external|upstream|distfiles|flash|console|start-up|run|sandbox …: those only.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { benchConsole } from './console.ts';
import { benchDistfiles } from './distfiles.ts';
import { benchExternal } from './external.ts';
import { benchFlash } from './flash.ts';
import { benchImage } from './image.ts';
import { benchRun } from './run.ts';
import { benchStartUp } from './start-up.ts';
import { benchSandbox } from './sandbox.ts';
import { formatTable, type Row } from './table.ts';
import { benchUpstream } from './upstream.ts';
import { benchVerify } from './verify.ts';

/** This is out/bench/index.js. */
const ROOT = dirname(dirname(import.meta.dirname));
const REAL_LOG = join(ROOT, '..', 'shared', 'data', 'serial', 'stage0-qemu-tcg.log');
const checkout = process.env['LIVE_BOOTSTRAP_DIR'] ?? '';

// Image builds first: what this process holds counts as its children's peak memory.
const SECTIONS: Record<string, () => Promise<Row[]> | Row[]> = {
  image: () => inFolder(benchImage),
  external: () => inFolder(benchExternal),
  upstream: () => (checkout === '' ? skipUpstream() : inFolder((folder) => benchUpstream(folder, checkout))),
  verify: () => inFolder((folder) => benchVerify(folder, ROOT)),
  distfiles: () => inFolder((folder) => benchDistfiles(folder, ROOT)),
  flash: () => inFolder((folder) => benchFlash(folder, ROOT)),
  'start-up': () => benchStartUp(ROOT),
  console: () => benchConsole(REAL_LOG),
  run: () => inFolder(benchRun),
  sandbox: () =>
    inFolder((folder) =>
      benchSandbox(folder, { project: ROOT, checkout, child: join(import.meta.dirname, 'sandbox-child.js') }),
    ),
};

/** A machine that is busy otherwise tells little about the image build, which uses two processors where its peer uses one. */
const [load = 0] = loadavg();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  say(`There is no part ${unknown.join(', ')}; there are: ${Object.keys(SECTIONS).join(', ')}.`);
  process.exit(2);
}
const rows: Row[] = [];
for (const [name, section] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  say(`Measuring: ${name} …`);
  rows.push(...(await section()));
}
process.stdout.write(
  `${formatTable(rows)}\n\nNode ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}; medians of alternating rounds. Load before: ${load.toFixed(1)}.\n`,
);

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'seedbed-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function skipUpstream(): Row[] {
  say(
    'SKIPPED: the comparison with upstream’s generator needs LIVE_BOOTSTRAP_DIR, a live-bootstrap checkout.',
  );
  return [];
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
