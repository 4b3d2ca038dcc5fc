// Builds an image into a file: plan, write to `.partial`, sync, rename. The record goes beside it.
import { basename, dirname, join, resolve } from 'node:path';
import { ImageRecord } from '../../shared/model/image.ts';
import { atPath } from '../os-errors.ts';
import type { BuildOptions, ImagePlan } from './image-plan.ts';
import {
  checkRoom,
  checkTarget,
  clearAbandoned,
  partialNameFor,
  publish,
  withPartialFile,
} from './partial-file.ts';
import { type BuildRequest, planImage } from './plan.ts';
import { writeImageData } from './write-image.ts';

export type { BuildRequest } from './plan.ts';

/** `boot.img` has its record in image.json beside it, as in the data folder; any other FILE in FILE.image.json. */
export function recordPathFor(imagePath: string): string {
  const name = basename(imagePath);
  return join(dirname(imagePath), name === 'boot.img' ? 'image.json' : `${name}.image.json`);
}

/** Build into `outPath` with the record at `recordPath`. Nothing half-made ever has these names. Adds IMAGE_EXISTS, DISK_FULL to planImage's codes. */
export async function buildImage(
  request: BuildRequest,
  outPath: string,
  recordPath: string,
  options: BuildOptions & { replace: boolean },
): Promise<ImageRecord> {
  const paths = { image: resolve(outPath), record: resolve(recordPath) };
  // Before the plan: nobody wants to wait for this answer.
  for (const path of [paths.image, paths.record])
    await atPath(path, () => checkTarget(path, options.replace));
  const plan = await planImage(request, options);
  return writePlan(plan, paths, options);
}

/** Write a planned image. Files that stand at these paths are replaced. */
export async function writePlan(
  plan: ImagePlan,
  paths: { image: string; record: string },
  options: BuildOptions,
): Promise<ImageRecord> {
  const partial = { image: partialNameFor(paths.image), record: partialNameFor(paths.record) };
  await clearAbandoned(paths.image);
  await clearAbandoned(paths.record);
  await checkRoom(dirname(paths.image), plan.dataBytes, paths.image);
  const record = await withPartialFile(partial.image, paths.image, async (image) => {
    // First, so that a file system without room for such a size says so at once; what is not written stays a hole.
    await atPath(paths.image, () => image.truncate(plan.sizeBytes));
    const written = await writeImageData(image, paths.image, plan, options);
    const done = recordOf(plan, written);
    await withPartialFile(partial.record, paths.record, (file) =>
      atPath(paths.record, async () => {
        await file.writeFile(encodeImageRecord(done));
        await file.sync();
      }),
    );
    return done;
  });
  await publish([
    [partial.image, paths.image],
    [partial.record, paths.record],
  ]);
  return record;
}

/** The text of image.json. */
export function encodeImageRecord(record: ImageRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

function recordOf(plan: ImagePlan, written: Pick<ImageRecord, 'sha256' | 'regions'>): ImageRecord {
  // Key by key, so that image.json has one order; parse, so that a record which we could not read again is never written.
  return ImageRecord.parse({
    version: 1,
    kind: plan.kind,
    goal: plan.goal,
    inputDigest: plan.inputDigest,
    sha256: written.sha256,
    sizeBytes: plan.sizeBytes,
    dataBytes: plan.dataBytes,
    regions: written.regions.map(({ name, distfile, offsetBytes, lengthBytes, sha256 }) => ({
      name,
      ...(distfile === undefined ? {} : { distfile }),
      offsetBytes,
      lengthBytes,
      sha256,
    })),
    budgets: plan.budgets,
    entries: plan.entries,
    checkout: plan.checkout,
    bootstrapCfg: plan.bootstrapCfg,
    distfiles: plan.distfiles,
    expectedBootCheck: plan.expectedBootCheck,
    warnings: plan.warnings,
  } satisfies ImageRecord);
}
