// Who uses the device, by numbers and never by the beginnings of names: mounts, swap, what is stacked on it. A second opinion beside the rules of
// src/engine/drives, from the kernel's own files, because nothing that the helper is told is believed.
// Sources: proc(5) (mountinfo, swaps), Linux Documentation/ABI/stable/sysfs-block (holders).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type DeviceFacts, formatDeviceNumber, KERNEL, type KernelRoots, readText } from './device-facts.ts';
import { HelperError } from './failure.ts';

export interface Mount {
  majorMinor: string;
  mountPoint: string;
  source: string;
}

/** What runs from here is the system, wherever it was started from. */
const SYSTEM_PLACES = [
  '/boot',
  '/efi',
  '/usr',
  '/home',
  '/var',
  '/etc',
  '/opt',
  '/root',
  '/srv',
  '/nix',
  '/gnu',
];

/** mountinfo writes space, tab, newline and backslash as \ooo. */
export function parseMountInfo(text: string): Mount[] {
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields.length >= 10 && fields.includes('-'))
    .map((fields) => ({
      majorMinor: fields[2] ?? '',
      mountPoint: unescape(fields[4] ?? ''),
      source: unescape(fields[fields.indexOf('-', 6) + 2] ?? ''),
    }));
}

/** What is mounted from the device or its partitions. File systems with a number of their own (btrfs) are known by their source. */
export function mountsOf({ family }: DeviceFacts, roots: KernelRoots = KERNEL): Mount[] {
  const numbers = new Set(family.map(({ majorMinor }) => majorMinor));
  return parseMountInfo(readText(join(roots.proc, 'self', 'mountinfo'))).filter(
    ({ majorMinor, source }) => numbers.has(majorMinor) || numbers.has(numberOf(source) ?? ''),
  );
}

/** Throws HelperError system-drive, in-use, read-only, holds-image. Mounts that are no system's are let be when they may be unmounted. */
export function refuseUsed(
  facts: DeviceFacts,
  { image, unmount }: { image: string | null; unmount: boolean },
  roots: KernelRoots = KERNEL,
): void {
  for (const { mountPoint } of mountsOf(facts, roots)) {
    if (isSystemPlace(mountPoint))
      throw new HelperError('system-drive', `${mountPoint} is mounted from ${facts.kernelName}`);
    if (!unmount) throw new HelperError('in-use', `${mountPoint} is mounted from ${facts.kernelName}`);
  }
  const numbers = new Set(facts.family.map(({ majorMinor }) => majorMinor));
  for (const line of readText(join(roots.proc, 'swaps')).split('\n').slice(1)) {
    const path = unescape(line.split(/\s/)[0] ?? '');
    if (numbers.has(numberOf(path) ?? numberOfFolder(path) ?? ''))
      throw new HelperError('system-drive', `swap lies on ${facts.kernelName}: ${path}`);
  }
  for (const { kernelName, folder } of facts.family)
    for (const holder of listed(join(folder, 'holders')))
      throw new HelperError('in-use', `${holder} is made of ${kernelName} (LVM, LUKS, RAID or the like)`);
  if (image !== null && numbers.has(numberOfFolder(image) ?? ''))
    throw new HelperError('holds-image', `${image} lies on ${facts.kernelName}`);
  if (image !== null && isBackedBy(facts, image))
    throw new HelperError('holds-image', `${facts.kernelName} is made of ${image}`);
  if (facts.readOnly) throw new HelperError('read-only', `${facts.kernelName} is read-only`);
}

const UMOUNT = ['/usr/bin/umount', '/bin/umount'];

/** Unmounts what is mounted from this device, the last one first. Throws HelperError in-use with umount's own words. */
export function unmountAll(facts: DeviceFacts): string[] {
  const mounts = mountsOf(facts);
  const [program] = UMOUNT.filter((path) => existsSync(path));
  for (const { mountPoint } of [...mounts].reverse()) {
    if (program === undefined) throw new HelperError('in-use', 'umount is not installed');
    const { status, stderr } = spawnSync(program, ['--', mountPoint], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0)
      throw new HelperError('in-use', `${mountPoint} cannot be unmounted: ${stderr.trim().slice(0, 300)}`);
  }
  const [left] = mountsOf(facts);
  if (left !== undefined) throw new HelperError('in-use', `${left.mountPoint} is still mounted`);
  return mounts.map(({ mountPoint }) => mountPoint);
}

function isSystemPlace(mountPoint: string): boolean {
  return (
    mountPoint === '/' || SYSTEM_PLACES.some((one) => mountPoint === one || mountPoint.startsWith(`${one}/`))
  );
}

function isBackedBy({ folder }: DeviceFacts, image: string): boolean {
  const backing = readText(join(folder, 'loop', 'backing_file'));
  if (backing === '') return false;
  try {
    return realpathSync(image) === realpathSync(backing);
  } catch {
    return false;
  }
}

/** Of a path that is a block device. */
function numberOf(path: string): string | null {
  try {
    const found = statSync(path);
    return found.isBlockDevice() ? formatDeviceNumber(found.rdev) : null;
  } catch {
    return null;
  }
}

/** Of the device that a file lies on. */
function numberOfFolder(path: string): string | null {
  try {
    return formatDeviceNumber(statSync(path).dev);
  } catch {
    return null;
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
