// seedbed distfiles …
import type { Places } from '../../engine/places.ts';
import type { CheckoutChoice, DistfileSelection, FetchOptions } from '../../shared/contract/distfiles.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { DistfileReport, MissingDistfile } from '../../shared/model/distfile.ts';
import { formatBytes, formatCount, formatDuration } from '../../shared/units.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen, type Screen } from '../screen.ts';
import { type Session, withSession } from '../session.ts';
import { readCheckoutName } from './checkout-options.ts';

/** As commander gives them; `--no-x` options are true unless they were given. */
export interface DistfileOptions extends Json {
  checkout?: string;
  preNetwork?: boolean;
  missing?: boolean;
  all?: boolean;
  mirror?: string[];
  folder?: string[];
  mirrors?: boolean;
  upstream?: boolean;
  archives?: boolean;
  git?: boolean;
  parallel?: number;
}

export async function fetch(names: string[], options: DistfileOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.distfiles.fetch({
      ...readSelection(names, options, engine.places),
      options: readFetchOptions(options, engine.places),
    });
    await followWithReport(session, screen, jobId, options);
  });
}

export async function importFrom(folder: string, options: DistfileOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.distfiles.import({
      ...readSelection([], options, engine.places),
      from: [engine.places.mint(folder).token],
    });
    await followWithReport(session, screen, jobId, options);
  });
}

/** The report is printed also when the job failed for want of a file: it says why, source by source. */
async function followWithReport(
  session: Session,
  screen: Screen,
  jobId: string,
  { json }: Json,
): Promise<void> {
  try {
    await followJob(session, screen, jobId);
  } finally {
    const report = await session.client.distfiles.report({ job: jobId });
    if (report !== null) {
      if (json === true) screen.json(report);
      else for (const line of describeReport(report)) screen.line(line);
    }
  }
}

export async function status(names: string[], options: DistfileOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine }) => {
    const rows = await client.distfiles.list(readSelection(names, options, engine.places));
    if (options.json === true) {
      screen.json(rows);
      return;
    }
    const present = rows.filter(({ state }) => state === 'present');
    const missing = rows.filter(({ state }) => state !== 'present');
    const early = rows.filter(({ preNetwork }) => preNetwork);
    const bytes = present.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    if (options.all === true) {
      const table = rows.map(({ name, state, sizeBytes, steps, evidence }) => [
        name,
        state,
        sizeBytes === null ? '' : formatBytes(sizeBytes),
        evidence.stored === null ? '' : `${evidence.stored.source.label} (${evidence.stored.transport})`,
        steps.join(' '),
      ]);
      for (const line of formatTable([['name', 'state', 'size', 'from', 'steps'], ...table]))
        screen.line(line);
    }
    if (options.missing === true)
      for (const file of missing) for (const line of describeMissing(file)) screen.line(line);
    screen.line(`present:     ${present.length} of ${rows.length} (${formatBytes(bytes)})`);
    screen.line(
      `pre-network: ${early.filter(({ state }) => state === 'present').length} of ${early.length} (they travel in the boot image)`,
    );
    if (missing.length > 0 && options.missing !== true)
      screen.line(
        `missing:     ${missing.length}; list them with --missing, get them with seedbed distfiles fetch`,
      );
  });
}

export async function verify(options: DistfileOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.distfiles.verify({
      selection: options.checkout === undefined ? null : readSelection([], options, engine.places),
    });
    await followJob(session, screen, jobId);
    const report = await client.distfiles.verifyReport({ job: jobId });
    if (report === null) throw new SeedbedError('BUG', { reason: 'the verification left no report' });
    if (report.damaged.length > 0) process.exitCode = 1;
    if (options.json === true) {
      screen.json(report);
      return;
    }
    for (const { sha256, actualSha256, name, path } of report.damaged) {
      screen.line(`DAMAGED ${name ?? ''} ${sha256}`);
      screen.line(
        `  its sha256 is ${actualSha256} now; set aside as ${path}. Fetch it again: seedbed distfiles fetch`,
      );
    }
    screen.line(
      `${formatCount(report.files)} files, ${formatBytes(report.bytes)} in ${formatDuration(report.elapsedMilliseconds)}: ${report.damaged.length === 0 ? 'all are what their names say' : `${report.damaged.length} were damaged and set aside`}`,
    );
  });
}

export async function exportTo(folder: string, options: DistfileOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.distfiles.export({
      ...readSelection([], options, engine.places),
      folder: engine.places.mint(folder).token,
    });
    const { path } = await followJob(session, screen, jobId);
    if (options.json === true) screen.json({ path });
    else screen.line(`All files are in ${path ?? folder}.`);
  });
}

export async function prune(given: Json): Promise<void> {
  // Commander has checked the options by their declarations in distfiles-program.ts.
  const options = given as Json & {
    dryRun?: boolean;
    unwanted?: boolean;
    git?: boolean;
    checkout?: string[];
  };
  const screen = openScreen();
  if ((options.unwanted === true) !== (options.checkout !== undefined))
    throw new SeedbedError('USAGE', {
      reason:
        '--unwanted needs --checkout, which names the checkouts whose files are kept, and the other way round.',
    });
  await withSession(async ({ client, engine }) => {
    const report = await client.distfiles.prune({
      dryRun: options.dryRun === true,
      git: options.git === true,
      keepWantedBy: options.checkout?.map((text) => readCheckoutChoice(text, engine.places)) ?? null,
    });
    if (options.json === true) {
      screen.json(report);
      return;
    }
    for (const { why, path, sizeBytes } of report.removed)
      screen.line(
        `${report.dryRun ? 'would remove' : 'removed'} ${why.padEnd(12)} ${path} (${formatBytes(sizeBytes)})`,
      );
    screen.line(`${report.dryRun ? 'It would free' : 'Freed'} ${formatBytes(report.freedBytes)}.`);
  });
}

export function readSelection(
  names: readonly string[],
  { checkout, preNetwork }: Pick<DistfileOptions, 'checkout' | 'preNetwork'>,
  places: Places,
): DistfileSelection {
  return {
    checkout: readCheckoutChoice(checkout, places),
    ...(preNetwork === true ? { preNetwork } : {}),
    ...(names.length > 0 ? { names: [...names] } : {}),
  };
}

/** Without one, the checkout that Seedbed fetches by default. */
export function readCheckoutChoice(text: string | undefined, places: Places): CheckoutChoice {
  return readCheckoutName(text ?? 'default', places);
}

export function readFetchOptions(options: DistfileOptions, places: Places): FetchOptions {
  const { mirror, folder, parallel } = options;
  return {
    ...(mirror === undefined ? {} : { mirrors: mirror }),
    ...(folder === undefined ? {} : { folders: folder.map((path) => places.mint(path).token) }),
    use: {
      ...(options.mirrors === false ? { mirrors: false } : {}),
      ...(options.upstream === false ? { upstream: false } : {}),
      ...(options.git === false ? { git: false } : {}),
    },
    ...(options.archives === false ? { archives: [] } : {}),
    ...(parallel === undefined ? {} : { parallel }),
  };
}

export function describeReport(report: DistfileReport): string[] {
  const { files, alreadyThere, added, addedBytes, missing, wrong } = report;
  return [
    ...missing.flatMap(describeMissing),
    ...wrong.map(({ path, actualSha256 }) => `other bytes: ${path} has sha256 ${actualSha256}`),
    `distfiles: ${files} wanted, ${alreadyThere} were there, ${added} added (${formatBytes(addedBytes)}), ${missing.length} missing`,
  ];
}

/** A missing file with all that is needed to get it elsewhere. */
function describeMissing(file: Omit<MissingDistfile, 'steps'>): string[] {
  const { name, sha256, urls, git, failures } = file;
  return [
    `missing: ${name}`,
    `  sha256 ${sha256}`,
    ...urls.map((url) => `  at ${url}`),
    ...(git === null ? [] : [`  snapshot of ${git.repo} at ${git.ref}`]),
    ...(urls.length === 0 && git === null ? ['  no address: only mirrors have it'] : []),
    ...failures.map(
      ({ source, detail, tries }) =>
        `  ${source.kind} ${source.label}: ${detail}${tries > 1 ? ` (${tries} tries)` : ''}`,
    ),
  ];
}
