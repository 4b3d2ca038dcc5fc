// Checkpoints of a living run: memory and disks of one moment, as a snapshot in the overlays (QMP snapshot-save), with a record beside it.
// Why so, and what it costs: docs/adr/0011-checkpoints.md.
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SeedbedError } from '../../shared/errors.ts';
import { Checkpoint } from '../../shared/model/machine.ts';
import { ProcessIdentity, type RunRecord } from '../../shared/model/run.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { atPath } from '../os-errors.ts';
import { formatBytes, formatDuration } from '../../shared/units.ts';
import { appendEvents, eventNow } from './event-log.ts';
import { hostMemory } from './preflight.ts';
import { identifyProcess, isAlive } from './process-identity.ts';
import { nodeName, rolesOf } from './qemu-command.ts';
import { type QmpClient, withQmp } from './qmp-client.ts';
import { readRunState } from './qmp.ts';
import { allocatedBytes } from './resources.ts';
import { RUN_FILES, type RunFolder } from './run-folder.ts';
import { freeBytesAt } from './space-guard.ts';

/** Saving some GiB of memory to a slow drive takes minutes. */
const SAVE_MILLISECONDS = 1_800_000;
const JOB_POLL_MILLISECONDS = 20;
/** Besides the memory: device states and tables. */
const EXTRA_BYTES = 64 * 1_048_576;
const SAVING_FILE = 'saving.json';

const Saving = z.object({ by: ProcessIdentity.nullable(), wasRunning: z.boolean() });
const Jobs = z.array(z.object({ id: z.string(), status: z.string(), error: z.string().optional() }));

export interface SaveOptions {
  label: string;
  why: Checkpoint['why'];
  signal?: AbortSignal | undefined;
}

/** All checkpoints of a run, oldest first; damaged records are left out. */
export async function listCheckpoints(folder: RunFolder): Promise<Checkpoint[]> {
  const names = await readdir(folder.checkpoints).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith('.json') && name !== SAVING_FILE)
      .map(async (name) => {
        const parsed = Checkpoint.safeParse(
          parseJson(await readFile(join(folder.checkpoints, name), 'utf8')),
        );
        return parsed.success ? parsed.data : null;
      }),
  );
  return found
    .filter((one) => one !== null)
    .sort((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id));
}

/** The machine stands still while it is saved, and goes on if it ran. Throws CHECKPOINT_UNAVAILABLE, DISK_FULL, MACHINE_REFUSED. */
async function saveCheckpoint(
  folder: RunFolder,
  record: RunRecord,
  { label, why, signal }: SaveOptions,
): Promise<Checkpoint> {
  const roles = rolesOf(record.argv, 'qcow2');
  if (!record.machine.checkpoints || roles.length === 0)
    throw new SeedbedError('CHECKPOINT_UNAVAILABLE', {
      run: folder.id,
      reason: 'it was started without checkpoints',
    });
  await checkSpaceFor(folder, record);
  await mkdir(folder.checkpoints, { recursive: true });
  const id = await freeId(folder, label);
  const options = { timeoutMilliseconds: SAVE_MILLISECONDS, signal };
  try {
    return await withQmp(folder.path, RUN_FILES.monitorSocket, options, async (client) => {
      const wasRunning = (await readRunState(client)) === 'running';
      await writeFile(
        savingPath(folder),
        JSON.stringify({ by: await identifyProcess(process.pid), wasRunning }),
      );
      const began = performance.now();
      const before = await allocatedBytes(folder.disks);
      let pausedMilliseconds = 0;
      let logBytes = 0;
      try {
        await client.execute('stop');
        // Nothing is printed any more: the log belongs to exactly this moment.
        logBytes = (await stat(folder.serialLog)).size;
        await runSnapshotJob(client, 'snapshot-save', id, roles);
      } finally {
        if (wasRunning) await client.execute('cont');
        pausedMilliseconds = wasRunning ? performance.now() - began : 0;
        await rm(savingPath(folder), { force: true });
      }
      // The guest's flushes are obeyed, but this one must last through a power cut whatever the guest does.
      for (const role of roles) await syncFile(join(folder.disks, `${role}.qcow2`));
      const checkpoint: Checkpoint = {
        version: 1,
        id,
        label,
        at: new Date().toISOString(),
        why,
        logBytes,
        costBytes: Math.max(0, (await allocatedBytes(folder.disks)) - before),
        pausedMilliseconds: Math.round(pausedMilliseconds),
      };
      await writeFileAtomically(
        join(folder.checkpoints, `${id}.json`),
        `${JSON.stringify(checkpoint, null, 2)}\n`,
      );
      return checkpoint;
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SeedbedError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SeedbedError('MACHINE_REFUSED', { run: folder.id, what: 'saved', reason }, { cause: error });
  }
}

/** As saveCheckpoint, and a line about it and its cost among the run's events. */
export async function saveAndTell(
  folder: RunFolder,
  record: RunRecord,
  options: SaveOptions,
): Promise<Checkpoint> {
  const checkpoint = await saveCheckpoint(folder, record, options);
  const { id, costBytes, pausedMilliseconds, logBytes } = checkpoint;
  const text = `Checkpoint ${id}: ${formatBytes(costBytes)} on this host, the machine stood still for ${formatDuration(pausedMilliseconds)}.`;
  await appendEvents(folder.events, [eventNow('checkpoint', text, logBytes)]);
  return checkpoint;
}

/** Loads a snapshot into a machine that was started paused. Throws what QEMU says. */
export async function loadSnapshot(
  runPath: string,
  id: string,
  record: RunRecord,
  signal?: AbortSignal,
): Promise<void> {
  const options = { timeoutMilliseconds: SAVE_MILLISECONDS, signal };
  await withQmp(runPath, RUN_FILES.monitorSocket, options, (client) =>
    runSnapshotJob(client, 'snapshot-load', id, rolesOf(record.argv, 'qcow2')),
  );
}

/** What a host that was killed in the middle of saving left: a machine that stands still. True when it has to go on. */
export async function isLeftBySaving(folder: RunFolder): Promise<'saving' | 'left' | null> {
  const text = await readFile(savingPath(folder), 'utf8').catch(() => null);
  if (text === null) return null;
  const saving = Saving.safeParse(parseJson(text));
  if (!saving.success) return null;
  if (saving.data.by !== null && (await isAlive(saving.data.by))) return 'saving';
  await rm(savingPath(folder), { force: true });
  return saving.data.wasRunning ? 'left' : null;
}

/** Memory goes into the first disk. The job is over when QEMU says `concluded`, well or not. */
export async function runSnapshotJob(
  client: QmpClient,
  command: 'snapshot-save' | 'snapshot-load' | 'snapshot-delete',
  tag: string,
  roles: readonly string[],
): Promise<void> {
  const job = `seedbed-${tag}`;
  const nodes = roles.map(nodeName);
  const memory = command === 'snapshot-delete' ? {} : { vmstate: nodes[0] };
  await client.execute(command, { 'job-id': job, tag, devices: nodes, ...memory });
  for (;;) {
    const found = Jobs.parse(await client.execute('query-jobs')).find(({ id }) => id === job);
    if (found === undefined) throw new Error('QEMU has forgotten the job');
    if (found.status === 'concluded') {
      await client.execute('job-dismiss', { id: job });
      if (found.error !== undefined) throw new Error(`QEMU: ${found.error}`);
      return;
    }
    await sleep(JOB_POLL_MILLISECONDS);
  }
}

/** Memory that was never touched costs nothing: what QEMU holds resident is the most that is written. */
async function checkSpaceFor(folder: RunFolder, { process, memoryMiB }: RunRecord): Promise<void> {
  const resident = process === null ? null : await hostMemory.residentMiB(process.pid);
  const wanted = Math.min(resident ?? memoryMiB, memoryMiB) * 1_048_576 + EXTRA_BYTES;
  if ((await freeBytesAt(folder.path)) < wanted) throw new SeedbedError('DISK_FULL', { path: folder.disks });
}

/** `fiwix`, then `fiwix-2`: letters that QEMU, a file system and a person take. */
async function freeId(folder: RunFolder, label: string): Promise<string> {
  const known = new Set((await listCheckpoints(folder)).map(({ id }) => id));
  const base =
    label
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 40) || 'checkpoint';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!known.has(id)) return id;
  }
}

function savingPath(folder: RunFolder): string {
  return join(folder.checkpoints, SAVING_FILE);
}

async function syncFile(path: string): Promise<void> {
  await atPath(path, async () => {
    const file = await open(path, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
