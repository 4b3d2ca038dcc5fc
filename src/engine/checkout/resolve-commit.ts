// From what a user calls a commit to the commit.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { readFetchedRecord } from './fetched-record.ts';
import { OBJECT_ID } from './git-objects.ts';
import { listRemoteRefs, refTarget, type RemoteRef } from './remote-refs.ts';
import { withoutSecrets } from './address-map.ts';

export interface ResolveOptions {
  checkouts: string;
  address: string;
  url: string;
  /** Commits that are known without asking. */
  known: readonly string[];
  signal: AbortSignal;
}

/**
 * A commit in full, the beginning of a known or fetched one, else a tag or a branch of the server. Throws CHECKOUT_COMMIT_MISSING, CHECKOUT_AMBIGUOUS, and
 * CHECKOUT_TAG_REWRITTEN when a tag does not lead where it led when it was fetched before.
 */
export async function resolveCommit(
  asked: string,
  options: ResolveOptions,
): Promise<{ commit: string; asked: string | null }> {
  const { checkouts, address, known, signal } = options;
  const text = asked.trim();
  if (OBJECT_ID.test(text.toLowerCase())) return { commit: text.toLowerCase(), asked: null };
  const there = (await readdir(checkouts)).filter((name) => OBJECT_ID.test(name));
  if (/^[0-9a-f]{6,39}$/i.test(text)) {
    const matches = [...new Set([...known, ...there])].filter((commit) =>
      commit.startsWith(text.toLowerCase()),
    );
    const [commit, ...others] = matches;
    if (others.length > 0)
      throw new SeedbedError('CHECKOUT_AMBIGUOUS', { checkout: text, matches: matches.join(', ') });
    if (commit !== undefined) return { commit, asked: null };
  }
  const refs = await listRemoteRefs(address, { cwd: checkouts, signal });
  const tag = refTarget(refs, `refs/tags/${text}`);
  if (tag !== null) await refuseRewritten(text, tag, refs, there, options);
  const commit = tag ?? refTarget(refs, `refs/heads/${text}`);
  if (commit === null)
    throw new SeedbedError('CHECKOUT_COMMIT_MISSING', {
      commit: text,
      repository: 'live-bootstrap',
      address: withoutSecrets(address),
    });
  return { commit, asked: text };
}

async function refuseRewritten(
  name: string,
  commit: string,
  refs: readonly RemoteRef[],
  there: readonly string[],
  { checkouts, url }: ResolveOptions,
): Promise<void> {
  const object = refs.find((ref) => ref.name === `refs/tags/${name}`)?.id ?? commit;
  for (const fetched of there) {
    const record = await readFetchedRecord(join(checkouts, fetched)).catch(() => null);
    const own = record?.repositories.find(({ path }) => path === '');
    const recorded = own?.url === url ? own.tags.find((tag) => tag.name === name)?.object : undefined;
    if (recorded !== undefined && recorded !== object)
      throw new SeedbedError('CHECKOUT_TAG_REWRITTEN', { tag: name, address: url, recorded, found: object });
  }
}
