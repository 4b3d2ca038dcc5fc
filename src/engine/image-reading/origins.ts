// Where the files of a checkout come from: which repository at which commit, under which path there.
import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { CheckoutFacts } from '../../shared/model/image.ts';
import type { Origin } from '../../shared/model/image-reading.ts';

export const CONFIGURED: Origin = { kind: 'configuration' };

export const PACKAGES: Origin = { kind: 'given', what: 'the packages that were named' };
export const PRESEED: Origin = { kind: 'given', what: 'the early preseed that was named' };

export function generated(by: string): Origin {
  return { kind: 'generated', by };
}

/** Origin of a file, given its path in the checkout with `/`. */
export function originOfFile({ commit, submodules }: CheckoutFacts, path: string): Origin {
  const inside = submodules.filter((submodule) => path.startsWith(`${submodule.path}/`));
  // The innermost one: submodules nest.
  const [owner] = inside.sort((a, b) => b.path.length - a.path.length);
  return {
    kind: 'checkout',
    repository: owner === undefined ? 'live-bootstrap' : (owner.path.split('/').at(-1) ?? owner.path),
    folder: owner?.path ?? '',
    commit: owner === undefined ? commit : owner.commit,
    path: owner === undefined ? path : path.slice(owner.path.length + 1),
  };
}

/** `root`: the checkout, without links. `file`: absolute; where a link is on its way, what it leads to counts. */
export function originOfPlace(facts: CheckoutFacts, root: string, file: string): Origin {
  // Thousands of files: without the thread pool, whose round trip costs ten times the question.
  return originOfFile(facts, relative(root, realpathSync.native(file)).split(sep).join('/'));
}
