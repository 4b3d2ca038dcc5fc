// seedbed checkout …
import { resolve } from 'node:path';
import type { CheckoutJobReport, CheckoutListing } from '../../shared/contract/checkout.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/units.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, formatWhen, openScreen, type Screen } from '../screen.ts';
import { type Session, withSession } from '../session.ts';
import { type FetchOptions, readCheckoutName, readFetch } from './checkout-options.ts';
import { describeCheckout, describeVerification, differenceCount } from './checkout-text.ts';
import { describeReport } from './distfiles.ts';
import { readTarget } from './spec.ts';

export async function fetch(options: Json & FetchOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.checkout.fetch(await readFetch(options, engine.places));
    const report = await followWithReport(session, screen, jobId);
    if (report.kind !== 'fetch') return;
    const listing = await client.checkout.show({ id: report.id });
    if (options.json === true) screen.json({ did: report.did, ...withoutToken(listing) });
    else {
      screen.line(SAYINGS[report.did]);
      for (const line of describeCheckout(listing)) screen.line(line);
    }
  });
}

const SAYINGS = {
  nothing: 'It was there already, whole and unaltered.',
  fetched: 'Fetched.',
  remade: 'It was there, but altered or not full: made again from its commits.',
};

export async function verify(
  name: string,
  options: Json & { remote?: boolean; against?: string },
): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine, signal }) => {
    const checkout = readCheckoutName(name, engine.places);
    const report = await client.checkout.verify(
      {
        checkout,
        remote: options.remote === true,
        ...(options.against === undefined ? {} : { against: options.against }),
      },
      { signal },
    );
    if (options.json === true) screen.json(report);
    else for (const line of describeVerification(report)) screen.line(line);
    if (report.commit === null || report.differences.length > 0) process.exitCode = 1;
  });
}

export async function use(folder: string, { json, against }: Json & { against?: string }): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine, signal }) => {
    const listing = await client.checkout.use(
      { folder: engine.places.mint(resolve(folder)).token, ...(against === undefined ? {} : { against }) },
      { signal },
    );
    if (json === true) screen.json(withoutToken(listing));
    else for (const line of describeCheckout(listing)) screen.line(line);
  });
}

export async function exportTo(file: string, given: Json): Promise<void> {
  // Commander has checked the options by their declarations in checkout-program.ts.
  const options = given as Json & { checkout: string; distfiles?: boolean; force?: boolean };
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.checkout.export({
      id: options.checkout,
      out: readTarget(file, options.force === true, engine.places),
      distfiles: options.distfiles === true,
    });
    const report = await followWithReport(session, screen, jobId);
    if (report.kind !== 'export') return;
    if (options.json === true) screen.json(report);
    else {
      screen.line(`file:      ${report.path}`);
      screen.line(`size:      ${formatBytes(report.sizeBytes)}`);
      screen.line(`sha256:    ${report.sha256}`);
      if (options.distfiles === true)
        screen.line(
          `distfiles: ${report.distfiles}${report.missing.length === 0 ? ', all of them' : `; ${report.missing.length} are not stored here: seedbed distfiles status --missing`}`,
        );
      screen.line('Take it in elsewhere: seedbed checkout import FILE');
    }
  });
}

export async function importFrom(file: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.checkout.import({ archive: engine.places.mint(resolve(file)).token });
    const report = await followWithReport(session, screen, jobId);
    if (report.kind !== 'import') return;
    const listing = await client.checkout.show({ id: report.id });
    if (json === true) screen.json({ ...withoutToken(listing), distfiles: report.distfiles });
    else {
      for (const line of describeCheckout(listing)) screen.line(line);
      if (report.distfiles !== null) for (const line of describeReport(report.distfiles)) screen.line(line);
    }
  });
}

export async function list({ json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const found = await client.checkout.list({});
    if (json === true) screen.json(found.map(withoutToken));
    else if (found.length === 0) screen.line('No checkouts yet. Fetch one: seedbed checkout fetch');
    else {
      const rows = found.map(({ id, record, known, isDefault, path }) => [
        record.kind === 'fetched' ? id.slice(0, 12) : id,
        isDefault ? 'default' : known ? 'known' : '',
        record.kind === 'fetched'
          ? record.origin === 'archive'
            ? 'imported'
            : 'fetched'
          : differenceCount(record.report),
        formatWhen(record.at),
        path,
      ]);
      for (const line of formatTable([['id', '', 'state', 'since', 'folder'], ...rows])) screen.line(line);
    }
  });
}

export async function show(name: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const listing = await client.checkout.show({ id: name });
    if (json === true) {
      screen.json(withoutToken(listing));
      return;
    }
    for (const line of describeCheckout(listing)) screen.line(line);
    if (listing.record.kind === 'linked') return;
    screen.line('repositories:');
    const rows = listing.record.repositories.map(({ path, commit, state, from, tags }) => [
      path === '' ? 'live-bootstrap' : path,
      commit,
      state === 'absent' ? 'left out' : (from ?? 'from an archive'),
      tags.map((tag) => tag.name).join(' '),
    ]);
    for (const line of formatTable(rows)) screen.line(`  ${line}`);
  });
}

export async function remove(name: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const { id, record, path } = await client.checkout.show({ id: name });
    await client.checkout.remove({ id });
    if (json === true) screen.json({ removed: id });
    else
      screen.line(
        record.kind === 'linked' ? `Forgot ${path}; the folder itself is untouched.` : `Removed ${id}.`,
      );
  });
}

async function followWithReport(session: Session, screen: Screen, jobId: string): Promise<CheckoutJobReport> {
  await followJob(session, screen, jobId);
  const report = await session.client.checkout.report({ job: jobId });
  if (report === null) throw new SeedbedError('BUG', { reason: 'the job left no report' });
  return report;
}

/** A token means nothing to another command. */
function withoutToken({
  id,
  path,
  known,
  isDefault,
  record,
}: CheckoutListing): Omit<CheckoutListing, 'place'> {
  return { id, path, known, isDefault, record };
}
