// The contract's part for what speaks for each distfile's hash.
import { implement } from '@orpc/server';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import { evidenceContract } from '../../shared/contract/evidence.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { Distfiles } from '../distfiles/distfiles.ts';
import { selectDistfiles } from '../distfiles/select-distfiles.ts';
import { checkSignature } from '../evidence/check-signature.ts';
import { checkFetched } from '../evidence/check-fetched.ts';
import { readCorroboration } from '../evidence/corroboration.ts';
import { evidenceTable } from '../evidence/evidence-table.ts';
import { openSignatureLog } from '../evidence/signature-log.ts';
import type { Places } from '../places.ts';
import { guarded } from './guard.ts';

export interface EvidenceRouterNeeds {
  places: Places;
  distfiles: Distfiles;
  /** Folder of the checkout that was chosen. */
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createEvidenceRouter({ places, distfiles, checkoutPath }: EvidenceRouterNeeds) {
  const os = implement(evidenceContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const signatures = openSignatureLog(distfiles.store.root);

  return os.router({
    list: os.list.handler(async ({ input }) => {
      const wanted = await selectDistfiles(await checkoutPath(input.checkout), input);
      return evidenceTable(await distfiles.list(wanted), await readCorroboration(), await signatures.read());
    }),
    signature: os.signature.handler(async ({ input: { checkout, name, signature, key }, signal }) => {
      const selection = { checkout, names: [name] };
      const [file] = await selectDistfiles(await checkoutPath(checkout), selection);
      const path = file === undefined ? null : await distfiles.resolve(file.sha256);
      if (file === undefined || path === null) throw new SeedbedError('DISTFILE_NOT_STORED', { name });
      const needs = { name, sha256: file.sha256, urls: file.urls, file: path, key: places.resolve(key) };
      const report =
        signature === 'fetch'
          ? await checkFetched(needs, process.env, signal)
          : await checkSignature({ ...needs, signature: places.resolve(signature) }, signal);
      await signatures.add(report);
      return report;
    }),
  });
}
