// Puts boot sector, stage2, entries and commands into the order of the disk, as segments and regions.
import type { Budget } from '../../shared/model/image.ts';
import { dataEndBytes, MEBIBYTE, SECTOR_SIZE } from '../formats/builder-hex0.ts';
import { createBudgetMeter, encodeCommand, encodeSrcHeader, type SrcEntry } from '../formats/srcfs.ts';
import { inputDigestOf, sha256Of } from './input-digest.ts';
import {
  type DiskSegment,
  layRegions,
  layStreamRegions,
  type PlacedDistfile,
  type PlannedRegion,
  type Segment,
} from './segments.ts';

export interface PlannedEntry extends SrcEntry {
  sha256: string;
  /** An empty file is a directory for builder-hex0, but somebody may want to know. */
  isFile: boolean;
  /** Mode 0755 where the disk has modes; builder-hex0 knows none. */
  isProgram: boolean;
  /** Where the bytes come from; null when there are none. */
  content: Segment | null;
}

export interface ImageParts {
  bootSector: Uint8Array;
  stage2Text: Uint8Array;
  /** Offset of the stream, in whole sectors. */
  streamOffsetBytes: number;
  entries: readonly PlannedEntry[];
  commands: readonly string[];
  /** The least size of the file. */
  targetBytes: number;
}

export interface LaidOutDisk {
  inputDigest: string;
  sizeBytes: number;
  /** From here to `sizeBytes` the image is a hole. */
  dataBytes: number;
  regions: PlannedRegion[];
  budgets: Budget[];
  entries: { directories: number; files: number; payloadBytes: number; streamBytes: number };
  /** From offset 0 to `dataBytes`; may be made while they are asked for. */
  segments: Iterable<DiskSegment>;
}

export function layOut(parts: ImageParts): LaidOutDisk & { segments: Segment[] } {
  const { bootSector, stage2Text, streamOffsetBytes, entries, commands } = parts;
  const paddingBytes = streamOffsetBytes - SECTOR_SIZE - stage2Text.length;
  const headers = entries.map(encodeSrcHeader);
  const commandLines = commands.map(encodeCommand);
  const payloadBytes = sum(entries.map(({ sizeBytes }) => sizeBytes));
  const entryBytes = sum(headers.map(({ length }) => length)) + payloadBytes;
  const commandBytes = sum(commandLines.map(({ length }) => length));
  const streamEnd = streamOffsetBytes + entryBytes + commandBytes;
  const dataBytes = dataEndBytes(streamEnd);
  const sizeBytes = Math.max(dataBytes, parts.targetBytes);
  const files = entries.filter(({ sizeBytes: size }) => size > 0).length;
  return {
    inputDigest: inputDigestOf({
      sizeBytes,
      bootSectorSha256: sha256Of(bootSector),
      stage2Sha256: sha256Of(stage2Text),
      entries,
      commands,
    }),
    sizeBytes,
    dataBytes,
    regions: [
      ...layRegions([
        ['boot-sector', bootSector.length],
        ['stage2', stage2Text.length],
        ['padding', paddingBytes],
      ]),
      ...layStreamRegions(
        streamOffsetBytes,
        streamOffsetBytes + entryBytes,
        placeDistfiles(streamOffsetBytes, entries, headers),
      ),
      ...layRegions(
        [
          ['commands', commandBytes],
          ['zeros', dataBytes - streamEnd],
        ],
        streamOffsetBytes + entryBytes,
      ),
    ],
    budgets: budgetsOf(entries, commands),
    entries: {
      directories: entries.length - files,
      files,
      payloadBytes,
      streamBytes: entryBytes + commandBytes,
    },
    segments: [
      inMemory(bootSector),
      inMemory(stage2Text),
      inMemory(new Uint8Array(paddingBytes)),
      ...entries.flatMap(({ content }, index) => [
        inMemory(headers[index] ?? new Uint8Array(0)),
        ...(content === null ? [] : [content]),
      ]),
      ...commandLines.map(inMemory),
      inMemory(new Uint8Array(dataBytes - streamEnd)),
    ],
  };
}

/** Those that are verified while they are copied. */
function placeDistfiles(
  fromBytes: number,
  entries: readonly PlannedEntry[],
  headers: readonly Uint8Array[],
): PlacedDistfile[] {
  let end = fromBytes;
  const placed: PlacedDistfile[] = [];
  for (const [index, { content, sizeBytes, sha256 }] of entries.entries()) {
    end += headers[index]?.length ?? 0;
    if (content?.kind === 'file' && content.distfile !== null)
      placed.push({ name: content.distfile, offsetBytes: end, sizeBytes, sha256 });
    end += sizeBytes;
  }
  return placed;
}

function budgetsOf(entries: readonly SrcEntry[], commands: readonly string[]): Budget[] {
  const meter = createBudgetMeter();
  for (const entry of entries) meter.addEntry(entry);
  for (const command of commands) meter.addCommand(command);
  return meter.budgets();
}

/** Upstream's --target-size is in MiB. */
export function targetBytesOf(targetSizeMiB: number): number {
  return targetSizeMiB * MEBIBYTE;
}

function inMemory(bytes: Uint8Array): Segment {
  return { kind: 'bytes', bytes };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
