// The repositories of an archive: packs, one after the other, checked by git and put where a fetch would have put them.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { CheckoutArchiveRecord, CheckoutRepository } from '../../shared/model/checkout.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';
import { ARCHIVE_DISTFILES } from './export-checkout.ts';
import { repositoryName } from './fetch-repositories.ts';
import { PINNED_REF, REPOSITORY_RECORD, type RepositoryRecord } from './fetch-repository.ts';
import { gitReason, inGitDir, mustGit, runGit } from './git-command.ts';
import type { TarReader } from './tar-reader.ts';

export interface UnpackRequest {
  reader: TarReader;
  archive: string;
  about: CheckoutArchiveRecord;
  root: string;
  incoming: string;
}

/** Reads up to the distfiles, or to the end. Throws CHECKOUT_ARCHIVE_INVALID, CANCELLED. */
export async function unpackRepositories(
  { reader, archive, about, root, incoming }: UnpackRequest,
  { signal, report }: JobContext,
): Promise<void> {
  const gitDirs = gitDirsOf(about.repositories);
  const opened = new Map<string, string>();
  await atPath(incoming, () => mkdir(incoming, { recursive: true }));
  for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
    if (signal.aborted) throw new SeedbedError('CANCELLED', { kept: '' });
    report({
      step: 'import',
      label: 'Reading the archive',
      done: reader.position(),
      total: reader.sizeBytes,
      unit: 'bytes',
    });
    if (entry.path === ARCHIVE_DISTFILES) break;
    const [, gitDir = ''] =
      /^[^/]+\/(\.git(?:\/modules\/.+)?)\/objects\/pack\/pack-[0-9a-f]{40}\.pack$/.exec(entry.path) ?? [];
    const repository = gitDirs.get(gitDir);
    if (repository === undefined || entry.kind !== 'file') continue;
    const folder = opened.get(gitDir) ?? (await openRepository(incoming, opened.size, repository, signal));
    opened.set(gitDir, folder);
    const { status, stderr } = await runGit([...inGitDir(folder), 'index-pack', '--stdin', '--strict'], {
      cwd: folder,
      signal,
      input: reader.content(),
    });
    if (status !== 0)
      throw new SeedbedError('CHECKOUT_ARCHIVE_INVALID', {
        path: archive,
        reason: `the objects of ${repositoryName(repository.path)} are damaged: ${gitReason(stderr)}`,
      });
  }
  // A repository lies in the one above it: the upper first.
  for (const [gitDir, folder] of [...opened].sort(([a], [b]) => a.length - b.length)) {
    const repository = gitDirs.get(gitDir);
    if (repository !== undefined) await pin(folder, repository, signal);
    const place = join(root, gitDir);
    await rm(place, { recursive: true, force: true });
    await mkdir(dirname(place), { recursive: true });
    await rename(folder, place);
  }
}

/** Where each repository's git directory lies below the checkout's folder: that of a submodule in that of the repository around it. */
export function gitDirsOf<T extends { path: string }>(repositories: readonly T[]): Map<string, T> {
  const gitDirs = new Map<string, T>();
  const byPath = new Map<string, string>();
  for (const repository of [...repositories].sort((a, b) => a.path.length - b.path.length)) {
    const parents = [...byPath.keys()].filter(
      (path) => path === '' || repository.path.startsWith(`${path}/`),
    );
    const parent = parents.sort((a, b) => b.length - a.length)[0];
    const above = parent === undefined ? '' : (byPath.get(parent) ?? '');
    const below =
      parent === undefined || parent === '' ? repository.path : repository.path.slice(parent.length + 1);
    const gitDir = repository.path === '' ? '.git' : `${above}/modules/${below}`;
    byPath.set(repository.path, gitDir);
    gitDirs.set(gitDir, repository);
  }
  return gitDirs;
}

async function openRepository(
  incoming: string,
  number: number,
  { commit, depth }: Pick<CheckoutRepository, 'commit' | 'depth'>,
  signal: AbortSignal,
): Promise<string> {
  const folder = join(incoming, `${number}.git`);
  await mustGit(['init', '--quiet', '--bare', '--template=', folder], { cwd: incoming, signal });
  // Says that the commits before this one are not here; otherwise git would look for them.
  if (depth === 'commit') await writeFile(join(folder, 'shallow'), `${commit}\n`);
  return folder;
}

/** Refs and record, as a fetch would have made them. A commit that is not in the packs is found out when its tree is read. */
async function pin(
  folder: string,
  { commit, url, depth, tags }: Omit<CheckoutRepository, 'from'>,
  signal: AbortSignal,
): Promise<void> {
  const refs = [
    { ref: PINNED_REF, id: commit },
    ...tags.map(({ name, object }) => ({ ref: `refs/tags/${name}`, id: object })),
  ];
  for (const { ref, id } of refs)
    await runGit([...inGitDir(folder), 'update-ref', '--', ref, id], { cwd: folder, signal });
  const record: RepositoryRecord = { commit, url, from: null, depth, tags };
  await writeFileAtomically(join(folder, REPOSITORY_RECORD), `${JSON.stringify(record, null, 2)}\n`);
}
