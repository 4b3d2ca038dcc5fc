// In which order the sources of files would be asked now, for a person to see. Folders are looked up in what is remembered of them.
import { listArchives, listMirrors } from '../mirror/known-mirrors.ts';
import { orderMirrors, readHealths } from '../mirror/mirror-health.ts';
import type { PlannedSources, WantedDistfile } from '../../shared/model/distfile.ts';
import type { FetchSetting } from './fetch-wanted.ts';
import { rememberedFiles } from './folder-index.ts';
import { planSources } from './source-plan.ts';

export async function listSources(
  wanted: readonly WantedDistfile[],
  { settings: file, paths }: Pick<FetchSetting, 'settings' | 'paths'>,
): Promise<PlannedSources[]> {
  const { distfiles: settings } = await file.get();
  const mirrors = orderMirrors(
    listMirrors(settings).filter(({ on }) => on),
    await readHealths(paths.healths),
  );
  const archives = listArchives(settings);
  const found = await rememberedFiles(paths.folderCache, settings.folders);
  return wanted.map((one) => ({
    name: one.name,
    sources: planSources(one, { settings, mirrors, archives, found: found.get(one.sha256) ?? [] }),
  }));
}
