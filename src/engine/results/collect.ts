// Reads what a run made out of its disks and its log, and accounts for it. The result is a file beside the run; nothing else is changed.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageRecord } from '../../shared/model/image.ts';
import { type ResultFile, RunResults } from '../../shared/model/results.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { openSource } from '../bytes/open-source.ts';
import { readPieces } from '../bytes/read-pieces.ts';
import {
  type BootstrapVariable,
  launchVariables,
  parseBootstrapVariables,
  variableValue,
} from '../formats/bootstrap-variables.ts';
import { openOutputReader, type OutputLines } from '../formats/output-lines.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { accountOutputs, type FoundFile, totalOutputs } from './account.ts';
import { type BootedLists, findBootedLists, type ListSources } from './booted-lists.ts';
import { expectedOutputs } from './expected-outputs.ts';
import { type DiskFile, filesIn, findFile, openRootDisk, REPOSITORY, type RootDisk } from './root-disk.ts';

export const RESULTS_FOLDER = 'results';
const RESULTS_FILE = 'results.json';

/** Besides packages: what a person asks for first. */
const KEPT: readonly { what: ResultFile['what']; path: string }[] = [
  { what: 'kernel', path: '/boot/vmlinuz' },
  { what: 'checksums', path: '/steps/SHA256SUMS.pkgs' },
  { what: 'configuration', path: '/steps/bootstrap.cfg' },
  { what: 'configuration', path: '/boot/grub/grub.cfg' },
];
const NO_DISK =
  'The run never moved to its disk: until then everything is in the machine’s memory and ends with it. What the console said is all there is.';

export interface EndedRun {
  folder: RunFolder;
  record: RunRecord;
  image: ImageRecord;
}

/** Throws NOT_FOUND when the run's disks are gone, CONTENT_UNREADABLE, CANCELLED. */
export async function collectResults(
  { folder, record, image }: EndedRun,
  sources: ListSources,
  { signal, report }: JobContext,
): Promise<RunResults> {
  const log = await readLog(folder.serialLog, { signal, report });
  const lists = await findBootedLists(image, sources);
  const variables = await variablesOf(image, lists);
  const { outputs: expected, unused } =
    lists === null ? { outputs: [], unused: [] } : await expectedOutputs(lists.read, variables);
  const disk = image.disks.length === 0 ? null : await openRootDisk(folder, image.disks);
  try {
    const onDisk = disk === null ? NOTHING : await readDisk(disk, expected, { signal, report });
    const outputs = accountOutputs(expected, {
      log,
      found: onDisk.found,
      updatesChecksums: variableValue(variables, 'UPDATE_CHECKSUMS') === 'True',
    });
    const results: RunResults = {
      version: 1,
      run: record.id,
      at: new Date().toISOString(),
      assisted: record.assisted !== null,
      disk: disk && { file: disk.file, offsetBytes: disk.offsetBytes, fileSystem: disk.fileSystem },
      diskNote: disk === null ? NO_DISK : '',
      totals: totalOutputs(outputs),
      outputs,
      files: onDisk.files,
      unused,
      warnings: [...warningsOf(lists, disk), ...(record.sandbox === null ? [] : [record.sandbox.restsOn])],
    };
    await writeResults(folder, results);
    return results;
  } finally {
    await disk?.close();
  }
}

/** What was collected before; null when nothing was, or by another version. */
export async function readResults(folder: RunFolder): Promise<RunResults | null> {
  const path = join(folder.path, RESULTS_FOLDER, RESULTS_FILE);
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const parsed = RunResults.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

async function writeResults(folder: RunFolder, results: RunResults): Promise<void> {
  const path = join(folder.path, RESULTS_FOLDER);
  await atPath(path, () => mkdir(path, { recursive: true }));
  await writeFileAtomically(join(path, RESULTS_FILE), `${JSON.stringify(results, null, 2)}\n`);
  await rm(folder.resultsDue, { force: true });
}

async function readLog(path: string, { signal, report }: JobContext): Promise<OutputLines> {
  const reader = openOutputReader();
  const source = await openSource(path);
  try {
    let done = 0;
    for await (const piece of readPieces(source, { fromBytes: 0, toBytes: source.sizeBytes }, signal)) {
      reader.push(piece);
      done += piece.length;
      report({ step: 'log', label: 'Reading the log', done, total: source.sizeBytes, unit: 'bytes' });
    }
    return reader.lines();
  } finally {
    await source.close();
  }
}

/** bootstrap.cfg as it was booted. */
async function variablesOf(image: ImageRecord, lists: BootedLists | null): Promise<BootstrapVariable[]> {
  const text = image.bootstrapCfg ?? (await lists?.read('steps/bootstrap.cfg').catch(() => null)) ?? null;
  if (text !== null) return parseBootstrapVariables(text);
  return launchVariables(image.kind === 'kernel' ? 'kernel' : 'kernel-bootstrap');
}

interface OnDisk {
  /** By the name that upstream's list has. */
  found: Map<string, FoundFile>;
  files: ResultFile[];
}

const NOTHING: OnDisk = { found: new Map(), files: [] };

async function readDisk(
  { reader }: RootDisk,
  expected: readonly { layer: string; name: string }[],
  context: JobContext,
): Promise<OnDisk> {
  const packages = await filesIn(reader, REPOSITORY);
  const wanted = new Set(expected.map(({ name }) => name));
  const work: { file: DiskFile; name: string; what: ResultFile['what'] | null }[] = packages.map((file) => ({
    file,
    name: file.name,
    what: wanted.has(file.name) ? null : 'extra-package',
  }));
  for (const { layer, name } of expected) {
    if (layer === 'package') continue;
    const file = await findFile(reader, name.startsWith('/') ? name : `/${name}`);
    if (file !== null) work.push({ file, name, what: null });
  }
  for (const { what, path } of KEPT) {
    const file = await findFile(reader, path);
    if (file !== null) work.push({ file, name: path, what });
  }
  const total = work.reduce((bytes, { file }) => bytes + file.sizeBytes, 0);
  const onDisk: OnDisk = { found: new Map(), files: [] };
  let done = 0;
  for (const { file, name, what } of work) {
    const { path, sizeBytes } = file;
    const sha256 = await hashFile(file, context.signal, (bytes) => {
      done += bytes;
      context.report({ step: 'hash', label: 'Hashing what the run made', done, total, unit: 'bytes' });
    });
    if (what === null) onDisk.found.set(name, { path, sizeBytes, sha256 });
    else onDisk.files.push({ what, path, sizeBytes, sha256 });
  }
  return onDisk;
}

async function hashFile(
  file: DiskFile,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of file.read(signal)) {
    hash.update(piece);
    onBytes(piece.length);
  }
  return hash.digest('hex');
}

function warningsOf(lists: BootedLists | null, disk: RootDisk | null): string[] {
  return [
    ...(lists === null
      ? ['Neither the boot image nor a checkout of its commit is there any more: nothing to compare with.']
      : []),
    ...(disk?.needsRecovery === true
      ? [
          'The machine did not unmount its disk: the newest changes may be in the journal only, and what was written last may be missing here.',
        ]
      : []),
  ];
}
