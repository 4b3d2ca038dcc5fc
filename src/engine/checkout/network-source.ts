// Where a missing repository comes from: the folder that the user named, else its address after the user's maps.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSeedbedError } from '../../shared/errors.ts';
import { type AddressRule, checkAddress, rewriteAddress } from './address-map.ts';
import { type RepositoriesRequest, repositoryName } from './fetch-repositories.ts';
import { fetchRepository } from './fetch-repository.ts';

export interface NetworkSource {
  /** Folder for what is not whole yet. */
  incoming: string;
  rules: readonly AddressRule[];
  /** Folder that live-bootstrap comes from; when it is a work tree, its submodules are asked before the network. */
  near: string | null;
  /** Before each further try when the line broke. */
  pausesMs: readonly number[];
  signal: AbortSignal;
}

export function createNetworkSource(source: NetworkSource): RepositoriesRequest['obtain'] {
  const { incoming, rules, near, pausesMs, signal } = source;
  return async ({ path, gitDir, commit, url, trusted }, onProgress) => {
    const addresses: string[] = [];
    if (near !== null && (path === '' || (await isRepository(join(near, path)))))
      addresses.push(checkAddress(join(near, path), { trusted: true }));
    const rewritten = rewriteAddress(url, rules);
    let failure: unknown;
    try {
      // Who names a folder for live-bootstrap does not want it from elsewhere.
      if (near === null || path !== '')
        addresses.push(checkAddress(rewritten, { trusted: trusted || rewritten !== url }));
    } catch (error) {
      failure = error;
    }
    const name = repositoryName(path);
    for (const address of addresses) {
      try {
        return await fetchRepository({
          ...{ gitDir, incoming, url, address, commit, name },
          ...{ pausesMs, signal, onProgress },
        });
      } catch (error) {
        // One that has not got the commit is no reason not to ask the next.
        if (!isSeedbedError(error) || !error.code.startsWith('CHECKOUT_')) throw error;
        failure = error;
      }
    }
    throw failure;
  };
}

function isRepository(folder: string): Promise<boolean> {
  return stat(join(folder, '.git')).then(
    () => true,
    () => false,
  );
}
