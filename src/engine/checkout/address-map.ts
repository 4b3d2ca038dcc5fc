// Where a repository is really fetched from: rules like git's `insteadOf`, and what kinds of address are let through.
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SeedbedError } from '../../shared/errors.ts';

export interface AddressRule {
  /** Beginning of an address; or a whole one in which `{owner}` and `{name}` each stand for one part of its path. */
  from: string;
  /** What takes its place; `{owner}` and `{name}` (without `.git`) are filled in. A folder may stand for its file:// address. */
  to: string;
}

/** `FROM=TO`. Throws ADDRESS_REFUSED. */
export function parseAddressRule(text: string): AddressRule {
  const [, from, to] = /^(.+?)=((?:[a-z][a-z0-9+.-]*:\/\/|[A-Za-z]:[\\/]|\/).+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined)
    throw new SeedbedError('ADDRESS_REFUSED', {
      address: text,
      reason: 'a map is FROM=TO, both beginnings of addresses',
    });
  return { from, to };
}

/** One rule a line, as `FROM=TO` or `FROM TO`; empty lines and lines that begin with # are left out. Throws ADDRESS_REFUSED. */
export function parseAddressMap(text: string): AddressRule[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => parseAddressRule(line.replace(/\s+/, '=')));
}

/** The address after the rule that says most about it; as it was when none does. Rules are not applied to their own results. */
export function rewriteAddress(address: string, rules: readonly AddressRule[]): string {
  let best: { to: string; weight: number } | null = null;
  for (const rule of rules) {
    const to = applyRule(address, rule);
    const weight = rule.from.replace(/\{\w+\}/g, '').length;
    if (to !== null && (best === null || weight > best.weight)) best = { to, weight };
  }
  return best?.to ?? address;
}

function applyRule(address: string, { from, to }: AddressRule): string | null {
  if (!/\{(owner|name)\}/.test(from))
    return address.startsWith(from) ? to + address.slice(from.length) : null;
  const pattern = from
    .split(/(\{owner\}|\{name\})/)
    .map((part) =>
      part === '{owner}'
        ? '(?<owner>[^/{}]+)'
        : part === '{name}'
          ? '(?<name>[^/{}]+?)'
          : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  const found = safeRegExp(`^${pattern}(?:\\.git)?/?$`)?.exec(address)?.groups;
  if (found === undefined || Object.values(found).some((part) => /^\.{1,2}$/.test(part))) return null;
  return to.replace(/\{(owner|name)\}/g, (whole, key: string) => found[key] ?? whole);
}

/** A rule that names {owner} twice is no pattern. */
function safeRegExp(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern);
  } catch {
    return null;
  }
}

/**
 * An address in the form that git gets. Addresses out of a tree (`trusted: false`) may only lead to the network: whoever wrote the tree must not make this machine
 * read its own files or log in somewhere. Throws ADDRESS_REFUSED.
 */
export function checkAddress(address: string, { trusted }: { trusted: boolean }): string {
  const refuse = (reason: string): SeedbedError =>
    new SeedbedError('ADDRESS_REFUSED', { address: withoutSecrets(address), reason });
  if (/[\0-\x1f\x7f]/.test(address)) throw refuse('it holds control characters');
  if (trusted && isAbsolute(address)) return pathToFileURL(address).href;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/./.exec(address)?.[1] ?? '';
  if (['https', 'http', 'git'].includes(scheme)) return address;
  if (trusted && ['file', 'ssh'].includes(scheme)) return address;
  throw refuse(
    trusted
      ? 'it is no address of a repository'
      : 'the tree may only name https, http and git addresses; map it to where it is',
  );
}

/** `./x` and `../x` in a .gitmodules file, from the address of the repository that holds it (git submodule, "relative URLs"). */
export function resolveSubmoduleAddress(parent: string, url: string): string {
  if (!/^\.\.?\//.test(url)) return url;
  const parts = parent.replace(/\/+$/, '').split('/');
  for (const part of url.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** An address as it may be shown and kept: without a password in it. */
export function withoutSecrets(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/, '$1');
}
