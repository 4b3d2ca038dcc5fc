// What the page says of an image.
import type { Budget, CheckoutFacts, DiskRole, ImageRecord, Region } from '../../../shared/model/image.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { goalTitle } from './run-view.ts';
import { shortHash } from './text.ts';

export function imageTitle(record: ImageRecord): string {
  return `${goalTitle(record.goal)} image`;
}

/** One line below the title: what it was made of. */
export function imageOrigin(record: ImageRecord): string {
  if (record.kind === 'boot-check') return 'Seedbed’s own boot check; needs no downloads';
  const commit = record.checkout?.commit;
  const from = commit === null || commit === undefined ? 'from a checkout without git' : shortHash(commit);
  const distfiles = countOf(record.distfiles.length, 'distfile', 'no distfiles');
  return `live-bootstrap ${from} · ${distfiles}`;
}

const BUDGET_NAMES: Record<Budget['name'], string> = {
  files: 'Files',
  'file-area': 'Memory for files',
  'longest-path': 'Longest path',
  'longest-name': 'Longest name',
};

export function budgetLine({ name, used, limit, unit }: Budget): {
  name: string;
  text: string;
  share: number;
} {
  const amount = (value: number): string =>
    unit === 'bytes' ? formatBytes(value) : `${formatCount(value)} files`;
  return {
    name: BUDGET_NAMES[name],
    text: `${amount(used)} of ${amount(limit)}`,
    share: Math.min(1, used / limit),
  };
}

const DISK_TITLES: Record<DiskRole, string> = {
  boot: 'Boot disk',
  external: 'External disk',
  root: 'Root disk',
  tree: 'Root tree',
};

export function diskTitle(role: DiskRole): string {
  return DISK_TITLES[role];
}

const REGION_NAMES: Record<Region['name'], string> = {
  'boot-sector': 'Boot sector (stage1)',
  stage2: 'Kernel as hex0 text (stage2)',
  padding: 'Padding',
  stream: 'Files (source stream)',
  distfile: 'Distfile',
  commands: 'Commands',
  zeros: 'Zeros',
  hole: 'Zeros (not stored)',
  'partition-table': 'Partition table',
  ext3: 'File system (ext3)',
  files: 'Files',
};

export function regionName({ name, distfile }: Pick<Region, 'name' | 'distfile'>): string {
  return distfile ?? REGION_NAMES[name];
}

/** A checkout's commit and submodules in words. */
export function checkoutSummary({ commit, submodules }: CheckoutFacts): {
  commit: string;
  submodules: string;
} {
  const present = submodules.filter(({ state }) => state === 'present').length;
  const absent = submodules.length - present;
  return {
    commit: commit ?? 'unknown: the folder is no git work tree',
    submodules:
      absent === 0
        ? `all ${formatCount(present)} there`
        : `${formatCount(present)} there, ${formatCount(absent)} empty (not needed for x86)`,
  };
}

function countOf(count: number, noun: string, none: string): string {
  if (count === 0) return none;
  return count === 1 ? `1 ${noun}` : `${formatCount(count)} ${noun}s`;
}
