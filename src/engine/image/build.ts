// Builds an image into files: plan, write to `.partial`, sync, rename. The record goes beside them.
import { dirname, resolve } from 'node:path';
import { DISK_FILES, IMAGE_RECORD_VERSION, type ImageDisk, ImageRecord } from '../../shared/model/image.ts';
import { atPath } from '../os-errors.ts';
import type { BuildRequest } from './build-request.ts';
import { diskPathFor } from './image-files.ts';
import type { BuildOptions, ImagePlan, PlannedDisk } from './image-plan.ts';
import { imageDigestOf } from './input-digest.ts';
import {
  checkRoom,
  checkTarget,
  clearAbandoned,
  partialNameFor,
  publish,
  withPartialFile,
} from './partial-file.ts';
import { planImage } from './plan.ts';
import { writtenBytes } from './segments.ts';
import { readReplaced, removeStaleDisks } from './stale-disks.ts';
import { writeImageData } from './write-image.ts';

export { recordPathFor } from './image-files.ts';
export type { BuildRequest } from './build-request.ts';

/** Build the first disk into `outPath`, others beside it, with the record at `recordPath`. Nothing half-made ever has these names. Adds IMAGE_EXISTS, DISK_FULL to planImage's codes. */
export async function buildImage(
  request: BuildRequest,
  outPath: string,
  recordPath: string,
  options: BuildOptions & { replace: boolean },
): Promise<ImageRecord> {
  const [first, recordAt] = [resolve(outPath), resolve(recordPath)];
  // Before the plan: nobody wants to wait for this answer.
  for (const path of [first, recordAt]) await atPath(path, () => checkTarget(path, options.replace));
  const plan = await planImage(request, options);
  const paths = { image: first, record: recordAt };
  for (const path of diskPaths(plan, first)) await atPath(path, () => checkTarget(path, options.replace));
  const replaced = options.replace ? await readReplaced(recordAt) : null;
  const record = await writePlan(plan, paths, options);
  if (replaced !== null)
    await removeStaleDisks(
      replaced,
      record.disks.map(({ role }) => role),
      first,
    );
  return record;
}

/** Write a planned image. Files that stand at these paths are replaced. */
export async function writePlan(
  plan: ImagePlan,
  paths: { image: string; record: string },
  options: BuildOptions,
): Promise<ImageRecord> {
  const disks = plan.disks.map((disk, index) => {
    const path = diskPaths(plan, paths.image)[index] ?? '';
    return { disk, path, partial: partialNameFor(path) };
  });
  const partialRecord = partialNameFor(paths.record);
  for (const path of [...disks.map((one) => one.path), paths.record]) await clearAbandoned(path);
  const sizes = plan.disks.map(writtenBytes);
  await checkRoom(dirname(paths.image), sum(sizes), paths.image);
  const written: WrittenDisk[] = [];
  // Each inside the one before it: whatever fails, none is left.
  const writeFrom = async (index: number): Promise<ImageRecord> => {
    const next = disks[index];
    if (next === undefined) return writeRecord(recordOf(plan, written), partialRecord, paths.record);
    const { disk, path, partial } = next;
    return withPartialFile(partial, path, async (file) => {
      // First, so that a file system without room for such a size says so at once; what is not written stays a hole.
      await atPath(path, () => file.truncate(disk.sizeBytes));
      const part = partOf(options, { before: sum(sizes.slice(0, index)), total: sum(sizes) });
      written.push(await writeImageData(file, path, disk, part));
      return writeFrom(index + 1);
    });
  };
  const record = await writeFrom(0);
  await publish([
    ...disks.map(({ partial, path }) => [partial, path] as const),
    [partialRecord, paths.record],
  ]);
  return record;
}

/** Progress of one disk as a part of all. */
function partOf(
  { signal, report }: BuildOptions,
  { before, total }: { before: number; total: number },
): BuildOptions {
  return { signal, report: (progress) => report?.({ ...progress, done: before + progress.done, total }) };
}

async function writeRecord(record: ImageRecord, partial: string, path: string): Promise<ImageRecord> {
  await withPartialFile(partial, path, (file) =>
    atPath(path, async () => {
      await file.writeFile(encodeImageRecord(record));
      await file.sync();
    }),
  );
  return record;
}

function diskPaths({ disks }: ImagePlan, first: string): string[] {
  return disks.map(({ role }) => diskPathFor(first, role, disks[0].role));
}

/** The text of image.json. */
export function encodeImageRecord(record: ImageRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

type WrittenDisk = Pick<ImageDisk, 'sha256' | 'regions'>;

function recordOf(plan: ImagePlan, written: readonly WrittenDisk[]): ImageRecord {
  // Key by key, so that image.json has one order; parse, so that a record which we could not read again is never written.
  return ImageRecord.parse({
    version: IMAGE_RECORD_VERSION,
    kind: plan.kind,
    goal: plan.goal,
    inputDigest: imageDigestOf(plan.disks),
    disks: plan.disks.map((disk, index) => recordDisk(disk, written[index])),
    checkout: plan.checkout,
    configuration: plan.configuration,
    bootstrapCfg: plan.bootstrapCfg,
    overlays: plan.overlays,
    distfiles: plan.distfiles,
    expectedBootCheck: plan.expectedBootCheck,
    warnings: plan.warnings,
  });
}

function recordDisk(disk: PlannedDisk, written: WrittenDisk | undefined): ImageDisk {
  if (written === undefined) throw new Error('a disk was planned but not written');
  return {
    role: disk.role,
    file: DISK_FILES[disk.role],
    inputDigest: disk.inputDigest,
    sha256: written.sha256,
    sizeBytes: disk.sizeBytes,
    dataBytes: disk.dataBytes,
    partition: disk.partition,
    regions: written.regions.map(({ name, distfile, offsetBytes, lengthBytes, sha256 }) => ({
      name,
      ...(distfile === undefined ? {} : { distfile }),
      offsetBytes,
      lengthBytes,
      sha256,
    })),
    budgets: disk.budgets,
    entries: disk.entries,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
