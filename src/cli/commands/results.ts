// seedbed runs results, extract, boot, compare, export
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { quoteWord } from '../../engine/run/posix-script.ts';
import type { OutputState, ResultOutput, RunComparison, RunResults } from '../../shared/model/results.ts';
import { formatBytes, formatDuration } from '../../shared/units.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen, type Screen } from '../screen.ts';
import { type Session, withSession } from '../session.ts';
import { readTarget } from './spec.ts';

export async function results(
  name: string,
  options: Json & { all?: boolean; again?: boolean },
): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client } = session;
    const known = options.again === true ? null : await client.results.read({ run: name });
    const found = known ?? (await collect(session, screen, name));
    if (found === null) return;
    if (options.json === true) screen.json(found);
    else for (const line of describeResults(found, options.all === true)) screen.line(line);
    if (found.totals.different + found.totals.missing > 0) process.exitCode = 1;
  });
}

export async function collect(session: Session, screen: Screen, run: string): Promise<RunResults | null> {
  const { jobId } = await session.client.results.collect({ run });
  await followJob(session, screen, jobId);
  return session.client.results.read({ run });
}

export async function extract(name: string, paths: string[], given: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    // Commander has checked the options by their declarations in results-program.ts.
    const options = given as Json & { to: string };
    if (paths.length === 0 && (await client.results.read({ run: name })) === null)
      await collect(session, screen, name);
    const to = engine.places.mint(resolve(options.to)).token;
    const { jobId } = await client.results.extract({ run: name, paths, to });
    await followJob(session, screen, jobId);
    const report = await client.results.extractReport({ job: jobId });
    if (report === null) return;
    if (options.json === true) screen.json(report);
    else {
      screen.line(
        `${report.folder}: ${report.written} files written (${formatBytes(report.bytes)}), ${report.unchanged} were there`,
      );
      for (const { path, reason } of report.skipped) screen.line(`left out: ${path}: ${reason}`);
      for (const warning of report.warnings) screen.line(`warning: ${warning}`);
    }
  });
}

export async function boot(name: string, given: Json): Promise<void> {
  const screen = openScreen();
  const options = given as Json & { memory: number; cores: number; print?: boolean };
  const found = await withSession(({ client }) =>
    client.results.boot({ run: name, memoryMiB: options.memory, cores: options.cores }),
  );
  if (options.json === true) {
    screen.json(found);
    return;
  }
  if (options.print === true) {
    screen.line(found.argv.map(quoteWord).join(' '));
    return;
  }
  for (const note of found.notes) screen.note(note);
  const [program = '', ...args] = found.argv;
  const child = spawn(program, args, { stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) process.exitCode = 1;
}

export async function compare(a: string, b: string, options: Json & { all?: boolean }): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, signal }) => {
    screen.status('Comparing', null);
    const compared = await client.results.compare({ a, b }, { signal });
    screen.clear();
    if (options.json === true) screen.json(compared);
    else for (const line of describeComparison(compared, options.all === true)) screen.line(line);
    if (compared.counts.differs > 0) process.exitCode = 1;
  });
}

export async function exportRun(name: string, given: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const options = given as Json & { out: string; force?: boolean };
    const out = readTarget(options.out, options.force === true, engine.places);
    const { jobId } = await client.results.export({ run: name, out });
    await followJob(session, screen, jobId);
    const archive = await client.results.exportReport({ job: jobId });
    if (options.json === true) screen.json(archive);
    else if (archive !== null)
      screen.line(`${archive.path}: ${formatBytes(archive.sizeBytes)}, ${archive.files.length} files`);
  });
}

const ORDER: readonly OutputState[] = ['different', 'missing', 'equal', 'seen', 'unchecked'];

/** `outputs: 273 expected; 0 different, …` */
export function describeTotals({ totals }: RunResults): string {
  return `outputs: ${totals.expected} expected; ${ORDER.map((state) => `${totals[state]} ${state}`).join(', ')}`;
}

function describeResults(found: RunResults, all: boolean): string[] {
  const { disk, outputs, files, unused, warnings } = found;
  const shown = outputs.filter(({ state }) => all || state === 'different' || state === 'missing');
  return [
    `run:     ${found.run}${found.assisted ? '  (assisted: given packages of an earlier run)' : ''}`,
    `disk:    ${disk === null ? found.diskNote : `${disk.file}, ${disk.fileSystem} at byte ${disk.offsetBytes}`}`,
    describeTotals(found),
    ...formatTable(shown.map(outputRow)),
    ...files.map(
      ({ what, path, sizeBytes, sha256 }) => `${what}: ${path}  ${formatBytes(sizeBytes)}  ${sha256}`,
    ),
    ...(unused.length > 0 ? [`not made by any build of this run: ${unused.join(', ')}`] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

function outputRow({ state, name, sha256, found, prebuilt, layer }: ResultOutput): string[] {
  const actual = found === null ? '' : `found ${found.sha256}`;
  return [state, layer, prebuilt ? `${name} (prebuilt)` : name, sha256, actual];
}

function describeComparison(compared: RunComparison, all: boolean): string[] {
  const { a, b, counts, firstDifference, inputDifferences, outputs, steps } = compared;
  const side = (run: RunComparison['a']): string => `${run.run}${run.assisted ? ' (assisted)' : ''}`;
  const shown = outputs.filter(({ verdict }) => all || verdict === 'differs');
  return [
    `${side(a)} against ${side(b)}`,
    compared.sameInputs
      ? 'The same image: outputs have to be the same.'
      : 'Different images: different outputs may come from these differences.',
    ...inputDifferences.map((line) => `  ${line}`),
    `outputs: ${counts.same} same, ${counts.differs} differ, ${counts.onlyA} only in the first, ${counts.onlyB} only in the second, ${counts.unknown} unknown`,
    ...(firstDifference === null
      ? []
      : [`first that differs: ${firstDifference.name} (later ones may follow from it)`]),
    ...formatTable(
      shown.map(({ verdict, name, a: left, b: right }) => [verdict, name, left ?? '—', right ?? '—']),
    ),
    ...formatTable(
      steps
        .filter(({ aMilliseconds, bMilliseconds }) => aMilliseconds !== null && bMilliseconds !== null)
        .map(({ title, aMilliseconds, bMilliseconds }) => [
          title,
          formatDuration(aMilliseconds ?? 0),
          formatDuration(bMilliseconds ?? 0),
        ]),
    ),
  ];
}
