// Words and filters of the Chain page.
import type { BlobReport, ScannedDistfile } from '../../../shared/model/blobs.ts';
import type { Chain, ChainEdge, ChainNode, ChainWay, RebuildPoint } from '../../../shared/model/chain.ts';
import { formatCount } from '../../../shared/units.ts';

export const WAY_TITLES: Record<ChainWay['kind'], string> = {
  makers: 'By what compiled or made each',
  shortest: 'The shortest way, by any need',
  kernels: 'By the kernels that it ran on',
};

const ROLES: Record<ChainEdge['role'], string> = {
  maker: 'made by',
  input: 'made from',
  compiler: 'compiled by',
  'c-library': 'C library',
  binutils: 'assembler and linker',
  library: 'library',
  tool: 'uses',
  shell: 'script run by',
  kernel: 'ran on',
};

/** What stands between a node and the next one of a way. */
export function needWords({ role, basis, word }: Pick<ChainEdge, 'role' | 'basis' | 'word'>): string {
  return basis === 'named' ? `${ROLES[role]} (${word})` : `${ROLES[role]}, in force`;
}

export function chainSentence({ totals, unreachable }: Pick<Chain, 'totals' | 'unreachable'>): string {
  const builds = `${totals.reaching} of ${totals.builds} builds reach the boot sector`;
  return unreachable.length === 0
    ? `${builds}.`
    : `${builds}; ${formatCount(unreachable.length)} parts have no way to it.`;
}

/** A file's name without its folders; builds as they are. */
export function shortLabel({ kind, label }: Pick<ChainNode, 'kind' | 'label'>): string {
  return kind === 'build' ? label : (label.split('/').at(-1) ?? label);
}

/** Nodes whose id, files or distfiles hold the words. */
export function matchingNodes(nodes: readonly ChainNode[], words: string): Set<string> {
  const wanted = words.trim().toLowerCase();
  const holds = (text: string): boolean => text.toLowerCase().includes(wanted);
  return new Set(
    nodes
      .filter(
        ({ id, files, distfiles }) =>
          holds(id) || files.some(({ path }) => holds(path)) || distfiles.some(({ name }) => holds(name)),
      )
      .map(({ id }) => id),
  );
}

export function rebuildWords({ passes, packages, equal }: RebuildPoint): string {
  const same =
    equal === null
      ? 'nothing to compare'
      : equal
        ? 'upstream expects the same bytes each time'
        : 'upstream expects other bytes each time';
  return `${passes.length} times, ${packages} of them packages; ${same}`;
}

export function blobSentence({ checkout, distfiles }: BlobReport): string {
  const { files, blobs, explained } = checkout;
  const first = `${formatCount(files)} files in the checkout: ${blobs.length} are no text, ${explained} of them seeds that hex text explains.`;
  if (distfiles === null) return first;
  const opened = distfiles.filter(({ state }) => state === 'scanned' || state === 'partly');
  const sum = (count: (file: ScannedDistfile) => number): string =>
    formatCount(opened.reduce((total, file) => total + count(file), 0));
  return `${first} ${opened.length} of ${distfiles.length} distfiles looked into: ${sum((file) => file.blobCount)} files are no text, ${sum(generatedCount)} were made by programs.`;
}

export function generatedCount({ generated }: Pick<ScannedDistfile, 'generated'>): number {
  return generated.reduce((total, { count }) => total + count, 0);
}
