// The contract's part for settings.
import { implement } from '@orpc/server';
import { settingsContract } from '../../shared/contract/settings.ts';
import type { Places } from '../places.ts';
import type { SettingsFile } from '../settings.ts';
import { guarded } from './guard.ts';

export function createSettingsRouter({ places, settings }: { places: Places; settings: SettingsFile }) {
  const os = implement(settingsContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  return os.router({
    get: os.get.handler(() => settings.get()),
    change: os.change.handler(({ input }) => settings.change(input)),
    addFolder: os.addFolder.handler(({ input }) => settings.addFolder(places.resolve(input.folder))),
    removeFolder: os.removeFolder.handler(({ input }) => settings.removeFolder(input.path)),
  });
}
