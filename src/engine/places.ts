// Places: folders and files that the user chose through the host, under opaque tokens. A page can only name what it was given.
import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { SeedbedError } from '../shared/errors.ts';
import type { Place, PlaceEntry, PlaceListing } from '../shared/model/host.ts';
import { atPath } from './os-errors.ts';

export interface Places {
  /** Give a path a token. Only hosts do this, for paths that the user chose. */
  mint(path: string): Place;
  resolve(token: string): string;
  roots(): Place[];
  list(token: string): Promise<PlaceListing>;
}

/** More entries than anyone scrolls through; the rest is counted. */
const LISTED_ENTRIES = 2000;

export function createPlaces(rootPaths: string[]): Places {
  const paths = new Map<string, string>();
  const tokens = new Map<string, string>();

  function mint(path: string): Place {
    const absolute = resolve(path);
    let token = tokens.get(absolute);
    if (token === undefined) {
      token = `place-${randomBytes(16).toString('hex')}`;
      tokens.set(absolute, token);
      paths.set(token, absolute);
    }
    return { token, label: absolute };
  }

  function resolveToken(token: string): string {
    const path = paths.get(token);
    if (path === undefined) throw new SeedbedError('PLACE_UNKNOWN', { token });
    return path;
  }

  return {
    mint,
    resolve: resolveToken,
    roots: () => rootPaths.map(mint),
    async list(token) {
      const path = resolveToken(token);
      const found = await atPath(path, () => readdir(path, { withFileTypes: true }));
      const visible = found.filter((entry) => !entry.name.startsWith('.'));
      const entries: PlaceEntry[] = [];
      for (const entry of visible.sort((a, b) => a.name.localeCompare(b.name)).slice(0, LISTED_ENTRIES)) {
        const listed = await describe(join(path, entry.name));
        if (listed !== null) entries.push({ ...listed, token: mint(join(path, entry.name)).token });
      }
      entries.sort((a, b) => Number(a.kind === 'file') - Number(b.kind === 'file'));
      const parent = dirname(path);
      return {
        place: mint(path),
        parent: parent === path ? null : mint(parent),
        entries,
        leftOut: Math.max(0, visible.length - LISTED_ENTRIES),
      };
    },
  };
}

export function defaultRoots(): string[] {
  return [...new Set([process.cwd(), homedir(), '/'])];
}

/** What a chooser shows of a path; null for what cannot be read or is neither file nor folder. */
async function describe(path: string): Promise<Omit<PlaceEntry, 'token'> | null> {
  const facts = await stat(path).catch(() => null);
  const name = basename(path);
  if (facts?.isFile() === true) return { name, kind: 'file', sizeBytes: facts.size, isCheckout: false };
  if (facts?.isDirectory() !== true) return null;
  const manifest = await stat(join(path, 'steps', 'manifest')).catch(() => null);
  return { name, kind: 'folder', sizeBytes: null, isCheckout: manifest?.isFile() === true };
}
