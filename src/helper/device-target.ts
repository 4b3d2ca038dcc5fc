// A Linux block device as a target: O_DIRECT past the page cache, O_EXCL so that the kernel refuses it to mounts while it is written (open(2)),
// O_NOFOLLOW so that no link leads elsewhere. Every further descriptor comes from the first one, so that no name is looked up twice.
import { spawn } from 'node:child_process';
import {
  close,
  closeSync,
  constants,
  existsSync,
  fdatasync,
  fstatSync,
  fsync,
  lstatSync,
  openSync,
  read,
  write,
} from 'node:fs';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { checkIdentity, type DeviceFacts, formatDeviceNumber, readDeviceFacts } from './device-facts.ts';
import { type DeviceState, HelperError, osCodeOf } from './failure.ts';
import type { ExpectedIdentity } from './protocol.ts';
import type { BlockTarget } from './target.ts';

export interface DeviceTarget extends BlockTarget {
  facts: DeviceFacts;
  close(): Promise<void>;
}

/** Throws HelperError not-a-device for anything but a block device under that very name: no file, no link. */
export function findDevice(path: string, expected: ExpectedIdentity): DeviceFacts {
  let found;
  try {
    found = lstatSync(path);
  } catch (error) {
    throw new HelperError('unplugged', `${path} is not there`, { osCode: osCodeOf(error) });
  }
  if (found.isSymbolicLink()) throw new HelperError('not-a-device', `${path} is a link`);
  if (!found.isBlockDevice()) throw new HelperError('not-a-device', `${path} is no block device`);
  const facts = readDeviceFacts(formatDeviceNumber(found.rdev));
  checkIdentity(expected, facts);
  return facts;
}

/** Open the device and compare what was opened, by its number, with what was chosen. */
export function openDevice(path: string, expected: ExpectedIdentity, mode: 'write' | 'verify'): DeviceTarget {
  const fd = openFor(path, mode);
  try {
    const stat = fstatSync(fd);
    if (!stat.isBlockDevice()) throw new HelperError('not-a-device', `${path} is no block device`);
    const facts = readDeviceFacts(formatDeviceNumber(stat.rdev));
    checkIdentity(expected, facts);
    return targetOf(fd, stat.rdev, facts);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openFor(path: string, mode: 'write' | 'verify'): number {
  const { O_RDWR, O_RDONLY, O_EXCL, O_DIRECT, O_NOFOLLOW } = constants;
  try {
    return openSync(path, (mode === 'write' ? O_RDWR | O_EXCL : O_RDONLY) | O_DIRECT | O_NOFOLLOW);
  } catch (error) {
    const osCode = osCodeOf(error);
    const more = { osCode, cause: error };
    if (osCode === 'EBUSY') throw new HelperError('in-use', `another program holds ${path}`, more);
    if (osCode === 'EROFS') throw new HelperError('read-only', `${path} is read-only`, more);
    if (osCode === 'EACCES' || osCode === 'EPERM')
      throw new HelperError('no-permission', `${path} may not be opened`, more);
    if (osCode === 'ELOOP') throw new HelperError('not-a-device', `${path} is a link`, more);
    throw new HelperError('unplugged', `${path} cannot be opened (${osCode ?? 'unknown'})`, more);
  }
}

function targetOf(fd: number, rdev: number, facts: DeviceFacts): DeviceTarget {
  let readFd = fd;
  const readAsync = promisify(read);
  const writeAsync = promisify(write);
  let kernelZeroes = facts.canZero && FALLOCATE.some((path) => existsSync(path));
  return {
    facts,
    sizeBytes: facts.sizeBytes,
    sectorBytes: facts.sectorBytes,
    write: async (bytes, at) => (await writeAsync(fd, bytes, 0, bytes.length, at)).bytesWritten,
    read: async (bytes, at) => (await readAsync(readFd, bytes, 0, bytes.length, at)).bytesRead,
    async zero(offsetBytes, lengthBytes) {
      kernelZeroes &&= await zeroByKernel(fd, offsetBytes, lengthBytes);
      return kernelZeroes;
    },
    dataSync: () => promisify(fdatasync)(fd),
    sync: () => promisify(fsync)(fd),
    async reopen() {
      const { O_RDONLY, O_DIRECT } = constants;
      const again = openSync(`/proc/self/fd/${fd}`, O_RDONLY | O_DIRECT);
      if (readFd !== fd) await promisify(close)(readFd);
      readFd = again;
      if (fstatSync(again).rdev !== rdev)
        throw new HelperError('identity-changed', 'the device was exchanged');
    },
    state: () => stateOf(facts),
    async close() {
      if (readFd !== fd) await promisify(close)(readFd);
      await promisify(close)(fd);
    },
  };
}

function stateOf({ majorMinor, diskseq }: DeviceFacts): DeviceState {
  try {
    const now = readDeviceFacts(majorMinor);
    if (now.sizeBytes === 0 || now.diskseq !== diskseq) return 'gone';
    return now.readOnly ? 'read-only' : 'there';
  } catch {
    return 'gone';
  }
}

const FALLOCATE = ['/usr/bin/fallocate', '/bin/fallocate'];

/**
 * Linux block/fops.c, blkdev_fallocate: punching a hole into a block device is zeros by the device's own means, which read back as zeros, or
 * EOPNOTSUPP; never zeros that the kernel writes one by one, which nobody could cancel. By util-linux's program on our own descriptor.
 */
async function zeroByKernel(fd: number, offsetBytes: number, lengthBytes: number): Promise<boolean> {
  const [program = ''] = FALLOCATE.filter((path) => existsSync(path));
  const range = ['--offset', String(offsetBytes), '--length', String(lengthBytes)];
  const child = spawn(program, ['--punch-hole', ...range, '/proc/self/fd/3'], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'ignore', fd],
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return status === 0;
}
