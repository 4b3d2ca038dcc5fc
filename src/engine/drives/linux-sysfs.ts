// Block devices as the kernel shows them in /sys/class/block. No device is opened, so that nothing spins up or is kept from others.
// Source of truth: Linux Documentation/ABI/stable/sysfs-block, Documentation/ABI/testing/sysfs-block-dm, drivers/block/loop.c.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SysBlock } from '../formats/drives/linux-snapshot.ts';

/** The kernel counts in units of 512 bytes here, whatever the drive's sectors are (Documentation/block/stat.rst). */
const SYSFS_SECTOR_BYTES = 512;

export interface SysfsRead {
  blocks: SysBlock[];
  problems: string[];
}

export async function readSysfs(root = '/sys/class/block'): Promise<SysfsRead> {
  const names = await readdir(root).catch(() => null);
  if (names === null)
    return { blocks: [], problems: [`${root} cannot be read, where Linux lists its drives.`] };
  const blocks = await Promise.all(names.map((name) => readBlock(root, name)));
  return { blocks: blocks.filter((block) => block !== null), problems: [] };
}

/** null for a device that went while it was being read. */
async function readBlock(root: string, name: string): Promise<SysBlock | null> {
  const folder = await realpath(join(root, name)).catch(() => null);
  if (folder === null) return null;
  const text = (path: string): Promise<string | null> => readAttribute(join(folder, path));
  const number = async (path: string): Promise<number | null> => parseCount(await text(path));
  const flag = async (path: string): Promise<boolean> => (await text(path)) === '1';
  const partition = await number('partition');
  const [majorMinor, size, backingFile] = await Promise.all([
    text('dev'),
    number('size'),
    text('loop/backing_file'),
  ]);
  // A partition has no queue of its own: that of its device counts.
  const device = partition === null ? '' : '..';
  const [logical, physical] = await Promise.all([
    number(join(device, 'queue/logical_block_size')),
    number(join(device, 'queue/physical_block_size')),
  ]);
  const start = await number('start');
  return {
    name,
    majorMinor,
    sizeBytes: (size ?? 0) * SYSFS_SECTOR_BYTES,
    startBytes: start === null ? null : start * SYSFS_SECTOR_BYTES,
    readOnly: await flag('ro'),
    removable: await flag('removable'),
    rotational: await flag('queue/rotational'),
    hidden: await flag('hidden'),
    diskseq: await number('diskseq'),
    partition,
    partOf: partition === null ? null : (folder.split('/').at(-2) ?? null),
    slaves: await namesIn(join(folder, 'slaves')),
    holders: await namesIn(join(folder, 'holders')),
    backingFile,
    backingMajorMinor: backingFile === null ? null : await deviceOf(backingFile),
    dmName: await text('dm/name'),
    dmUuid: await text('dm/uuid'),
    vendor: await text('device/vendor'),
    model: (await text('device/model')) ?? (await text('device/name')),
    serial: (await text('device/serial')) ?? (await text('serial')) ?? (await usbSerial(folder)),
    wwid: (await text('wwid')) ?? (await text('device/wwid')),
    logicalSectorBytes: logical ?? SYSFS_SECTOR_BYTES,
    physicalSectorBytes: physical ?? SYSFS_SECTOR_BYTES,
    devicePath: folder,
    cardType: await text('device/type'),
  };
}

/** A USB drive's serial number is the USB device's, some folders up: the first that has a vendor id. */
async function usbSerial(folder: string): Promise<string | null> {
  if (!/\/usb\d+\//.test(folder)) return null;
  for (let at = dirname(folder); at.includes('/usb'); at = dirname(at))
    if ((await readAttribute(join(at, 'idVendor'))) !== null) return readAttribute(join(at, 'serial'));
  return null;
}

/** Trimmed; null when it is not there or empty. */
async function readAttribute(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const trimmed = text.trim();
  return trimmed === '' ? null : trimmed;
}

function parseCount(text: string | null): number | null {
  const number = Number(text ?? 'none');
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** `major:minor` of the device that a path lies on; null when it cannot be told. */
export async function deviceOf(path: string): Promise<string | null> {
  const facts = await stat(path, { bigint: true }).catch(() => null);
  return facts === null ? null : formatDeviceNumber(facts.dev);
}

/** A dev_t as Linux' C libraries code it (glibc sysdeps/unix/sysv/linux/sys/sysmacros.h gnu_dev_major, gnu_dev_minor). */
export function formatDeviceNumber(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}
