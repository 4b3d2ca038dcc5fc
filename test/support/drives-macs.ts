// Macs of several kinds: what `diskutil list -plist` and `diskutil info -plist` print there, and what each drive must be.
import type { MacSnapshot } from '../../src/engine/formats/drives/macos-facts.ts';
import type { PlistValue } from '../../src/engine/formats/drives/plist.ts';
import type { MachineCase } from './drives-linux-machines.ts';

interface MacPart {
  id: string;
  content: string;
  gb: number;
  at?: string;
  label?: string;
  fs?: string;
  snapshotAt?: string;
}

interface MacDisk {
  id: string;
  gb: number;
  content?: string;
  parts?: MacPart[];
  volumes?: MacPart[];
  stores?: string[];
  info: Record<string, PlistValue>;
}

const internal = {
  BusProtocol: 'Apple Fabric',
  Internal: true,
  VirtualOrPhysical: 'Physical',
  WritableMedia: true,
  MediaName: 'APPLE SSD AP0512Q',
  SolidState: true,
};
const usb = {
  BusProtocol: 'USB',
  Internal: false,
  Ejectable: true,
  RemovableMedia: true,
  VirtualOrPhysical: 'Physical',
  WritableMedia: true,
  MediaName: 'Cruzer Blade',
};
const made = {
  BusProtocol: 'PCI-Express',
  Internal: true,
  VirtualOrPhysical: 'Virtual',
  WritableMedia: true,
};
const gpt = 'GUID_partition_scheme';

const bootDisk: MacDisk = {
  id: 'disk0',
  gb: 500,
  content: gpt,
  parts: [
    { id: 'disk0s1', content: 'Apple_APFS_ISC', gb: 0.5 },
    { id: 'disk0s2', content: 'Apple_APFS', gb: 494 },
  ],
  info: internal,
};
const bootContainer: MacDisk = {
  id: 'disk3',
  gb: 494,
  stores: ['disk0s2'],
  volumes: [
    { id: 'disk3s1', content: '', gb: 10, label: 'Macintosh HD', fs: 'apfs', snapshotAt: '/' },
    { id: 'disk3s5', content: '', gb: 300, label: 'Data', fs: 'apfs', at: '/System/Volumes/Data' },
    { id: 'disk3s6', content: '', gb: 2, label: 'VM', fs: 'apfs', at: '/System/Volumes/VM' },
  ],
  info: made,
};
const macStick = (id: string, at?: string): MacDisk => ({
  id,
  gb: 32,
  content: 'FDisk_partition_scheme',
  parts: [
    {
      id: `${id}s1`,
      content: 'Windows_FAT_32',
      gb: 32,
      label: 'STICK',
      fs: 'msdos',
      ...(at === undefined ? {} : { at }),
    },
  ],
  info: usb,
});

export const MACS: (MachineCase & { machine: MacDisk[] })[] = [
  {
    name: 'a Mac with Apple silicon and a stick that is mounted',
    machine: [bootDisk, bootContainer, macStick('disk4', '/Volumes/STICK')],
    free: ['disk4'],
    refused: { disk0: 'system' },
    absent: ['disk3'],
  },
  {
    name: 'a Mac that runs from an external disk',
    machine: [
      { ...bootDisk, info: { ...internal } },
      { ...bootContainer, volumes: [{ id: 'disk3s5', content: '', gb: 300, label: 'Data', fs: 'apfs' }] },
      {
        id: 'disk4',
        gb: 1000,
        content: gpt,
        parts: [{ id: 'disk4s2', content: 'Apple_APFS', gb: 999 }],
        info: { ...usb, MediaName: 'Portable SSD T5', RemovableMedia: false },
      },
      {
        id: 'disk5',
        gb: 999,
        stores: ['disk4s2'],
        volumes: [{ id: 'disk5s1', content: '', gb: 9, at: '/', fs: 'apfs', label: 'Ext' }],
        info: { ...made, Internal: false },
      },
      macStick('disk6'),
    ],
    free: ['disk0', 'disk6'],
    refused: { disk4: 'system' },
    absent: ['disk5'],
  },
  {
    name: 'an APFS stick, mounted',
    machine: [
      bootDisk,
      bootContainer,
      {
        id: 'disk4',
        gb: 64,
        content: gpt,
        parts: [{ id: 'disk4s1', content: 'Apple_APFS', gb: 63 }],
        info: usb,
      },
      {
        id: 'disk5',
        gb: 63,
        stores: ['disk4s1'],
        volumes: [
          {
            id: 'disk5s1',
            content: '',
            gb: 9,
            at: '/Volumes/My Stick',
            fs: 'apfs',
            label: 'My <Stick> & more',
          },
        ],
        info: { ...made, Internal: false },
      },
    ],
    free: ['disk4'],
    refused: { disk0: 'system' },
    absent: ['disk5'],
  },
  {
    name: 'FileVault over CoreStorage on an old Mac',
    machine: [
      {
        id: 'disk0',
        gb: 500,
        content: gpt,
        parts: [
          { id: 'disk0s1', content: 'EFI', gb: 0.2 },
          { id: 'disk0s2', content: 'Apple_CoreStorage', gb: 499 },
        ],
        info: { ...internal, BusProtocol: 'SATA' },
      },
      {
        id: 'disk1',
        gb: 499,
        content: 'Apple_HFS',
        info: { ...made, CoreStorageLVGUUID: 'AB', MountPoint: '/', FilesystemType: 'hfs' },
      },
      macStick('disk2'),
    ],
    free: ['disk2'],
    refused: { disk0: 'in-use' },
    absent: ['disk1'],
  },
  {
    name: 'a Fusion drive: SSD and disk in one CoreStorage group',
    machine: [
      {
        id: 'disk0',
        gb: 128,
        content: gpt,
        parts: [{ id: 'disk0s2', content: 'Apple_CoreStorage', gb: 127 }],
        info: { ...internal, BusProtocol: 'PCI' },
      },
      {
        id: 'disk1',
        gb: 1000,
        content: gpt,
        parts: [{ id: 'disk1s2', content: 'Apple_CoreStorage', gb: 999 }],
        info: { ...internal, BusProtocol: 'SATA', SolidState: false },
      },
      {
        id: 'disk2',
        gb: 1120,
        info: { ...made, CoreStorageLVGUUID: 'AC', MountPoint: '/', FilesystemType: 'hfs' },
      },
      macStick('disk3'),
    ],
    free: ['disk3'],
    refused: { disk0: 'in-use', disk1: 'in-use' },
  },
  {
    name: 'an AppleRAID set of two USB disks',
    machine: [
      bootDisk,
      bootContainer,
      ...['disk4', 'disk5'].map((id): MacDisk => ({
        id,
        gb: 200,
        content: gpt,
        parts: [{ id: `${id}s2`, content: 'Apple_RAID', gb: 199 }],
        info: usb,
      })),
      { id: 'disk6', gb: 199, info: { ...made, RAIDSetMembers: ['a', 'b'], MountPoint: '/Volumes/Set' } },
    ],
    free: [],
    refused: { disk4: 'in-use', disk5: 'in-use' },
    absent: ['disk6'],
  },
  {
    name: 'a disk image, an optical drive and an SD card that is locked',
    machine: [
      bootDisk,
      bootContainer,
      {
        id: 'disk4',
        gb: 1,
        content: gpt,
        parts: [{ id: 'disk4s1', content: 'Apple_HFS', gb: 1, at: '/Volumes/App' }],
        info: { ...made, BusProtocol: 'Disk Image' },
      },
      { id: 'disk5', gb: 5, info: { ...usb, OpticalDeviceType: 'DVD-ROM' } },
      {
        id: 'disk6',
        gb: 16,
        content: 'FDisk_partition_scheme',
        info: { ...usb, BusProtocol: 'Secure Digital', WritableMedia: false },
      },
    ],
    free: [],
    refused: { disk6: 'read-only' },
    absent: ['disk4', 'disk5'],
  },
  {
    name: 'a built-in data disk is nothing that Seedbed unmounts',
    machine: [
      bootDisk,
      bootContainer,
      {
        id: 'disk4',
        gb: 2000,
        content: gpt,
        parts: [{ id: 'disk4s2', content: 'Apple_HFS', gb: 1999, at: '/Volumes/Archive', fs: 'hfs' }],
        info: { ...internal, BusProtocol: 'SATA' },
      },
    ],
    free: [],
    refused: { disk4: 'in-use' },
  },
  {
    name: 'diskutil says nothing about one device: nothing is offered',
    machine: [bootDisk, bootContainer, macStick('disk4'), { id: 'silent', gb: 1, info: {} }],
    free: [],
    refused: { disk4: 'state-unknown', disk0: 'system' },
  },
];

export function macSnapshot(disks: readonly MacDisk[]): MacSnapshot {
  const infos: MacSnapshot['infos'] = {};
  for (const disk of disks) {
    infos[disk.id] =
      disk.id === 'silent'
        ? null
        : plist({ DeviceIdentifier: disk.id, TotalSize: bytes(disk.gb), DeviceBlockSize: 512, ...disk.info });
    for (const part of [...(disk.parts ?? []), ...(disk.volumes ?? [])])
      infos[part.id] = plist({
        DeviceIdentifier: part.id,
        ParentWholeDisk: disk.id,
        TotalSize: bytes(part.gb),
        MountPoint: part.at ?? '',
        VolumeName: part.label ?? '',
        ...(part.fs === undefined ? {} : { FilesystemType: part.fs }),
        WritableMedia: true,
      });
  }
  const list = plist({
    AllDisks: Object.keys(infos),
    AllDisksAndPartitions: disks.map((disk) => ({
      DeviceIdentifier: disk.id,
      Content: disk.content ?? '',
      OSInternal: false,
      Size: bytes(disk.gb),
      Partitions: (disk.parts ?? []).map(listed),
      ...(disk.stores === undefined
        ? {}
        : { APFSPhysicalStores: disk.stores.map((id) => ({ DeviceIdentifier: id })) }),
      ...(disk.volumes === undefined ? {} : { APFSVolumes: disk.volumes.map(listed) }),
    })),
    WholeDisks: disks.map(({ id }) => id),
  });
  return { list, infos, problems: [] };
}

function listed({ id, content, gb, at, label, snapshotAt }: MacPart): PlistValue {
  return {
    Content: content,
    DeviceIdentifier: id,
    Size: bytes(gb),
    ...(at === undefined ? {} : { MountPoint: at }),
    ...(label === undefined ? {} : { VolumeName: label }),
    ...(snapshotAt === undefined
      ? {}
      : { MountedSnapshots: [{ Sealed: 'Yes', SnapshotBSD: `${id}s1`, SnapshotMountPoint: snapshotAt }] }),
  };
}

const bytes = (gb: number): number => Math.round(gb * 1e6) * 1024;

/** A property list as diskutil writes it: tabs, one value a line. */
export function plist(value: PlistValue): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">\n${encode(value)}\n</plist>\n`;
}

function encode(value: PlistValue): string {
  if (typeof value === 'boolean') return value ? '<true/>' : '<false/>';
  if (typeof value === 'number')
    return Number.isInteger(value) ? `<integer>${value}</integer>` : `<real>${value}</real>`;
  if (typeof value === 'string') return `<string>${escape(value)}</string>`;
  if (Array.isArray(value))
    return value.length === 0
      ? '<array/>'
      : `<array>\n${value.map((one) => `\t${encode(one)}`).join('\n')}\n</array>`;
  const entries = Object.entries(value).map(([key, one]) => `\t<key>${escape(key)}</key>\n\t${encode(one)}`);
  return entries.length === 0 ? '<dict/>' : `<dict>\n${entries.join('\n')}\n</dict>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
