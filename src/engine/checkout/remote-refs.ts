// What a server says about its branches and tags (git ls-remote).
import { SeedbedError } from '../../shared/errors.ts';
import type { RecordedTag } from '../../shared/model/checkout.ts';
import { withoutSecrets } from './address-map.ts';
import { gitReason, runGit } from './git-command.ts';

export interface RemoteRef {
  /** `refs/heads/x`, `refs/tags/x`, and `refs/tags/x^{}` for what a tag object leads to. */
  name: string;
  id: string;
}

/** Tags that are kept of one commit; no repository of live-bootstrap has more than one. */
const MOST_TAGS = 8;

/** Throws CHECKOUT_FETCH_FAILED, GIT_NOT_FOUND, CANCELLED. */
export async function listRemoteRefs(
  address: string,
  { cwd, signal, name = 'live-bootstrap' }: { cwd: string; signal?: AbortSignal | undefined; name?: string },
): Promise<RemoteRef[]> {
  const { status, stdout, stderr } = await runGit(['ls-remote', '--quiet', '--', address], { cwd, signal });
  if (status !== 0)
    throw new SeedbedError('CHECKOUT_FETCH_FAILED', {
      repository: name,
      address: withoutSecrets(address),
      reason: `${gitReason(stderr).replace(/\.$/, '')}.`,
      others: [],
    });
  return stdout.split('\n').flatMap((line) => {
    // Names that could mean more than themselves on a command line are not taken.
    const [, id, ref] = /^([0-9a-f]{40})\t((?:HEAD|refs\/[\w./+@-]+)(?:\^\{\})?)$/.exec(line) ?? [];
    return id === undefined || ref === undefined ? [] : [{ id, name: ref }];
  });
}

/** The tags that lead to a commit. */
export function tagsAt(refs: readonly RemoteRef[], commit: string): RecordedTag[] {
  return refs
    .filter(({ name }) => name.startsWith('refs/tags/') && !name.endsWith('^{}'))
    .filter(({ name }) => refTarget(refs, name) === commit)
    .map(({ name, id }) => ({ name: name.slice('refs/tags/'.length), object: id }))
    .slice(0, MOST_TAGS);
}

/** The commit that a ref leads to, through a tag object. */
export function refTarget(refs: readonly RemoteRef[], name: string): string | null {
  const find = (wanted: string): string | null => refs.find((ref) => ref.name === wanted)?.id ?? null;
  return find(`${name}^{}`) ?? find(name);
}
