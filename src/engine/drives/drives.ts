// Drives: the list with what the rules say, views of it, and the user's own list of drives that are never written.
import { realpath } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { Drive, DriveListing, ListedDrive } from '../../shared/model/drive.ts';
import { drivesUnder, listDrives } from '../formats/drives/list-drives.ts';
import type { MachineFacts } from '../formats/drives/machine-facts.ts';
import { assessDrive, type DrivePurpose } from '../formats/drives/rules.ts';
import type { SettingsFile } from '../settings.ts';
import type { DriveSource } from './drive-source.ts';
import { deviceOf } from './linux-sysfs.ts';

export interface Drives {
  /** This host may write drives at all. */
  allowWriting: boolean;
  list(signal?: AbortSignal): Promise<DriveListing>;
  /** The list now, and again whenever it is another one. */
  watch(signal?: AbortSignal): AsyncGenerator<DriveListing, void, void>;
  /** By id, kernel name or path, always whole. Throws DRIVE_NOT_FOUND. */
  show(name: string, signal?: AbortSignal): Promise<ListedDrive>;
  /** The same, judged for an image of that size at that path. Look again before writing: this is what was true a moment ago. */
  showFor(name: string, image: { path: string; sizeBytes: number }): Promise<ListedDrive>;
  /** Put it on the list of drives that are never written, or take it off. Throws DRIVE_NAMELESS. */
  protect(name: string, on: boolean): Promise<ListedDrive>;
}

export interface DrivesNeeds {
  /** null where Seedbed cannot look at drives: every call throws DRIVES_UNSUPPORTED. */
  source: DriveSource | null;
  settings: SettingsFile;
  dataRoot: string;
  allowWriting: boolean;
}

export function openDrives({ source, settings, dataRoot, allowWriting }: DrivesNeeds): Drives {
  function known(): DriveSource {
    if (source === null) throw new SeedbedError('DRIVES_UNSUPPORTED', { platform: process.platform });
    return source;
  }

  /** Views that wait: the user's own list changes what the rules say, and no device tells of that. */
  let waiting: (() => void)[] = [];
  function nextEdit(): Promise<'edited'> {
    return new Promise((resolve) => waiting.push(() => resolve('edited')));
  }
  function tellEdit(): void {
    const told = waiting;
    waiting = [];
    for (const wake of told) wake();
  }

  async function look(
    image: { path: string; sizeBytes: number } | null,
    signal?: AbortSignal,
  ): Promise<DriveListing> {
    const facts = await known().read(signal);
    const purpose = await purposeFor(facts, image);
    const drives = listDrives(facts).map((drive) => assessDrive(drive, purpose));
    return { drives, problems: facts.problems, allowWriting };
  }

  async function purposeFor(
    facts: MachineFacts,
    image: { path: string; sizeBytes: number } | null,
  ): Promise<DrivePurpose> {
    const data = await placeOf(facts, dataRoot);
    const source = image === null ? null : await placeOf(facts, image.path);
    const { drives } = await settings.get();
    return {
      imageBytes: image?.sizeBytes ?? null,
      dataFolder: data.path,
      dataFolderOn: data.on,
      image: source?.path ?? null,
      imageOn: source?.on ?? [],
      protectedDrives: drives.protected,
      problems: facts.problems,
    };
  }

  async function find(
    name: string,
    image: { path: string; sizeBytes: number } | null,
    signal?: AbortSignal,
  ): Promise<ListedDrive> {
    const { drives } = await look(image, signal);
    // A link below /dev/disk, or the path of a device.
    const real = name.startsWith('/') ? await realpath(name).catch(() => name) : name;
    const found = drives.find(
      ({ drive }) => [drive.id, drive.kernelName].includes(name) || drive.path === real,
    );
    if (found !== undefined) return found;
    const others = drives.filter(({ confirmation }) => confirmation !== null);
    throw new SeedbedError('DRIVE_NOT_FOUND', {
      drive: name,
      known: others.map(({ drive }) => drive.kernelName).join(', '),
    });
  }

  return {
    allowWriting,
    list: (signal) => look(null, signal),
    async *watch(signal = new AbortController().signal) {
      let before = '';
      const end = new AbortController();
      const both = AbortSignal.any([signal, end.signal]);
      const changes = known().changes(both);
      try {
        for (let change = changes.next(); ;) {
          const isOver = await Promise.race([change.then(({ done }) => done === true), nextEdit()]);
          if (isOver === true) return;
          if (isOver === false) change = changes.next();
          const listing = await look(null, both);
          const text = JSON.stringify(listing);
          if (text !== before) yield listing;
          before = text;
        }
      } catch (error) {
        if (!both.aborted) throw error;
      } finally {
        end.abort();
        await changes.return();
      }
    },
    show: (name, signal) => find(name, null, signal),
    showFor: (name, image) => find(name, image),
    async protect(name, on) {
      const { drive } = await find(name, null);
      const own = namesOf(drive);
      const [first] = own;
      if (first === undefined) throw new SeedbedError('DRIVE_NAMELESS', { drive: drive.path });
      const { drives } = await settings.get();
      const others = drives.protected.filter((entry) => ![...own, drive.id].includes(entry));
      await settings.change({ drives: { protected: on ? [...others, first] : others } });
      tellEdit();
      return find(name, null);
    },
  };
}

/** The drive's own names, the most telling first. */
function namesOf({ wwn, serial }: Drive): string[] {
  return [wwn, serial].filter((name) => name !== null);
}

/** The real path, and the drives that it lies on; of a path that is not there yet, those of the nearest folder that is. */
async function placeOf(facts: MachineFacts, path: string): Promise<{ path: string; on: string[] }> {
  const real = await realpath(path).catch(() => path);
  const device = process.platform === 'linux' ? await deviceOf(real) : null;
  return { path: real, on: drivesUnder(facts, real, device) };
}
