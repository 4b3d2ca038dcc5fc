// Image build, hashing included, against `sha256sum` and `cat` of the same files.
import { mkdirSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCheckout } from '../test/support/checkout-fixture.ts';
import { makeDistfiles } from './make-distfiles.ts';
import { alternate, median, timeProgram } from './measure.ts';
import { formatRatio, formatSeconds, type Row } from './table.ts';

/** What issue 2 asks for; builder-hex0 itself has room for 330 301 440 bytes of files (315 MiB). */
const TOTAL_BYTES = 330_000_000;
/** As many as live-bootstrap 984b8322 needs before it has a network. */
const DISTFILES = 71;
const ROUNDS = 5;
const TARGET_RATIO = 0.7;
const TARGET_PEAK_BYTES = 200_000_000;

export async function benchImage(folder: string): Promise<Row[]> {
  const names = Array.from({ length: DISTFILES }, (_, index) => `distfile-${index}.tar.gz`);
  const distfiles = join(folder, 'distfiles');
  const made = makeDistfiles(distfiles, names, TOTAL_BYTES);
  const sources = made.map(({ name, sha256 }) => `f http://example.org/${name} ${sha256}\n`).join('');
  const { path: checkout } = await makeCheckout(folder, {
    distfiles: new Map(),
    edit: (files) => files.set('steps/alpha-1.0/sources', sources),
  });
  const [ours = [], theirs = [], synced = []] = await alternate(ROUNDS, [
    () => timeBuild(checkout, distfiles, folder),
    () => timeSumAndCat(distfiles, folder, ''),
    () => timeSumAndCat(distfiles, folder, '&& sync "$out"'),
  ]);
  const [our, their, lasting] = [median(ours.map(time)), median(theirs.map(time)), median(synced.map(time))];
  const peak = Math.max(...ours.map(({ peakBytes }) => peakBytes));
  return [
    {
      what: `image build, ${TOTAL_BYTES / 1e6} MB of distfiles, hashing and fsync included`,
      target: `≤ ${TARGET_RATIO}×`,
      measured: formatSeconds(our),
      peer: `${formatSeconds(their)} (sha256sum + cat)`,
      ratio: formatRatio(our, their),
      met: our / their <= TARGET_RATIO,
    },
    {
      what: 'the same, when the copy is made to last too',
      target: '',
      measured: formatSeconds(our),
      peer: `${formatSeconds(lasting)} (sha256sum + cat + sync)`,
      ratio: formatRatio(our, lasting),
      met: null,
    },
    {
      what: 'peak memory of that process',
      target: `≤ ${TARGET_PEAK_BYTES / 1e6} MB`,
      measured: `${(peak / 1e6).toFixed(0)} MB`,
      peer: '',
      ratio: '',
      met: peak <= TARGET_PEAK_BYTES,
    },
  ];
}

export interface TimedBuild {
  milliseconds: number;
  peakBytes: number;
}

const time = ({ milliseconds }: TimedBuild): number => milliseconds;

/** A whole process: Node's start, plan, build. */
export async function timeBuild(checkout: string, distfiles: string, folder: string): Promise<TimedBuild> {
  const out = join(folder, 'ours');
  mkdirSync(out);
  await settle();
  const child = join(import.meta.dirname, 'build-child.js');
  const image = join(out, 'boot.img');
  const { milliseconds, stdout } = await timeProgram(process.execPath, [child, checkout, distfiles, image]);
  rmSync(out, { recursive: true });
  return { milliseconds, peakBytes: Number(stdout) };
}

async function timeSumAndCat(distfiles: string, folder: string, then: string): Promise<TimedBuild> {
  const out = join(folder, 'cat.img');
  const names = (await readdir(distfiles)).map((name) => join(distfiles, name));
  await settle();
  const script = `out=$1; shift; sha256sum "$@" > /dev/null && cat "$@" > "$out" ${then}`;
  const { milliseconds } = await timeProgram('sh', ['-c', script, 'sh', out, ...names]);
  rmSync(out);
  return { milliseconds, peakBytes: 0 };
}

/** What earlier rounds left to be written must not be paid by the next. */
export async function settle(): Promise<void> {
  await timeProgram('sync', []);
}
