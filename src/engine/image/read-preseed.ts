// An early preseed (rootfs.py --early-preseed): a plain tar archive whose files take the place of stage0-posix and seed/.
// Source: live-bootstrap 984b8322, lib/generator.py (prepare): unpack it, drop its steps and external, and let seed/preseeded.kaem start it.
import { SeedbedError } from '../../shared/errors.ts';
import type { TarEntry } from '../checkout/tar.ts';
import { openTarReader, type TarReader } from '../checkout/tar-reader.ts';
import { readSmallFile } from '../checkout/read-text.ts';
import { BUILDER_HEX0_LIMITS } from '../formats/builder-hex0.ts';
import { checkSrcName } from '../formats/srcfs.ts';
import type { BuildOptions } from './image-plan.ts';
import type { PlannedEntry } from './lay-out.ts';
import { directory, inMemory } from './lay-over.ts';

/** It is held in memory: more than builder-hex0 has room for is no preseed. */
const MOST_BYTES = BUILDER_HEX0_LIMITS.fileAreaBytes;
/** What starts a preseeded system, and the name under which it does. */
const PRESEEDED_SCRIPT = 'seed/preseeded.kaem';
const START_PATH = './kaem.x86';

export interface PreseedOptions extends BuildOptions {
  /** Where external/ is on another disk, generator.py forgets the preseed's own: it stays. */
  keepExternal: boolean;
}

/** Throws NOT_FOUND, CHECKOUT_ARCHIVE_INVALID, INPUT_INVALID, SRCFS_NAME_REFUSED, CANCELLED. */
export async function readPreseed(
  root: string,
  path: string,
  { keepExternal, signal, report }: PreseedOptions,
): Promise<PlannedEntry[]> {
  const entries = new Map<string, PlannedEntry>();
  const links: TarEntry[] = [];
  const reader = await openTarReader(path);
  let kept = 0;
  try {
    for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
      if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
      report?.({
        step: 'read',
        label: 'Reading the preseed',
        done: reader.position(),
        total: reader.sizeBytes,
        unit: 'bytes',
      });
      const at = `./${entry.path}`;
      if (entry.path === '' || entry.path === '.' || isDropped(at, keepExternal)) continue;
      if (entry.path.split('/').some((part) => part === '..' || part === ''))
        throw refused(path, `${JSON.stringify(entry.path)} leads out of it`);
      checkSrcName(at);
      kept += entry.sizeBytes;
      if (kept > MOST_BYTES) throw refused(path, 'it holds more than a machine has memory for');
      if (entry.kind === 'folder') entries.set(at, directory(at));
      else if (entry.kind === 'link') links.push(entry);
      else entries.set(at, { ...inMemory(at, await contentOf(reader)), ...programOf(entry) });
    }
  } finally {
    await reader.close();
  }
  if (['1', '3', '4', '6'].some((type) => reader.passedOver().has(type)))
    throw refused(path, 'it holds hard links or devices; pack it with --hard-dereference and without /dev');
  for (const link of links) follow(link, entries, path);
  entries.set(START_PATH, inMemory(START_PATH, new Uint8Array(await readSmallFile(root, PRESEEDED_SCRIPT))));
  return withFolders(entries);
}

function isDropped(path: string, keepExternal: boolean): boolean {
  const [, top = ''] = path.split('/');
  return top === 'steps' || (top === 'external' && !keepExternal) || path.includes('.git');
}

function programOf({ executable }: TarEntry): { isProgram?: true } {
  return executable ? { isProgram: true } : {};
}

async function contentOf(reader: TarReader): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  for await (const piece of reader.content()) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

/** A link becomes a copy of the file that it leads to; one to a folder an empty folder, as upstream’s generator writes it. */
function follow(link: TarEntry, entries: Map<string, PlannedEntry>, tar: string): void {
  const at = `./${link.path}`;
  const parts = link.target.startsWith('/') ? [] : link.path.split('/').slice(0, -1);
  for (const part of link.target.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  const target = entries.get(`./${parts.join('/')}`);
  if (target === undefined)
    throw refused(tar, `its link ${link.path} leads to nothing that was packed before it`);
  entries.set(at, { ...target, path: at });
}

function withFolders(entries: Map<string, PlannedEntry>): PlannedEntry[] {
  for (const path of [...entries.keys()])
    for (let at = path.lastIndexOf('/'); at > 1; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (!entries.has(folder)) entries.set(folder, directory(folder));
    }
  return [...entries.values()];
}

function refused(path: string, reason: string): SeedbedError {
  return new SeedbedError('INPUT_INVALID', { reason: `${path} is no early preseed: ${reason}` });
}
