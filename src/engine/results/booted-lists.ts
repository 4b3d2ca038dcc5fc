// The texts of the checkout that a run booted: out of its boot image, which holds them all, or out of a checkout of the same commit.
// Source of the paths in an image: live-bootstrap 984b8322, lib/generator.py (stage0_posix and steps: seed/ and seed/stage0-posix/ lie in the root).
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import type { ImageRecord } from '../../shared/model/image.ts';
import { readBytes } from '../bytes/byte-source.ts';
import { withSource } from '../bytes/open-source.ts';
import { readText } from '../checkout/read-text.ts';
import { SECTOR_SIZE } from '../formats/builder-hex0.ts';
import { readBootHead } from '../image-reading/boot-map.ts';
import { scanStream } from '../image-reading/scan-stream.ts';
import type { ReadCheckoutText } from './expected-outputs.ts';

/** The largest list is 14 KB; steps/manifest has 9. */
const LONGEST_TEXT_BYTES = 1_048_576;
export const LISTS =
  /^\.\/(?:steps\/(?:manifest|SHA256SUMS\.pkgs|bootstrap\.cfg|[^/]+\/[^/]+\.checksums)|[\w-]+\.answers|[\w-]+\.\w+\.checksums)$/;

export interface BootedLists {
  /** For a sentence: `the boot image of the run`. */
  from: string;
  /** By its path in a checkout. */
  read: ReadCheckoutText;
}

export interface ListSources {
  /** Boot images to try, the run's own first: a finished run may have overwritten its beginning (make_bootable.sh). */
  images: readonly string[];
  /** Lists that were kept beside the run, by the path that they have in a tree: `steps/manifest`. */
  kept?: (path: string) => Promise<string | null>;
  /** Folder of a checkout of that commit, or null. */
  checkout: (commit: string) => Promise<string | null>;
}

/** Null when neither is there any more. */
export async function findBootedLists(
  record: Pick<ImageRecord, 'checkout'>,
  { images, kept, checkout }: ListSources,
): Promise<BootedLists | null> {
  for (const path of images) {
    const texts = await readImageLists(path);
    if (texts === null) continue;
    const read = (wanted: string): Promise<string> => {
      const text = texts.get(pathInImage(wanted));
      return text === undefined
        ? Promise.reject(new SeedbedError('NOT_FOUND', { path: join(path, wanted) }))
        : Promise.resolve(text);
    };
    return { from: 'the boot image', read };
  }
  if (kept !== undefined && (await kept('steps/manifest')) !== null)
    return {
      from: 'the lists that were kept at the start',
      read: async (wanted) => {
        const text = await kept(pathInImage(wanted).slice('./'.length));
        if (text === null) throw new SeedbedError('NOT_FOUND', { path: wanted });
        return text;
      },
    };
  const commit = record.checkout?.commit ?? null;
  const folder = commit === null ? null : await checkout(commit);
  if (folder === null) return null;
  return { from: `the checkout ${folder}`, read: (path) => readText(folder, path) };
}

/** `seed/stage0-posix/x86.answers` → `./x86.answers`. */
function pathInImage(path: string): string {
  return `./${path.replace(/^seed\/(?:stage0-posix\/)?/, '')}`;
}

/** Null for what is no boot image (any more). */
async function readImageLists(path: string): Promise<Map<string, string> | null> {
  const isThere = await stat(path).catch(() => null);
  if (isThere?.isFile() !== true) return null;
  return withSource(path, async (source) => {
    try {
      const head = await readBootHead(source);
      const { entries } = await scanStream(source, head.streamLba * SECTOR_SIZE);
      const texts = new Map<string, string>();
      for (const { path: name, sizeBytes, payloadAtBytes } of entries) {
        if (!LISTS.test(name) || sizeBytes > LONGEST_TEXT_BYTES) continue;
        texts.set(name, new TextDecoder().decode(await readBytes(source, payloadAtBytes, sizeBytes)));
      }
      return texts.has('./steps/manifest') ? texts : null;
    } catch (error) {
      if (isSeedbedError(error) && error.code === 'IMAGE_UNREADABLE') return null;
      throw error;
    }
  });
}
