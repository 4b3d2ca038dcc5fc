// What a record says of an image's making that a checkout does not: overlays and what was taken along. None of it is taken on trust in silence.
import type { ImageOverlay, ImageRecord } from '../../shared/model/image.ts';
import { BuiltInOverlay } from '../../shared/model/image-preset.ts';
import { readOverlays } from '../image/overlays.ts';

/** Built-in overlays as Seedbed has them, whatever the record says of their files. */
export async function withOwnOverlays(record: ImageRecord | null): Promise<ImageRecord | null> {
  if (record === null) return null;
  return { ...record, overlays: await Promise.all(record.overlays.map(asSeedbedHasIt)) };
}

async function asSeedbedHasIt(overlay: ImageOverlay): Promise<ImageOverlay> {
  const builtIn = BuiltInOverlay.safeParse(overlay.name);
  if (overlay.origin !== 'built-in' || !builtIn.success) return { ...overlay, origin: 'folder' };
  const [own] = await readOverlays([{ builtIn: builtIn.data }]);
  const files = own?.files ?? [];
  const changes = files.map(({ path, sha256, sizeBytes }) => ({
    path,
    action: 'replaced' as const,
    sha256,
    sizeBytes,
  }));
  return { ...overlay, changes };
}

/** Sentences for the report: what follows from no source. */
export function recordWarnings(record: ImageRecord | null): string[] {
  if (record === null) return [];
  const { earlyPreseed = false, repoPreseeded = false } = record.configuration ?? {};
  const taken = [
    ...(earlyPreseed ? ['an early preseed'] : []),
    ...(repoPreseeded ? ['packages that were built before'] : []),
  ];
  return [
    ...record.overlays.map(({ name, origin, changes }) =>
      origin === 'built-in'
        ? `It was built with Seedbed’s overlay ${name}: ${pathsOf(changes)}.`
        : `It was built with the overlay ${name}, whose files are judged by the record alone: ${pathsOf(changes)}.`,
    ),
    ...(taken.length === 0
      ? []
      : [
          `It was built with ${taken.join(' and ')}, which follow from no source: where they are on this disk, they were compared with what was named.`,
        ]),
  ];
}

function pathsOf(changes: ImageOverlay['changes']): string {
  return changes.map(({ path }) => path).join(', ');
}
