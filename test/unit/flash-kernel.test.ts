// What the helper makes of the kernel's own files, on made-up trees: identity from every source, mounts by number, swap, what is stacked.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  checkIdentity,
  formatDeviceNumber,
  type KernelRoots,
  readDeviceFacts,
} from '../../src/helper/device-facts.ts';
import { HelperError } from '../../src/helper/failure.ts';
import { mountsOf, refuseUsed } from '../../src/helper/in-use.ts';
import type { ExpectedIdentity } from '../../src/helper/protocol.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

const STICK = {
  size: '15728640\n',
  ro: '0\n',
  diskseq: '9\n',
  dev: '8:16\n',
  'queue/logical_block_size': '512\n',
  'queue/write_zeroes_max_bytes': '0\n',
  'device/model': 'Ultra           \n',
  'sdb1/partition': '1\n',
  'sdb1/dev': '8:17\n',
};

const EXPECTED: ExpectedIdentity = {
  majorMinor: '8:16',
  sizeBytes: 15_728_640 * 512,
  diskseq: 9,
  serial: '4C53 0001',
  wwn: '0x5000C500A1B2C3D4',
  model: 'Ultra',
};

/** sysfs with one USB stick, /proc and udev's database, changed as a test wants. */
function kernel(
  changes: Record<string, string | null> = {},
  proc: Record<string, string> = {},
  udev = '',
): KernelRoots {
  const root = tempFolder();
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, 'latin1');
  };
  const usb = 'sys/devices/pci0/usb1/1-1';
  const disk = `${usb}/host6/block/sdb`;
  put(`${usb}/idVendor`, '0781\n');
  put(`${usb}/serial`, '4C53_0001\n');
  const texts: Record<string, string | null> = { ...STICK, ...changes };
  for (const [name, text] of Object.entries(texts)) if (text !== null) put(`${disk}/${name}`, text);
  put('sys/dev/block/.keep', '');
  symlinkSync(join(root, disk), join(root, 'sys/dev/block/8:16'));
  symlinkSync(join(root, disk, 'sdb1'), join(root, 'sys/dev/block/8:17'));
  put('proc/self/mountinfo', proc['mountinfo'] ?? '');
  put('proc/swaps', proc['swaps'] ?? 'Filename Type Size Used Priority\n');
  put('udev/b8:16', `S:disk/by-id/x\nE:ID_WWN=0x5000c500a1b2c3d4\n${udev}`);
  return { sys: join(root, 'sys'), proc: join(root, 'proc'), udev: join(root, 'udev') };
}

const codeOf = (work: () => void): string => {
  try {
    work();
    return 'accepted';
  } catch (error) {
    if (error instanceof HelperError) return error.code;
    throw error;
  }
};

describe('identity', () => {
  const check = (expected: Partial<ExpectedIdentity>, roots = kernel()): string =>
    codeOf(() => checkIdentity({ ...EXPECTED, ...expected }, readDeviceFacts('8:16', roots)));

  test('the same device is taken, however its words are written', () => {
    expect(check({})).toBe('accepted');
    expect(check({ serial: '4c53_0001', wwn: 'naa.5000c500a1b2c3d4', model: 'another word' })).toBe(
      'accepted',
    );
    expect(check({ serial: null, wwn: null, model: null })).toBe('accepted');
  });

  test('a serial number may stand in the SCSI page, in nvme’s or mmc’s own file, or in udev’s database', () => {
    const page = String.fromCharCode(0, 0x80, 0, 4) + 'P80X';
    expect(check({ serial: 'P80X' }, kernel({ 'device/vpd_pg80': page }))).toBe('accepted');
    expect(check({ serial: 'NV1' }, kernel({ 'device/serial': 'NV1\n' }))).toBe('accepted');
    expect(check({ serial: 'VD1' }, kernel({ serial: 'VD1\n' }))).toBe('accepted');
    expect(check({ serial: 'UD1' }, kernel({}, {}, 'E:ID_SERIAL_SHORT=UD1\n'))).toBe('accepted');
  });

  test.each([
    ['another size', { sizeBytes: 1 }],
    ['another medium', { diskseq: 10 }],
    ['a number where there was none', { diskseq: null }],
    ['another serial number', { serial: '4C530002' }],
    ['the beginning of its serial number', { serial: '4C53' }],
    ['another WWN', { wwn: '0x5000c500a1b2c3d5' }],
    ['another device number', { majorMinor: '8:32' }],
  ])('%s is another device', (_, change) => {
    expect(check(change)).toBe('identity-changed');
  });

  test('without a sequence number the model counts, too', () => {
    const old = { diskseq: null } as const;
    expect(check({ diskseq: null }, kernel(old))).toBe('accepted');
    expect(check({ diskseq: null, model: 'Cruzer' }, kernel(old))).toBe('identity-changed');
  });

  test('a partition is no drive, and a device that is gone is unplugged', () => {
    expect(codeOf(() => void readDeviceFacts('8:17', kernel()))).toBe('not-a-device');
    expect(codeOf(() => void readDeviceFacts('8:48', kernel()))).toBe('unplugged');
  });

  test('device numbers are taken apart as glibc does', () => {
    // 8:16; 259:5; 8:4099, whose minor has more than eight bits.
    expect([0x810, 0x10305, 0x100803 + 0].map(formatDeviceNumber)).toEqual(['8:16', '259:5', '8:259']);
  });
});

describe('who uses it', () => {
  const line = (number: string, place: string, source: string): string =>
    `36 35 ${number} / ${place} rw,relatime shared:1 - ext4 ${source} rw\n`;
  const refused = (roots: KernelRoots, unmount = false): string =>
    codeOf(() => refuseUsed(readDeviceFacts('8:16', roots), { image: null, unmount }, roots));

  test('nothing: it may be written', () => {
    expect(refused(kernel())).toBe('accepted');
  });

  test('mounts count by number: sdb1, and neither sdba nor 8:160 nor 8:1', () => {
    const mountinfo = [
      line('8:1', '/', '/dev/sda1'),
      line('8:160', '/data', '/dev/sdba'),
      line('68:16', '/more', '/dev/sdb1x'),
      line('8:17', '/media/my\\040stick', '/dev/sdb1'),
    ].join('');
    const roots = kernel({}, { mountinfo });
    expect(mountsOf(readDeviceFacts('8:16', roots), roots).map(({ mountPoint }) => mountPoint)).toEqual([
      '/media/my stick',
    ]);
    expect([refused(roots), refused(roots, true)]).toEqual(['in-use', 'accepted']);
  });

  test.each(['/', '/boot', '/boot/efi', '/usr', '/home', '/var/lib/x', '/nix/store'])(
    '%s makes it a system drive, whatever is asked for',
    (place) => {
      const roots = kernel({}, { mountinfo: line('8:17', place, '/dev/sdb1') });
      expect([refused(roots), refused(roots, true)]).toEqual(['system-drive', 'system-drive']);
    },
  );

  test('what is stacked on the drive or a partition holds it', () => {
    expect(refused(kernel({ 'holders/dm-0': '' }), true)).toBe('in-use');
    expect(refused(kernel({ 'sdb1/holders/md0': '' }), true)).toBe('in-use');
  });

  test('a read-only drive is refused', () => {
    expect(refused(kernel({ ro: '1\n' }))).toBe('read-only');
  });
});
