// seedbed image inspect: the map of a disk, and for a boot image what its record says.
import type { ImageInspection } from '../../shared/model/image.ts';
import type { ImageMap, MapKind, MapRegion } from '../../shared/model/image-reading.ts';
import { formatBytes, formatCount } from '../../shared/units.ts';
import { readWireError } from '../../shared/wire-errors.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { readCheckoutName } from './checkout-options.ts';
import { describeBudgets, describeOverlay } from './image.ts';
import { readDiskName } from './image-reading.ts';
import { formatOrigin } from './origin-text.ts';

interface InspectOptions extends Json {
  against?: string;
  search?: string;
  all?: boolean;
}

const SHOWN_REGIONS = 100;
const PAGE = 5000;
const CELLS = 512;
const CELLS_A_ROW = 64;

export async function inspect(name: string, given: Json): Promise<void> {
  const screen = openScreen();
  // Commander has checked the options by their declarations in image-reading-program.ts.
  const { json, against, search, all } = given as InspectOptions;
  await withSession(async ({ client, engine, signal }) => {
    const image = readDiskName(name, engine.places);
    const input = {
      image,
      cells: CELLS,
      ...(against === undefined ? {} : { checkout: readCheckoutName(against, engine.places) }),
      ...(search === undefined ? {} : { search }),
    };
    const whole = all === true || json === true;
    const map = await client.imageReading.map({ ...input, limit: whole ? PAGE : SHOWN_REGIONS }, { signal });
    while (whole && map.regions.length < map.totalRegions) {
      const page = await client.imageReading.map(
        { ...input, from: map.regions.length, limit: PAGE },
        { signal },
      );
      map.regions.push(...page.regions);
      if (page.regions.length === 0) break;
    }
    const inspection =
      map.layout === 'boot' ? await inspectFile(() => client.image.inspect({ image }, { signal })) : null;
    if (json === true) screen.json({ ...inspection, map });
    else for (const line of describe(map, inspection)) screen.line(line);
    if (inspection?.matchesRecord === false) process.exitCode = 1;
  });
}

/** A device has no record beside it, and is not inspected as a file. */
async function inspectFile(ask: () => Promise<ImageInspection>): Promise<ImageInspection | null> {
  try {
    return await ask();
  } catch (error) {
    if (readWireError(error).code === 'IMAGE_UNREADABLE') return null;
    throw error;
  }
}

const LAYOUTS: Readonly<Record<ImageMap['layout'], string>> = {
  boot: 'boot image of builder-hex0',
  disk: 'disk with a partition table',
  'file-system': 'file system without a partition table',
};

function describe(map: ImageMap, inspection: ImageInspection | null): string[] {
  const left = map.totalRegions - map.regions.length;
  const warnings = [...new Set([...(inspection?.warnings ?? []), ...map.warnings])];
  return [
    `image:    ${map.path}`,
    `kind:     ${LAYOUTS[map.layout]}`,
    `size:     ${formatBytes(map.sizeBytes)}`,
    ...(map.sha256 === null ? [] : [`sha256:   ${map.sha256} (of the first ${map.hashedBytes} bytes)`]),
    ...(inspection === null ? [] : describeInspection(inspection)),
    ...map.fileSystems.flatMap(describeFileSystem),
    ...drawCells(map),
    'regions:',
    ...formatTable(map.regions.map(describeRegion)).map((line) => `  ${line}`),
    ...(left > 0 ? [`  and ${formatCount(left)} more (--all shows them, --search some)`] : []),
    ...(inspection === null ? [] : describeBudgets(inspection.budgets)),
    ...warnings.map((warning) => `warning:  ${warning}`),
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
    `record:   ${record}`,
    ...(found.record?.overlays ?? []).map(describeOverlay),
    `stage2:   ${formatCount(found.stage2Bytes)} bytes of hex0 text; reads its stream from sector ${found.streamLba}`,
    `entries:  ${formatCount(found.directories)} directories, ${formatCount(found.files)} files, ${formatBytes(found.payloadBytes)}`,
    ...(found.commands.length === 0
      ? []
      : ['commands after the entries:', ...found.commands.map((line) => `  ${line}`)]),
  ];
}

function describeFileSystem(fileSystem: ImageMap['fileSystems'][number]): string[] {
  const { type, offsetBytes, blockBytes, blocks, freeBlocks, inodes, freeInodes, uuid, features } =
    fileSystem;
  return [
    `${type}:     at byte ${offsetBytes}, uuid ${uuid}${fileSystem.needsRecovery ? ', NOT unmounted' : ''}`,
    `          ${formatCount(blocks)} blocks of ${blockBytes} bytes, ${formatCount(freeBlocks)} free; ${formatCount(inodes)} inodes, ${formatCount(freeInodes)} free`,
    `          ${features.join(' ')}`,
  ];
}

/** One character a kind. */
const LETTERS: Readonly<Record<MapKind, string>> = {
  'boot-sector': 'B',
  stage2: '2',
  padding: '-',
  entry: '#',
  commands: 'c',
  zeros: '·',
  'partition-table': 'P',
  gap: '·',
  partition: 'p',
  'ext-boot-block': 'b',
  'super-block': 'S',
  'group-descriptors': 'g',
  'block-bitmap': 'm',
  'inode-bitmap': 'n',
  'inode-table': 'i',
  journal: 'j',
  directory: 'd',
  mapping: 'x',
  file: '#',
  attributes: 'a',
  free: '.',
};

function drawCells({ cells, shares }: ImageMap): string[] {
  const letters = cells.kinds.map((kind) => LETTERS[kind]).join('');
  const rows = letters.match(new RegExp(`.{1,${CELLS_A_ROW}}`, 'gu')) ?? [];
  const legend = shares.map(({ kind, regions, bytes }) => [
    LETTERS[kind],
    kind,
    `${formatCount(regions)} ${regions === 1 ? 'region' : 'regions'}`,
    `${formatCount(bytes)} bytes`,
  ]);
  return [
    `picture:  a character is ${formatBytes(cells.cellBytes)}`,
    ...rows.map((row) => `  ${row}`),
    ...formatTable(legend).map((line) => `  ${line}`),
  ];
}

function describeRegion({ kind, offsetBytes, lengthBytes, label, sha256, origin }: MapRegion): string[] {
  const named = kind === 'entry' || kind === 'file' || kind === 'directory';
  return [
    `at ${offsetBytes}`,
    `${lengthBytes} bytes`,
    kind,
    sha256?.slice(0, 16) ?? '',
    origin === null ? '' : formatOrigin(origin),
    named || label !== kind ? label : '',
  ];
}
