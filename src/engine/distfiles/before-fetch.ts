// What a fetch finds out before it downloads: which files the user's folders hold, and in which order the mirrors are asked.
import { isSeedbedError } from '../../shared/errors.ts';
import type { WantedDistfile } from '../../shared/model/distfile.ts';
import type { Mirror, MirrorHealth } from '../../shared/model/mirror.ts';
import type { JobContext } from '../jobs.ts';
import {
  checkMirror,
  chooseSample,
  orderMirrors,
  readHealths,
  writeHealths,
} from '../mirror/mirror-health.ts';
import { indexFolders } from './folder-index.ts';
import type { HashPool } from './hash-pool.ts';
import type { HttpClient } from './http-client.ts';

/** Hashes → paths in the user's folders. A folder that is away just now (a stick) is no reason to stop. */
export async function searchFolders(
  folders: readonly string[],
  { pool, signal, report, cachePath }: JobContext & { pool: HashPool; cachePath: string },
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const folder of new Set(folders)) {
    const files = await indexFolders([folder], {
      ...{ pool, signal, cachePath },
      onFile: (done, total) =>
        report({ step: `folder ${folder}`, label: `Looking into ${folder}`, done, total, unit: 'files' }),
    }).catch((error: unknown) => {
      if (isSeedbedError(error) && ['NOT_FOUND', 'PERMISSION_DENIED'].includes(error.code)) return [];
      throw error;
    });
    for (const { sha256, path } of files) found.set(sha256, [...(found.get(sha256) ?? []), path]);
  }
  return found;
}

/** A look at a mirror is good for so long; that it was silent, for much less. */
const HEALTH_MILLISECONDS = 12 * 3_600_000;
const SILENCE_MILLISECONDS = 10 * 60_000;
/** A few requests tell enough to choose the order. */
const SAMPLE = 4;

export interface ChosenMirrors {
  /** Those that are on, best first. */
  mirrors: Mirror[];
  /** Those of them that were just found not to answer. */
  silent: MirrorHealth[];
}

/** Asks mirrors how they are when that is not known and there is something to choose. */
export async function chooseMirrors(
  listed: readonly Mirror[],
  absent: readonly WantedDistfile[],
  { client, signal, report, recordPath }: JobContext & { client: HttpClient; recordPath: string },
): Promise<ChosenMirrors> {
  const mirrors = listed.filter(({ on }) => on);
  const lately = (await readHealths(recordPath)).filter(
    ({ checkedAt, state }) =>
      Date.now() - Date.parse(checkedAt) <
      (state === 'unreachable' ? SILENCE_MILLISECONDS : HEALTH_MILLISECONDS),
  );
  const unknown = mirrors.filter(
    ({ url, origin }) => origin !== 'command' && lately.every((health) => health.url !== url),
  );
  const fresh: MirrorHealth[] = [];
  if (mirrors.length > 1 && unknown.length > 0 && absent.length > SAMPLE) {
    report({ step: 'mirrors', label: 'Asking the mirrors', done: 0, total: unknown.length, unit: 'steps' });
    const sample = chooseSample(absent, SAMPLE);
    const checks = unknown.map((mirror) => checkMirror(mirror, sample, { client, signal }));
    fresh.push(...(await Promise.all(checks)));
    await writeHealths(recordPath, fresh);
  }
  const healths = [...fresh, ...lately];
  return {
    mirrors: orderMirrors(mirrors, healths),
    silent: healths.filter(
      ({ state, url }) => state === 'unreachable' && mirrors.some((mirror) => mirror.url === url),
    ),
  };
}
