// What the picture of an image tells apart by colour, and its words.
import type { MapKind, MapRegion, Origin } from '../../../shared/model/image-reading.ts';
import { shortHash } from './text.ts';

export const SHADES = [
  { id: 'boot', text: 'Boot sector' },
  { id: 'stage2', text: 'stage2, as hex0 text' },
  { id: 'seed', text: 'Seed and first tools' },
  { id: 'steps', text: 'Steps' },
  { id: 'distfile', text: 'Distfiles' },
  { id: 'file', text: 'Other files' },
  { id: 'commands', text: 'Commands' },
  { id: 'structure', text: 'Disk and file system structures' },
  { id: 'journal', text: 'Journal' },
  { id: 'names', text: 'Folders and where files lie' },
  { id: 'empty', text: 'Zeros and free space' },
] as const;
export type Shade = (typeof SHADES)[number]['id'];

const KIND_SHADES: Record<MapKind, Shade> = {
  'boot-sector': 'boot',
  stage2: 'stage2',
  padding: 'empty',
  entry: 'seed',
  commands: 'commands',
  zeros: 'empty',
  'partition-table': 'structure',
  gap: 'empty',
  partition: 'file',
  'ext-boot-block': 'structure',
  'super-block': 'structure',
  'group-descriptors': 'structure',
  'block-bitmap': 'structure',
  'inode-bitmap': 'structure',
  'inode-table': 'structure',
  journal: 'journal',
  directory: 'names',
  mapping: 'names',
  file: 'file',
  attributes: 'names',
  free: 'empty',
};

const KIND_WORDS: Record<MapKind, string> = {
  'boot-sector': 'Boot sector (stage1)',
  stage2: 'Kernel as hex0 text (stage2)',
  padding: 'Padding: zeros up to the source stream',
  entry: 'Entry of the source stream',
  commands: 'Commands at the end of the stream',
  zeros: 'Zeros',
  'partition-table': 'Partition table',
  gap: 'Outside of all partitions',
  partition: 'Partition that is not read',
  'ext-boot-block': 'Boot block of the file system',
  'super-block': 'Super block',
  'group-descriptors': 'Group descriptors',
  'block-bitmap': 'Which blocks are used',
  'inode-bitmap': 'Which inodes are used',
  'inode-table': 'Table of inodes',
  journal: 'Journal',
  directory: 'Names in a folder',
  mapping: 'Where a file lies',
  file: 'Contents of a file',
  attributes: 'Attributes of a file',
  free: 'Free blocks',
};

export function kindShade(kind: MapKind): Shade {
  return KIND_SHADES[kind];
}

export function mapKindWords(kind: MapKind): string {
  return KIND_WORDS[kind];
}

/** Files are told apart by where they stand in live-bootstrap: distfiles, steps, and the seed with its first tools. */
export function regionShade({ kind, path }: Pick<MapRegion, 'kind' | 'path'>): Shade {
  if (kind !== 'entry' && kind !== 'file') return KIND_SHADES[kind];
  const place = (path ?? '').replace(/^\.?\//, '');
  if (/^(?:external\/)?distfiles\//.test(place)) return 'distfile';
  if (/^steps(?:\/|$)/.test(place)) return 'steps';
  return kind === 'entry' ? 'seed' : 'file';
}

/** "stage0-posix@1a2b3c4d5e6f:x86/hex0_x86.hex0", a distfile's name, or the rule that it follows from. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'checkout': {
      const commit = origin.commit === null ? '' : `@${shortHash(origin.commit)}`;
      return `${origin.repository}${commit}:${origin.path}`;
    }
    case 'distfile':
      return `distfile ${origin.name}`;
    case 'configuration':
      return 'bootstrap.cfg, written from the configuration';
    case 'given':
      return origin.what;
    case 'generated':
      return `follows by rule: ${origin.by}`;
  }
}
