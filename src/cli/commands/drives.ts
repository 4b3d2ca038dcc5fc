// seedbed drives list, watch, show, protect, unprotect
import type { Drive, DriveListing, ListedDrive } from '../../shared/model/drive.ts';
import { formatDriveSize } from '../../shared/units.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen, type Screen } from '../screen.ts';
import { withSession } from '../session.ts';

export async function list(options: Json & { all?: boolean }): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, signal }) => {
    print(screen, await client.drives.list({}, { signal }), options);
  });
}

export async function watch(options: Json & { all?: boolean }): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, signal }) => {
    try {
      for await (const listing of await client.drives.watch({}, { signal })) {
        print(screen, listing, options);
        if (options.json !== true) screen.line();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  });
}

export async function show(name: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, signal }) => {
    const listed = await client.drives.show({ drive: name }, { signal });
    if (json === true) screen.json(listed);
    else for (const line of describeDrive(listed)) screen.line(line);
  });
}

export async function protect(name: string, on: boolean, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const listed = await client.drives.protect({ drive: name, protected: on });
    if (json === true) screen.json(listed);
    else
      screen.line(
        on
          ? `${listed.drive.path} is never written, until seedbed drives unprotect.`
          : `${listed.drive.path} is no longer protected.`,
      );
  });
}

function print(screen: Screen, listing: DriveListing, { json, all = false }: Json & { all?: boolean }): void {
  if (json === true) {
    screen.json(listing);
    return;
  }
  for (const problem of listing.problems) screen.line(`PROBLEM  ${problem}`);
  const shown = listing.drives.filter((listed) => all || isWorthShowing(listed));
  for (const line of formatTable(shown.map(toRow))) screen.line(line);
  if (shown.length === 0) screen.line('No drive is there that could be written. Plug one in.');
  const left = listing.drives.length - shown.length;
  if (left > 0) screen.note(`${left} more with --all: loop devices in use, readers without a card.`);
}

/** Loop devices of packages and empty slots of readers would hide the rest. */
function isWorthShowing({ drive, confirmation }: ListedDrive): boolean {
  return confirmation !== null || (!drive.isLoop && drive.sizeBytes > 0);
}

function toRow({ drive, findings, confirmation }: ListedDrive): string[] {
  const refusal = findings.find(({ level }) => level === 'refuse');
  const verdict =
    refusal !== undefined
      ? `refused: ${refusal.why}`
      : confirmation?.kind === 'typed'
        ? `may be written; type ${confirmation.text}`
        : 'may be written';
  return [drive.path, formatDriveSize(drive.sizeBytes), drive.kind.kind, nameOf(drive), verdict];
}

function nameOf({ vendor, model, isLoop, backingFile }: Drive): string {
  const name = [vendor, model].filter((part) => part !== null).join(' ');
  return isLoop ? (backingFile ?? '') : name;
}

function describeDrive({ drive, findings, confirmation }: ListedDrive): string[] {
  const { kind } = drive;
  const facts: [string, string | null][] = [
    ['id', drive.id],
    ['name', nameOf(drive)],
    ['size', `${formatDriveSize(drive.sizeBytes)} (${drive.sizeBytes} bytes)`],
    ['sectors', `${drive.logicalSectorBytes} bytes, ${drive.physicalSectorBytes} inside`],
    ['bus', drive.bus],
    ['serial', drive.serial],
    ['WWN', drive.wwn],
    ['looks like', `${kind.kind} (${kind.score > 0 ? '+' : ''}${kind.score})`],
  ];
  const lines = facts
    .filter(([, value]) => value !== null && value !== '')
    .map(([what, value]) => `${what.padEnd(11)} ${value ?? ''}`);
  const reasons = kind.reasons.map(({ points, why }) => `            ${String(points).padStart(4)}  ${why}`);
  const parts = drive.partitions.map((part) =>
    [
      `  ${part.path}`,
      formatDriveSize(part.sizeBytes),
      part.fsType ?? part.typeName ?? 'unknown',
      part.label === null ? '' : `“${part.label}”`,
      part.mountPoints.join(', '),
    ]
      .filter((word) => word !== '')
      .join('  '),
  );
  const told = findings.map(({ level, why }) => `${level.padEnd(11)} ${why}`);
  const asks =
    confirmation === null
      ? 'It is not written.'
      : confirmation.kind === 'typed'
        ? `Before it is written, ${confirmation.text} must be typed.`
        : 'Before it is written, you are asked once.';
  return [drive.path, ...lines, ...reasons, ...parts, ...told, asks];
}
