// Accounts for every byte of a disk with a file system that Seedbed planned: structures by their bytes, files by their hashes, holes by being zeros.
import { resolve, sep } from 'node:path';
import type { ImageProblem, Origin } from '../../shared/model/image-reading.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import type { ByteRange, RangeThreads } from '../bytes/range-threads.ts';
import type { PlannedDisk } from '../image/image-plan.ts';
import type { FileSegment } from '../image/segments.ts';
import { type DraftRegion, regionAt } from './disk-map.ts';
import { type Difference, differsFrom, differsFromFile, shownAt } from './first-difference.ts';
import { mapDisk } from './map-disk.ts';
import { generated, PACKAGES } from './origins.ts';
import { plannedSource, segmentBytes } from './planned-source.ts';
import { type Account, accountOf, createLedger } from './verify-ledger.ts';

export interface DiskVerdict {
  problems: ImageProblem[];
  account: Account;
}

const STRUCTURE = generated('the rules of ext3 and of the partition table');
const FROM_CHECKOUT = generated('a file of the checkout');
/** Beyond this it is plainly another disk. */
const MOST_PROBLEMS = 1000;

/** `repoPath`: files from there are not the checkout's. Throws FILE_CHANGED, CANCELLED. */
export async function verifyDisk(
  source: OpenSource,
  plan: Pick<PlannedDisk, 'segments' | 'sizeBytes' | 'regions'>,
  threads: RangeThreads,
  repoPath: string | null = null,
): Promise<DiskVerdict> {
  const repoFolder = repoPath === null ? null : `${resolve(repoPath)}${sep}`;
  const ledger = createLedger();
  const regions = createRegions(source, plan);
  const parts = new Map<FileSegment, ByteRange[]>();
  /** Files are hashed while structures are compared. */
  const hashing: Promise<void>[] = [];
  const begin = (work: Promise<void>): void => {
    // Awaited below; a failure that comes earlier must not count as unhandled.
    work.catch(() => undefined);
    hashing.push(work);
  };
  let at = 0;
  for (const segment of plan.segments) {
    const fromBytes = at;
    at += segmentBytes(segment);
    if (ledger.problems.length > MOST_PROBLEMS) break;
    const range = { fromBytes, toBytes: at };
    if (segment.kind === 'bytes') await verifyStructure(fromBytes, segment.bytes);
    else if (segment.kind === 'hole') begin(verifyZeros(range));
    else if (segment.kind === 'file') begin(verifyFile(segment, [range]));
    else parts.set(segment.file, [...(parts.get(segment.file) ?? []), range]);
  }
  for (const [file, ranges] of parts) begin(verifyFile(file, ranges));
  begin(verifyZeros({ fromBytes: at, toBytes: source.sizeBytes }));
  await Promise.all(hashing);
  return {
    problems: ledger.problems.sort((a, b) => a.offsetBytes - b.offsetBytes),
    account: ledger.account(),
  };

  async function verifyStructure(offsetBytes: number, bytes: Uint8Array): Promise<void> {
    const difference = await differsFrom(source, offsetBytes, bytes);
    // Small files are in memory like structures.
    const isFile = regionNameAt(plan.regions, offsetBytes) === 'files';
    if (difference === null) ledger.add(isFile ? 'checkout' : 'file-system', bytes.length);
    else if (isFile) await report(difference, true, 'The file is another one.', FROM_CHECKOUT);
    else await report(difference, true, 'It is not what follows from the files on the disk.', STRUCTURE);
  }

  async function verifyZeros(range: ByteRange): Promise<void> {
    const { fromBytes, toBytes } = range;
    if (fromBytes >= toBytes) return;
    const offsetBytes = await threads.firstNonZero(range);
    if (offsetBytes === null) {
      ledger.add('zeros', toBytes - fromBytes);
      return;
    }
    const found = await shownAt(source, offsetBytes);
    const what =
      'Here should be nothing but zeros; a machine that ran from this disk may have written there.';
    await report({ offsetBytes, found, expected: '00' }, true, what, generated('zeros'));
  }

  async function verifyFile(file: FileSegment, ranges: readonly ByteRange[]): Promise<void> {
    const sha256 = await threads.joinedHash(ranges);
    const offsetBytes = ranges[0]?.fromBytes ?? 0;
    if (sha256 === file.sha256) {
      const bytes = ranges.reduce((sum, range) => sum + range.toBytes - range.fromBytes, 0);
      const origin = originOf(file);
      ledger.add(origin === FROM_CHECKOUT ? 'checkout' : accountOf(origin), bytes);
      return;
    }
    const exact = await firstWrong(file, ranges);
    const where = exact ?? { offsetBytes, found: await shownAt(source, offsetBytes), expected: null };
    const what = `The file is another one: its sha256 is ${sha256}, not ${file.sha256}.`;
    await report(where, exact !== null, what, originOf(file));
  }

  function originOf({ distfile, path, sha256 }: FileSegment): Origin {
    if (distfile !== null) return { kind: 'distfile', name: distfile, sha256 };
    return repoFolder !== null && path.startsWith(repoFolder) ? PACKAGES : FROM_CHECKOUT;
  }

  /** With the right file at hand. */
  async function firstWrong(file: FileSegment, ranges: readonly ByteRange[]): Promise<Difference | null> {
    if (file.path === '') return null;
    let position = 0;
    for (const { fromBytes, toBytes } of ranges) {
      const wanted = { fromBytes: position, toBytes: position + toBytes - fromBytes };
      const difference = await differsFromFile(source, fromBytes, file.path, wanted);
      if (difference !== null) return difference;
      position = wanted.toBytes;
    }
    return null;
  }

  async function report(difference: Difference, exact: boolean, what: string, origin: Origin): Promise<void> {
    const { kind, label, path, offsetBytes, lengthBytes } = await regions.at(difference.offsetBytes);
    const region = { kind, label, path, offsetBytes, lengthBytes };
    ledger.problem({ ...difference, exact, region, what, origin });
  }
}

/** `regions` in the order of the disk. */
function regionNameAt(
  regions: readonly { name: string; offsetBytes: number; lengthBytes: number }[],
  offsetBytes: number,
): string | null {
  let low = 0;
  let high = regions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const region = regions[middle];
    if (region !== undefined && region.offsetBytes + region.lengthBytes <= offsetBytes) low = middle + 1;
    else high = middle;
  }
  return regions[low]?.name ?? null;
}

/** The map of the disk as it should be: the one at hand may be damaged. Made when something is wrong only. */
function createRegions(
  source: OpenSource,
  { segments, sizeBytes }: Pick<PlannedDisk, 'segments' | 'sizeBytes'>,
): { at(offsetBytes: number): Promise<DraftRegion> } {
  let regions: Promise<DraftRegion[]> | null = null;
  return {
    async at(offsetBytes) {
      regions ??= mapDisk(
        plannedSource(source.path, segments, Math.max(sizeBytes, source.sizeBytes)),
        {},
      ).then((map) => map.regions);
      const found = await regions;
      const region = found[regionAt(found, offsetBytes)];
      return (
        region ?? {
          kind: 'gap',
          label: '',
          path: null,
          offsetBytes,
          lengthBytes: 1,
          headerBytes: 0,
          sha256: null,
        }
      );
    },
  };
}
