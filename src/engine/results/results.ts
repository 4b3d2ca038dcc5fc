// What runs made, for hosts: account, files, another boot, comparison, archive. A run must have ended; nothing of it is changed.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type {
  RunArchive,
  RunBoot,
  RunComparison,
  RunExtractReport,
  RunResults,
} from '../../shared/model/results.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { DataFolder } from '../data-folder.ts';
import { stepTitle } from '../formats/console/step-list.ts';
import { readImageRecord } from '../image/image-record.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';
import { isLive, type RunFolder, runFolderAt } from '../run/run-folder.ts';
import type { Runs } from '../run/runs.ts';
import { readKeptList } from '../sandbox/kept-lists.ts';
import type { ListSources } from './booted-lists.ts';
import { collectResults, type EndedRun, readResults, RESULTS_FOLDER } from './collect.ts';
import { compareRuns, type ComparedRun } from './compare.ts';
import { exportRun } from './export-run.ts';
import { findFiles, writeFiles } from './extract.ts';
import { rebootCommand } from './reboot.ts';
import { type DiskFile, filesIn, findFile, openRootDisk, REPOSITORY, type RootDisk } from './root-disk.ts';

export interface Results {
  /** As collected before; null when nobody has. */
  read(run: string): Promise<RunResults | null>;
  /** Throws RUN_STILL_RUNNING, NOT_FOUND, CONTENT_UNREADABLE, CANCELLED. */
  collect(run: string, context: JobContext): Promise<RunResults>;
  /** Files and folders of the run's root into `folder`; without paths its packages, kernel, checksums and records. Adds RESULTS_NOT_ON_DISK, FILE_EXISTS. */
  extract(
    run: string,
    request: { folder: string; paths: readonly string[] },
    context: JobContext,
  ): Promise<RunExtractReport>;
  /** Throws RESULTS_NOT_ON_DISK, RESULTS_NO_KERNEL. */
  boot(run: string, machine: { memoryMiB: number; cores: number }, context: JobContext): Promise<RunBoot>;
  /** What the run has built, in a folder of its own, to be given to another run. Only packages that upstream's list names with these bytes. */
  repository(run: string, context: JobContext): Promise<{ folder: string; packages: number }>;
  compare(a: string, b: string, context: JobContext): Promise<RunComparison>;
  exportTo(run: string, target: { path: string; replace: boolean }, context: JobContext): Promise<RunArchive>;
}

export interface ResultsNeeds {
  folder: DataFolder;
  runs: Pick<Runs, 'show' | 'timeline'>;
  /** Path of an image's boot disk in the data folder, or null. */
  imagePath: (id: string) => Promise<string | null>;
  checkout: ListSources['checkout'];
}

const MOST_SKIPPED = 100;

export function openResults({ folder, runs, imagePath, checkout }: ResultsNeeds): Results {
  async function endedRun(id: string): Promise<EndedRun> {
    const { record } = await runs.show(id);
    if (isLive(record)) throw new SeedbedError('RUN_STILL_RUNNING', { run: id });
    const at = runFolderAt(folder.runs, record.id);
    return { folder: at, record, image: await readImageRecord(at.image) };
  }

  async function collect(id: string, context: JobContext): Promise<RunResults> {
    const run = await endedRun(id);
    const own = join(run.folder.disks, run.image.disks[0].file);
    const stored = run.record.image.id === null ? null : await imagePath(run.record.image.id);
    const images = [...(stored === null ? [] : [stored]), own];
    const kept = (path: string): Promise<string | null> => readKeptList(run.folder, path);
    return collectResults(run, { images, kept, checkout }, context);
  }

  async function current(id: string, context: JobContext): Promise<RunResults> {
    return (await readResults(runFolderAt(folder.runs, id))) ?? collect(id, context);
  }

  async function onDisk<T>(run: EndedRun, work: (disk: RootDisk) => Promise<T>): Promise<T> {
    const disk = await openRootDisk(run.folder, run.image.disks);
    if (disk === null) throw new SeedbedError('RESULTS_NOT_ON_DISK', { run: run.record.id });
    try {
      return await work(disk);
    } finally {
      await disk.close();
    }
  }

  async function compared(id: string, context: JobContext): Promise<ComparedRun> {
    const { record, image } = await endedRun(id);
    const { steps } = await runs.timeline(id);
    const timed = steps.map((step) => ({ ...step, title: stepTitle(step) }));
    return { record, image, results: await current(id, context), steps: timed };
  }

  return {
    read: (id) => readResults(runFolderAt(folder.runs, id)),
    collect,
    async extract(id, { folder: target, paths }, context) {
      const run = await endedRun(id);
      return onDisk(run, async (disk) => {
        const wanted = paths.length > 0 ? paths : await usualPaths(disk);
        const { files, skipped } = await findFiles(disk.reader, wanted, context.signal);
        const counts = await orKept(context.signal, () => writeFiles(target, files, context));
        if (paths.length === 0) await writeSums(run.folder, target);
        return {
          folder: target,
          ...counts,
          skipped: skipped.slice(0, MOST_SKIPPED),
          skippedCount: skipped.length,
          warnings: disk.needsRecovery ? [NOT_UNMOUNTED] : [],
        };
      });
    },
    async boot(id, machine, context) {
      const run = await endedRun(id);
      const { record } = run;
      return onDisk(run, async (disk) => {
        const { qemu, accelerator } = record;
        const file = await findFile(disk.reader, KERNEL);
        if (file === null || qemu === null || accelerator.used === null)
          throw new SeedbedError('RESULTS_NO_KERNEL', { run: record.id, path: KERNEL });
        const kernel = await keepKernel(run.folder, file, context);
        const format = disk.file.endsWith('.qcow2') ? ('qcow2' as const) : ('raw' as const);
        return rebootCommand(
          { qemu, accelerator: accelerator.used },
          { ...machine, bus: record.machine.bus },
          { ...disk, format },
          kernel,
        );
      });
    },
    async repository(id, context) {
      const run = await endedRun(id);
      const results = await current(id, context);
      const good = new Set(
        results.outputs.flatMap(({ state, found }) =>
          state === 'equal' && found !== null ? found.path : [],
        ),
      );
      return onDisk(run, async ({ reader }) => {
        const files = (await filesIn(reader, REPOSITORY)).filter(({ path }) => good.has(path));
        const target = join(run.folder.path, RESULTS_FOLDER, 'repo');
        await writeFiles(target, files, context, ({ name }) => name);
        return { folder: target, packages: files.length };
      });
    },
    async compare(a, b, context) {
      return compareRuns(await compared(a, context), await compared(b, context));
    },
    async exportTo(id, target, context) {
      const run = await endedRun(id);
      return exportRun(run.folder, run.record, target, context);
    },
  };
}

const KERNEL = '/boot/vmlinuz';
const NOT_UNMOUNTED =
  'The machine did not unmount its disk: the newest changes may be in the journal only, and are not among these files.';

async function usualPaths(disk: RootDisk): Promise<string[]> {
  const found: string[] = [];
  for (const path of [KERNEL, '/steps/SHA256SUMS.pkgs', '/steps/bootstrap.cfg'])
    if ((await findFile(disk.reader, path)) !== null) found.push(path);
  return [REPOSITORY, ...found];
}

/** SHA256SUMS of the packages as this host hashed them, for `sha256sum -c`. */
async function writeSums(run: RunFolder, target: string): Promise<void> {
  const results = await readResults(run);
  if (results === null) return;
  const packages = results.outputs.filter(({ layer, found }) => layer === 'package' && found !== null);
  const lines = packages.map(({ found }) => `${found?.sha256 ?? ''}  ${found?.path.slice(1) ?? ''}\n`);
  await writeFileAtomically(join(target, 'SHA256SUMS'), lines.join(''));
}

/** QEMU reads the kernel from a file of this host; the same one is kept for the next time. */
async function keepKernel(run: RunFolder, file: DiskFile, context: JobContext): Promise<string> {
  const folder = join(run.path, RESULTS_FOLDER);
  await atPath(folder, () => mkdir(folder, { recursive: true }));
  const hash = createHash('sha256');
  for await (const piece of file.read(context.signal)) hash.update(piece);
  const name = `vmlinuz-${hash.digest('hex').slice(0, 12)}`;
  await writeFiles(folder, [file], context, () => name);
  return join(folder, name);
}

async function orKept<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new SeedbedError('CANCELLED', { kept: 'Files that were copied whole stay.' }, { cause: error });
  }
}
