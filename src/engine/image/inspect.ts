// What an image file is, read from its bytes alone, whoever made it. The file is untrusted: memory is bounded, and everything unreadable has a code.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import type { ImageInspection, ImageRecord, Region } from '../../shared/model/image.ts';
import { formatBytes } from '../../shared/units.ts';
import { dataEndBytes, MEBIBYTE, READ_AHEAD_BYTES, SECTOR_SIZE } from '../formats/builder-hex0.ts';
import { atPath } from '../os-errors.ts';
import { recordPathFor } from './image-files.ts';
import { DISTFILES_PATH } from './find-distfiles.ts';
import { createImageHashes } from './image-hashes.ts';
import { readImageHead } from './image-head.ts';
import { readImageRecord } from './image-record.ts';
import type { BuildOptions } from './image-plan.ts';
import { inputDigestOf } from './input-digest.ts';
import { readRange } from './read-range.ts';
import { layRegions, layStreamRegions, type PlacedDistfile, type PlannedRegion } from './segments.ts';
import { readStream, type StreamFacts } from './stream-facts.ts';

/** An inspection, and what of it is too long to be shown. */
export interface ExaminedImage {
  inspection: ImageInspection;
  stream: StreamFacts;
  isBootCheck: boolean;
}

/** Throws NOT_FOUND, IMAGE_UNREADABLE, FILE_CHANGED, CANCELLED. */
export async function inspectImage(path: string, options: BuildOptions = {}): Promise<ImageInspection> {
  return (await examineImage(resolve(path), options)).inspection;
}

export async function examineImage(path: string, options: BuildOptions): Promise<ExaminedImage> {
  const handle = await atPath(path, () => open(path, constants.O_RDONLY | constants.O_NONBLOCK));
  try {
    return await examine(handle, path, options);
  } finally {
    await handle.close();
  }
}

async function examine(handle: FileHandle, path: string, options: BuildOptions): Promise<ExaminedImage> {
  const stat = await atPath(path, () => handle.stat());
  if (!stat.isFile()) throw new SeedbedError('IMAGE_UNREADABLE', { path, reason: 'it is not a file' });
  const head = await readImageHead(handle, path, stat.size);
  const streamOffset = head.streamLba * SECTOR_SIZE;
  const range = { fromBytes: streamOffset, toBytes: stat.size, withCrc32: head.isBootCheck };
  const stream = await readStream(handle, path, range, options);
  const dataBytes = Math.min(stat.size, dataEndBytes(stream.endBytes));
  const commandsAt = stream.commandsAtBytes ?? stream.endBytes;
  const regions = [
    ...layRegions([
      ['boot-sector', SECTOR_SIZE],
      ['stage2', head.stage2Bytes],
      ['padding', streamOffset - SECTOR_SIZE - head.stage2Bytes],
    ]),
    ...layStreamRegions(streamOffset, commandsAt, placeDistfiles(stream)),
    ...layRegions(
      [
        ['commands', stream.endBytes - commandsAt],
        ['zeros', dataBytes - stream.endBytes],
      ],
      commandsAt,
    ),
  ];
  const { zerosAreZero, ...hashes } = await hashRegions(handle, path, regions, dataBytes, options);
  const inputDigest = digestOf(stat.size, hashes.regions, stream);
  const found = { sizeBytes: stat.size, dataBytes, inputDigest, ...hashes };
  const { record, warnings } = await readRecordBeside(path);
  return {
    stream,
    isBootCheck: head.isBootCheck,
    inspection: {
      path,
      ...found,
      stage2Bytes: head.stage2Bytes,
      streamLba: head.streamLba,
      budgets: stream.budgets,
      directories: stream.directories,
      files: stream.files,
      payloadBytes: stream.payloadBytes,
      commands: stream.commands,
      matchesRecord: record === null ? null : sameImage(found, record),
      record,
      warnings: [
        ...head.warnings,
        ...stream.warnings,
        ...tailWarnings(zerosAreZero, stream.endBytes, stat),
        ...warnings,
      ],
    },
  };
}

function placeDistfiles({ entries }: StreamFacts): PlacedDistfile[] {
  return (entries ?? []).flatMap(({ path, ...entry }) =>
    path.startsWith(`${DISTFILES_PATH}/`) ? [{ ...entry, name: path.slice(DISTFILES_PATH.length + 1) }] : [],
  );
}

interface Hashed {
  sha256: string;
  regions: Region[];
  zerosAreZero: boolean;
}

async function hashRegions(
  handle: FileHandle,
  path: string,
  regions: readonly PlannedRegion[],
  dataBytes: number,
  { signal, report }: BuildOptions,
): Promise<Hashed> {
  const hashes = createImageHashes(regions);
  const zerosAt = regions.find(({ name }) => name === 'zeros')?.offsetBytes ?? dataBytes;
  let zerosAreZero = true;
  let done = 0;
  try {
    for await (const bytes of readRange(handle, path, { fromBytes: 0, toBytes: dataBytes }, signal)) {
      const busy = hashes.update(bytes, done);
      const tail = bytes.subarray(Math.max(0, zerosAt - done));
      zerosAreZero &&= !tail.some((byte) => byte !== 0);
      done += bytes.length;
      await busy;
      report?.({ step: 'hash', label: 'Hashing the image', done, total: dataBytes, unit: 'bytes' });
    }
    return { ...(await hashes.finish()), zerosAreZero };
  } finally {
    await hashes.close();
  }
}

function digestOf(sizeBytes: number, regions: readonly Region[], stream: StreamFacts): string | null {
  if (stream.entries === null) return null;
  const shaOf = (name: Region['name']): string =>
    regions.find((region) => region.name === name)?.sha256 ?? '';
  return inputDigestOf({
    sizeBytes,
    bootSectorSha256: shaOf('boot-sector'),
    stage2Sha256: shaOf('stage2'),
    entries: stream.entries,
    commands: stream.commands,
  });
}

function tailWarnings(
  zerosAreZero: boolean,
  streamEnd: number,
  stat: { size: number; blocks: number },
): string[] {
  const warnings: string[] = [];
  const dataEnd = dataEndBytes(streamEnd);
  if (!zerosAreZero)
    warnings.push('There are bytes other than zero behind the stream; builder-hex0 does not read them.');
  if (stat.size - streamEnd < READ_AHEAD_BYTES)
    warnings.push(
      'Fewer than 64 sectors follow the stream, so builder-hex0’s last read may go past the end of the disk and be tried again for ever.',
    );
  // Blocks of 512 bytes, whatever the file system's own are. Systems that do not tell say 0.
  const behind = stat.blocks * 512 - dataEnd;
  if (stat.size > dataEnd && behind > MEBIBYTE)
    warnings.push(
      `Behind the stream ${formatBytes(behind)} are no hole and were not looked at; a machine that ran from this image may have written there.`,
    );
  return warnings;
}

async function readRecordBeside(path: string): Promise<{ record: ImageRecord | null; warnings: string[] }> {
  try {
    return { record: await readImageRecord(recordPathFor(path)), warnings: [] };
  } catch (error) {
    if (!isSeedbedError(error)) throw error;
    if (error.code === 'NOT_FOUND') return { record: null, warnings: [] };
    return { record: null, warnings: [`The record beside the image cannot be read (${error.code}).`] };
  }
}

function sameImage(
  found: Pick<ImageInspection, 'sizeBytes' | 'dataBytes' | 'sha256' | 'regions' | 'inputDigest'>,
  record: ImageRecord,
): boolean {
  const disk = record.disks.find(({ role }) => role === 'boot');
  return (
    disk !== undefined &&
    found.sizeBytes === disk.sizeBytes &&
    found.dataBytes === disk.dataBytes &&
    found.sha256 === disk.sha256 &&
    found.inputDigest === disk.inputDigest &&
    JSON.stringify(found.regions) === JSON.stringify(disk.regions)
  );
}
