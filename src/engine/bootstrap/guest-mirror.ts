// The mirror that a machine asks for its distfiles: this host's store under the checkout's names, on loopback, which the machine sees as 10.0.2.2 (QEMU's
// user network). It lives as long as a run needs it, in a process of its own where the host has a program for that, else in the host; any host
// that opens the data folder starts it again when it is gone.
import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { GuestMirror, RunRecord } from '../../shared/model/run.ts';
import { selectDistfiles } from '../distfiles/select-distfiles.ts';
import type { Mirrors } from '../mirror/mirrors.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { isLive } from '../run/run-folder.ts';
import type { Runs } from '../run/runs.ts';
import { scrubEnvironment } from '../spawn.ts';

/**
 * In the image's bootstrap.cfg, so the same one for everybody who builds the same image; the next ones are taken only where another program holds it.
 * Not in IANA's list of registered ports.
 */
const FIRST_PORT = 28_610;
const PORTS = 10;
const GUEST_HOST = '10.0.2.2';
const LOOPBACK = '127.0.0.1';
const READY_WITHIN_MILLISECONDS = 20_000;
/** The run is there already. */
const REVIVED_GRACE_SECONDS = 2;

interface NeedingRun {
  id: string;
  mirror: GuestMirror;
  lives: boolean;
}

export interface GuestMirrors {
  /** A mirror for a run of this checkout: its port is free, or serves the same checkout already. Nothing is started. Throws PORT_IN_USE. */
  choose(checkout: string): Promise<GuestMirror>;
  /** Serve it now, for a run that begins within `graceSeconds`; comes back when it answers. Throws PORT_IN_USE. */
  start(mirror: GuestMirror, graceSeconds: number): Promise<void>;
  /** Start again what living runs need and nobody serves. */
  revive(): Promise<void>;
  /** For the process that serves: resolves when no living run has needed this port for `graceMilliseconds`. */
  isNeeded(port: number): Promise<boolean>;
  untilUnneeded(port: number, options: { graceMilliseconds: number; signal: AbortSignal }): Promise<void>;
}

export interface GuestMirrorNeeds {
  root: string;
  runs: Pick<Runs, 'list' | 'show' | 'watch'>;
  mirrors: Pick<Mirrors, 'serve'>;
  /** Program and arguments of Seedbed's command line; null where the host has none. */
  command: readonly string[] | null;
  env: NodeJS.ProcessEnv;
}

export function openGuestMirrors({ root, runs, mirrors, command, env }: GuestMirrorNeeds): GuestMirrors {
  /** Runs that ask a mirror and live, or were made since. */
  async function needing(since = Infinity): Promise<NeedingRun[]> {
    const all = await runs.list();
    const looked = all.filter((run) => isLive(run) || Date.parse(run.createdAt) >= since);
    const records = await Promise.all(looked.map(({ id }) => runs.show(id).then(recordOf, () => null)));
    return records.flatMap((record) =>
      record === null || record.guestMirror === null
        ? []
        : [{ id: record.id, mirror: record.guestMirror, lives: isLive(record) }],
    );
  }

  async function living(): Promise<NeedingRun[]> {
    return (await needing()).filter(({ lives }) => lives);
  }

  async function endOf(run: string, signal: AbortSignal): Promise<void> {
    for await (const { record } of runs.watch(run, signal)) if (!isLive(record)) return;
  }

  async function start(mirror: GuestMirror, graceSeconds: number): Promise<void> {
    if (await answers(mirror.port)) return;
    if (command === null) {
      const wanted = await selectDistfiles(mirror.checkout, { everyStep: true });
      await mirrors.serve({ wanted }, { host: LOOPBACK, port: mirror.port });
      return;
    }
    const ended = await launch(command, mirror, graceSeconds);
    const deadline = Date.now() + READY_WITHIN_MILLISECONDS;
    while (!(await answers(mirror.port))) {
      if (ended.is || Date.now() > deadline) throw new SeedbedError('PORT_IN_USE', { port: mirror.port });
      await sleep(50);
    }
  }

  /** Its own session: it outlives this host. */
  async function launch(
    program: readonly string[],
    { checkout, port }: GuestMirror,
    graceSeconds: number,
  ): Promise<{ is: boolean }> {
    const path = join(root, `mirror-${port}.log`);
    const log = await atPath(path, () => open(path, 'w', 0o600));
    const ended = { is: false };
    try {
      const [file = '', ...args] = program;
      const child = spawn(
        file,
        [
          ...args,
          'mirror',
          'serve',
          '--checkout',
          checkout,
          '--listen',
          `${LOOPBACK}:${port}`,
          '--while-needed',
          String(graceSeconds),
        ],
        {
          cwd: root,
          detached: true,
          env: { ...scrubEnvironment(env), SEEDBED_HOME: root },
          stdio: ['ignore', log.fd, log.fd],
        },
      );
      child.once('error', () => (ended.is = true));
      child.once('exit', () => (ended.is = true));
      child.unref();
    } finally {
      await log.close();
    }
    return ended;
  }

  return {
    async choose(checkout) {
      const inUse = await living();
      for (let port = FIRST_PORT; port < FIRST_PORT + PORTS; port += 1) {
        const other = inUse.find(({ mirror }) => mirror.port === port);
        const isOurs = other === undefined ? await isFree(port) : other.mirror.checkout === checkout;
        if (isOurs) return { url: `http://${GUEST_HOST}:${port}`, port, checkout };
      }
      throw new SeedbedError('PORT_IN_USE', { port: FIRST_PORT });
    },
    start,
    async revive() {
      const mirrorsByPort = new Map((await living()).map(({ mirror }) => [mirror.port, mirror]));
      for (const mirror of mirrorsByPort.values())
        await start(mirror, REVIVED_GRACE_SECONDS).catch(() => undefined);
    },
    async untilUnneeded(port, { graceMilliseconds, signal }) {
      const startedAt = Date.now();
      // Once a run has needed it, also one that was over at once, the end of that run is the end of the mirror.
      for (let wasNeeded = false; !signal.aborted;) {
        const mine = (await needing(startedAt)).filter(({ mirror }) => mirror.port === port);
        const run = mine.find(({ lives }) => lives);
        wasNeeded ||= mine.length > 0;
        if (run !== undefined) await endOf(run.id, signal);
        else if (wasNeeded || Date.now() - startedAt >= graceMilliseconds) return;
        await sleep(run === undefined ? LOOK_MILLISECONDS : 0, undefined, { signal }).catch(() => undefined);
      }
    },
    isNeeded: async (port) => (await living()).some(({ mirror }) => mirror.port === port),
  };
}

const LOOK_MILLISECONDS = 500;

function recordOf({ record }: { record: RunRecord }): RunRecord {
  return record;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://${LOOPBACK}:${port}/`, { method: 'HEAD', signal: AbortSignal.timeout(2000) }).then(
    (response) => response.ok,
    () => false,
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise<boolean>((resolve, reject) => {
    server.once('error', (error) => {
      if (osCodeOf(error) === 'EADDRINUSE' || osCodeOf(error) === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });
}
