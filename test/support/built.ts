// The built program (out/), for tests that run it: built once, by whichever test process comes first, and only when sources are newer.
import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const PROJECT_ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const LOCK = join(PROJECT_ROOT, 'node_modules', '.seedbed-build');

/** Builds what is missing or older than its sources (scripts/setup.mjs). Rejects with the builder's own words. */
export async function ensureBuilt(): Promise<void> {
  const unlock = await lock();
  try {
    await runBuild();
  } finally {
    await unlock();
  }
}

/** In a process of its own: a failed set-up ends its process. */
async function runBuild(): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', "import { build } from './scripts/setup.mjs'; build();"],
    // The test runner's NODE_ENV=test must not get into the page's build.
    { cwd: PROJECT_ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: '' } },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`the build failed\n${output}`);
}

async function lock(): Promise<() => Promise<void>> {
  for (;;) {
    const file = await open(LOCK, 'wx').catch(() => null);
    if (file !== null) {
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(LOCK, { force: true });
    }
    if (await isStale()) await rm(LOCK, { force: true });
    else await sleep(200);
  }
}

/** Its owner has gone without unlocking. */
async function isStale(): Promise<boolean> {
  const pid = Number(await readFile(LOCK, 'utf8').catch(() => ''));
  // An empty file is one that its owner is just writing, or one that was removed meanwhile.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
