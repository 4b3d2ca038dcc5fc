// seedbed mirror …
import { isIP } from 'node:net';
import { SeedbedError } from '../../shared/errors.ts';
import type { MirrorHealth, MirrorServing } from '../../shared/model/mirror.ts';
import { formatBytes, formatDuration } from '../../shared/units.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, formatWhen, openScreen } from '../screen.ts';
import { type Session, withSession } from '../session.ts';
import { type DistfileOptions, readCheckoutChoice, readFetchOptions } from './distfiles.ts';

export async function list({ json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const mirrors = await client.mirror.list({});
    if (json === true) {
      screen.json(mirrors);
      return;
    }
    const rows = mirrors.map(({ id, url, on, origin, health }) => [
      on ? id : `${id} (off)`,
      origin,
      health === null ? 'not asked yet' : describeHealth(health),
      health === null ? '' : formatWhen(health.checkedAt),
      url,
    ]);
    for (const line of formatTable([['mirror', 'from', 'state', 'asked', 'address'], ...rows]))
      screen.line(line);
  });
}

export async function check(urls: string[], options: DistfileOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine, signal }) => {
    screen.status('Asking the mirrors', null);
    const healths = await client.mirror.check(
      { checkout: readCheckoutChoice(options.checkout, engine.places), all: options.all === true, urls },
      { signal },
    );
    screen.clear();
    if (options.json === true) screen.json(healths);
    else
      for (const health of healths) {
        screen.line(`${health.url}: ${describeHealth(health)}`);
        for (const name of health.state === 'partial' ? health.lacks : []) screen.line(`  lacks ${name}`);
      }
    if (healths.every(({ state }) => state === 'unreachable')) process.exitCode = 1;
  });
}

export async function create(folder: string, options: DistfileOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.mirror.create({
      checkout: readCheckoutChoice(options.checkout, engine.places),
      folder: engine.places.mint(folder).token,
      options: readFetchOptions(options, engine.places),
    });
    await followJob(session, screen, jobId);
    const report = await client.mirror.createReport({ job: jobId });
    if (options.json === true) screen.json(report);
    else if (report !== null) {
      screen.line(
        `${report.folder}: ${report.files} files, ${report.added} written (${formatBytes(report.addedBytes)}), ${report.unchanged} were there`,
      );
      if (report.strangers.length > 0)
        screen.line(`left alone, no sources file names them: ${report.strangers.join(', ')}`);
      screen.line(`Serve it: seedbed mirror serve --folder ${report.folder}`);
    }
  });
}

export async function serve(given: Json): Promise<void> {
  // Commander has checked the options by their declarations in mirror-program.ts.
  const options = given as Json & {
    folder?: string;
    checkout?: string;
    listen: string;
    whileNeeded?: number;
  };
  const screen = openScreen();
  if ((options.folder === undefined) === (options.checkout === undefined))
    throw new SeedbedError('USAGE', {
      reason: 'Name what to serve: --folder, or --checkout for the stored files.',
    });
  await withSession(async (session) => {
    const { client, engine, signal } = session;
    const from =
      options.folder === undefined
        ? { checkout: readCheckoutChoice(options.checkout, engine.places) }
        : { folder: engine.places.mint(options.folder).token };
    const begin = (): Promise<MirrorServing> => client.mirror.serve({ from, ...parseListen(options.listen) });
    const serving = await begin();
    if (options.json === true) screen.json(serving);
    else {
      screen.line(`Serving ${serving.files} files (${serving.label}) at ${serving.url}`);
      screen.line('Ctrl-C ends it.');
    }
    if (options.whileNeeded !== undefined) {
      await serveWhileNeeded(session, { ...serving, graceMilliseconds: options.whileNeeded * 1000 }, begin);
      return;
    }
    for await (const [now] of await client.mirror.watchServing({}, { signal })) {
      if (signal.aborted) break;
      if (now !== undefined)
        screen.status(`${now.answers} answers, ${formatBytes(now.sentBytes)} sent`, null);
    }
    screen.clear();
  });
}

async function serveWhileNeeded(
  { client, engine, signal }: Session,
  { port, url, graceMilliseconds }: MirrorServing & { graceMilliseconds: number },
  begin: () => Promise<MirrorServing>,
): Promise<void> {
  const options = { graceMilliseconds, signal };
  do {
    await engine.guestMirrors.untilUnneeded(port, options);
    await client.mirror.stopServing({ url });
    // A run that was started meanwhile has found this mirror alive.
  } while (!signal.aborted && (await engine.guestMirrors.isNeeded(port)) && (await begin()).port === port);
}

/** `address:port`, `[v6]:port`, or a port alone. */
export function parseListen(text: string): { host: string; port: number } {
  const [, host = '127.0.0.1', digits = ''] = /^(?:\[?([^\]]*?)\]?:)?(\d{1,5})$/.exec(text) ?? [];
  const port = digits === '' ? Number.NaN : Number(digits);
  if (isIP(host) === 0 || !(port <= 65_535))
    throw new SeedbedError('USAGE', {
      reason: `--listen takes an address and a port, such as 127.0.0.1:8080, not ${text}.`,
    });
  return { host, port };
}

function describeHealth({ state, latencyMilliseconds, asked, has, detail }: MirrorHealth): string {
  if (state === 'unreachable') return `does not answer: ${detail}`;
  const speed = latencyMilliseconds === null ? '' : `, answers in ${formatDuration(latencyMilliseconds)}`;
  return `${state}, has ${has} of ${asked}${speed}`;
}
