// What the page says of an image's contents.
import type { ContentEntry, ImageExtractReport } from '../../../shared/model/image-reading.ts';
import { formatBytes } from '../../../shared/units.ts';
import { countOf } from './distfile-view.ts';
import { formatMoment, shortHash } from './text.ts';

/** "/a/b" → the whole image, a, b, with the path of each. */
export function pathParts(path: string): { name: string; path: string }[] {
  const names = path.split('/').filter((name) => name !== '');
  const parts = names.map((name, at) => ({ name, path: `/${names.slice(0, at + 1).join('/')}` }));
  return [{ name: 'Image', path: '/' }, ...parts];
}

export function parentPath(path: string): string {
  return pathParts(path).at(-2)?.path ?? '/';
}

export function foldersFirst(entries: readonly ContentEntry[]): ContentEntry[] {
  const isFolder = ({ kind }: ContentEntry): boolean => kind === 'directory';
  return [...entries.filter(isFolder), ...entries.filter((entry) => !isFolder(entry))];
}

/** "rw-r--r-- · 1 Jan 2024, 00:00", where a link leads, or the hash of a boot image's file. */
export function contentNote(entry: Omit<ContentEntry, 'path' | 'label'>, locale?: string): string {
  const { kind, mode, modifiedSeconds, target, sha256 } = entry;
  const parts = [
    kind === 'other' ? 'special file' : '',
    mode === null ? '' : formatMode(mode),
    modifiedSeconds === null ? '' : formatMoment(new Date(modifiedSeconds * 1000).toISOString(), locale),
    target === null ? '' : `→ ${target}`,
    sha256 === null ? '' : `sha256 ${shortHash(sha256)}…`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** 0o755 → "rwxr-xr-x", as ls shows it. */
export function formatMode(mode: number): string {
  const letters = Array.from('rwxrwxrwx', (letter) => letter).map((letter, at) =>
    mode & (0o400 >> at) ? letter : '-',
  );
  const special = [
    [0o4000, 2, 's', 'S'],
    [0o2000, 5, 's', 'S'],
    [0o1000, 8, 't', 'T'],
  ] as const;
  for (const [bit, at, withRight, without] of special)
    if (mode & bit) letters[at] = letters[at] === 'x' ? withRight : without;
  return letters.join('');
}

export function extractSummary({
  files,
  directories,
  links,
  bytes,
  skippedCount,
}: Pick<ImageExtractReport, 'files' | 'directories' | 'links' | 'bytes' | 'skippedCount'>): string {
  const parts = [
    countOf(files, 'file', 'files'),
    directories === 0 ? '' : countOf(directories, 'folder', 'folders'),
    links === 0 ? '' : countOf(links, 'link', 'links'),
  ].filter((part) => part !== '');
  const skipped = skippedCount === 0 ? '' : `; ${countOf(skippedCount, 'was', 'were')} not written`;
  return `Extracted ${parts.join(', ')}: ${formatBytes(bytes)}${skipped}`;
}
