// How long steps and stages took in earlier runs of this data folder with the same accelerator: the middle of what their timelines say.
import { readFile, stat } from 'node:fs/promises';
import type { Accelerator } from '../../shared/model/run.ts';
import { type ExpectedTime, ReferenceTimes, Timeline } from '../../shared/model/timeline.ts';
import { readResource } from '../image/resources.ts';
import { listRunIds, readRunRecord, runFolderAt } from './run-folder.ts';

/** The newest runs: a machine and its QEMU change. */
const MOST_RUNS = 20;
/** A step whose beginning or end is not known better than this teaches nothing. */
const MOST_UNCERTAIN_MILLISECONDS = 10_000;

/** By id of the step, and `stage:ID`. Runs that cannot be read teach nothing. */
export async function learnExpectedTimes(
  runs: string,
  accelerator: Accelerator | null,
  except: string,
): Promise<ReadonlyMap<string, ExpectedTime>> {
  const times = new Map<string, number[]>();
  if (accelerator === null) return new Map();
  const ids = (await listRunIds(runs)).filter((id) => id !== except).reverse();
  let found = 0;
  for (const id of ids) {
    if (found >= MOST_RUNS) break;
    const timeline = await readTimelineOf(runs, id, accelerator).catch(() => null);
    if (timeline === null) continue;
    found += 1;
    for (const [key, milliseconds] of timesOf(timeline))
      times.set(key, [...(times.get(key) ?? []), milliseconds]);
  }
  const expected = [...times].map(([key, all]): [string, ExpectedTime] => [
    key,
    { milliseconds: median(all), from: 'own-runs', runs: all.length },
  ]);
  return new Map(expected);
}

async function readTimelineOf(runs: string, id: string, accelerator: Accelerator): Promise<Timeline | null> {
  const folder = runFolderAt(runs, id);
  await stat(folder.timeline);
  const record = await readRunRecord(folder);
  // A run with packages of another one took less time than it takes.
  if (record?.accelerator.used !== accelerator || record.assisted !== null) return null;
  return Timeline.parse(JSON.parse(await readFile(folder.timeline, 'utf8')));
}

function timesOf({ steps, stages }: Timeline): [string, number][] {
  const done = steps.filter(({ state, milliseconds }) => state === 'done' && milliseconds !== null);
  return [
    ...done.filter(isCertain).map(({ id, milliseconds }): [string, number] => [id, milliseconds ?? 0]),
    ...stages
      .filter(
        ({ state, endOffset, milliseconds }) =>
          state === 'done' && endOffset !== null && milliseconds !== null,
      )
      .filter(isCertain)
      .map(({ id, milliseconds }): [string, number] => [`stage:${id}`, milliseconds ?? 0]),
  ];
}

function isCertain({
  startedAt,
  endedAt,
}: Pick<Timeline['steps'][number], 'startedAt' | 'endedAt'>): boolean {
  return [startedAt, endedAt].every(
    (time) => time !== null && time.uncertainMilliseconds <= MOST_UNCERTAIN_MILLISECONDS,
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

export const NO_REFERENCE: ReferenceTimes = { version: 1, note: '', stages: [], loading: [], whole: [] };
let reference: Promise<ReferenceTimes> | null = null;

/** What ships with the program. Throws NOT_FOUND where nothing ships. */
export function referenceTimes(): Promise<ReferenceTimes> {
  reference ??= readResource('reference-times.json').then((text) => ReferenceTimes.parse(JSON.parse(text)));
  return reference;
}
