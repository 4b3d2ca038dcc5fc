// seedbed settings …
import { resolve } from 'node:path';
import { type AddressRule, parseAddressRule } from '../../engine/checkout/address-map.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { type Settings, SettingsChange } from '../../shared/model/settings.ts';
import type { Json } from '../program.ts';
import { openScreen, type Screen } from '../screen.ts';
import { withSession } from '../session.ts';

export async function show({ json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => print(screen, await client.settings.get({}), json));
}

export async function set(key: string, value: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) =>
    print(screen, await client.settings.change(parseChange(key, value)), json),
  );
}

export async function addFolder(folder: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine }) =>
    print(screen, await client.settings.addFolder({ folder: engine.places.mint(folder).token }), json),
  );
}

export async function removeFolder(folder: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) =>
    print(screen, await client.settings.removeFolder({ path: resolve(folder) }), json),
  );
}

function print(screen: Screen, settings: Settings, json: boolean | undefined): void {
  if (json === true) {
    screen.json(settings);
    return;
  }
  const { distfiles, checkout, notices, drives } = settings;
  for (const [section, values] of Object.entries({ distfiles, checkout, notices, drives }))
    for (const [key, value] of Object.entries<SettingValue>(values))
      screen.line(`${section}.${key} = ${formatValue(value)}`);
}

type SettingValue = string | number | boolean | readonly (string | AddressRule)[];

function formatValue(value: SettingValue): string {
  if (typeof value !== 'object') return String(value);
  return value.map((item) => (typeof item === 'string' ? item : `${item.from}=${item.to}`)).join(',');
}

/** `section.key` and a value as a change that the schema knows. Throws USAGE, ADDRESS_REFUSED. */
export function parseChange(key: string, value: string): SettingsChange {
  const [section = '', field = ''] = key.split('.');
  const isMap = key === 'checkout.map' && parseJson(value).length === 0;
  // As --map takes them; addresses have no commas.
  const rules = (): unknown[] => [
    value
      .split(',')
      .filter((item) => item !== '')
      .map(parseAddressRule),
  ];
  for (const candidate of isMap ? rules() : readings(value)) {
    const parsed = SettingsChange.safeParse({ [section]: { [field]: candidate } });
    if (parsed.success) return parsed.data;
  }
  throw new SeedbedError('USAGE', {
    reason: `${key} cannot be set to ${JSON.stringify(value)}. seedbed settings show prints the keys.`,
  });
}

/** What a word may mean: a boolean, a number, JSON, a list, itself. */
function readings(value: string): unknown[] {
  const items = value.split(',').filter((item) => item !== '');
  return [...parseJson(value), items, value];
}

function parseJson(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
