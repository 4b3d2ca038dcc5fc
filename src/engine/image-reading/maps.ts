// Maps of disks for hosts, a page at a time: the last ones are kept, so that looking around in a large disk reads it once.
import type { ImageMap, MapRegion, Origin } from '../../shared/model/image-reading.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import { withSource } from '../bytes/open-source.ts';
import { openCheckout } from '../checkout/open-checkout.ts';
import { CONFIGURATION_PATH, readCheckoutTree } from '../checkout/tree.ts';
import { DISTFILES_PATH } from '../image/find-distfiles.ts';
import { STAGE1_FILE, STAGE2_FILE } from '../image/read-stages.ts';
import { type DraftRegion, type MapWindow, pageOf, regionAt } from './disk-map.ts';
import { type MappedDisk, mapDisk } from './map-disk.ts';
import { CONFIGURED, generated, originOfFile, originOfPlace } from './origins.ts';

export interface Maps {
  /** `checkout`: folder of the one that tells where entries come from. Throws what mapDisk and openCheckout throw. */
  page(path: string, checkout: string | null, window: MapWindow, signal?: AbortSignal): Promise<ImageMap>;
  bytes(
    path: string,
    range: { offsetBytes: number; lengthBytes: number },
    signal?: AbortSignal,
  ): Promise<{ offsetBytes: number; hex: string; regions: MapRegion[] }>;
}

const KEPT_MAPS = 2;

export function createMaps(): Maps {
  const kept = new Map<string, MappedDisk>();
  let origins: { checkout: string; files: Map<string, Origin>; of: (path: string) => Origin } | null = null;

  async function mapOf(source: OpenSource, signal?: AbortSignal): Promise<MappedDisk> {
    const known = kept.get(source.identity);
    if (known !== undefined) return known;
    const map = await mapDisk(source, signal === undefined ? {} : { signal });
    kept.set(source.identity, map);
    const oldest = kept.keys().next();
    if (kept.size > KEPT_MAPS && oldest.done !== true) kept.delete(oldest.value);
    return map;
  }

  async function originsFrom(checkout: string, signal?: AbortSignal): Promise<NonNullable<typeof origins>> {
    if (origins?.checkout === checkout) return origins;
    const { facts, path: root } = await openCheckout(checkout, { signal });
    const files = new Map<string, Origin>();
    for (const { path, file } of await readCheckoutTree(root, signal))
      files.set(
        path,
        file === null ? generated('a folder of the checkout') : originOfPlace(facts, root, file),
      );
    origins = { checkout, files, of: (path) => originOfFile(facts, path) };
    return origins;
  }

  return {
    page: (path, checkout, window, signal) =>
      withSource(path, async (source) => {
        const map = await mapOf(source, signal);
        const from = checkout === null ? null : await originsFrom(checkout, signal);
        return pageOf(map, window, (region) => originOf(region, from));
      }),
    bytes: (path, { offsetBytes, lengthBytes }, signal) =>
      withSource(path, async (source) => {
        const map = await mapOf(source, signal);
        const bytes = new Uint8Array(lengthBytes);
        const count = await source.read(bytes, offsetBytes);
        const regions: MapRegion[] = [];
        for (let index = regionAt(map.regions, offsetBytes); index < map.regions.length; index += 1) {
          const region = map.regions[index];
          if (region === undefined || region.offsetBytes >= offsetBytes + count) break;
          regions.push({ ...region, index, origin: originOf(region, null) });
        }
        const hex = Buffer.from(bytes.buffer, 0, count).toString('hex');
        return { offsetBytes, hex, regions };
      }),
  };
}

/** Distfiles are known by their hash, what the generator adds by its name; the rest only a checkout tells. */
function originOf(
  { kind, path, sha256 }: DraftRegion,
  from: { files: Map<string, Origin>; of: (path: string) => Origin } | null,
): Origin | null {
  switch (kind) {
    case 'boot-sector':
      return from?.of(STAGE1_FILE) ?? null;
    case 'stage2':
      return from?.of(STAGE2_FILE) ?? null;
    case 'commands':
      return generated('live-bootstrap’s generator');
    case 'entry':
      if (path === CONFIGURATION_PATH) return CONFIGURED;
      if (path !== null && sha256 !== null && path.startsWith(`${DISTFILES_PATH}/`))
        return { kind: 'distfile', name: path.slice(DISTFILES_PATH.length + 1), sha256 };
      return from === null || path === null
        ? null
        : (from.files.get(path) ?? generated('live-bootstrap’s generator'));
    default:
      return null;
  }
}
