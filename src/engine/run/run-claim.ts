// Which host watches a run: one at a time may write its record. A claim is a file `watcher-N.json` that names a process; the highest N counts.
// A host takes over by creating N+1, which only one can do (link(2) fails where the name exists), and only when the owner of N has given up
// or is dead. Nobody removes a claim that another host may be judging, so there is no moment in which two hosts both hold one.
import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ProcessIdentity } from '../../shared/model/run.ts';
import { replaceFile } from '../atomic-file.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { identifyProcess, isAlive } from './process-identity.ts';

const Claim = z.object({ owner: ProcessIdentity.nullable() });
const CLAIM_NAME = /^watcher-(\d{1,9})\.json$/;
/** Old claims that are left beside the newest. */
const KEPT_CLAIMS = 4;

export interface RunClaim {
  /** Give up, so that another host may watch at once. */
  release(): Promise<void>;
}

/** Become the one who watches the run in `folder`; null when a living host does. */
export async function claimRun(folder: string): Promise<RunClaim | null> {
  const claims = await listClaims(folder);
  const newest = claims.at(-1);
  if (newest !== undefined && (await isHeld(claimPath(folder, newest)))) return null;
  const mine = (newest ?? 0) + 1;
  const self = await identifyProcess(process.pid);
  if (!(await createOnce(folder, claimPath(folder, mine), JSON.stringify({ owner: self })))) return null;
  // A view of long ago may have led to a number that others have passed meanwhile.
  if ((await listClaims(folder)).at(-1) !== mine) {
    await rm(claimPath(folder, mine), { force: true });
    return null;
  }
  for (const old of claims) if (old <= mine - KEPT_CLAIMS) await rm(claimPath(folder, old), { force: true });
  return {
    release: async () => {
      try {
        await replaceFile(claimPath(folder, mine), JSON.stringify({ owner: null }));
      } catch {
        // The run was removed; there is nothing left to give up.
      }
    },
  };
}

/** Does a living host watch the run? */
export async function isClaimed(folder: string): Promise<boolean> {
  const newest = (await listClaims(folder)).at(-1);
  return newest !== undefined && (await isHeld(claimPath(folder, newest)));
}

async function listClaims(folder: string): Promise<number[]> {
  const names = await atPath(folder, () => readdir(folder));
  return names
    .flatMap((name) => CLAIM_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function claimPath(folder: string, number: number): string {
  return join(folder, `watcher-${number}.json`);
}

async function isHeld(path: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // Gone since it was listed: somebody has moved on, so look again later.
    if (osCodeOf(error) === 'ENOENT') return true;
    return atPath(path, () => Promise.reject(error as Error));
  }
  const claim = Claim.safeParse(parseJson(text));
  return claim.success && claim.data.owner !== null && (await isAlive(claim.data.owner));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Create a file with its content in one step; false when the name is taken. */
async function createOnce(folder: string, path: string, text: string): Promise<boolean> {
  const temporary = join(folder, `.claim-${randomBytes(6).toString('hex')}`);
  return atPath(path, async () => {
    await writeFile(temporary, text, { flag: 'wx' });
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      if (osCodeOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  });
}
