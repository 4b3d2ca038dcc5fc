// The rules for writing a drive, as pure functions: what is refused, what is warned of, and what the host must ask.
// They judge what the computer does with a drive, which is computed (list-drives.ts); what a drive says of itself only adds warnings.
import type {
  Drive,
  DriveConfirmation,
  DriveFinding,
  DriveFindingCode,
  ListedDrive,
} from '../../../shared/model/drive.ts';
import { formatBytes, formatDriveSize } from '../../../shared/units.ts';

/** What is meant to be done with a drive, and what is known around it. */
export interface DrivePurpose {
  /** Size of the image; null as long as none was chosen. */
  imageBytes: number | null;
  /** Kernel names of the drives that hold Seedbed's data folder, and the image that is to be written. */
  dataFolderOn: readonly string[];
  imageOn: readonly string[];
  /** Real paths of the data folder and of the image: a loop device may be one of their files. */
  dataFolder: string | null;
  image: string | null;
  /** Entries of the user's list: WWN, serial number or id of a drive. */
  protectedDrives: readonly string[];
  /** What could not be read of this computer. */
  problems: readonly string[];
}

/** Larger drives than this are seldom bought to be written over: 256 GB as drives are sold. */
const LARGE_BYTES = 256e9;
/** Sticks of today begin at 1 GB; and no stick of 2 TB or more was seen that held as much as it said. */
const SMALLEST_USUAL_BYTES = 256e6;
const LARGEST_USUAL_STICK_BYTES = 2000e9;

export function assessDrive(drive: Drive, purpose: DrivePurpose): ListedDrive {
  const findings = [...refusals(drive, purpose), ...warnings(drive, purpose), ...notes(drive)];
  const isRefused = findings.some(({ level }) => level === 'refuse');
  return { drive, findings, confirmation: isRefused ? null : confirmationFor(drive, findings) };
}

function refusals(drive: Drive, purpose: DrivePurpose): DriveFinding[] {
  const { kernelName, sizeBytes } = drive;
  const found: DriveFinding[] = [];
  const refuse = (code: DriveFindingCode, why: string): void =>
    void found.push({ level: 'refuse', code, why });
  if (drive.systemWhy !== null) refuse('system', drive.systemWhy);
  for (const problem of purpose.problems) refuse('state-unknown', `It is not known what uses it. ${problem}`);
  if (isProtected(drive, purpose.protectedDrives))
    refuse('protected', 'You have put it on the list of drives that are never written.');
  if (purpose.dataFolderOn.includes(kernelName) || isFileIn(drive, purpose.dataFolder))
    refuse('holds-data-folder', 'Seedbed’s own data folder lies on it.');
  if (purpose.imageOn.includes(kernelName) || isFileIn(drive, purpose.image))
    refuse('holds-image', 'The image that is to be written lies on it.');
  if (drive.readOnly)
    refuse('read-only', 'It is read-only. Cards and some sticks have a switch for that on their side.');
  if (sizeBytes === 0) refuse('no-medium', 'There is no card or disk in it.');
  else if (purpose.imageBytes !== null && sizeBytes < purpose.imageBytes)
    refuse(
      'too-small',
      `It holds ${formatBytes(sizeBytes)}, and the image has ${formatBytes(purpose.imageBytes)}.`,
    );
  const busy = drive.uses.filter(({ weight }) => weight === 'busy');
  for (const why of new Set(busy.map((use) => use.why))) refuse('in-use', why);
  return found;
}

function warnings(drive: Drive, { imageBytes }: DrivePurpose): DriveFinding[] {
  const { sizeBytes, kind } = drive;
  const found: DriveFinding[] = [];
  const warn = (code: DriveFindingCode, why: string): void => void found.push({ level: 'warn', code, why });
  if (kind.kind === 'internal disk')
    warn('internal', `It looks built into this computer. ${kind.reasons[0]?.why ?? ''}`);
  if (sizeBytes > LARGE_BYTES)
    warn('large', `It holds ${formatDriveSize(sizeBytes)}: more than most sticks and cards.`);
  const data = describeData(drive);
  if (data !== null) warn('has-data', data);
  const odd = oddSize(drive, imageBytes);
  if (odd !== null) warn('odd-size', odd);
  if (drive.serial === null && drive.wwn === null && drive.identity.diskseq === null)
    warn('no-identity', 'It has no serial number: another drive of the same size could not be told from it.');
  return found;
}

function notes({ uses, isLoop, backingFile }: Drive): DriveFinding[] {
  const found: DriveFinding[] = [];
  for (const { device, mountPoint, weight } of uses)
    if (weight === 'unmount')
      found.push({
        level: 'note',
        code: 'will-unmount',
        why: `${device} will be unmounted from ${mountPoint ?? 'where it is'}.`,
      });
  if (isLoop)
    found.push({
      level: 'note',
      code: 'loop',
      why: `It is no drive but the file ${backingFile ?? 'behind it'}.`,
    });
  return found;
}

/** Risky ones are typed: the model where it says one, else the size. */
function confirmationFor(drive: Drive, findings: readonly DriveFinding[]): DriveConfirmation {
  const isRisky = findings.some(
    ({ level, code }) => level === 'warn' && (code !== 'has-data' || holdsMoreThanFiles(drive)),
  );
  if (!isRisky) return { kind: 'plain' };
  const { model, sizeBytes } = drive;
  return model !== null && /^[ -~]{1,60}$/.test(model) && /\w{3}/.test(model)
    ? { kind: 'typed', what: 'model', text: model }
    : { kind: 'typed', what: 'size', text: formatDriveSize(sizeBytes) };
}

/** Sticks are sold with one file system for files; anything beyond that was made by somebody. */
function holdsMoreThanFiles({ partitions, fsType, kind }: Drive): boolean {
  const types = [fsType, ...partitions.map((part) => part.fsType)].filter((type) => type !== null);
  const isPlain = types.every((type) => /^(?:vfat|exfat|ntfs|iso9660|udf|msdos|fat\d*)$/i.test(type));
  return kind.kind === 'external disk' || !isPlain || partitions.length > 1;
}

function describeData({ partitions, fsType, label, tableType }: Drive): string | null {
  const own = fsType === null ? [] : [nameFileSystem(fsType, label)];
  const parts = partitions.map((part) =>
    nameFileSystem(part.fsType ?? part.typeName ?? 'unknown', part.label),
  );
  const all = [...own, ...parts];
  if (all.length === 0)
    return tableType === null ? null : `It has a partition table (${tableType}) without partitions.`;
  const shown = all.slice(0, 6).join(', ');
  return `What is on it will be lost: ${shown}${all.length > 6 ? ` and ${all.length - 6} more` : ''}.`;
}

function nameFileSystem(type: string, label: string | null): string {
  return label === null ? type : `${type} “${label}”`;
}

function oddSize(
  { sizeBytes, logicalSectorBytes, removable, bus, isLoop }: Drive,
  imageBytes: number | null,
): string | null {
  if (sizeBytes === 0 || isLoop) return null;
  if (sizeBytes % logicalSectorBytes !== 0) return 'Its size is no whole number of its sectors.';
  if (sizeBytes < SMALLEST_USUAL_BYTES && imageBytes === null)
    return `It holds ${formatDriveSize(sizeBytes)} only: less than any stick or card of today.`;
  if (removable && (bus === 'usb' || bus === 'sd') && sizeBytes >= LARGEST_USUAL_STICK_BYTES)
    return `It says that it holds ${formatDriveSize(sizeBytes)}: sticks of that size are mostly counterfeit.`;
  return null;
}

function isProtected({ id, serial, wwn }: Drive, entries: readonly string[]): boolean {
  return entries.some((entry) => entry !== '' && (entry === id || entry === serial || entry === wwn));
}

/** A loop device whose file is, or lies in, the path. */
function isFileIn({ isLoop, backingFile }: Drive, path: string | null): boolean {
  if (!isLoop || backingFile === null || path === null) return false;
  return backingFile === path || backingFile.startsWith(`${path.replace(/\/+$/, '')}/`);
}
