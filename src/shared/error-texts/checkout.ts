// Errors of checkouts and of git: the data that each code carries, what happened, and what to do now.
import { quote, type ErrorTexts } from './text.ts';

export interface CheckoutErrorData {
  CHECKOUT_INVALID: { path: string; missing: string };
  CHECKOUT_SUBMODULE_MISSING: { path: string; submodule: string };
  CHECKOUT_UNREADABLE: { file: string; line: number; reason: string };
  CHECKOUT_NOT_FOUND: { checkout: string };
  CHECKOUT_AMBIGUOUS: { checkout: string; matches: string };
  CHECKOUT_BUSY: { checkout: string };
  CHECKOUT_FETCH_FAILED: { repository: string; address: string; reason: string; others: string[] };
  CHECKOUT_SUBMODULES_UNAVAILABLE: { submodules: string[]; reason: string };
  CHECKOUT_COMMIT_MISSING: { commit: string; repository: string; address: string };
  CHECKOUT_TAG_REWRITTEN: { tag: string; address: string; recorded: string; found: string };
  CHECKOUT_OBJECT_DAMAGED: { repository: string; object: string; reason: string };
  CHECKOUT_NAME_REFUSED: { repository: string; path: string; reason: string };
  CHECKOUT_NOT_EXPORTABLE: { checkout: string; reason: string };
  CHECKOUT_ARCHIVE_INVALID: { path: string; reason: string };
  ADDRESS_REFUSED: { address: string; reason: string };
  GIT_NOT_FOUND: Record<string, never>;
  GIT_TOO_OLD: { version: string; minimum: string };
}

const FETCH_COMMAND =
  'Clone live-bootstrap with all its submodules: git clone --recurse-submodules https://github.com/fosslinux/live-bootstrap';

export const CHECKOUT_TEXTS: ErrorTexts<CheckoutErrorData> = {
  CHECKOUT_INVALID: {
    message: (d) => `${d.path} is not a live-bootstrap checkout: ${d.missing} is missing.`,
    hint: () => `Name the folder that holds steps/manifest. ${FETCH_COMMAND}`,
  },
  CHECKOUT_SUBMODULE_MISSING: {
    message: (d) => `The checkout ${d.path} lacks its submodule ${d.submodule}: the folder is empty.`,
    hint: (d) => `Run: git -C ${quote(d.path)} submodule update --init --recursive`,
  },
  CHECKOUT_UNREADABLE: {
    message: (d) => `${d.file}:${d.line}: ${d.reason}`,
    hint: () =>
      'The checkout was changed or is of a version that Seedbed does not know. Compare the file with its commit: git diff.',
  },
  CHECKOUT_NOT_FOUND: {
    message: (d) => `There is no checkout ${d.checkout}.`,
    hint: () => 'List the checkouts: seedbed checkout list   Fetch one: seedbed checkout fetch',
  },
  CHECKOUT_AMBIGUOUS: {
    message: (d) => `${d.checkout} means more than one checkout: ${d.matches}.`,
    hint: () => 'Give more of the commit.',
  },
  CHECKOUT_BUSY: {
    message: (d) => `Another Seedbed is working on the checkout ${d.checkout}.`,
    hint: () => 'Wait until it has ended, or cancel it there.',
  },
  CHECKOUT_FETCH_FAILED: {
    message: (d) =>
      `${d.repository} could not be fetched from ${d.address}: ${d.reason}${d.others.length > 0 ? ` Neither could ${d.others.join(', ')}.` : ''}`,
    hint: () =>
      'What was fetched is kept: do it again when the server answers, or name a mirror of that repository: --map FROM=TO',
  },
  CHECKOUT_SUBMODULES_UNAVAILABLE: {
    message: (d) =>
      `${d.submodules.length === 1 ? 'One submodule' : `${d.submodules.length} submodules`} that x86 does not need could not be fetched: ${d.submodules.join(', ')}. ${d.reason}`,
    hint: () =>
      'Everything else is fetched and kept. Do it again when the server answers, or leave them out with --only-x86; an image will then lack their files and differ from other people’s.',
  },
  CHECKOUT_COMMIT_MISSING: {
    message: (d) => `${d.address} does not have the commit ${d.commit} of ${d.repository}.`,
    hint: () => 'The server may have lost or rewritten its history. Take another with --from or --map.',
  },
  CHECKOUT_TAG_REWRITTEN: {
    message: (d) =>
      `The tag ${d.tag} at ${d.address} was rewritten: it was ${d.recorded} when it was first fetched, now it is ${d.found}.`,
    hint: () => 'Find out why before you trust it. A commit that you name in full cannot be rewritten.',
  },
  CHECKOUT_OBJECT_DAMAGED: {
    message: (d) => `The git object ${d.object} of ${d.repository} is not sound: ${d.reason}.`,
    hint: () => 'Fetch the checkout again: seedbed checkout fetch',
  },
  CHECKOUT_NAME_REFUSED: {
    message: (d) =>
      `${d.repository} holds the name ${JSON.stringify(d.path)}, which cannot be put on disk: ${d.reason}.`,
    hint: () => 'That is no ordinary live-bootstrap. Take a commit that you know.',
  },
  CHECKOUT_NOT_EXPORTABLE: {
    message: (d) => `The checkout ${d.checkout} cannot be exported: ${d.reason}.`,
    hint: () =>
      'Only what Seedbed fetched or imported can be exported. Fetch from your own folder first: seedbed checkout fetch --from DIR',
  },
  CHECKOUT_ARCHIVE_INVALID: {
    message: (d) => `${d.path} is not a checkout archive that Seedbed can take in: ${d.reason}.`,
    hint: () => 'Make it with seedbed checkout export, and copy it again if it came over a bad medium.',
  },
  ADDRESS_REFUSED: {
    message: (d) => `The address ${JSON.stringify(d.address)} is refused: ${d.reason}.`,
    hint: () =>
      'Addresses of repositories begin with https://, http://, git://, ssh:// or file://, or are a folder.',
  },
  GIT_NOT_FOUND: {
    message: () => 'git was not found.',
    hint: () =>
      'Install git 2.30 or newer (Debian: sudo apt install git), or take a folder or an archive that is there: seedbed checkout use, seedbed checkout import',
  },
  GIT_TOO_OLD: {
    message: (d) => `git ${d.version} is too old; ${d.minimum} is the oldest that works.`,
    hint: () => 'Install a newer git.',
  },
};
