// seedbed image …
import { dataBytesOf } from '../../shared/image-sizes.ts';
import type { Budget, ImageInspection, Region } from '../../shared/model/image.ts';
import { formatBytes, formatCount } from '../../shared/units.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { readImageName } from './spec.ts';

export async function list({ json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const images = await client.image.list({});
    if (json === true) screen.json(images);
    else if (images.length === 0) screen.line('No images yet. Build one: seedbed image build --help');
    else {
      const rows = images.map(({ id, record }) => [
        id,
        record.goal,
        formatBytes(dataBytesOf(record)),
        record.disks[0].sha256,
      ]);
      for (const line of formatTable([['id', 'goal', 'data', 'sha256'], ...rows])) screen.line(line);
    }
  });
}

export async function inspect(name: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine, signal }) => {
    const found = await client.image.inspect({ image: readImageName(name, engine.places) }, { signal });
    if (json === true) screen.json(found);
    else for (const line of describeInspection(found)) screen.line(line);
    if (found.matchesRecord === false) process.exitCode = 1;
  });
}

export async function remove(id: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    await client.image.remove({ id });
    if (json === true) screen.json({ removed: id });
    else screen.line(`Removed ${id}.`);
  });
}

function describeInspection(found: ImageInspection): string[] {
  const record =
    found.matchesRecord === null
      ? 'no record beside it'
      : found.matchesRecord
        ? 'agrees with its record'
        : 'DIFFERS from its record';
  return [
    `image:    ${found.path}`,
    `size:     ${formatBytes(found.sizeBytes)}`,
    `record:   ${record}`,
    `stage2:   ${formatCount(found.stage2Bytes)} bytes of hex0 text; reads its stream from sector ${found.streamLba}`,
    `entries:  ${formatCount(found.directories)} directories, ${formatCount(found.files)} files, ${formatBytes(found.payloadBytes)}`,
    'regions:',
    ...formatTable(found.regions.map(describeRegion)).map((line) => `  ${line}`),
    ...(found.commands.length === 0
      ? []
      : ['commands after the entries:', ...found.commands.map((line) => `  ${line}`)]),
    ...describeBudgets(found.budgets),
    ...found.warnings.map((warning) => `warning:  ${warning}`),
  ];
}

function describeRegion(region: Region): string[] {
  return [
    region.distfile ?? region.name,
    `at ${region.offsetBytes}`,
    `${region.lengthBytes} bytes`,
    region.sha256 ?? 'zeros',
  ];
}

export function describeBudgets(budgets: Budget[]): string[] {
  if (budgets.length === 0) return [];
  const rows = budgets.map(({ name, used, limit, unit }) => [
    name,
    `${formatCount(used)} of ${formatCount(limit)} ${unit}`,
    `${((used / limit) * 100).toFixed(1)} %`,
  ]);
  return ['budgets of builder-hex0:', ...formatTable(rows).map((line) => `  ${line}`)];
}
