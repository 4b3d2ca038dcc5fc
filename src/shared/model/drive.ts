// A drive: a whole block device of this computer that an image could be flashed to, who uses it, and what is said against it.
// Sources: Linux Documentation/ABI/stable/sysfs-block (diskseq, size, ro, removable), util-linux's lsblk(8), macOS diskutil(8),
// Windows Storage Management API (MSFT_Disk, MSFT_Partition, MSFT_Volume). Every string is a device's own word made safe to show.
import { z } from 'zod';

/** How a drive is attached. `virtual` is a disk of a hypervisor, `network` one over nbd, rbd, iSCSI and the like. */
export const DriveBus = z.enum([
  'usb',
  'sd',
  'mmc',
  'sata',
  'nvme',
  'scsi',
  'firewire',
  'thunderbolt',
  'virtual',
  'network',
  'loop',
  'other',
]);
export type DriveBus = z.infer<typeof DriveBus>;

/** What must still be the same when the first byte is written. Checked again inside the elevated helper, against the kernel. */
export const DriveIdentity = z.strictObject({
  /** `sdb`, `mmcblk0`, `loop3`; on macOS `disk4`, on Windows `PhysicalDrive2`. */
  kernelName: z.string().min(1).max(64),
  /** Linux ≥ 5.15: /sys/block/<name>/diskseq, a number that is never given to two media. null where there is none. */
  diskseq: z.int().min(0).nullable(),
  /** `8:16`, Linux only. */
  majorMinor: z
    .string()
    .regex(/^\d+:\d+$/)
    .nullable(),
  sizeBytes: z.int().min(0),
  /** As the device says them, trimmed; null when it says nothing. */
  model: z.string().max(200).nullable(),
  serial: z.string().max(200).nullable(),
  wwn: z.string().max(200).nullable(),
});
export type DriveIdentity = z.infer<typeof DriveIdentity>;

export const DrivePartition = z.strictObject({
  kernelName: z.string(),
  path: z.string(),
  number: z.int().nullable(),
  startBytes: z.int().nullable(),
  sizeBytes: z.int(),
  /** `ext4`, `vfat`, `crypto_LUKS`, `LVM2_member`, …; null when nobody knows one. */
  fsType: z.string().nullable(),
  label: z.string().nullable(),
  /** What the partition table says that it is. */
  typeName: z.string().nullable(),
  mountPoints: z.array(z.string()),
});
export type DrivePartition = z.infer<typeof DrivePartition>;

/** One thing that uses a drive, directly or through what is stacked on it. */
export const DriveUse = z.strictObject({
  kind: z.enum(['mount', 'swap', 'lvm', 'luks', 'raid', 'multipath', 'zfs', 'loop', 'stack', 'open']),
  /** `system`: the computer runs from it; `busy`: somebody must let go of it first; `unmount`: Seedbed can unmount it itself. */
  weight: z.enum(['system', 'busy', 'unmount']),
  /** The device that is used, such as /dev/sdb1. */
  device: z.string(),
  /** Where it is mounted; null for other kinds. */
  mountPoint: z.string().nullable(),
  /** One sentence. */
  why: z.string(),
});
export type DriveUse = z.infer<typeof DriveUse>;

/** How much a drive looks like something that is meant to be written over: above 0 it does. */
export const DriveKind = z.strictObject({
  kind: z.enum(['stick', 'card', 'external disk', 'internal disk', 'file']),
  score: z.int(),
  reasons: z.array(z.strictObject({ points: z.int(), why: z.string() })),
});
export type DriveKind = z.infer<typeof DriveKind>;

export const Drive = z.strictObject({
  /** Stays the same over plugging and booting where the drive names itself (WWN, serial); else kernel name and diskseq. */
  id: z.string().min(1).max(200),
  path: z.string(),
  identity: DriveIdentity,
  kernelName: z.string(),
  model: z.string().nullable(),
  vendor: z.string().nullable(),
  serial: z.string().nullable(),
  wwn: z.string().nullable(),
  /** 0: there is no medium in it. */
  sizeBytes: z.int().min(0),
  logicalSectorBytes: z.int().min(1),
  physicalSectorBytes: z.int().min(1),
  bus: DriveBus,
  /** What the device says about itself; nothing is decided by it alone. */
  removable: z.boolean(),
  hotplug: z.boolean(),
  readOnly: z.boolean(),
  isLoop: z.boolean(),
  /** The file behind a loop device. */
  backingFile: z.string().nullable(),
  /** `gpt`, `dos`; null without a partition table. */
  tableType: z.string().nullable(),
  /** A file system on the whole drive, without partitions. */
  fsType: z.string().nullable(),
  label: z.string().nullable(),
  mountPoints: z.array(z.string()),
  partitions: z.array(DrivePartition),
  uses: z.array(DriveUse),
  /** Computed from what is mounted and stacked, never from the removable flag. */
  system: z.boolean(),
  /** Why it is a system drive; null when it is not. */
  systemWhy: z.string().nullable(),
  kind: DriveKind,
});
export type Drive = z.infer<typeof Drive>;

export const DriveFindingCode = z.enum([
  'system',
  'state-unknown',
  'protected',
  'holds-data-folder',
  'holds-image',
  'read-only',
  'no-medium',
  'too-small',
  'in-use',
  'not-writable-kind',
  'internal',
  'large',
  'has-data',
  'odd-size',
  'no-identity',
  'will-unmount',
  'loop',
]);
export type DriveFindingCode = z.infer<typeof DriveFindingCode>;

/** `refuse`: it is not written, and nothing overrides that; `warn`: read before confirming; `note`: told. */
export const DriveFinding = z.strictObject({
  level: z.enum(['refuse', 'warn', 'note']),
  code: DriveFindingCode,
  why: z.string(),
});
export type DriveFinding = z.infer<typeof DriveFinding>;

/** What the host asks before a drive is written: yes or no, or a word that must be typed. */
export const DriveConfirmation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('plain') }),
  z.strictObject({ kind: z.literal('typed'), what: z.enum(['model', 'size']), text: z.string().min(1) }),
]);
export type DriveConfirmation = z.infer<typeof DriveConfirmation>;

/** A drive with what the rules say. `confirmation` is null when it is refused. */
export const ListedDrive = z.strictObject({
  drive: Drive,
  findings: z.array(DriveFinding),
  confirmation: DriveConfirmation.nullable(),
});
export type ListedDrive = z.infer<typeof ListedDrive>;

export const DriveListing = z.strictObject({
  drives: z.array(ListedDrive),
  /** What could not be read; every drive is refused while there is such a thing. */
  problems: z.array(z.string()),
  /** This host may write drives; the browser host only when it was started with --allow-drives. */
  allowWriting: z.boolean(),
});
export type DriveListing = z.infer<typeof DriveListing>;
