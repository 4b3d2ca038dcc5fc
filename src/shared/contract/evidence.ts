// What speaks for each distfile's hash: other projects' pins, addresses, sources that agreed, signatures that the user gives.
import { z } from 'zod';
import { EvidenceTable, SignatureReport } from '../model/evidence.ts';
import { PlaceToken } from '../model/host.ts';
import { DistfileSelection } from './distfiles.ts';
import { procedure } from './errors.ts';

export const evidenceContract = {
  list: procedure.input(DistfileSelection).output(EvidenceTable),
  /**
   * Hold a stored distfile against a detached OpenPGP signature and the signer's public key. Nothing is fetched. Errors: DISTFILE_NOT_STORED,
   * DISTFILE_UNKNOWN, SIGNATURE_UNREADABLE.
   */
  signature: procedure
    .input(
      DistfileSelection.pick({ checkout: true }).extend({
        name: z.string().min(1).max(255),
        signature: PlaceToken,
        key: PlaceToken,
      }),
    )
    .output(SignatureReport),
};
