// seedbed distfiles show and confirm: what is known of each file, and who else has it.
import { SeedbedError } from '../../shared/errors.ts';
import type { ConfirmReport, DistfileRow, EvidenceLine, Source } from '../../shared/model/distfile.ts';
import { formatBytes, formatCount } from '../../shared/units.ts';
import { followJob } from '../follow.ts';
import { formatWhen, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { type DistfileOptions, readFetchOptions, readSelection } from './distfiles.ts';
import { corroborationLines } from './signature.ts';

export async function show(names: string[], options: DistfileOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine }) => {
    const selection = readSelection(names, options, engine.places);
    const [rows, planned, evidence] = await Promise.all([
      client.distfiles.list(selection),
      client.distfiles.sources(selection),
      client.evidence.list(selection),
    ]);
    const known = new Map(evidence.rows.map((one) => [one.name, one]));
    const sources = new Map(planned.map((one) => [one.name, one.sources]));
    if (options.json === true)
      screen.json(
        rows.map((row) => ({
          ...row,
          sources: sources.get(row.name) ?? [],
          corroboration: known.get(row.name) ?? null,
        })),
      );
    else
      for (const row of rows)
        for (const line of [
          ...describeFile(row, sources.get(row.name) ?? []),
          ...corroborationLines(known.get(row.name)),
        ])
          screen.line(line);
  });
}

function describeFile(row: DistfileRow, sources: readonly Source[]): string[] {
  const { name, sha256, state, sizeBytes, steps, preNetwork, evidence, failures } = row;
  const { stored, agreed, wrong } = evidence;
  return [
    `${name}: ${state}${sizeBytes === null ? '' : `, ${formatBytes(sizeBytes)}`}`,
    `  sha256   ${sha256}`,
    `  for      ${steps.join(' ')}${preNetwork ? ' (before the machine has a network)' : ''}`,
    ...(stored === null ? [] : [`  from     ${describeLine(stored)}`]),
    ...agreed.map((line) => `  agrees   ${describeLine(line)}`),
    ...wrong.map((line) => `  DIFFERS  ${describeLine(line)}; its sha256 is ${line.actualSha256 ?? ''}`),
    ...failures.map(({ source, detail }) => `  failed   ${describeSource(source)}: ${detail}`),
    ...sources.map((source, index) => `  source ${index + 1} ${describeSource(source)}`),
    ...(sources.length === 0 ? ['  source   none: turn some on in seedbed settings'] : []),
  ];
}

function describeLine({ source, transport, at, note }: EvidenceLine): string {
  return `${describeSource(source)}, ${transport}, ${formatWhen(at)}${note === '' ? '' : ` (${note})`}`;
}

function describeSource({ kind, label, at }: Source): string {
  return label === at ? `${kind} ${at}` : `${kind} ${label} ${at}`;
}

export async function confirm(names: string[], options: DistfileOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.distfiles.confirm({
      ...readSelection(names, options, engine.places),
      options: readFetchOptions(options, engine.places),
    });
    await followJob(session, screen, jobId);
    const report = await client.distfiles.confirmReport({ job: jobId });
    if (report === null) throw new SeedbedError('BUG', { reason: 'the confirmation left no report' });
    if (options.json === true) screen.json(report);
    else for (const line of describeConfirmation(report)) screen.line(line);
    if (report.wrong.length > 0) process.exitCode = 1;
  });
}

function describeConfirmation({
  files,
  confirmed,
  agreed,
  wrong,
  silent,
  receivedBytes,
}: ConfirmReport): string[] {
  const reasons = new Map<string, number>();
  for (const { source, detail } of silent) {
    const words = `${source.kind} ${source.label}: ${detail}`;
    reasons.set(words, (reasons.get(words) ?? 0) + 1);
  }
  return [
    ...wrong.map(
      ({ name, source, actualSha256 }) =>
        `DIFFERS ${name}: ${describeSource(source)} gave sha256 ${actualSha256}`,
    ),
    ...[...reasons].map(([words, count]) => `gave nothing (${formatCount(count)} times): ${words}`),
    `${formatCount(files)} stored files: ${confirmed} have the word of a second source, ${agreed} answers with the same bytes came now (${formatBytes(receivedBytes)}), ${wrong.length} differ`,
  ];
}
