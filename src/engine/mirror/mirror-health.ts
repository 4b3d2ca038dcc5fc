// Asks mirrors whether they are alive and what they have, and keeps the answers, so that the best one is asked first.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { WantedDistfile } from '../../shared/model/distfile.ts';
import { type Mirror, MirrorHealth } from '../../shared/model/mirror.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { isFetchFailure } from '../distfiles/fetch-failure.ts';
import type { HttpClient } from '../distfiles/http-client.ts';

export interface HealthOptions {
  client: HttpClient;
  signal: AbortSignal;
  /** Requests at a time to one mirror. */
  parallel?: number;
}

/** Silent answers in a row after which a mirror is not asked further. */
const SILENCES = 3;
const SHOWN_LACKS = 50;

/** HEAD requests for each of `wanted`. Never throws for a mirror's sake. */
export async function checkMirror(
  { id, url }: Mirror,
  wanted: readonly WantedDistfile[],
  { client, signal, parallel = 4 }: HealthOptions,
): Promise<MirrorHealth> {
  const times: number[] = [];
  const lacks: string[] = [];
  let asked = 0;
  let silences = 0;
  let detail = '';
  const queue = wanted.values();
  const loop = async (): Promise<void> => {
    for (const { name } of queue) {
      if (silences >= SILENCES) return;
      asked += 1;
      const began = performance.now();
      try {
        const answer = await client.ask(`${url}/${encodeURIComponent(name)}`, { method: 'HEAD', signal });
        answer.discard();
        times.push(performance.now() - began);
        silences = 0;
        if (answer.status !== 200) lacks.push(name);
        if (answer.status >= 500) detail = `HTTP ${answer.status}`;
      } catch (error) {
        if (!isFetchFailure(error)) throw error;
        silences += 1;
        lacks.push(name);
        detail = error.message;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, wanted.length) }, loop));
  const has = asked - lacks.length;
  return {
    mirror: id,
    url,
    checkedAt: new Date().toISOString(),
    state: times.length === 0 ? 'unreachable' : lacks.length === 0 ? 'good' : 'partial',
    latencyMilliseconds: median(times),
    asked,
    has,
    lacks: lacks.slice(0, SHOWN_LACKS),
    detail,
  };
}

/** A few files that tell much: those without an address, which only mirrors have, and some of the others, the same every time. */
export function chooseSample(wanted: readonly WantedDistfile[], size: number): WantedDistfile[] {
  const rare = wanted.filter(({ urls }) => urls.length === 0);
  const others = wanted.filter(({ urls }) => urls.length > 0).sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const half = Math.min(rare.length, Math.ceil(size / 2));
  return [...rare.slice(0, half), ...others].slice(0, size);
}

/** Mirrors that were named now first; then by state, what they have, and how fast they answer. Unknown ones stand between good and bad. */
export function orderMirrors(mirrors: readonly Mirror[], healths: readonly MirrorHealth[]): Mirror[] {
  const byUrl = new Map(healths.map((health) => [health.url, health]));
  const rank = (mirror: Mirror): number[] => {
    const health = byUrl.get(mirror.url);
    const named = mirror.origin === 'command' ? 0 : 1;
    if (health === undefined) return [named, 1, 0, 0];
    const state = { good: 0, partial: 2, unreachable: 3 }[health.state];
    const lacking = health.asked === 0 ? 0 : Math.round(20 * (1 - health.has / health.asked));
    return [named, state, lacking, health.latencyMilliseconds ?? Infinity];
  };
  return [...mirrors].sort((a, b) => compare(rank(a), rank(b)));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

function median(values: number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

const Healths = z.object({ version: z.literal(1), mirrors: z.array(MirrorHealth) });

/** What was found out before; nothing when the record is absent or unreadable: it is only a memory. */
export async function readHealths(path: string): Promise<MirrorHealth[]> {
  try {
    return Healths.parse(JSON.parse(await readFile(path, 'utf8'))).mirrors;
  } catch {
    return [];
  }
}

export async function writeHealths(path: string, fresh: readonly MirrorHealth[]): Promise<void> {
  const kept = (await readHealths(path)).filter(({ url }) => fresh.every((health) => health.url !== url));
  const record: z.infer<typeof Healths> = { version: 1, mirrors: [...fresh, ...kept] };
  await writeFileAtomically(path, `${JSON.stringify(record, null, 2)}\n`);
}
