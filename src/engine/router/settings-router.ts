// The contract's part for settings.
import { pathToFileURL } from 'node:url';
import { implement } from '@orpc/server';
import { settingsContract } from '../../shared/contract/settings.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { HostInfo } from '../../shared/model/host.ts';
import type { CheckoutSettings, SettingsChange } from '../../shared/model/settings.ts';
import type { Places } from '../places.ts';
import type { SettingsFile } from '../settings.ts';
import { guarded } from './guard.ts';

export interface SettingsRouterNeeds {
  info: HostInfo;
  places: Places;
  settings: SettingsFile;
}

/** What a page may type as the place of a repository; folders it has chosen through the host. */
const PAGE_ADDRESS = /^(?:https?|git|ssh):\/\/[^\s]+$/;

export function createSettingsRouter({ info, places, settings }: SettingsRouterNeeds) {
  const os = implement(settingsContract).use(({ next }) => guarded(() => Promise.resolve(next())));

  async function change(input: SettingsChange) {
    if (info.host !== 'command line' && input.checkout?.map !== undefined)
      checkPageMap(input.checkout.map, (await settings.get()).checkout.map);
    return settings.change(input);
  }

  return os.router({
    get: os.get.handler(() => settings.get()),
    change: os.change.handler(({ input }) => change(input)),
    mapToFolder: os.mapToFolder.handler(async ({ input: { from, folder } }) => {
      const others = (await settings.get()).checkout.map.filter((one) => one.from !== from);
      const to = `${pathToFileURL(places.resolve(folder)).href}/`;
      return settings.change({ checkout: { map: [...others, { from, to }] } });
    }),
    addFolder: os.addFolder.handler(({ input }) => settings.addFolder(places.resolve(input.folder))),
    removeFolder: os.removeFolder.handler(({ input }) => settings.removeFolder(input.path)),
  });
}

/** What is there already may stay, whoever wrote it. Throws ADDRESS_REFUSED. */
function checkPageMap(next: CheckoutSettings['map'], now: CheckoutSettings['map']): void {
  for (const { from, to } of next) {
    const isKnown = now.some((one) => one.from === from && one.to === to);
    if (!isKnown && !PAGE_ADDRESS.test(to))
      throw new SeedbedError('ADDRESS_REFUSED', {
        address: to,
        reason: 'a page may name addresses of servers only',
      });
  }
}
