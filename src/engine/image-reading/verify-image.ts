// Accounts for every byte of an image or device against a checkout.
import { dirname, join } from 'node:path';
import { stat } from 'node:fs/promises';
import { SeedbedError, isSeedbedError } from '../../shared/errors.ts';
import { DISK_FILES, type DiskRole, type ImageRecord } from '../../shared/model/image.ts';
import type { ImageVerifyReport } from '../../shared/model/image-reading.ts';
import { type OpenSource, readBytes } from '../bytes/byte-source.ts';
import { withSource } from '../bytes/open-source.ts';
import { openRangeThreads, type RangeThreads } from '../bytes/range-threads.ts';
import { CONFIGURATION_PATH } from '../checkout/tree.ts';
import { decodeAscii } from '../formats/ascii.ts';
import { hasExternalDisk } from '../formats/bootstrap-cfg.ts';
import { SECTOR_SIZE } from '../formats/builder-hex0.ts';
import { DISTFILES_PATH } from '../image/find-distfiles.ts';
import { recordPathFor } from '../image/image-files.ts';
import { readImageRecord } from '../image/image-record.ts';
import type { JobContext } from '../jobs.ts';
import { readBootHead } from './boot-map.ts';
import { openDisk } from './disk-layout.ts';
import { type BootExpectation, expectBoot } from './expect-boot.ts';
import { checkGiven, type GivenInputs, NOTHING_GIVEN } from './given-inputs.ts';
import { recordWarnings, withOwnOverlays } from './recorded-inputs.ts';
import { type ScannedStream, scanStream } from './scan-stream.ts';
import { type HashedStream, verifyBoot } from './verify-boot.ts';
import { verifyBootCheck } from './verify-boot-check.ts';
import { verifyFileSystem } from './verify-file-system.ts';
import type { VerifyDraft } from './verify-ledger.ts';

export interface VerifyRequest {
  path: string;
  /** Null only for the boot check, which comes with Seedbed. */
  checkoutPath: string | null;
  /** Path of a distfile that is at hand, to tell the first wrong byte of one; null when it is not. */
  findDistfile: ((name: string, sha256: string) => Promise<string | null>) | null;
  /** What follows from no source. */
  given?: GivenInputs;
}

const MOST_PROBLEMS = 100;
/** bootstrap.cfg has half a kilobyte; script-generator reads lines of 2 KB. */
const LONGEST_CONFIGURATION_BYTES = 64 * 1024;

/** Differences are in the report. Throws NOT_FOUND, IMAGE_UNREADABLE, the codes of a checkout, FILE_CHANGED, CANCELLED. */
export async function verifyImage(
  request: VerifyRequest,
  context: Partial<JobContext>,
): Promise<ImageVerifyReport> {
  return withSource(request.path, async (source) => {
    const began = performance.now();
    const threads = openRangeThreads(source, context.signal);
    try {
      const report = await verify(source, request, threads, context);
      const { problems } = report;
      return {
        ...report,
        path: source.path,
        sizeBytes: source.sizeBytes,
        verdict: problems.length === 0 ? 'accounted' : 'different',
        problems: problems.slice(0, MOST_PROBLEMS),
        problemsLeftOut: Math.max(0, problems.length - MOST_PROBLEMS),
        elapsedMilliseconds: performance.now() - began,
      };
    } finally {
      await threads.close();
    }
  });
}

async function verify(
  source: OpenSource,
  request: VerifyRequest,
  threads: RangeThreads,
  context: Partial<JobContext>,
): Promise<VerifyDraft> {
  const record = await withOwnOverlays(await recordBeside(source.path));
  // A damaged head is no reason to give up: what it should be is known from the checkout.
  const head = await readBootHead(source).catch((error: unknown) => {
    if (isSeedbedError(error) && error.code === 'IMAGE_UNREADABLE') return null;
    throw error;
  });
  if (head?.isBootCheck === true || record?.kind === 'boot-check') return verifyBootCheck(source);
  const { checkoutPath } = request;
  const isBoot = head !== null || ((await hasNoFiles(source)) && roleOf(source.path) === 'boot');
  if (checkoutPath === null)
    throw new SeedbedError('INPUT_INVALID', { reason: 'name the checkout that the image is compared with' });
  const given = request.given ?? NOTHING_GIVEN;
  checkGiven(source.path, record, isBoot ? 'boot' : 'file-system', given);
  if (!isBoot) return verifyFileSystem(source, { ...request, given, checkoutPath }, record, threads, context);
  const guess = head === null ? null : head.streamLba * SECTOR_SIZE;
  const early = guess === null ? null : await scanStream(source, guess, context.signal);
  const configuration = await configurationOf(source, early, record);
  const expecting = expectBoot(
    {
      ...expectationOf(request, checkoutPath, early, record),
      preseed: preseedOf(given, record),
      bootstrapCfg: configuration.text,
    },
    context,
  );
  // Two kinds of work at the same time: this thread reads the checkout, others the image. A failure of the first is told first.
  const hashing = early === null ? null : hashStream(early, threads, context);
  hashing?.catch(() => undefined);
  const expected = await expecting;
  const stream =
    hashing !== null && guess === expected.streamOffsetBytes
      ? await hashing
      : await hashStream(
          await scanStream(source, expected.streamOffsetBytes, context.signal),
          threads,
          context,
        );
  context.report?.({
    step: 'compare',
    label: 'Comparing with the checkout',
    done: 0,
    total: null,
    unit: 'bytes',
  });
  const verdict = await verifyBoot(source, stream, expected, threads);
  const warnings = [...expected.warnings, ...recordWarnings(record)];
  return { ...verdict, checkout: expected.facts, configuration, warnings };
}

/** Nothing on it can be read as a file system. */
async function hasNoFiles(source: OpenSource): Promise<boolean> {
  const layout = await openDisk(source).catch((error: unknown) => {
    if (isSeedbedError(error)) return null;
    throw error;
  });
  return (
    layout === null || layout.parts.every(({ reader, complaint }) => reader === null && complaint === null)
  );
}

/** By the names that builds give; a file of any other name is taken for a boot disk. */
function roleOf(path: string): DiskRole {
  const roles = ['external', 'root'] as const;
  return roles.find((role) => path.endsWith(DISK_FILES[role])) ?? 'boot';
}

async function hashStream(
  stream: ScannedStream,
  threads: RangeThreads,
  { report }: Partial<JobContext>,
): Promise<HashedStream> {
  report?.({ step: 'hash', label: 'Reading the image', done: 0, total: stream.endBytes, unit: 'bytes' });
  const ranges = stream.entries.map(({ payloadAtBytes, endBytes }) => ({
    fromBytes: payloadAtBytes,
    toBytes: endBytes,
  }));
  const hashes = await threads.hashes(ranges);
  return {
    ...stream,
    entries: stream.entries.map((entry, index) => ({ ...entry, sha256: hashes[index] ?? '' })),
  };
}

async function recordBeside(path: string): Promise<ImageRecord | null> {
  try {
    return await readImageRecord(recordPathFor(path));
  } catch (error) {
    if (isSeedbedError(error)) return null;
    throw error;
  }
}

/** bootstrap.cfg is a choice: the record's, or for an image without one the image's own. */
async function configurationOf(
  source: OpenSource,
  stream: ScannedStream | null,
  record: ImageRecord | null,
): Promise<NonNullable<ImageVerifyReport['configuration']>> {
  if (record !== null && record.bootstrapCfg !== null) return { from: 'record', text: record.bootstrapCfg };
  const entry = stream?.entries.find(({ path }) => path === CONFIGURATION_PATH);
  if (entry === undefined || entry.sizeBytes > LONGEST_CONFIGURATION_BYTES)
    return { from: 'image', text: '' };
  const bytes = await readBytes(source, entry.payloadAtBytes, entry.sizeBytes);
  return { from: 'image', text: decodeAscii(bytes) };
}

function expectationOf(
  { findDistfile }: VerifyRequest,
  checkoutPath: string,
  stream: ScannedStream | null,
  record: ImageRecord | null,
): Omit<BootExpectation, 'bootstrapCfg' | 'preseed'> {
  const hasDistfiles = stream?.entries.some(({ path }) => path.startsWith(`${DISTFILES_PATH}/`)) ?? true;
  const recordedGoal = record?.goal === 'stage0' || record?.goal === 'end' ? record.goal : null;
  const sizes = new Map(record?.distfiles.map(({ sha256, sizeBytes }) => [sha256, sizeBytes]));
  return {
    checkoutPath,
    goal: recordedGoal ?? (hasDistfiles ? 'end' : 'stage0'),
    overlays: record?.overlays ?? [],
    async findDistfile(name, sha256) {
      const path = (await findDistfile?.(name, sha256)) ?? null;
      const found = path === null ? null : await stat(path).catch(() => null);
      const sizeBytes = found?.isFile() === true ? found.size : sizes.get(sha256);
      return sizeBytes === undefined ? null : { path: found?.isFile() === true ? path : null, sizeBytes };
    },
  };
}

function preseedOf({ preseedPath }: GivenInputs, record: ImageRecord | null): BootExpectation['preseed'] {
  if (preseedPath === null) return null;
  const configuration = record?.configuration ?? null;
  return { path: preseedPath, keepExternal: configuration !== null && hasExternalDisk(configuration) };
}

/** Distfiles by name in a folder of the user's. */
export function distfilesIn(folder: string): NonNullable<VerifyRequest['findDistfile']> {
  return (name) => {
    const path = join(folder, name);
    return Promise.resolve(dirname(path) === join(folder) ? path : null);
  };
}
