// seedbed image list|verify|diff|extract|script: reading images back.
import { SeedbedError } from '../../shared/errors.ts';
import { describeReader } from '../../shared/content-reader.ts';
import type { DiskChoice } from '../../shared/contract/image-reading.ts';
import type {
  ContentEntry,
  ImageDiffReport,
  ImageExtractReport,
  ImageProblem,
  ImageVerifyReport,
} from '../../shared/model/image-reading.ts';
import type { Places } from '../../engine/places.ts';
import { formatBytes, formatCount, formatDuration } from '../../shared/units.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { readCheckoutName } from './checkout-options.ts';
import { formatOrigin } from './origin-text.ts';

interface VerifyOptions extends Json {
  against?: string;
  distfiles?: string;
  repo?: string;
  earlyPreseed?: string;
}

const LISTED = 10_000;
/** Another order moves nearly everything. */
const SHOWN_MOVED = 20;

/** A file or device when there is a path separator or an ending, else ID or ID/disk. */
export function readDiskName(name: string, places: Places): DiskChoice {
  const [, id, disk] = /^([a-z0-9-]{1,80})(?:\/(boot|external|root))?$/.exec(name) ?? [];
  if (id === undefined) return { place: places.mint(name).token };
  return disk === undefined ? { id } : { id, disk };
}

export async function listContents(name: string, path: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine, signal }) => {
    const image = readDiskName(name, engine.places);
    const listing = await client.imageReading.list({ image, path, limit: LISTED }, { signal });
    if (json === true) {
      screen.json(listing);
      return;
    }
    for (const line of formatTable(listing.entries.map(describeEntry))) screen.line(line);
    const left = listing.total - listing.entries.length;
    if (left > 0) screen.note(`and ${formatCount(left)} more`);
    for (const warning of listing.warnings) screen.note(`warning: ${warning}`);
    if (listing.reader !== null) screen.note(describeReader(listing.reader));
  });
}

function describeEntry({ kind, mode, sizeBytes, label, target }: ContentEntry): string[] {
  const letter = { file: '-', directory: 'd', link: 'l', other: '?' }[kind];
  const permissions = mode === null ? '' : formatMode(mode);
  const name = kind === 'directory' ? `${label}/` : label;
  return [
    `${letter}${permissions}`,
    kind === 'file' ? String(sizeBytes).padStart(12) : ''.padStart(12),
    target === null ? name : `${name} -> ${target}`,
  ];
}

function formatMode(mode: number): string {
  const bits = (mode & 0o777).toString(2).padStart(9, '0');
  return Array.from('rwxrwxrwx', (letter, index) => (bits[index] === '1' ? letter : '-')).join('');
}

export async function verify(name: string, given: Json): Promise<void> {
  const screen = openScreen();
  // Commander has checked the options by their declarations in image-reading-program.ts.
  const { json, against, distfiles, repo, earlyPreseed } = given as VerifyOptions;
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.imageReading.verify({
      image: readDiskName(name, engine.places),
      checkout: against === undefined ? null : readCheckoutName(against, engine.places),
      distfiles:
        distfiles === undefined
          ? null
          : distfiles === 'store'
            ? { store: true }
            : { place: engine.places.mint(distfiles).token },
      repo: repo === undefined ? null : engine.places.mint(repo).token,
      preseed: earlyPreseed === undefined ? null : engine.places.mint(earlyPreseed).token,
    });
    await followJob(session, screen, jobId);
    const report = await client.imageReading.verifyReport({ job: jobId });
    if (report === null) throw new SeedbedError('JOB_NOT_FOUND', { job: jobId });
    if (json === true) screen.json(report);
    else for (const line of describeVerify(report)) screen.line(line);
    if (report.verdict === 'different') process.exitCode = 1;
  });
}

const ACCOUNT_WORDS: Readonly<Record<ImageVerifyReport['account'][number]['from'], string>> = {
  checkout: 'files of the checkout',
  distfiles: 'distfiles, by the hashes in the checkout',
  configuration: 'the configuration (bootstrap.cfg)',
  given: 'packages and preseed that were named',
  generated: 'folders and commands, by rule',
  'file-system': 'structures of the file system',
  zeros: 'zeros',
};

function describeVerify(report: ImageVerifyReport): string[] {
  const { path, sizeBytes, checkout, account, order, configuration, problems, warnings } = report;
  const [first] = problems;
  const others = problems.length - 1 + report.problemsLeftOut;
  return [
    `image:     ${path}`,
    `against:   ${checkout === null ? 'Seedbed itself' : `live-bootstrap ${checkout.commit ?? '(no commit)'}`}`,
    'account:',
    ...formatTable(
      account.map(({ from, items, bytes }) => [
        `  ${ACCOUNT_WORDS[from]}`,
        `${formatCount(items)} parts`,
        `${formatCount(bytes)} bytes`,
      ]),
    ),
    ...(order === 'other'
      ? ['order:     another than Seedbed’s; each entry was accounted for by itself']
      : []),
    ...(configuration === null
      ? []
      : [
          `bootstrap.cfg, which is a choice, as ${configuration.from === 'record' ? 'the record beside the image' : 'the image itself'} has it:`,
          ...configuration.text.split('\n').flatMap((line) => (line === '' ? [] : [`  ${line}`])),
        ]),
    ...warnings.map((warning) => `warning:   ${warning}`),
    ...(first === undefined ? [] : ['first byte that is not as it should be:', ...describeProblem(first)]),
    ...problems
      .slice(1, 20)
      .map(({ offsetBytes, region, what }) => `also at byte ${offsetBytes} (${region.label}): ${what}`),
    ...(others > 19 ? [`and ${formatCount(others - 19)} more`] : []),
    `time:      ${formatDuration(report.elapsedMilliseconds)}`,
    first === undefined
      ? `Every byte accounted for: ${formatCount(sizeBytes)} of ${formatCount(sizeBytes)}.`
      : 'NOT every byte is accounted for.',
  ];
}

function describeProblem({
  offsetBytes,
  exact,
  region,
  what,
  found,
  expected,
  origin,
}: ImageProblem): string[] {
  const inside = offsetBytes - region.offsetBytes;
  return [
    `  at:        byte ${offsetBytes}${exact ? '' : ' or later'}, ${inside} bytes into ${region.kind} ${region.label}`,
    `  region:    bytes ${region.offsetBytes} to ${region.offsetBytes + region.lengthBytes - 1}`,
    `  what:      ${what}`,
    ...(found === null ? [] : [`  there:     ${spaced(found)}`]),
    ...(expected === null ? [] : [`  should be: ${spaced(expected)}`]),
    ...(origin === null ? [] : [`  from:      ${formatOrigin(origin)}`]),
  ];
}

function spaced(hex: string): string {
  return hex.replace(/(..)(?=.)/g, '$1 ');
}

export async function diff(a: string, b: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine, signal }) => {
    const report = await client.imageReading.diff(
      { a: readDiskName(a, engine.places), b: readDiskName(b, engine.places) },
      { signal },
    );
    if (json === true) screen.json(report);
    else for (const line of describeDiff(report)) screen.line(line);
    if (!report.sameContent) process.exitCode = 1;
  });
}

function describeDiff(report: ImageDiffReport): string[] {
  const { counts, differences, identical, sameContent, leftOut } = report;
  const size = (side: ImageDiffReport['differences'][number]['a']): string =>
    side === null ? '' : formatBytes(side.lengthBytes);
  const moved = differences.filter(({ change }) => change === 'moved').slice(SHOWN_MOVED);
  const shown = differences.filter((difference) => !moved.includes(difference));
  const rows = shown.map(({ change, label, kind, a, b }) => [
    change,
    a !== null && b !== null && change === 'changed' ? `${size(a)} → ${size(b)}` : size(a ?? b),
    kind === 'entry' || kind === 'file' ? label : `${kind}: ${label}`,
  ]);
  return [
    ...formatTable(rows),
    ...(leftOut + moved.length > 0 ? [`and ${formatCount(leftOut + moved.length)} more`] : []),
    ...report.warnings.map((warning) => `warning: ${warning}`),
    `${counts.changed} changed, ${counts.added} added, ${counts.removed} removed, ${counts.moved} moved, ${formatCount(counts.same)} the same`,
    identical
      ? 'The images are identical.'
      : sameContent
        ? 'The same content; the bytes differ in order or in what holds no content.'
        : 'The images differ.',
  ];
}

export async function extract(name: string, paths: string[], given: Json): Promise<void> {
  const screen = openScreen();
  const { json, to } = given as Json & { to: string };
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.imageReading.extract({
      image: readDiskName(name, engine.places),
      paths,
      to: engine.places.mint(to).token,
    });
    await followJob(session, screen, jobId);
    const report = await client.imageReading.extractReport({ job: jobId });
    if (report === null) throw new SeedbedError('JOB_NOT_FOUND', { job: jobId });
    if (json === true) screen.json(report);
    else for (const line of describeExtract(report)) screen.line(line);
  });
}

function describeExtract(report: ImageExtractReport): string[] {
  const { folder, files, directories, links, bytes, skipped, skippedCount, reader, warnings } = report;
  return [
    ...skipped.map(({ path, reason }) => `left out: ${path}: ${reason}`),
    ...(skippedCount > skipped.length
      ? [`and ${formatCount(skippedCount - skipped.length)} more left out`]
      : []),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(reader === null ? [] : [describeReader(reader)]),
    `Copied to ${folder}: ${formatCount(files)} files, ${formatCount(directories)} folders, ${formatCount(links)} links, ${formatBytes(bytes)}.`,
  ];
}

export async function script(name: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine }) => {
    const found = await client.imageReading.script({ image: readDiskName(name, engine.places) });
    if (json === true) screen.json(found);
    else screen.stream(found.text);
  });
}
