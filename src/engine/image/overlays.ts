// Overlays: recorded changes of what a checkout would boot. A folder of the user's, or one that Seedbed brings along, with files laid out as in the
// checkout; they are added or take the place of its own. The checkout itself stays as it is.
import { readdir, readFile as readAll, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { BuiltInOverlay } from '../../shared/model/image-preset.ts';
import type { ImageOverlay } from '../../shared/model/image.ts';
import { checkSrcName } from '../formats/srcfs.ts';
import { atPath } from '../os-errors.ts';
import { BUILT_IN_OVERLAYS } from './built-in-overlays.ts';
import { sha256Of } from './input-digest.ts';
import { isProgram } from './read-contents.ts';
import type { FileContent } from './disk-entry.ts';
import { resourcesFolder } from './resources.ts';

export type OverlayChoice = { builtIn: BuiltInOverlay } | { folder: string };

export interface OverlayFile {
  /** In the image, without the leading `./`: `steps/after/90-mine.sh`. */
  path: string;
  sizeBytes: number;
  sha256: string;
  isProgram: boolean;
  content: FileContent;
}

export interface ReadOverlay {
  name: string;
  origin: ImageOverlay['origin'];
  /** In the order of their paths. */
  files: OverlayFile[];
}

/** Far more than anybody changes; a folder named by mistake is told from an overlay. */
const MOST_FILES = 2000;
const LARGEST_FILE_BYTES = 32 * 1024 * 1024;
const MOST_BYTES = 128 * 1024 * 1024;

/** Throws NOT_FOUND, OVERLAY_REFUSED. */
export async function readOverlays(choices: readonly OverlayChoice[]): Promise<ReadOverlay[]> {
  const overlays = await Promise.all(choices.map(readOverlay));
  const owners = new Map<string, string>();
  for (const { name, files } of overlays)
    for (const { path } of files) {
      const other = owners.get(path);
      if (other !== undefined)
        throw new SeedbedError('OVERLAY_REFUSED', {
          overlay: name,
          path,
          reason: `the overlay ${other} changes it too`,
        });
      owners.set(path, name);
    }
  return overlays.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readOverlay(choice: OverlayChoice): Promise<ReadOverlay> {
  if ('builtIn' in choice) {
    const { name, files } = BUILT_IN_OVERLAYS[choice.builtIn];
    const folder = join(resourcesFolder(), 'overlays', name);
    return { name, origin: 'built-in', files: await readFiles(folder, files) };
  }
  const folder = await atPath(choice.folder, () => realpath(choice.folder));
  const paths = await listFiles(folder, basename(folder));
  if (paths.length === 0)
    throw new SeedbedError('OVERLAY_REFUSED', {
      overlay: basename(folder),
      path: '',
      reason: 'it holds no file',
    });
  const files = await readFiles(folder, paths);
  // Not the folder's own name: the same content is the same overlay, wherever it lies.
  return { name: `folder-${digestOf(files).slice(0, 12)}`, origin: 'folder', files };
}

function digestOf(files: readonly OverlayFile[]): string {
  return sha256Of(files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(''));
}

/** The overlay as a record has it. */
export function recordOverlay(
  { name, origin, files }: ReadOverlay,
  replaced: ReadonlySet<string>,
): ImageOverlay {
  return {
    name,
    origin,
    changes: files.map(({ path, sha256, sizeBytes }) => ({
      path,
      action: replaced.has(path) ? 'replaced' : 'added',
      sha256,
      sizeBytes,
    })),
    digest: digestOf(files),
  };
}

/** `seed/x` of the checkout is x in the image, and so is `seed/stage0-posix/x`, as the generator lays them out. */
function pathInImage(path: string): string {
  return path.replace(/^seed\/(stage0-posix\/)?/, '');
}

async function readFiles(folder: string, paths: readonly string[]): Promise<OverlayFile[]> {
  const files: OverlayFile[] = [];
  let total = 0;
  // One after the other: what is too much is told before it is in memory.
  for (const path of paths) {
    const file = await readOverlayFile(folder, path);
    files.push(file);
    total += file.sizeBytes;
    if (total > MOST_BYTES)
      throw new SeedbedError('OVERLAY_REFUSED', {
        overlay: basename(folder),
        path: '',
        reason: 'its files together are larger than 128 MiB',
      });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function listFiles(root: string, overlay: string): Promise<string[]> {
  const refuse = (path: string, reason: string): SeedbedError =>
    new SeedbedError('OVERLAY_REFUSED', { overlay, path, reason });
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    const place = join(root, folder);
    for (const dirent of await atPath(place, () => readdir(place, { withFileTypes: true }))) {
      const path = folder === '' ? dirent.name : `${folder}/${dirent.name}`;
      if (folder === '' && dirent.name !== 'steps' && dirent.name !== 'seed')
        throw refuse(path, 'an overlay holds the folders steps and seed only, laid out as in the checkout');
      if (dirent.name.includes('.git')) throw refuse(path, 'upstream leaves out every name with .git in it');
      checkSrcName(path);
      if (dirent.isDirectory()) await walk(path);
      else if (dirent.isFile()) found.push(path);
      else throw refuse(path, dirent.isSymbolicLink() ? 'it is a link' : 'it is neither a file nor a folder');
      if (found.length > MOST_FILES) throw refuse(path, `it holds more than ${MOST_FILES} files`);
    }
  };
  await walk('');
  const stray = found.find((path) => !path.includes('/'));
  if (stray !== undefined) throw refuse(stray, 'steps and seed are folders');
  return found;
}

async function readOverlayFile(root: string, path: string): Promise<OverlayFile> {
  const place = join(root, path);
  const { size } = await atPath(place, () => stat(place));
  if (size === 0)
    throw new SeedbedError('OVERLAY_REFUSED', {
      overlay: basename(root),
      path,
      reason: 'it is empty, and builder-hex0 makes a directory of an empty file',
    });
  if (size > LARGEST_FILE_BYTES)
    throw new SeedbedError('OVERLAY_REFUSED', {
      overlay: basename(root),
      path,
      reason: 'it is larger than 32 MiB',
    });
  const bytes = new Uint8Array(await atPath(place, () => readAll(place)));
  return {
    path: pathInImage(path),
    sizeBytes: bytes.length,
    sha256: sha256Of(bytes),
    isProgram: isProgram(bytes),
    content: { kind: 'bytes', bytes },
  };
}
