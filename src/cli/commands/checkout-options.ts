// From options of the command line to what the contract takes: addresses as they are, folders and files of this machine by token.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AddressRule, parseAddressMap, parseAddressRule } from '../../engine/checkout/address-map.ts';
import { atPath } from '../../engine/os-errors.ts';
import type { Places } from '../../engine/places.ts';
import type { AddressRuleInput, CheckoutFetchInput } from '../../shared/contract/checkout.ts';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';

export interface FetchOptions {
  commit?: string;
  from?: string;
  map?: string[];
  mapFile?: string;
  onlyX86?: boolean;
}

const CHECKOUT_ID = /^(default|[0-9a-f]{4,40}|folder-[0-9a-f]{12})$/;

/** `default`, an id or its beginning; anything else, and what is there, is a folder. */
export function readCheckoutName(text: string, places: Places): CheckoutChoice {
  if (CHECKOUT_ID.test(text) && !existsSync(text)) return { id: text };
  return { place: places.mint(resolve(text)).token };
}

export async function readFetch(options: FetchOptions, places: Places): Promise<CheckoutFetchInput> {
  const { commit = null, from, map = [], mapFile, onlyX86 } = options;
  const rules = map.map(parseAddressRule);
  if (mapFile !== undefined) {
    const path = resolve(mapFile);
    rules.push(...parseAddressMap(await atPath(path, () => readFile(path, 'utf8'))));
  }
  return {
    commit,
    from: from === undefined ? null : readFrom(from, places),
    maps: rules.map((rule) => readRule(rule, places)),
    onlyX86: onlyX86 === true,
  };
}

function readFrom(text: string, places: Places): CheckoutFetchInput['from'] {
  if (/^(https?|git|ssh):\/\//.test(text)) return { address: text };
  return { folder: places.mint(localPath(text)).token };
}

/** The part of TO before any name in braces is a folder of this machine. */
function readRule({ from, to }: AddressRule, places: Places): AddressRuleInput {
  if (!to.startsWith('file:') && !isAbsolute(to)) return { from, to };
  const path = to.startsWith('file:') ? decodeURI(to.replace(/^file:\/\/(localhost)?/, '')) : to;
  const cut = /[{]/.exec(path)?.index ?? path.length;
  const folder = path.slice(0, path.lastIndexOf('/', cut) + 1);
  // With an ordinary beginning, what follows in the address comes right behind TO, which may end in the middle of a name.
  const rest = path.slice(folder.length);
  return { from, folder: places.mint(folder).token, rest: folder === '/' ? rest : `/${rest}` };
}

function localPath(text: string): string {
  return text.startsWith('file:') ? fileURLToPath(text) : resolve(text);
}
