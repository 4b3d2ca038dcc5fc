// seedbed image build and image presets: what to build, what that needs, and the building.
import { diskPathFor } from '../../engine/image/image-files.ts';
import { dataBytesOf } from '../../shared/image-sizes.ts';
import type { ImageFinding } from '../../shared/model/bootstrap-config.ts';
import type { ImagePreflight } from '../../shared/model/image-preflight.ts';
import type { ImageDisk, ImageRecord } from '../../shared/model/image.ts';
import { formatBytes, formatCount } from '../../shared/units.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { describeBudgets, describeOverlay } from './image.ts';
import { type ImageOptions, readSpec, readTarget } from './spec.ts';

interface BuildOptions extends ImageOptions, Json {
  out?: string;
  force?: boolean;
  preflight?: boolean;
  memory?: number;
}

export async function build(given: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { places } = engine;
    // Commander has checked the options by their declarations in image-program.ts.
    const options = given as BuildOptions;
    const spec = await readSpec(options, { places, client }, false);
    const out =
      options.out === undefined ? undefined : readTarget(options.out, options.force === true, places);
    const target = out === undefined ? {} : { out };
    if (options.preflight === true) {
      const memory = options.memory === undefined ? {} : { memoryMiB: options.memory };
      const found = await client.image.preflight({ spec, ...target, ...memory }, { signal: session.signal });
      if (options.json === true) screen.json(found);
      else for (const line of describePreflight(found)) screen.line(line);
      if (found.findings.some(({ level }) => level === 'error')) process.exitCode = 1;
      return;
    }
    const { jobId } = await client.image.build({ spec, ...target });
    const result = await followJob(session, screen, jobId);
    const path = result.path ?? '';
    const { record } = await client.image.record({ image: { place: places.mint(path).token } });
    if (options.json === true) screen.json({ path, id: result.imageId, record });
    else for (const line of describeRecord(path, result.imageId, record)) screen.line(line);
    if (spec.kind === 'live-bootstrap') {
      const overlays = spec.overlays.flatMap((overlay) => ('builtIn' in overlay ? [overlay.builtIn] : []));
      const { goal, configuration } = spec;
      for (const finding of await client.image.check({ goal, configuration, overlays }))
        for (const line of describeFinding(finding)) screen.note(line);
    }
  });
}

export async function presets({ json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const [known, overlays] = [await client.image.presets({}), await client.image.overlays({})];
    if (json === true) {
      screen.json({ presets: known, overlays });
      return;
    }
    for (const { id, name, summary, asks, overlays: laid, needs } of known) {
      screen.line(`${id}: ${name}`);
      screen.line(`  ${summary}`);
      screen.line(`  size:    ${needs.size}`);
      screen.line(`  time:    ${needs.time}`);
      screen.line(`  memory:  ${needs.memory}`);
      screen.line(`  network: ${needs.network}`);
      if (asks.length > 0) screen.line(`  yours to choose: ${asks.join(', ')}`);
      if (laid.length > 0) screen.line(`  overlays: ${laid.join(', ')}`);
      screen.line('');
    }
    screen.line('Overlays (--overlay NAME), each recorded in image.json:');
    for (const { name, summary, files } of overlays)
      screen.line(`  ${name}: ${summary} (${files.join(', ')})`);
  });
}

function describeRecord(path: string, id: string | null, record: ImageRecord): string[] {
  const { disks, overlays } = record;
  return [
    `image:        ${path}${id === null ? '' : `  (id ${id})`}`,
    `goal:         ${record.goal}`,
    `input digest: ${record.inputDigest}`,
    ...disks.flatMap((disk) => describeDisk(diskPathFor(path, disk.role, disks[0].role), disk)),
    ...overlays.map(describeOverlay),
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

function describePreflight(found: ImagePreflight): string[] {
  const { disks, missing, distfiles, freeBytes, overlays, findings } = found;
  const rows = missing.map(({ name, sha256, steps }) => [name, sha256, steps[0] ?? '']);
  return [
    ...findings.flatMap(describeFinding),
    ...disks.flatMap(({ role, sizeBytes, writtenBytes, budgets }) => [
      `${role} disk: ${formatBytes(sizeBytes)}, of which ${formatBytes(writtenBytes)} are written`,
      ...describeBudgets(budgets),
    ]),
    `distfiles: ${formatCount(distfiles.count)}, ${formatBytes(distfiles.bytes)}`,
    ...(missing.length === 0
      ? []
      : [`missing distfiles: ${missing.length}`, ...formatTable(rows).map((line) => `  ${line}`)]),
    ...(freeBytes === null ? [] : [`free: ${formatBytes(freeBytes)}`]),
    ...overlays.map(describeOverlay),
    findings.some(({ level }) => level === 'error') ? 'This cannot be built yet.' : 'This can be built.',
  ];
}

/** The findings speak to pages too; here are the words for a command line. */
const COMMANDS: Readonly<Record<string, string>> = {
  'distfiles-missing': 'seedbed distfiles fetch',
  'repo-missing': '--repo DIR',
  'preseed-missing': '--early-preseed FILE',
  'config-twice': '--no-create-config',
  'mirror-file': 'seedbed mirror serve DIR',
  'mirrors-none': '--mirror URL, or --external-sources',
  'mirrors-need-tls': '--mirror URL, or --external-sources',
  'disk-unchosen': '--disk NAME',
  'serial-silent': '--console serial',
  'network-demanded': '--overlay offline',
};

function describeFinding({ level, code, why, hint }: ImageFinding): string[] {
  const command = COMMANDS[code];
  return [
    `${level}[${code}]: ${why}`,
    ...(hint === '' ? [] : [`  ${hint}${command === undefined ? '' : `  (${command})`}`]),
  ];
}
