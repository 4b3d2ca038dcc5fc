// What would be written where: disks matched with drives, the image compared with its record, the rules asked. Nothing is written.
import { SeedbedError } from '../../shared/errors.ts';
import type { ListedDrive } from '../../shared/model/drive.ts';
import type { FlashChunks, FlashQuestion, FlashTarget } from '../../shared/model/flash.ts';
import type { DiskRole, Image, ImageDisk, ImageRecord } from '../../shared/model/image.ts';
import { formatBytes } from '../../shared/units.ts';
import type { Drives } from '../drives/drives.ts';
import { diskPathFor } from '../image/image-files.ts';
import type { JobContext } from '../jobs.ts';
import { hashDisk } from './chunk-hashes.ts';

export interface FlashRequest {
  image: Pick<Image, 'path' | 'record'>;
  imageId: string | null;
  /** That of the disk which the machine starts from first. */
  drives: readonly string[];
  role?: DiskRole | undefined;
}

export interface PlannedTarget {
  target: FlashTarget;
  chunks: FlashChunks;
  inputDigest: string;
}

/** In the order of writing: what the machine starts from comes last. Throws FLASH_TARGETS, FLASH_REFUSED, FLASH_IMAGE_DIFFERS. */
export async function planTargets(
  { image, drives, role }: FlashRequest,
  looker: Drives,
  context: JobContext,
): Promise<PlannedTarget[]> {
  const disks = chooseDisks(image.record.disks, drives.length, role);
  const planned: PlannedTarget[] = [];
  for (const [index, disk] of disks.entries()) {
    const name = drives[index] ?? '';
    const path = diskPathFor(image.path, disk.role, image.record.disks[0].role);
    const drive = await looker.showFor(name, { path, sizeBytes: disk.sizeBytes });
    refuse(drive);
    if (planned.some(({ target }) => target.drive.drive.path === drive.drive.path))
      throw new SeedbedError('FLASH_TARGETS', { reason: 'both disks would go to the same drive.' });
    const { chunks, chunksSha256, dataBytes } = await hashDisk(path, disk, context);
    const { role, sizeBytes: imageBytes, sha256, inputDigest } = disk;
    planned.push({
      chunks,
      inputDigest,
      target: { role, imagePath: path, imageBytes, dataBytes, sha256, chunksSha256, drive },
    });
  }
  return planned.reverse();
}

/** Throws FLASH_REFUSED with the first reason. */
export function refuse({ drive, findings, confirmation }: ListedDrive): void {
  const against = findings.find(({ level }) => level === 'refuse');
  if (against === undefined && confirmation !== null) return;
  throw new SeedbedError('FLASH_REFUSED', {
    drive: drive.path,
    why: against?.why ?? 'the rules do not allow it.',
  });
}

function chooseDisks(disks: readonly ImageDisk[], drives: number, role: DiskRole | undefined): ImageDisk[] {
  if (role !== undefined) {
    const chosen = disks.filter((disk) => disk.role === role);
    if (chosen.length === 0)
      throw new SeedbedError('FLASH_TARGETS', { reason: `the image has no ${role} disk.` });
    if (drives !== 1) throw new SeedbedError('FLASH_TARGETS', { reason: 'one disk goes to one drive.' });
    return chosen;
  }
  if (disks.length !== drives)
    throw new SeedbedError('FLASH_TARGETS', {
      reason: `the image has ${disks.length === 1 ? 'one disk' : `${disks.length} disks`}, and ${drives === 1 ? 'one drive was' : `${drives} drives were`} named.`,
    });
  return [...disks];
}

/** `SanDisk Ultra (31 GB, usb, /dev/sdb)` */
export function nameDrive({ drive }: ListedDrive): string {
  const words = [drive.vendor, drive.model].filter((word) => word !== null).join(' ');
  return `${words === '' ? 'drive without a name' : words} (${formatBytes(drive.sizeBytes)}, ${drive.bus}, ${drive.path})`;
}

export function questionFor(plan: string, label: string, targets: readonly FlashTarget[]): FlashQuestion {
  const lines = targets.flatMap(({ role, drive, imageBytes }) => [
    `Erase ${nameDrive(drive)} and write the ${role} disk of ${label} (${formatBytes(imageBytes)}) to it.`,
    ...contentsOf(drive),
    ...drive.findings.filter(({ level }) => level !== 'note').map(({ why }) => `  ${why}`),
  ]);
  return {
    plan,
    lines,
    drives: targets.map(({ drive }) => ({
      name: nameDrive(drive),
      serial: drive.drive.serial,
      sizeBytes: drive.drive.sizeBytes,
      confirmation: drive.confirmation ?? { kind: 'plain' },
    })),
  };
}

function contentsOf({ drive: { partitions, fsType, label } }: ListedDrive): string[] {
  if (partitions.length === 0)
    return [
      fsType === null ? '  No partition is seen on it.' : `  On it: ${fsType} ${label ?? ''}`.trimEnd(),
    ];
  return partitions.map(
    ({ path, sizeBytes, fsType: type, label: name, mountPoints }) =>
      `  On it: ${path}, ${formatBytes(sizeBytes)}, ${type ?? 'unknown'}${name === null ? '' : ` “${name}”`}${mountPoints.length === 0 ? '' : `, mounted at ${mountPoints.join(', ')}`}`,
  );
}

const BIOS = 'BIOS: legacy boot or CSM on, Secure Boot off; the boot drive first in the boot order.';

/** What is done at the machine, in order. Facts: builder-hex0 starts by BIOS int 13h from the first disk, and live-bootstrap counts disks as Linux does. */
export function adviceFor({ kind, configuration }: ImageRecord, targets: readonly FlashTarget[]): string[] {
  if (kind === 'boot-check')
    return [
      BIOS,
      'In a minute or so the screen shows a verdict. Type it off, and Seedbed explains it (the page Explain a log, or log explain-screen).',
    ];
  if (kind === 'kernel') return ['Start it with the Linux kernel that the image was made for.'];
  const disk = configuration?.disk ?? '';
  return [
    'seedbed image checklist has all of this for this image, to print.',
    'Write and start the boot check first (seedbed image build --boot-check): it tells whether the board can do this at all.',
    `Unplug every other drive of the machine: DISK=${disk} is counted there among all drives that Linux finds, and is formatted without asking.`,
    BIOS,
    ...(targets.length > 1
      ? [
          'Connect the boot drive first (the lower SATA port, or the only USB stick), then the external drive: Linux counts SATA before USB.',
        ]
      : []),
  ];
}
