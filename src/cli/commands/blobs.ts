// seedbed audit blobs
import { SeedbedError } from '../../shared/errors.ts';
import type { Blob, BlobReport, ScannedDistfile } from '../../shared/model/blobs.ts';
import { formatBytes, formatCount } from '../../shared/units.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { readCheckoutName } from './checkout-options.ts';

interface BlobOptions {
  checkout: string;
  distfiles: boolean;
  all?: boolean;
}

const SHOWN = 5;

export async function blobs(names: string[], options: Json & BlobOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.blobs.scan({
      checkout: readCheckoutName(options.checkout, engine.places),
      distfiles: names.length > 0 ? names : options.distfiles,
    });
    await followJob(session, screen, jobId);
    const report = await client.blobs.report({ job: jobId });
    if (report === null) throw new SeedbedError('BUG', { reason: 'the scan left no report' });
    if (report.checkout.explained < report.checkout.blobs.length) process.exitCode = 1;
    if (options.json === true) screen.json(report);
    else for (const line of reportLines(report, options.all === true)) screen.line(line);
  });
}

function reportLines({ checkout, distfiles }: BlobReport, all: boolean): string[] {
  const { files, bytes, blobs: found, explained } = checkout;
  const lines = [
    ...formatTable(found.map(blobRow)),
    `checkout: ${formatCount(files)} files, ${formatBytes(bytes)}; ${found.length} are no text, ${explained} of them explained seeds`,
  ];
  if (distfiles === null) return lines;
  const opened = distfiles.filter(({ state }) => state === 'scanned' || state === 'partly');
  const sum = (count: (file: ScannedDistfile) => number): number =>
    opened.reduce((total, file) => total + count(file), 0);
  const made = sum(({ generated }) => generated.reduce((total, { count }) => total + count, 0));
  return [
    ...lines,
    '',
    ...distfiles.flatMap((file) => distfileLines(file, all)),
    `distfiles: ${opened.length} of ${distfiles.length} looked into, ${formatCount(sum((file) => file.files))} files; ${formatCount(sum((file) => file.blobCount))} are no text, ${formatCount(made)} were made by programs`,
    `not stored: ${distfiles.filter(({ state }) => state === 'not stored').length}`,
  ];
}

function distfileLines(
  { name, state, notes, blobCount, blobs: found, generated }: ScannedDistfile,
  all: boolean,
): string[] {
  if (state === 'not stored' || (blobCount === 0 && generated.length === 0 && notes.length === 0)) return [];
  const shown = all ? found : found.slice(0, SHOWN);
  return [
    `${name}: ${state}, ${formatCount(blobCount)} no text`,
    ...notes.slice(0, all ? undefined : SHOWN).map((note) => `  not opened  ${note}`),
    ...generated.map(
      ({ rule, count, examples }) => `  ${String(count).padStart(6)}  ${rule}, such as ${examples[0] ?? ''}`,
    ),
    ...formatTable(shown.map(blobRow)),
    ...(shown.length < blobCount ? [`  … and ${formatCount(blobCount - shown.length)} more`] : []),
  ];
}

function blobRow({ path, sizeBytes, sha256, kind, explanation }: Blob): string[] {
  return [`  ${path}`, formatBytes(sizeBytes), kind, sha256.slice(0, 16), explanation ?? 'not explained'];
}
