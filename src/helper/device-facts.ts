// What the kernel says of a block device, asked by its number and never by its name, and whether that is the device which was chosen.
// Sources: Linux Documentation/ABI/stable/sysfs-block (size in sectors of 512 bytes, ro, diskseq, partition), testing/sysfs-block-device (wwid);
// SPC-4 7.8.13 (VPD page 80h: serial number from byte 4 on); udev's database, /run/udev/data/b<major>:<minor>.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HelperError } from './failure.ts';
import type { ExpectedIdentity } from './protocol.ts';

/** The kernel's file systems; tests have their own. */
export interface KernelRoots {
  sys: string;
  proc: string;
  udev: string;
}

export const KERNEL: KernelRoots = { sys: '/sys', proc: '/proc', udev: '/run/udev/data' };

export interface DeviceFacts {
  majorMinor: string;
  /** `sdb` */
  kernelName: string;
  folder: string;
  sizeBytes: number;
  diskseq: number | null;
  readOnly: boolean;
  sectorBytes: number;
  /** The kernel writes zeros without being sent them. */
  canZero: boolean;
  /** Everything that could have been read as such before. */
  serials: string[];
  wwns: string[];
  models: string[];
  /** The device with its partitions, as numbers. */
  family: { majorMinor: string; kernelName: string; folder: string }[];
}

const SYSFS_SECTOR_BYTES = 512;

/** `8:16`, from st_rdev, as glibc's gnu_dev_major and gnu_dev_minor take it apart. */
export function formatDeviceNumber(rdev: number): string {
  const major = Math.floor(rdev / 256) & 0xfff;
  const minor = (rdev & 0xff) + Math.floor(rdev / 0x100000) * 256;
  return `${major}:${minor}`;
}

/** Throws HelperError not-a-device for a partition, unplugged when there is no such device. */
export function readDeviceFacts(majorMinor: string, roots: KernelRoots = KERNEL): DeviceFacts {
  let folder: string;
  try {
    folder = realpathSync(join(roots.sys, 'dev', 'block', majorMinor));
  } catch (error) {
    throw new HelperError('unplugged', `the kernel has no block device ${majorMinor}`, { cause: error });
  }
  if (existsSync(join(folder, 'partition')))
    throw new HelperError('not-a-device', `${basename(folder)} is a partition, not a whole drive`);
  const number = (name: string): number | null => {
    const text = readText(join(folder, name));
    return /^\d+$/.test(text) ? Number(text) : null;
  };
  const udev = readUdev(join(roots.udev, `b${majorMinor}`));
  return {
    majorMinor,
    kernelName: basename(folder),
    folder,
    sizeBytes: (number('size') ?? 0) * SYSFS_SECTOR_BYTES,
    diskseq: number('diskseq'),
    readOnly: number('ro') !== 0,
    sectorBytes: number('queue/logical_block_size') ?? 512,
    canZero: (number('queue/write_zeroes_max_bytes') ?? 0) > 0,
    serials: known([
      readText(join(folder, 'device', 'serial')),
      readText(join(folder, 'serial')),
      readPage80(join(folder, 'device', 'vpd_pg80')),
      usbSerial(folder, roots.sys),
      udev.get('ID_SERIAL_SHORT') ?? '',
      udev.get('ID_SERIAL') ?? '',
      udev.get('ID_SCSI_SERIAL') ?? '',
    ]),
    wwns: known([
      readText(join(folder, 'device', 'wwid')),
      readText(join(folder, 'wwid')),
      udev.get('ID_WWN') ?? '',
      udev.get('ID_WWN_WITH_EXTENSION') ?? '',
    ]),
    models: known([
      readText(join(folder, 'device', 'model')),
      readText(join(folder, 'device', 'name')),
      udev.get('ID_MODEL') ?? '',
    ]),
    family: [{ majorMinor, kernelName: basename(folder), folder }, ...partitionsOf(folder)],
  };
}

/** Throws HelperError identity-changed, naming what is different. */
export function checkIdentity(expected: ExpectedIdentity, facts: DeviceFacts): void {
  const differs = (what: string, was: unknown, is: unknown): never => {
    throw new HelperError('identity-changed', `${what} was ${String(was)} and is ${String(is)}`);
  };
  if (facts.majorMinor !== expected.majorMinor)
    differs('the device number', expected.majorMinor, facts.majorMinor);
  if (facts.diskseq !== expected.diskseq)
    differs('the disk sequence number', expected.diskseq, facts.diskseq);
  if (facts.sizeBytes !== expected.sizeBytes) differs('the size', expected.sizeBytes, facts.sizeBytes);
  const isKnown = (wanted: string | null, found: string[]): boolean =>
    wanted === null || found.map(plain).includes(plain(wanted));
  if (!isKnown(expected.serial, facts.serials))
    differs('the serial number', expected.serial, facts.serials.join(', ') || 'none');
  if (!isKnown(expected.wwn, facts.wwns)) differs('the WWN', expected.wwn, facts.wwns.join(', ') || 'none');
  // Words about a model differ from reader to reader; they count where the kernel has no number for the medium.
  if (expected.diskseq === null && facts.models.length > 0 && !isKnown(expected.model, facts.models))
    differs('the model', expected.model, facts.models.join(', '));
}

/** The same thing is written in several ways: `0x5000c500`, `naa.5000C500`, with spaces or underscores. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/^(0x|naa\.|eui\.|t10\.|uuid\.)/, '')
    .replace(/[\s_]+/g, ' ')
    .trim();
}

function partitionsOf(folder: string): DeviceFacts['family'] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'partition')))
    .map((name) => ({
      majorMinor: readText(join(folder, name, 'dev')),
      kernelName: name,
      folder: join(folder, name),
    }));
}

/** The serial number of the USB device that the drive hangs on: a folder above with idVendor. */
function usbSerial(folder: string, sys: string): string {
  for (let at = folder; at.length > sys.length && at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, 'idVendor'))) return readText(join(at, 'serial'));
  return '';
}

function readPage80(path: string): string {
  try {
    const page = readFileSync(path);
    return page
      .toString('latin1', 4, 4 + page.readUInt16BE(2))
      .replaceAll('\0', '')
      .trim();
  } catch {
    return '';
  }
}

function readUdev(path: string): Map<string, string> {
  const pairs = readText(path)
    .split('\n')
    .map((line) => /^E:(\w+)=(.*)$/.exec(line));
  return new Map(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1] ?? '', pair[2] ?? '']])));
}

function known(texts: string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ''))];
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
