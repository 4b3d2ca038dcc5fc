// What is missing and what to do about it: in a sentence, and as a list to carry to a computer that has a network.
import type { DistfileRow, DistfileTotals } from '../../../shared/model/distfile.ts';
import type { Mirror } from '../../../shared/model/mirror.ts';
import { formatBytes } from '../../../shared/units.ts';
import { countOf } from './distfile-view.ts';

export function totalsText({ files, present, presentBytes }: DistfileTotals): string {
  if (present === files) return `All ${files} are here and verified · ${formatBytes(presentBytes)}`;
  return `${present} of ${files} are here · ${formatBytes(presentBytes)}`;
}

/** Where a person can fetch a file by hand: upstream's addresses, then mirrors by name, then the snapshot's repository. */
export function addressesOf(
  { name, urls, git }: Pick<DistfileRow, 'name' | 'urls' | 'git'>,
  mirrors: readonly Pick<Mirror, 'url' | 'on'>[],
): string[] {
  return [
    ...urls,
    ...mirrors.filter(({ on }) => on).map(({ url }) => `${url}/${encodeURIComponent(name)}`),
    ...(git === null ? [] : [`${git.repo} (git archive of ${git.ref})`]),
  ];
}

/** Says what is the matter, in order of what helps most; null when nothing is missing. */
export function missingAdvice(rows: readonly DistfileRow[]): { title: string; text: string } | null {
  const missing = rows.filter(({ state }) => state !== 'present');
  if (missing.length === 0) return null;
  const failed = missing.filter(({ state }) => state === 'failed');
  const early = missing.filter(({ preNetwork }) => preNetwork).length;
  const title = `${countOf(missing.length, 'file is', 'files are')} missing`;
  const when =
    early === 0
      ? 'None of them is needed before the machine has a network of its own.'
      : `${early === missing.length && early > 1 ? 'All' : early} of them ${early === 1 ? 'is' : 'are'} needed before the machine has a network.`;
  if (failed.length === 0)
    return { title, text: `${when} Fetch them, or import a folder that holds them under any name.` };
  const how = `No source gave ${failed.length === 1 ? 'one of them' : `${failed.length} of them`}.`;
  const todo = failed.every(isOffline)
    ? 'No host could be reached: check the network, or carry the list to a computer that has one.'
    : 'Try again later, name a mirror of your own below, or fetch them elsewhere with the list and import the folder.';
  return { title, text: `${how} ${when} ${todo}` };
}

function isOffline({ failures }: DistfileRow): boolean {
  return (
    failures.length > 0 && failures.every(({ cause }) => cause === 'unreachable' || cause === 'host-down')
  );
}

/** A list that `sha256sum --check` understands, with the addresses as comments between. */
export function missingList(
  rows: readonly DistfileRow[],
  mirrors: readonly Pick<Mirror, 'url' | 'on'>[],
): string {
  const missing = rows.filter(({ state }) => state !== 'present');
  const head = [
    `# ${countOf(missing.length, 'distfile', 'distfiles')} of live-bootstrap to fetch elsewhere: any of the addresses below a name will do.`,
    '# Check them with: sha256sum --check --ignore-missing THIS-FILE',
    '# Put them in one folder, under any name, and import that folder: Seedbed knows them by their sha256.',
  ];
  const files = missing.flatMap((row) => [
    '',
    `${row.sha256}  ${row.name}`,
    ...addressesOf(row, mirrors).map((address) => `#   ${address}`),
  ]);
  return `${[...head, ...files].join('\n')}\n`;
}
