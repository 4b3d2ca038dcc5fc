// Takes one checkpoint away: its snapshot out of the run's layers, then its record. A living QEMU does it itself (QMP snapshot-delete); for a run that
// has ended one is started that has these layers and no machine. Other checkpoints do not build on it: each snapshot of qcow2 stands alone.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { formatBytes } from '../../shared/units.ts';
import { runSnapshotJob } from './checkpoints.ts';
import { appendEvents, eventNow } from './event-log.ts';
import { findQemu } from './find-qemu.ts';
import { launchTied } from './launch.ts';
import { layerArguments, rolesOf } from './qemu-command.ts';
import { type QmpClient, withQmp } from './qmp-client.ts';
import { allocatedBytes } from './resources.ts';
import { findCheckpoint } from './resume-run.ts';
import { claimRun } from './run-claim.ts';
import { isLive, RUN_FILES, type RunFolder } from './run-folder.ts';
import type { RunStore } from './run-store.ts';

export interface CheckpointRemover {
  /** `checkpoint`: an id, or latest. Throws CHECKPOINT_NOT_FOUND, MACHINE_REFUSED with QEMU's words or with who is busy with the run. */
  removeCheckpoint(run: string, checkpoint: string): Promise<{ checkpoint: string; freedBytes: number }>;
}

/** Freeing some GiB in a layer takes seconds; a disk that is slow and busy takes more. */
const REMOVE_MILLISECONDS = 300_000;
const RETRY_MILLISECONDS = 20;
const SOCKET = 'layers.sock';

export function createCheckpointRemover(
  store: Pick<RunStore, 'recordOf' | 'folderOf'>,
  env: NodeJS.ProcessEnv,
): CheckpointRemover {
  return {
    async removeCheckpoint(run, name) {
      const record = await store.recordOf(run);
      const folder = store.folderOf(run);
      const { id } = await findCheckpoint(folder, name);
      const before = await allocatedBytes(folder.disks);
      const roles = rolesOf(record.argv, 'qcow2');
      const remove = (client: QmpClient): Promise<void> =>
        runSnapshotJob(client, 'snapshot-delete', id, roles);
      try {
        if (isLive(record))
          await withQmp(
            folder.path,
            RUN_FILES.monitorSocket,
            { timeoutMilliseconds: REMOVE_MILLISECONDS },
            remove,
          );
        else await withLayers(folder, record, env, remove);
      } catch (error) {
        if (error instanceof SeedbedError) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        throw new SeedbedError(
          'MACHINE_REFUSED',
          { run, what: 'rid of a checkpoint', reason },
          { cause: error },
        );
      }
      await rm(join(folder.checkpoints, `${id}.json`), { force: true });
      const freedBytes = Math.max(0, before - (await allocatedBytes(folder.disks)));
      const text = `Checkpoint ${id} was removed: ${formatBytes(freedBytes)} of this host's disk are free again.`;
      await appendEvents(folder.events, [eventNow('checkpoint', text)]);
      return { checkpoint: id, freedBytes };
    },
  };
}

/** A QEMU with the layers of a run that has ended, for as long as `use` takes; it ends with this host, too. */
async function withLayers(
  folder: RunFolder,
  record: RunRecord,
  env: NodeJS.ProcessEnv,
  use: (client: QmpClient) => Promise<void>,
): Promise<void> {
  const qemu = await findQemu({ env });
  const claim = await claimRun(folder.path);
  if (claim === null) throw new Error('another host is busy with this run');
  const child = launchTied([qemu.path, ...layerArguments(record.argv, SOCKET)], env, folder.path);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = { is: false };
  void ended.then(() => (end.is = true));
  try {
    for (const until = performance.now() + REMOVE_MILLISECONDS; ;) {
      try {
        await withQmp(folder.path, SOCKET, { timeoutMilliseconds: REMOVE_MILLISECONDS }, use);
        return;
      } catch (error) {
        if (end.is) throw new Error(said.trim().slice(-500) || 'QEMU ended at once', { cause: error });
        if (!isNotYet(error) || performance.now() > until) throw error;
        await sleep(RETRY_MILLISECONDS);
      }
    }
  } finally {
    child.stdin?.destroy();
    await ended;
    await rm(join(folder.path, SOCKET), { force: true });
    await claim.release();
  }
}

/** Its socket is not there, or nobody listens yet. */
function isNotYet(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}
