// Errors of the chain of a checkout, and of what speaks for its distfiles.
import type { ErrorTexts } from './text.ts';

export interface ChainErrorData {
  /** `like`: names that begin so, with commas; empty when there are none. */
  CHAIN_NODE_NOT_FOUND: { name: string; like: string };
  /** `missing`: what nothing makes, with commas. */
  CHAIN_BROKEN: { node: string; missing: string };
  SIGNATURE_UNREADABLE: { path: string; reason: string };
  /** The signature may be over the uncompressed file, which could not be read. */
  SIGNATURE_UNDECIDED: { name: string; reason: string };
  /** `asked`: addresses with what they said. */
  SIGNATURE_NOT_FETCHED: { name: string; asked: string };
  DISTFILE_NOT_STORED: { name: string };
}

export const CHAIN_TEXTS: ErrorTexts<ChainErrorData> = {
  CHAIN_NODE_NOT_FOUND: {
    message: (d) =>
      `${d.name} is not one part of this checkout’s chain${d.like === '' ? '' : `; these begin so: ${d.like}`}.`,
    hint: () =>
      'Name a step of the manifest, such as gcc-15.2.0, one of its builds (musl-1.1.24#2), or a file of the machine.',
  },
  CHAIN_BROKEN: {
    message: (d) => `${d.node} does not reach the boot sector: nothing makes ${d.missing}.`,
    hint: () => 'Hold the checkout against its commit: a script was changed, or a file is missing.',
  },
  SIGNATURE_UNREADABLE: {
    message: (d) => `${d.path} could not be read as an OpenPGP signature or key: ${d.reason}`,
    hint: () =>
      'Give the detached signature that upstream publishes (.sig, .asc, .sign) and a file with the signer’s public key.',
  },
  SIGNATURE_UNDECIDED: {
    message: (d) =>
      `The signature does not fit ${d.name} as it is. It may be over what the file holds uncompressed, which could not be read: ${d.reason}`,
    hint: () => 'That is neither right nor wrong. Install xz and bzip2, or check it by hand with gpg.',
  },
  SIGNATURE_NOT_FETCHED: {
    message: (d) => `Whether upstream has a signature of ${d.name} is not known: ${d.asked}`,
    hint: () => 'Ask again later, or give the signature as a file.',
  },
  DISTFILE_NOT_STORED: {
    message: (d) => `${d.name} is not in the store, so there are no bytes to look at.`,
    hint: () => 'Fetch or import it first.',
  },
};
