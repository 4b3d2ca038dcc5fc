// The mirrors and archives that can be asked: the built-in list (known-mirrors.json), the user's settings, and what a command named.
import { z } from 'zod';
import type { Mirror } from '../../shared/model/mirror.ts';
import { ArchiveId, type DistfileSettings } from '../../shared/model/settings.ts';
import known from './known-mirrors.json' with { type: 'json' };

const Archive = z.object({ id: ArchiveId, label: z.string(), template: z.string() });
export type Archive = z.infer<typeof Archive>;

const KNOWN = z
  .object({
    mirrors: z.array(z.object({ id: z.string(), url: z.url(), plainUrl: z.url().nullable() })),
    archives: z.array(Archive),
  })
  .parse(known);

/** Mirrors in the order in which they are asked when nothing is known of their health: named now, own, built in. */
export function listMirrors(settings: DistfileSettings, named: readonly string[] = []): Mirror[] {
  const mirrors: Mirror[] = [
    ...named.map((url) => asMirror(url, 'command')),
    ...settings.ownMirrors.map((url) => asMirror(url, 'settings')),
    ...KNOWN.mirrors.map((mirror) => ({
      ...mirror,
      origin: 'built-in' as const,
      on: settings.mirrors && !settings.mirrorsOff.includes(mirror.id),
    })),
  ];
  return mirrors.filter(({ url }, index) => mirrors.findIndex((other) => other.url === url) === index);
}

function asMirror(address: string, origin: Mirror['origin']): Mirror {
  const url = address.replace(/\/+$/, '');
  return {
    id: new URL(url).host,
    url,
    plainUrl: url.startsWith('http:') ? url : null,
    origin,
    on: true,
  };
}

export function listArchives(settings: DistfileSettings): Archive[] {
  return KNOWN.archives.filter(({ id }) => settings.archives.includes(id));
}
