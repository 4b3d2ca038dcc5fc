// The images in the data folder: images/<id>/ with image.json and a file a disk. The id tells the inputs, so that the same inputs are built once.
import { type FSWatcher, watch as watchFolder } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import { BootstrapConfiguration } from '../../shared/model/bootstrap-config.ts';
import { DISK_FILES, type Image } from '../../shared/model/image.ts';
import { createTopic } from '../broadcast.ts';
import type { DataFolder } from '../data-folder.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { type BuildRequest, writePlan } from './build.ts';
import { isDiskWhole } from './data-ranges.ts';
import { foreignRecord } from './foreign-record.ts';
import { recordPathFor } from './image-files.ts';
import type { BuildOptions, ImagePlan } from './image-plan.ts';
import { readImageRecord } from './image-record.ts';
import { imageDigestOf, sha256Of } from './input-digest.ts';
import { examineImage } from './inspect.ts';
import { clearAbandoned, isPartialName, partialNameFor } from './partial-file.ts';
import { planImage } from './plan.ts';

export interface ImageStore {
  /** By id. What cannot be read is left out; `get` says why. */
  list(): Promise<Image[]>;
  /** Throws IMAGE_NOT_FOUND, RECORD_INVALID. */
  get(id: string): Promise<Image>;
  /** Build, or find what was built from the same inputs before: then it is read and compared with its record, and `report` says so. */
  buildIntoStore(request: BuildRequest, options?: BuildOptions): Promise<Image>;
  /** A user's file as an image, with the record beside it or, for one that others made, one written from its bytes. Throws IMAGE_UNREADABLE. */
  fromFile(path: string, options?: BuildOptions): Promise<Omit<Image, 'id'>>;
  /** Throws IMAGE_NOT_FOUND. */
  remove(id: string): Promise<void>;
  /** The list now, and again whenever it changes, whichever host changed it. */
  watch(signal?: AbortSignal): AsyncGenerator<Image[], void, void>;
}

const RECORD_NAME = 'image.json';
const ID = /^[a-z0-9-]{1,80}$/;

export function openImageStore(folder: Pick<DataFolder, 'images'>): ImageStore {
  const changes = createTopic(0);
  const building = new Map<string, Promise<unknown>>();
  const placeOf = (id: string): string => join(folder.images, id);

  async function get(id: string): Promise<Image> {
    if (!ID.test(id) || !(await isImageFolder(placeOf(id))))
      throw new SeedbedError('IMAGE_NOT_FOUND', { image: id });
    const record = await readImageRecord(join(placeOf(id), RECORD_NAME));
    const path = join(placeOf(id), record.disks[0].file);
    if (!(await isFile(path))) throw new SeedbedError('IMAGE_NOT_FOUND', { image: id });
    return { id, path, record };
  }

  async function list(): Promise<Image[]> {
    const names = await atPath(folder.images, () => readdir(folder.images));
    const images = await Promise.all(
      names.filter((name) => ID.test(name)).map((id) => get(id).catch(unreadable)),
    );
    return images.filter((image) => image !== null).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  return {
    list,
    get,
    async buildIntoStore(request, options = {}) {
      const plan = await planImage(request, options);
      const id = idFor(plan);
      return oneAtATime(building, id, async () => {
        if (!(await isWhole(placeOf(id), plan, options))) {
          await buildFolder(plan, placeOf(id), options);
          changes.set(changes.get() + 1);
        }
        return get(id);
      });
    },
    async fromFile(path, options = {}) {
      const absolute = resolve(path);
      const record = await readImageRecord(recordPathFor(absolute)).catch((error: unknown) => {
        if (isSeedbedError(error) && error.code === 'NOT_FOUND') return null;
        throw error;
      });
      if (record !== null) {
        if (!(await isFile(absolute))) throw new SeedbedError('NOT_FOUND', { path: absolute });
        return { path: absolute, record };
      }
      return { path: absolute, record: foreignRecord(await examineImage(absolute, options)) };
    },
    async remove(id) {
      if (!ID.test(id) || !(await isImageFolder(placeOf(id))))
        throw new SeedbedError('IMAGE_NOT_FOUND', { image: id });
      await discard(placeOf(id));
      changes.set(changes.get() + 1);
    },
    async *watch(signal) {
      const watcher = openWatcher(folder.images, () => changes.set(changes.get() + 1));
      const versions = changes.watch({ signal });
      let before = '';
      try {
        while ((await versions.next()).done !== true) {
          const images = await list();
          const now = JSON.stringify(images);
          if (now !== before) yield images;
          before = now;
        }
      } finally {
        await versions.return();
        watcher?.close();
      }
    },
  };
}

/** What is built, and from which inputs; what differs in the record only (a checkout with a commit and an export of it) differs in the id too. */
function idFor({ goal, disks, checkout, overlays, configuration }: ImagePlan): string {
  // Parsed, so that its fields have one order.
  const recorded = JSON.stringify({
    checkout,
    overlays,
    configuration: BootstrapConfiguration.nullable().parse(configuration),
  });
  return `${goal}-${sha256Of(`${imageDigestOf(disks)}\n${recorded}\n`).slice(0, 16)}`;
}

/** Let work on the same `key` wait for what was begun before it, however that ends. */
async function oneAtATime<T>(
  busy: Map<string, Promise<unknown>>,
  key: string,
  work: () => Promise<T>,
): Promise<T> {
  const before = busy.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.then(
    () => undefined,
    () => undefined,
  );
  busy.set(key, settled);
  try {
    return await mine;
  } finally {
    if (busy.get(key) === settled) busy.delete(key);
  }
}

/** The image is there and every byte is what its record and its plan say. */
async function isWhole(place: string, plan: ImagePlan, { signal, report }: BuildOptions): Promise<boolean> {
  const label = 'Built before: checking the image';
  const checking: BuildOptions = {
    signal,
    report: (progress) => report?.({ ...progress, step: 'found', label }),
  };
  try {
    const { disks, inputDigest } = await readImageRecord(join(place, RECORD_NAME));
    if (inputDigest !== imageDigestOf(plan.disks)) return false;
    for (const disk of disks) if (!(await isDiskWhole(join(place, disk.file), disk, checking))) return false;
    return true;
  } catch (error) {
    if (isSeedbedError(error) && DAMAGED.includes(error.code)) return false;
    throw error;
  }
}

const DAMAGED: readonly string[] = ['NOT_FOUND', 'RECORD_INVALID', 'RECORD_OUTDATED', 'IMAGE_UNREADABLE'];

/** All files are made in a folder beside the final one, which then takes its place. */
async function buildFolder(plan: ImagePlan, place: string, options: BuildOptions): Promise<void> {
  await clearAbandoned(place);
  const partial = partialNameFor(place);
  try {
    await atPath(partial, () => mkdir(partial));
    const image = join(partial, DISK_FILES[plan.disks[0].role]);
    await writePlan(plan, { image, record: join(partial, RECORD_NAME) }, options);
    await putInPlace(partial, place, plan, options);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** Where something stands already, it is what another host built meanwhile, and the same bytes; or it is damaged, and goes. */
async function putInPlace(
  partial: string,
  place: string,
  plan: ImagePlan,
  options: BuildOptions,
): Promise<void> {
  if (await renameUnlessThere(partial, place)) return;
  if (await isWhole(place, plan, options)) {
    await rm(partial, { recursive: true, force: true });
    return;
  }
  await discard(place);
  await atPath(place, () => rename(partial, place));
}

/** False when the place is taken. */
async function renameUnlessThere(partial: string, place: string): Promise<boolean> {
  try {
    await rename(partial, place);
    return true;
  } catch (error) {
    // Windows says EPERM.
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(osCodeOf(error) ?? '')) return false;
    return atPath(place, () => Promise.reject(error as Error));
  }
}

/** Take a folder away at once, then delete it: nobody sees half of it. */
async function discard(place: string): Promise<void> {
  const aside = partialNameFor(place);
  try {
    await rename(place, aside);
  } catch (error) {
    if (osCodeOf(error) === 'ENOENT') return;
    return atPath(place, () => Promise.reject(error as Error));
  }
  await atPath(place, () => rm(aside, { recursive: true, force: true }));
}

/** Null where the system cannot watch folders: then only this host's own changes are seen. */
function openWatcher(path: string, onChange: () => void): FSWatcher | null {
  try {
    const watcher = watchFolder(path, { persistent: false }, (_event, name) => {
      if (name === null || !isPartialName(name)) onChange();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

function unreadable(error: unknown): null {
  if (isSeedbedError(error)) return null;
  throw error;
}

/** What a build made, whole or not; a folder of somebody else is left alone. */
async function isImageFolder(place: string): Promise<boolean> {
  for (const name of [RECORD_NAME, ...Object.values(DISK_FILES)])
    if (await isFile(join(place, name))) return true;
  return false;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
