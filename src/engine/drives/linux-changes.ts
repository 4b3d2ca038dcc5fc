// When to look again: udev tells of every device at once where there is udevadm; beside that the kernel's small tables are compared, because
// nothing announces mounts to a program like this, and containers and small systems have no udev. Nothing is opened, no disk is woken.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { scrubEnvironment } from '../spawn.ts';

/** How often the tables are compared: a person who plugs a stick in waits no longer than this. */
const LOOK_INTERVAL_MS = 1000;
/** Nothing tells who has a device open: that is looked at again after this time. */
const AGAIN_AFTER_MS = 10_000;
/** udev sends several events for one stick; what comes within this is one change. */
const SETTLE_MS = 200;

/** A value at once, and after each change of devices, media, mounts or swap space. Ends when the signal is raised. */
export async function* watchLinux(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): AsyncGenerator<void, void, void> {
  let wake: () => void = () => undefined;
  const udev = { told: false };
  const stop = followUdev(env, () => {
    udev.told = true;
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const takeNews = (): boolean => {
    const { told } = udev;
    udev.told = false;
    return told;
  };
  // What is asked of a signal that may be raised at any await.
  const isOver = (): boolean => signal.aborted;
  try {
    let before = await readSignature();
    yield;
    let lookedAt = Date.now();
    while (!isOver()) {
      if (!udev.told) await pause(LOOK_INTERVAL_MS);
      if (isOver()) return;
      const wasTold = takeNews();
      if (wasTold) await pause(SETTLE_MS);
      const now = await readSignature();
      const isDue = Date.now() - lookedAt > AGAIN_AFTER_MS;
      if (now === before && !wasTold && !isDue) continue;
      before = now;
      lookedAt = Date.now();
      yield;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stop();
  }
}

/** Calls `changed` for each event that udevadm prints; nothing happens where there is none. Gives what ends it. */
function followUdev(env: NodeJS.ProcessEnv, changed: () => void): () => void {
  const child = spawn('udevadm', ['monitor', '--udev', '--subsystem-match=block'], {
    env: scrubEnvironment(env),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.on('error', () => undefined);
  child.stdout.on('data', (bytes: Buffer) => {
    // The first lines say what is monitored; events begin with UDEV and the time.
    if (/^UDEV\s+\[/m.test(bytes.toString('latin1'))) changed();
  });
  return () => void child.kill('SIGTERM');
}

/** Everything that changes when a drive comes, goes, gets another medium, or is mounted or swapped to. */
async function readSignature(): Promise<string> {
  const names = await readdir('/sys/class/block').catch(() => []);
  const blocks = await Promise.all(
    names.map(async (name) => {
      const facts = await Promise.all(
        ['size', 'ro', 'diskseq'].map((what) => readText(`/sys/class/block/${name}/${what}`)),
      );
      return [name, ...facts].join(' ');
    }),
  );
  const tables = await Promise.all(['/proc/self/mountinfo', '/proc/swaps'].map(readText));
  return [...blocks, ...tables].join('\n');
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
