// The built page's files, for the hosts that serve it. Names come from outside: nothing but plain files under the folder is given.
import { readFile } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { mediaTypeOf } from './page-headers.ts';

export interface PageFile {
  bytes: Uint8Array;
  mediaType: string;
}

/** The file for a URL path such as `/assets/index.js`; null when there is none. `/` is index.html. */
export async function readPageFile(folder: string, urlPath: string): Promise<PageFile | null> {
  const name = decodePath(urlPath === '/' ? '/index.html' : urlPath);
  if (name === null) return null;
  const path = normalize(join(folder, name));
  const mediaType = mediaTypeOf(path);
  if (!path.startsWith(folder + sep) || mediaType === null) return null;
  const bytes = await readFile(path).catch(() => null);
  return bytes === null ? null : { bytes, mediaType };
}

function decodePath(urlPath: string): string | null {
  try {
    const name = decodeURIComponent(urlPath);
    return name.includes('\0') || name.includes('\\') ? null : name;
  } catch {
    return null;
  }
}
