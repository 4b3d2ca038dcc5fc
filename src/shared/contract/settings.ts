// Settings: read and change them. Folders come as tokens of places that the user chose.
import { z } from 'zod';
import { PlaceToken } from '../model/host.ts';
import { Settings, SettingsChange } from '../model/settings.ts';
import { procedure } from './errors.ts';

export const settingsContract = {
  /** Fails with RECORD_INVALID when the file is of a newer Seedbed or damaged; then nothing is written to it. */
  get: procedure.input(z.strictObject({})).output(Settings),
  /** Fails with ADDRESS_REFUSED when a page maps an address to anything but a server. */
  change: procedure.input(SettingsChange).output(Settings),
  /** Repositories whose addresses begin with `from` are taken from a folder of the user's. */
  mapToFolder: procedure
    .input(z.strictObject({ from: z.string().min(1).max(500), folder: PlaceToken }))
    .output(Settings),
  /** A folder that is searched for distfiles before anything is downloaded. */
  addFolder: procedure.input(z.strictObject({ folder: PlaceToken })).output(Settings),
  removeFolder: procedure.input(z.strictObject({ path: z.string() })).output(Settings),
};
