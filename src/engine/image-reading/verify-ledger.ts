// What an account of an image's bytes comes to while it is made: problems, and how many bytes follow from what.
import type { ImageProblem, ImageVerifyReport, MapKind, Origin } from '../../shared/model/image-reading.ts';
import { plainText } from '../../shared/terminal-text.ts';
import type { HashedEntry } from './align-stream.ts';

export type Account = ImageVerifyReport['account'];

/** A report but for what its beginning and end tell. */
export type VerifyDraft = Omit<
  ImageVerifyReport,
  'path' | 'sizeBytes' | 'verdict' | 'problemsLeftOut' | 'elapsedMilliseconds'
>;

export interface Ledger {
  problems: ImageProblem[];
  problem(problem: ImageProblem): void;
  add(from: Account[number]['from'], bytes: number): void;
  account(): Account;
}

export function createLedger(): Ledger {
  const sums = new Map<Account[number]['from'], Account[number]>();
  const problems: ImageProblem[] = [];
  return {
    problems,
    problem: (problem) => void problems.push(problem),
    add(from, bytes) {
      const sum = sums.get(from) ?? { from, items: 0, bytes: 0 };
      sums.set(from, { from, items: sum.items + 1, bytes: sum.bytes + bytes });
    },
    account: () => [...sums.values()].filter(({ bytes }) => bytes > 0),
  };
}

export function plain(
  kind: MapKind,
  label: string,
  offsetBytes: number,
  lengthBytes: number,
): ImageProblem['region'] {
  return { kind, label, path: null, offsetBytes, lengthBytes };
}

/** `lengthBytes`: what the entry should take, where that is known; else what it says. */
export function regionOfEntry(
  { path, headerAtBytes, endBytes }: Pick<HashedEntry, 'path' | 'headerAtBytes' | 'endBytes'>,
  lengthBytes = endBytes - headerAtBytes,
): ImageProblem['region'] {
  const shown = plainText(path);
  return { kind: 'entry', label: shown, path: shown, offsetBytes: headerAtBytes, lengthBytes };
}

export function accountOf(origin: Origin): Account[number]['from'] {
  switch (origin.kind) {
    case 'checkout':
      return 'checkout';
    case 'distfile':
      return 'distfiles';
    case 'configuration':
      return 'configuration';
    case 'given':
      return 'given';
    case 'generated':
      return 'generated';
  }
}

export function nounOf(origin: Origin): string {
  switch (origin.kind) {
    case 'checkout':
      return 'the checkout has';
    case 'distfile':
      return 'the checkout’s sources files name';
    case 'configuration':
      return 'the configuration gives';
    case 'given':
      return 'was named';
    case 'generated':
      return 'it should be';
  }
}
