// Settings of sources, in short.
import type { ArchiveId, Settings } from '../../../shared/model/settings.ts';

/** "mirrors, upstream, 2 archives, git". */
export function settingsSummary({ distfiles }: Settings): string {
  const { folders, mirrors, upstream, archives, git } = distfiles;
  const parts = [
    folders.length === 0
      ? ''
      : folders.length === 1
        ? '1 folder of yours'
        : `${folders.length} folders of yours`,
    mirrors ? 'mirrors' : '',
    upstream ? 'upstream' : '',
    archives.length === 0 ? '' : archives.length === 1 ? '1 archive' : `${archives.length} archives`,
    git ? 'git' : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nowhere: everything is off' : parts.join(', ');
}

export function toggled(archives: readonly ArchiveId[], id: ArchiveId, on: boolean): ArchiveId[] {
  const others = archives.filter((one) => one !== id);
  return on ? [...others, id] : others;
}
