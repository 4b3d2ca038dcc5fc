// What speaks for each distfile's hash: other projects' pins, addresses, sources that agreed, signatures that the user gives.
import { z } from 'zod';
import { EvidenceTable, SignatureReport } from '../model/evidence.ts';
import { PlaceToken } from '../model/host.ts';
import { DistfileSelection } from './distfiles.ts';
import { procedure } from './errors.ts';

export const evidenceContract = {
  list: procedure.input(DistfileSelection).output(EvidenceTable),
  /**
   * Hold a stored distfile against a detached OpenPGP signature and the signer's public key. `fetch`: look for the signature beside the file at upstream's
   * addresses; nothing else is ever fetched, the key never. Errors: DISTFILE_NOT_STORED, DISTFILE_UNKNOWN, SIGNATURE_UNREADABLE, SIGNATURE_UNDECIDED,
   * SIGNATURE_NOT_FETCHED.
   */
  signature: procedure
    .input(
      DistfileSelection.pick({ checkout: true }).extend({
        name: z.string().min(1).max(255),
        signature: z.union([PlaceToken, z.literal('fetch')]),
        key: PlaceToken,
      }),
    )
    .output(SignatureReport),
};
