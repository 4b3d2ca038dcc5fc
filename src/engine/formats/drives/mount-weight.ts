// What a mount point says about the drive below it: the computer runs from it, somebody put it there on purpose, or it is where
// removable drives are shown. Source: Filesystem Hierarchy Standard 3.0 (3.11 /media, 3.12 /mnt); udisks mounts in /run/media or /media;
// live systems' places after casper, live-boot, dracut's dmsquash-live, archiso and systemd's volatile root.
import type { DriveUse } from '../../../shared/model/drive.ts';
import { isWithin } from './linux-tables.ts';

const SYSTEM_FOLDERS = [
  '/boot',
  '/efi',
  '/usr',
  '/var',
  '/root',
  '/etc',
  '/opt',
  '/srv',
  '/nix',
  '/gnu',
  '/lib',
  '/lib64',
  '/bin',
  '/sbin',
  '/snap',
  '/cdrom',
  '/rofs',
  '/isodevice',
  '/sysroot',
  '/ostree',
  '/initrd',
  '/live',
  '/livemnt',
  '/run',
  '/dev',
  '/proc',
  '/sys',
  '/System',
  '/private',
];
/** Themselves only: what people mount below them is theirs. */
const SYSTEM_PLACES = ['/', '/home', '/tmp', '/Users'];
const ORDINARY_FOLDERS = ['/media', '/run/media', '/mnt', '/Volumes'];

export function weighMount(mountPoint: string, atBoot: readonly string[]): DriveUse['weight'] {
  if (ORDINARY_FOLDERS.some((folder) => isWithin(mountPoint, folder)))
    return atBoot.includes(mountPoint) ? 'busy' : 'unmount';
  if (SYSTEM_PLACES.includes(mountPoint) || /^\/home\/[^/]+$/.test(mountPoint)) return 'system';
  return SYSTEM_FOLDERS.some((folder) => isWithin(mountPoint, folder)) ? 'system' : 'busy';
}

/** One sentence for a mount of that weight. */
export function tellMount(
  device: string,
  mountPoint: string,
  weight: DriveUse['weight'],
  atBoot: boolean,
): string {
  if (weight === 'system') return `This computer runs from it: ${device} is mounted at ${mountPoint}.`;
  if (weight === 'unmount') return `${device} is mounted at ${mountPoint}.`;
  return atBoot
    ? `${device} is mounted at ${mountPoint}, at every start (/etc/fstab).`
    : `${device} is mounted at ${mountPoint}, which is no place for removable drives.`;
}
