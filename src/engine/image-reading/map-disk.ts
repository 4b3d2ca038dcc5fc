// The map of any disk that can be read: boot image, partitions, ext file systems and the files in them.
import { plainText } from '../../shared/terminal-text.ts';
import type { MapFileSystem } from '../../shared/model/image-reading.ts';
import { formatBytes } from '../../shared/units.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import { mapExt } from '../ext/ext-map.ts';
import type { ExtReader } from '../ext/ext-reader.ts';
import { EXT_INCOMPAT, extFeatures, extType } from '../formats/ext/super-block.ts';
import { MEBIBYTE, SECTOR_SIZE } from '../formats/builder-hex0.ts';
import type { JobContext } from '../jobs.ts';
import { type BootMap, mapBootImage } from './boot-map.ts';
import { coverRange, type DiskMap, type DraftRegion, plainRegion } from './disk-map.ts';
import { type DiskLayout, type DiskPart, openDisk, partWarnings } from './disk-layout.ts';

export interface MappedDisk extends DiskMap {
  boot: BootMap | null;
}

/** Throws IMAGE_UNREADABLE, CONTENT_UNREADABLE, FILE_CHANGED, CANCELLED. */
export async function mapDisk(source: OpenSource, context: Partial<JobContext>): Promise<MappedDisk> {
  const layout = await openDisk(source);
  const boot = layout.head === null ? null : await mapBootImage(source, layout.head, context);
  const parts = layout.parts.filter(({ offsetBytes }) => offsetBytes >= (boot?.hashedBytes ?? 0));
  const warnings = [...(boot?.warnings ?? []), ...partWarnings({ ...layout, parts })];
  const claims: DraftRegion[] = [...(boot?.regions ?? headRegions(layout))];
  const fileSystems: MapFileSystem[] = [];
  for (const part of parts) {
    const mapped = await mapPart(part, context);
    claims.push(...mapped.regions);
    warnings.push(...mapped.warnings);
    if (part.reader !== null) fileSystems.push(describeFileSystem(part, part.reader));
  }
  if (boot !== null && parts.length === 0) warnings.push(...holeWarnings(source, boot.hashedBytes));
  const outside = boot === null || parts.length > 0 ? 'gap' : 'zeros';
  const { regions, overlaps } = coverRange(
    claims,
    { fromBytes: 0, toBytes: source.sizeBytes },
    (offset, length) =>
      plainRegion(
        outside,
        offset,
        length,
        outside === 'zeros' ? 'zeros to the end' : 'outside of all partitions',
      ),
  );
  if (overlaps > 0) warnings.push(`${overlaps} regions lie over others; the first one counts.`);
  return {
    path: source.path,
    sizeBytes: source.sizeBytes,
    layout: layout.kind,
    sha256: boot?.sha256 ?? null,
    hashedBytes: boot?.hashedBytes ?? 0,
    fileSystems,
    regions: mergeZeros(regions),
    warnings,
    boot,
  };
}

function headRegions({ kind }: DiskLayout): DraftRegion[] {
  return kind === 'disk'
    ? [plainRegion('partition-table', 0, SECTOR_SIZE, 'boot code and partition table')]
    : [];
}

async function mapPart(
  part: DiskPart,
  { signal, report }: Partial<JobContext>,
): Promise<{ regions: DraftRegion[]; warnings: string[] }> {
  const range = { fromBytes: part.offsetBytes, toBytes: part.offsetBytes + part.lengthBytes };
  if (part.reader === null) {
    const type = part.type.toString(16).padStart(2, '0');
    const whole = plainRegion(
      'partition',
      part.offsetBytes,
      part.lengthBytes,
      `partition ${part.number}, type ${type}`,
    );
    return { regions: [whole], warnings: [] };
  }
  const onFile = (done: number): void =>
    report?.({ step: 'map', label: 'Reading the file system', done, total: null, unit: 'files' });
  const { claims, warnings } = await mapExt(part.reader, { signal, onFile });
  const drafts = claims.map(({ kind, label, path, offsetBytes, lengthBytes }) =>
    plainRegion(
      kind,
      part.offsetBytes + offsetBytes,
      lengthBytes,
      plainText(label),
      path === null ? null : plainText(path),
    ),
  );
  const { regions, overlaps } = coverRange(drafts, range, (offset, length) =>
    plainRegion('free', offset, length, 'free'),
  );
  const overlap =
    overlaps > 0 ? [`${overlaps} parts of the file system lie over others: it is damaged.`] : [];
  return { regions: mergeSame(regions), warnings: [...warnings.map(plainText), ...overlap] };
}

/** Neighbours that are the same thing, such as the bitmaps of several groups, become one. */
function mergeSame(regions: readonly DraftRegion[]): DraftRegion[] {
  const merged: DraftRegion[] = [];
  for (const region of regions) {
    const last = merged.at(-1);
    if (last?.kind === region.kind && last.label === region.label) last.lengthBytes += region.lengthBytes;
    else merged.push({ ...region });
  }
  return merged;
}

function mergeZeros(regions: readonly DraftRegion[]): DraftRegion[] {
  const [last, before] = [regions.at(-1), regions.at(-2)];
  if (last?.kind !== 'zeros' || before?.kind !== 'zeros') return [...regions];
  return [...regions.slice(0, -2), { ...before, lengthBytes: before.lengthBytes + last.lengthBytes }];
}

function describeFileSystem(part: DiskPart, { superBlock }: ExtReader): MapFileSystem {
  const { blockBytes, blocks, freeBlocks, inodes, freeInodes, uuid, volumeName, incompat } = superBlock;
  return {
    offsetBytes: part.offsetBytes,
    lengthBytes: part.lengthBytes,
    type: extType(superBlock),
    blockBytes,
    blocks,
    freeBlocks,
    inodes,
    freeInodes,
    uuid,
    volumeName,
    features: extFeatures(superBlock),
    needsRecovery: (incompat & EXT_INCOMPAT.needsRecovery) !== 0,
  };
}

/** Behind the data of a boot image everything should be zeros; what takes room on the disk was perhaps written by a machine. */
function holeWarnings({ sizeBytes, allocatedBytes }: OpenSource, dataBytes: number): string[] {
  const behind = allocatedBytes - dataBytes;
  if (sizeBytes <= dataBytes || behind <= MEBIBYTE) return [];
  return [
    `Behind the stream ${formatBytes(behind)} are no hole and were not looked at; a machine that ran from this image may have written there. image verify looks at every byte.`,
  ];
}
