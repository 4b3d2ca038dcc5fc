// settings.json in the data folder: read once, validated, replaced whole. A file of a newer Seedbed is never written to.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SeedbedError } from '../shared/errors.ts';
import { Settings, SETTINGS_VERSION, type SettingsChange } from '../shared/model/settings.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { atPath, osCodeOf } from './os-errors.ts';

export interface SettingsFile {
  path: string;
  /** As they are on disk now; defaults when there is no file. Throws RECORD_INVALID for a newer or a damaged one. */
  get(): Promise<Settings>;
  /** Change some values and keep the rest. One change at a time; throws RECORD_INVALID as `get` does and then writes nothing. */
  change(change: SettingsChange): Promise<Settings>;
  addFolder(path: string): Promise<Settings>;
  removeFolder(path: string): Promise<Settings>;
}

export function openSettings(dataRoot: string): SettingsFile {
  const path = join(dataRoot, 'settings.json');
  let last: Promise<unknown> = Promise.resolve();

  async function get(): Promise<Settings> {
    return parseSettings(await readIfThere(path), path);
  }

  function edit(work: (settings: Settings) => Settings): Promise<Settings> {
    const next = last.then(async () => {
      const settings = work(await get());
      await writeFileAtomically(path, `${JSON.stringify(settings, null, 2)}\n`);
      return settings;
    });
    last = next.catch(() => undefined);
    return next;
  }

  return {
    path,
    get,
    change: (change) => edit((settings) => mergeSettings(settings, change)),
    addFolder: (folder) =>
      edit((settings) => withFolders(settings, [...new Set([...settings.distfiles.folders, folder])])),
    removeFolder: (folder) =>
      edit((settings) =>
        withFolders(
          settings,
          settings.distfiles.folders.filter((known) => known !== folder),
        ),
      ),
  };
}

/** Text of settings.json as settings. null means that there is no file. */
export function parseSettings(text: string | null, path: string): Settings {
  if (text === null) return Settings.parse({});
  const invalid = (reason: string): SeedbedError => new SeedbedError('RECORD_INVALID', { path, reason });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON.');
  }
  const versioned = z.object({ version: z.int() }).safeParse(value);
  if (versioned.success && versioned.data.version > SETTINGS_VERSION)
    throw invalid(`its version is ${versioned.data.version}; this Seedbed knows ${SETTINGS_VERSION}.`);
  const parsed = Settings.safeParse(value);
  if (!parsed.success) throw invalid(`${z.prettifyError(parsed.error).replace(/\s+/g, ' ')}.`);
  return parsed.data;
}

export function mergeSettings(settings: Settings, change: SettingsChange): Settings {
  return Settings.parse({
    ...settings,
    distfiles: { ...settings.distfiles, ...change.distfiles },
    checkout: { ...settings.checkout, ...change.checkout },
    drives: { ...settings.drives, ...change.drives },
    notices: { ...settings.notices, ...change.notices },
  });
}

function withFolders(settings: Settings, folders: string[]): Settings {
  return Settings.parse({ ...settings, distfiles: { ...settings.distfiles, folders } });
}

async function readIfThere(path: string): Promise<string | null> {
  return atPath(path, async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (osCodeOf(error) === 'ENOENT') return null;
      throw error;
    }
  });
}
