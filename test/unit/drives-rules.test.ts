// The rules one by one, the score, names and ids, and random computers: what is used is never offered, what is not used is.
import { describe, expect, it } from 'vitest';
import { deviceText } from '../../src/engine/formats/drives/device-text.ts';
import { readLinuxFacts } from '../../src/engine/formats/drives/linux-facts.ts';
import { parseMountinfo, parseSwaps } from '../../src/engine/formats/drives/linux-tables.ts';
import { drivesUnder, listDrives } from '../../src/engine/formats/drives/list-drives.ts';
import { parseBlkid, parseLsblk } from '../../src/engine/formats/drives/lsblk.ts';
import { readMacFacts } from '../../src/engine/formats/drives/macos-facts.ts';
import { weighMount } from '../../src/engine/formats/drives/mount-weight.ts';
import { parsePlist } from '../../src/engine/formats/drives/plist.ts';
import { assessDrive, type DrivePurpose } from '../../src/engine/formats/drives/rules.ts';
import { readWindowsFacts } from '../../src/engine/formats/drives/windows-facts.ts';
import type { Drive, ListedDrive } from '../../src/shared/model/drive.ts';
import { formatDriveSize } from '../../src/shared/units.ts';
import {
  type Device,
  disk,
  loop,
  mapped,
  nvme,
  part,
  raid,
  snapshotOf,
  ssd,
  stick,
} from '../support/drives-linux.ts';
import { plist } from '../support/drives-macs.ts';
import { randomNumbers } from '../support/mutations.ts';

const NOTHING: DrivePurpose = {
  imageBytes: null,
  dataFolderOn: [],
  imageOn: [],
  dataFolder: null,
  image: null,
  protectedDrives: [],
  problems: [],
};
const ROOT = nvme('nvme0n1', 256, [part('nvme0n1p1', 255, { fs: 'ext4', at: ['/'] })]);

function drivesOf(...devices: Device[]): Drive[] {
  return listDrives(readLinuxFacts(snapshotOf({ devices: [ROOT, ...devices] }, 'new')));
}

function theDrive(device: Device): Drive {
  const found = drivesOf(device).find(({ kernelName }) => kernelName === device.name);
  if (found === undefined) throw new Error(`${device.name} is not in the list`);
  return found;
}

function codesOf({ findings }: ListedDrive, level: string): string[] {
  return findings.filter((one) => one.level === level).map(({ code }) => code);
}

describe('rules', () => {
  const plain = theDrive(stick('sda'));

  it.each<[string, Partial<DrivePurpose>]>([
    ['too-small', { imageBytes: plain.sizeBytes + 1 }],
    ['protected', { protectedDrives: ['4C53SDA'] }],
    ['protected', { protectedDrives: [plain.id] }],
    ['holds-data-folder', { dataFolderOn: ['sda'] }],
    ['holds-image', { imageOn: ['sda'] }],
    ['state-unknown', { problems: ['Something could not be read.'] }],
  ])('%s is a refusal', (code, purpose) => {
    const listed = assessDrive(plain, { ...NOTHING, ...purpose });
    expect(codesOf(listed, 'refuse')).toEqual([code]);
    expect(listed.confirmation).toBeNull();
  });

  it('an image of just the size fits', () => {
    const listed = assessDrive(plain, { ...NOTHING, imageBytes: plain.sizeBytes });
    expect(codesOf(listed, 'refuse')).toEqual([]);
  });

  it('an entry that is part of a serial number, or empty, protects nothing', () => {
    const listed = assessDrive(plain, { ...NOTHING, protectedDrives: ['', '4C53', 'sda'] });
    expect(listed.confirmation).not.toBeNull();
  });

  it.each<[string, Device, string[], string]>([
    ['a stick as sold', stick('sda'), ['has-data'], 'plain'],
    ['a stick with ext4', stick('sda', {}, { fs: 'ext4' }), ['has-data'], 'Cruzer Blade'],
    ['a stick of 512 GB', { ...stick('sda'), gb: 512 }, ['large', 'has-data'], 'Cruzer Blade'],
    ['a stick of 4 TB', { ...stick('sda'), gb: 4000 }, ['large', 'has-data', 'odd-size'], 'Cruzer Blade'],
    ['a stick of 64 MB', disk('sda', 0.064, { tran: 'usb', rm: true, serial: '1' }), ['odd-size'], '65.5 MB'],
    ['an internal disk', ssd('sda', 250, []), ['internal'], 'Samsung SSD 860'],
    ['a model that cannot be typed', ssd('sda', 250, [], { model: 'диск' }), ['internal'], '256.0 GB'],
    [
      'a USB disk',
      disk('sda', 200, { tran: 'usb', model: 'Elements', serial: 'x' }, [part('sda1', 199, { fs: 'ntfs' })]),
      ['has-data'],
      'Elements',
    ],
  ])('%s', (_, device, warnings, asked) => {
    const listed = assessDrive(theDrive(device), NOTHING);
    expect(codesOf(listed, 'warn')).toEqual(warnings);
    expect(codesOf(listed, 'refuse')).toEqual([]);
    const { confirmation } = listed;
    expect(confirmation?.kind === 'typed' ? confirmation.text : confirmation?.kind).toBe(asked);
  });

  it('a loop device on a file of the data folder, or on the image, is refused; on a file beside it not', () => {
    const on = (file: string): string[] => {
      const purpose = { ...NOTHING, dataFolder: '/home/ann/seedbed', image: '/home/ann/x.img' };
      return codesOf(assessDrive(theDrive(loop('loop0', 1, file)), purpose), 'refuse');
    };
    expect(on('/home/ann/seedbed/images/1/boot.img')).toEqual(['holds-data-folder']);
    expect(on('/home/ann/x.img')).toEqual(['holds-image']);
    expect(on('/home/ann/seedbed-2/boot.img')).toEqual([]);
  });
});

describe('kinds', () => {
  it.each<[Device, Drive['kind']['kind']]>([
    [stick('sda'), 'stick'],
    [disk('mmcblk0', 32, { card: 'SD' }), 'card'],
    [disk('mmcblk0', 32, { card: 'MMC' }), 'internal disk'],
    [disk('sda', 32, { tran: 'usb', rm: true, vendor: 'Generic-', model: 'SD/MMC' }), 'card'],
    [disk('sda', 1000, { tran: 'usb', model: 'Elements 25A2', rota: true }), 'external disk'],
    [disk('sda', 64, { tran: 'usb', rm: true, model: 'Portable SSD T5' }), 'external disk'],
    [ssd('sda', 64, []), 'internal disk'],
    [disk('vda', 20, {}), 'internal disk'],
    [loop('loop0', 1, '/tmp/x'), 'file'],
  ])('%o', (device, kind) => {
    const drive = theDrive(device);
    expect(drive.kind.kind).toBe(kind);
    expect(drive.kind.score).toBe(drive.kind.reasons.reduce((sum, { points }) => sum + points, 0));
  });
});

describe('ids', () => {
  it('are the same whatever the kernel calls the drive, and never twice the same', () => {
    const first = theDrive(stick('sda', { serial: 'A1' }));
    const second = drivesOf(stick('sda', { serial: 'B2' }), stick('sdb', { serial: 'A1' })).find(
      ({ serial }) => serial === 'A1',
    );
    expect(second?.id).toBe(first.id);
    const twins = drivesOf(stick('sda', { serial: '0123456789' }), stick('sdb', { serial: '0123456789' }));
    expect(new Set(twins.map(({ id }) => id)).size).toBe(twins.length);
  });

  it('drives come in the kernel’s order: sdb before sdaa, n2 before n10', () => {
    const names = drivesOf(stick('sdaa'), stick('sdb'), nvme('nvme0n10', 9, []), nvme('nvme0n2', 9, [])).map(
      ({ kernelName }) => kernelName,
    );
    expect(names).toEqual(['nvme0n1', 'nvme0n2', 'nvme0n10', 'sdb', 'sdaa']);
  });
});

describe('names that deceive', () => {
  it.each([
    ['Sam\u202egnus', 'Samgnus'],
    ['a\u001b]0;title\u0007b\u001b[2Jc', 'abc'],
    ['a\\x20\\x20b\\x1b[31m', 'a b'],
    ['\u200b\u2060\ufeff', null],
    ['  one\n\ttwo  ', 'one two'],
    ['\u{e0041}x\ud800y', 'xy'],
    ['é漢字', 'é漢字'],
  ])('%j is shown as %j', (raw, shown) => {
    expect(deviceText(raw)).toBe(shown);
  });

  it('a long one is cut, by whole characters', () => {
    expect(Array.from(deviceText('😀'.repeat(500)) ?? '').length).toBe(120);
  });
});

describe('where a path lies', () => {
  const facts = readLinuxFacts(
    snapshotOf(
      {
        devices: [
          ROOT,
          ssd('sda', 100, [
            part('sda1', 99, { fs: 'crypto_LUKS' }, [
              mapped('dm-0', 99, 'crypt', 'home', { fs: 'ext4', at: ['/home'] }),
            ]),
          ]),
          loop('loop0', 1, '/home/ann/disk.img', { fs: 'ext4', at: ['/mnt/in'] }),
        ],
        mounts: ['80 1 0:90 / /home/ann/ram rw - tmpfs tmpfs rw'],
      },
      'new',
    ),
  );
  it.each([
    ['/home/ann/seedbed', ['sda']],
    ['/homestead', ['nvme0n1']],
    ['/home/ann/ram/x', []],
    ['/mnt/in/x', ['loop0', 'sda']],
  ])('%s', (path, drives) => {
    expect(drivesUnder(facts, path, null)).toEqual(drives);
  });
  it('by the device number, where mounts do not tell', () => {
    expect(drivesUnder({ ...facts, mounts: [] }, '/anything', '259:2')).toEqual(['nvme0n1']);
  });
});

describe('mount points', () => {
  it.each([
    ['/', 'system'],
    ['/home', 'system'],
    ['/home/ann', 'system'],
    ['/home/ann/stick', 'busy'],
    ['/media', 'unmount'],
    ['/mediathek', 'busy'],
    ['/run/media/ann/X', 'unmount'],
    ['/run/live/medium', 'system'],
    ['/mnt', 'unmount'],
    ['/var/lib/x', 'system'],
    ['/tmp/x', 'busy'],
    ['/Volumes/X', 'unmount'],
    ['/System/Volumes/Data', 'system'],
  ])('%s is %s', (point, weight) => {
    expect(weighMount(point, [])).toBe(weight);
  });
});

/** From 0 to 1, the same at every run. */
function randomFrom(seed: number): () => number {
  const below = randomNumbers(seed);
  return () => below(1_000_000) / 1_000_000;
}

describe('random computers', () => {
  const PLACES = ['/', '/boot', '/home', '/srv/x', '/data', '/media/ann/X', '/mnt/y'];

  /** A tower of random height; gives whether anything in it makes the drive used. */
  function randomTower(
    random: () => number,
    name: string,
    usb: boolean,
    next: () => number,
  ): { device: Device; used: boolean } {
    let used = false;
    const leaf = (): Partial<Device> => {
      const dice = random();
      if (dice < 0.12) {
        used = true;
        return { swap: true, fs: 'swap' };
      }
      if (dice < 0.4) {
        const place = PLACES[Math.floor(random() * PLACES.length)] ?? '/';
        used ||= !/^\/(?:media|mnt)\//.test(place) || !usb;
        return { fs: random() < 0.3 ? 'btrfs' : 'ext4', at: [place], uuid: `u${next()}` };
      }
      return {};
    };
    const above = (depth: number): Device[] => {
      if (depth > 3 || random() < 0.55) return [];
      used = true;
      const number = next();
      const kind = random();
      const on = above(depth + 1);
      const rest = on.length > 0 ? {} : leaf();
      if (kind < 0.4) return [mapped(`dm-${number}`, 5, 'crypt', `c${number}`, rest, on)];
      if (kind < 0.8) return [mapped(`dm-${number}`, 5, 'lvm', `v${number}`, rest, on)];
      return [raid(`md${number}`, 5, rest, on)];
    };
    const parts = Array.from({ length: Math.floor(random() * 4) }, (_, at) => {
      const separator = /\d$/.test(name) ? 'p' : '';
      const on = above(1);
      return part(`${name}${separator}${at + 1}`, 5, on.length > 0 ? {} : leaf(), on);
    });
    const on = parts.length > 0 ? parts : above(1);
    const own = on.length > 0 ? {} : leaf();
    const device = disk(
      name,
      30,
      { ...(usb ? { tran: 'usb', rm: random() < 0.5 } : { tran: 'sata' }), serial: name, ...own },
      on,
    );
    return { device, used };
  }

  it.each(['new', 'old', 'blind', 'flat'] as const)(
    '80 of them, lsblk %s: used is refused, unused is offered',
    (style) => {
      const random = randomFrom(6);
      let offered = 0;
      for (let turn = 0; turn < 80; turn += 1) {
        let count = 0;
        const next = (): number => (count += 1);
        const names = ['sda', 'sdb', 'sdaa', 'nvme0n2', 'nvme0n10', 'mmcblk1'].filter(() => random() < 0.6);
        const towers = names.map((name) =>
          randomTower(random, name, name !== 'mmcblk1' && random() < 0.7, next),
        );
        const machine = { devices: [ROOT, ...towers.map(({ device }) => device)] };
        const facts = readLinuxFacts(snapshotOf(machine, style));
        for (const drive of listDrives(facts)) {
          const { confirmation } = assessDrive(drive, { ...NOTHING, problems: facts.problems });
          const tower = towers.find(({ device }) => device.name === drive.kernelName);
          const usedByTruth = tower?.used ?? true;
          if ((confirmation === null) !== usedByTruth)
            throw new Error(
              `${drive.path} is ${usedByTruth ? 'used' : 'not used'}: ${JSON.stringify({ turn, uses: drive.uses, machine })}`,
            );
          if (confirmation !== null) offered += 1;
        }
      }
      expect(offered).toBeGreaterThan(20);
    },
  );
});

describe('what is no output of such a tool', () => {
  const random = randomFrom(7);
  const LSBLK = snapshotOf({ devices: [ROOT, stick('sda')] }, 'new').lsblk ?? '';
  const LIST = plist({
    AllDisksAndPartitions: [{ DeviceIdentifier: 'disk0', Partitions: [{ DeviceIdentifier: 'disk0s1' }] }],
  });
  const WINDOWS = JSON.stringify({
    disks: [{ Number: 0, IsBoot: true }],
    partitions: [],
    volumes: [],
    pageFiles: [],
  });
  const damaged = (text: string): string => {
    const at = Math.floor(random() * text.length);
    const dice = random();
    if (dice < 0.3) return text.slice(0, at);
    if (dice < 0.6)
      return text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
    return text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 40));
  };

  it('is refused with an error, or read: nothing hangs and nothing else is thrown', () => {
    for (let turn = 0; turn < 400; turn += 1) {
      const readers: (() => unknown)[] = [
        () => parseLsblk(damaged(LSBLK)),
        () => readMacFacts({ list: damaged(LIST), infos: {}, problems: [] }),
        () => readWindowsFacts(damaged(WINDOWS)),
        () => parsePlist(damaged(LIST)),
      ];
      for (const read of readers)
        try {
          read();
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      expect(
        parseMountinfo(damaged('36 35 98:0 /m /mnt\\0402 rw - ext3 /dev/root rw,err\n')).length,
      ).toBeLessThanOrEqual(2);
    }
  });

  it('a tree of lsblk that never ends is no tree', () => {
    let row: object = { name: 'x' };
    for (let depth = 0; depth < 100; depth += 1) row = { name: `x${depth}`, children: [row] };
    expect(() => parseLsblk(JSON.stringify({ blockdevices: [row] }))).toThrow('does not end');
  });
});

describe('tables', () => {
  it('blanks and odd characters in mount points and swap files are read as they are', () => {
    const [row] = parseMountinfo(
      '36 35 98:0 / /mnt/my\\040stick\\134x rw,noatime shared:1 master:2 - ext3 /dev/sda1 rw\n',
    );
    expect(row).toMatchObject({ mountPoint: '/mnt/my stick\\x', fsType: 'ext3', source: '/dev/sda1' });
    expect(
      parseSwaps('Filename\tType\n/a\\040b file 1 0 -2\n/dev/sda2\\040(deleted) partition 1 0 -3\n'),
    ).toEqual(['/a b', '/dev/sda2']);
  });

  it('blkid’s blocks', () => {
    const rows = parseBlkid(
      'DEVNAME=/dev/sda1\nLABEL=my\\ stick\nUUID=1-2\nTYPE=vfat\n\nDEVNAME=/dev/sda\nPTTYPE=dos\n',
    );
    expect(rows.get('sda1')).toEqual({ fstype: 'vfat', label: 'my stick', uuid: '1-2', pttype: null });
    expect(rows.get('sda')?.pttype).toBe('dos');
  });

  it('property lists: entities, empty values, nesting', () => {
    const value = { a: ['<&>"', '', true, 1.5, {}], 'b & c': { d: [] } };
    expect(parsePlist(plist(value))).toEqual(value);
    expect(() => parsePlist('<plist><dict><string>x</string></dict></plist>')).toThrow();
  });

  it.each([
    [0, '0 bytes'],
    [512, '512 bytes'],
    [31_914_983_424, '31.9 GB'],
    [999_999_999, '1.0 GB'],
    [2_000_398_934_016, '2.0 TB'],
  ])('%i bytes are sold as %s', (bytes, text) => {
    expect(formatDriveSize(bytes)).toBe(text);
  });
});
