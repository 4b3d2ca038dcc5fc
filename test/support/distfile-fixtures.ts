// Distfiles of our own making and an engine for them on a data folder of the test's, with short waits.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Distfiles, openDistfiles } from '../../src/engine/distfiles/distfiles.ts';
import type { FetchChoices } from '../../src/engine/distfiles/fetch-wanted.ts';
import { DEFAULT_LIMITS, type FetchLimits } from '../../src/engine/distfiles/limits.ts';
import type { JobContext } from '../../src/engine/jobs.ts';
import { openSettings } from '../../src/engine/settings.ts';
import type { WantedDistfile } from '../../src/shared/model/distfile.ts';
import type { SettingsChange } from '../../src/shared/model/settings.ts';

export const SHORT_LIMITS: FetchLimits = {
  ...DEFAULT_LIMITS,
  connectMilliseconds: 1000,
  answerMilliseconds: 600,
  stallMilliseconds: 400,
  baseMilliseconds: 10,
  longestMilliseconds: 100,
  hostDownMilliseconds: 2000,
};

/** Bytes that look random and are the same every time. */
export function bytesOf(seed: string, sizeBytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let block = 0; block * 32 < sizeBytes; block += 1)
    blocks.push(createHash('sha256').update(`${seed} ${block}`).digest());
  return Buffer.concat(blocks).subarray(0, sizeBytes);
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function wantedFile(
  name: string,
  bytes: Uint8Array,
  change: Partial<WantedDistfile> = {},
): WantedDistfile {
  return {
    name,
    sha256: sha256Of(bytes),
    urls: [],
    git: null,
    steps: ['some-1.0'],
    preNetwork: false,
    ...change,
  };
}

/** What the outside world offers is off unless a test turns it on: only addresses of the test's own are asked. */
export const ALONE: SettingsChange = {
  distfiles: { mirrors: false, archives: [], git: false, parallelPerHost: 6 },
};

export async function openTestDistfiles(
  root: string,
  { limits = SHORT_LIMITS, settings = ALONE }: { limits?: FetchLimits; settings?: SettingsChange } = {},
): Promise<Distfiles> {
  await mkdir(root, { recursive: true });
  const file = openSettings(root);
  await file.change(ALONE);
  await file.change(settings);
  return openDistfiles(join(root, 'distfiles'), { settings: file, env: process.env, limits });
}

export const NO_CHOICES: FetchChoices = { mirrors: [], folders: [], change: {} };

export function quietJob(signal: AbortSignal = new AbortController().signal): JobContext {
  return { signal, report: () => undefined };
}

/** Nothing wrong is in the store: every file has the hash that its name says. */
export async function expectSoundStore(distfiles: Distfiles): Promise<void> {
  const folder = distfiles.store.files;
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{64}$/.test(name)) continue;
    expect(sha256Of(await readFile(join(folder, name))), name).toBe(name);
  }
}
