// seedbed image …
import { diskPathFor } from '../../engine/image/image-files.ts';
import { dataBytesOf } from '../../shared/image-sizes.ts';
import type { Budget, ImageDisk, ImageInspection, ImageRecord, Region } from '../../shared/model/image.ts';
import { formatBytes, formatCount } from '../../shared/units.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { foldCheckout } from './checkout-options.ts';
import { type CheckoutOptions, readImageName, readSpec, readTarget } from './spec.ts';

export async function build(given: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    // Commander has checked the options by their declarations in program.ts.
    const asked = given as Json & CheckoutOptions & { out?: string; force?: boolean };
    const options = await foldCheckout(asked, client);
    const spec = readSpec(options, engine.places, false);
    const out =
      options.out === undefined ? undefined : readTarget(options.out, options.force === true, engine.places);
    const { jobId } = await client.image.build(out === undefined ? { spec } : { spec, out });
    const result = await followJob(session, screen, jobId);
    const path = result.path ?? '';
    const { record } = await client.image.inspect({ image: { place: engine.places.mint(path).token } });
    if (options.json === true) screen.json({ path, id: result.imageId, record });
    else if (record !== null)
      for (const line of describeRecord(path, result.imageId, record)) screen.line(line);
  });
}

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

function describeRecord(path: string, id: string | null, record: ImageRecord): string[] {
  const { disks, overlays } = record;
  return [
    `image:        ${path}${id === null ? '' : `  (id ${id})`}`,
    `goal:         ${record.goal}`,
    `input digest: ${record.inputDigest}`,
    ...disks.flatMap((disk) => describeDisk(diskPathFor(path, disk.role, disks[0].role), disk)),
    ...overlays.map(
      ({ name, changes, digest }) =>
        `overlay:      ${name}: ${changes.map(({ path: at }) => at).join(', ')}  (sha256 ${digest})`,
    ),
    ...record.warnings.map((warning) => `warning:      ${warning}`),
  ];
}

function describeDisk(path: string, disk: ImageDisk): string[] {
  const { directories, files, payloadBytes } = disk.entries;
  return [
    `${`${disk.role} disk:`.padEnd(13)} ${path}`,
    `size:         ${formatBytes(disk.sizeBytes)}, of which ${formatBytes(dataBytesOf({ disks: [disk] }))} data; the rest is zeros`,
    `sha256:       ${disk.sha256}`,
    `entries:      ${formatCount(directories)} directories, ${formatCount(files)} files, ${formatBytes(payloadBytes)}`,
    ...describeBudgets(disk.budgets),
  ];
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

function describeBudgets(budgets: Budget[]): string[] {
  if (budgets.length === 0) return [];
  const rows = budgets.map(({ name, used, limit, unit }) => [
    name,
    `${formatCount(used)} of ${formatCount(limit)} ${unit}`,
    `${((used / limit) * 100).toFixed(1)} %`,
  ]);
  return ['budgets of builder-hex0:', ...formatTable(rows).map((line) => `  ${line}`)];
}
