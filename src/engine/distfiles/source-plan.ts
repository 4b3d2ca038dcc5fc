// Where one distfile may come from, in the order in which it is asked for. Pure; the store itself has been looked into before.
import type { Source, WantedDistfile } from '../../shared/model/distfile.ts';
import type { Mirror } from '../../shared/model/mirror.ts';
import type { DistfileSettings } from '../../shared/model/settings.ts';
import type { Archive } from '../mirror/known-mirrors.ts';
import { formatNix32 } from './nix32.ts';

export interface SourceOptions {
  settings: Pick<DistfileSettings, 'upstream' | 'git'>;
  /** Those that are asked, best first. */
  mirrors: readonly Mirror[];
  archives: readonly Archive[];
  /** Files of the user's folders with this hash. */
  found: readonly string[];
}

/** Folders, mirrors by name, upstream's addresses, archives by hash, and at last a snapshot of the repository. */
export function planSources(wanted: WantedDistfile, options: SourceOptions): Source[] {
  const { settings, mirrors, archives, found } = options;
  const sources: Source[] = [
    ...found.map((path) => ({ kind: 'folder' as const, label: path, at: path })),
    ...mirrors.map(({ id, url }) => ({
      kind: 'mirror' as const,
      label: id,
      at: `${url}/${encodeURIComponent(wanted.name)}`,
    })),
    ...(settings.upstream ? wanted.urls.flatMap(upstreamSource) : []),
    ...archives.map(({ label, template }) => ({
      kind: 'archive' as const,
      label,
      at: expandTemplate(template, wanted),
    })),
    ...(settings.git && wanted.git !== null
      ? [{ kind: 'git' as const, label: wanted.git.repo, at: `${wanted.git.repo}~${wanted.git.ref}` }]
      : []),
  ];
  return sources.filter(({ at }, index) => sources.findIndex((other) => other.at === at) === index);
}

function upstreamSource(url: string): Source[] {
  if (!URL.canParse(url)) return [];
  const { protocol, host } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? [{ kind: 'upstream', label: host, at: url }] : [];
}

function expandTemplate(template: string, { name, sha256 }: WantedDistfile): string {
  return template
    .replace('{hex}', sha256)
    .replace('{nix32}', formatNix32(sha256))
    .replace('{name}', encodeURIComponent(name));
}
