// Windows computers of several kinds: what the PowerShell script prints there (as ConvertTo-Json writes it: a list of one is the one),
// and what each drive must be.
import type { MachineCase } from './drives-linux-machines.ts';

type Values = Record<string, unknown>;

const win = (n: number, gb: number, rest: Values = {}): Values => ({
  Number: n,
  FriendlyName: 'Samsung SSD 970',
  Manufacturer: null,
  Model: 'Samsung SSD 970',
  SerialNumber: `0025_38B${n}.`,
  UniqueId: `eui.002538B${n}`,
  BusType: 'NVMe',
  Size: Math.round(gb * 1e6) * 1024,
  LogicalSectorSize: 512,
  PhysicalSectorSize: 4096,
  IsBoot: false,
  IsSystem: false,
  IsReadOnly: false,
  IsClustered: false,
  PartitionStyle: 'GPT',
  ...rest,
});
const usb = (n: number, gb = 32, rest: Values = {}): Values =>
  win(n, gb, {
    BusType: 'USB',
    Model: 'Cruzer Blade',
    FriendlyName: 'SanDisk Cruzer Blade',
    SerialNumber: `4C53${n}`,
    UniqueId: null,
    PartitionStyle: 'MBR',
    ...rest,
  });
const piece = (disk: number, n: number, letter: string, rest: Values = {}): Values => ({
  DiskNumber: disk,
  PartitionNumber: n,
  Offset: n * 1_048_576,
  Size: 1e9,
  DriveLetter: letter === '' ? '\u0000' : letter,
  AccessPaths: [...(letter === '' ? [] : [`${letter}:\\`]), `\\\\?\\Volume{${disk}-${n}}\\`],
  Type: 'Basic',
  GptType: '{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}',
  MbrType: null,
  IsBoot: false,
  IsSystem: false,
  ...rest,
});
const volume = (disk: number, n: number, letter: string, fs: string | null): Values => ({
  Path: `\\\\?\\Volume{${disk}-${n}}\\`,
  DriveLetter: letter,
  FileSystem: fs,
  FileSystemLabel: fs === null ? '' : 'Volume',
});

const system = win(0, 500, { IsBoot: true, IsSystem: true });
const systemParts = [
  piece(0, 1, '', { IsSystem: true, Type: 'System', GptType: '{c12a7328-f81f-11d2-ba4b-00a0c93ec93b}' }),
  piece(0, 3, 'C', { IsBoot: true }),
];
const base = { volumes: [volume(0, 3, 'C', 'NTFS')], pageFiles: 'C:\\pagefile.sys', systemDrive: 'C:' };

export const WINDOWS_MACHINES: (MachineCase & { machine: Values })[] = [
  {
    name: 'a Windows PC with a stick (its only partition printed as no list)',
    machine: { ...base, disks: [system, usb(1)], partitions: [...systemParts, piece(1, 1, 'E')] },
    free: ['PhysicalDrive1'],
    refused: { PhysicalDrive0: 'system' },
  },
  {
    name: 'one disk, one partition, one volume: everything as no list; nothing names a stick',
    machine: { ...base, disks: system, partitions: systemParts[1], volumes: base.volumes[0] },
    free: [],
    refused: { PhysicalDrive0: 'system' },
  },
  {
    name: 'BitLocker: C: encrypted, a locked stick without a known file system',
    machine: {
      ...base,
      disks: [system, usb(1)],
      partitions: [...systemParts, piece(1, 1, 'E')],
      volumes: [...base.volumes, volume(1, 1, 'E', null)],
    },
    free: ['PhysicalDrive1'],
    refused: { PhysicalDrive0: 'system' },
  },
  {
    name: 'Windows starts from one disk and runs from another',
    machine: {
      ...base,
      disks: [win(0, 100, { IsSystem: true }), win(1, 500, { IsBoot: true }), usb(2)],
      partitions: [piece(0, 1, '', { IsSystem: true }), piece(1, 1, 'C', { IsBoot: true })],
    },
    free: ['PhysicalDrive2'],
    refused: { PhysicalDrive0: 'system', PhysicalDrive1: 'system' },
  },
  {
    name: 'a page file on a USB disk',
    machine: {
      ...base,
      disks: [system, usb(1)],
      partitions: [...systemParts, piece(1, 1, 'P')],
      pageFiles: ['C:\\pagefile.sys', 'p:\\pagefile.sys'],
    },
    free: [],
    refused: { PhysicalDrive1: 'system' },
  },
  {
    name: 'Storage Spaces: the space itself is no drive, a member is in use',
    machine: {
      ...base,
      disks: [system, win(1, 2000, { BusType: 'Spaces', FriendlyName: 'Pool' }), usb(2, 1000)],
      partitions: [
        ...systemParts,
        piece(1, 1, 'D'),
        piece(2, 1, '', { GptType: '{E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D}' }),
      ],
    },
    free: [],
    refused: { PhysicalDrive2: 'in-use' },
    absent: ['PhysicalDrive1'],
  },
  {
    name: 'dynamic disks, GPT and MBR',
    machine: {
      ...base,
      disks: [system, usb(1, 500), usb(2, 500)],
      partitions: [
        ...systemParts,
        piece(1, 1, '', { GptType: '{5808c8aa-7e8f-42e0-85d2-e1e90434cfb3}' }),
        piece(2, 1, '', { GptType: null, MbrType: 66 }),
      ],
    },
    free: [],
    refused: { PhysicalDrive1: 'in-use', PhysicalDrive2: 'in-use' },
  },
  {
    name: 'a built-in data disk D:, and one without letters',
    machine: {
      ...base,
      disks: [system, win(1, 1000, { BusType: 'SATA' }), win(2, 1000, { BusType: 'SATA' })],
      partitions: [...systemParts, piece(1, 1, 'D')],
    },
    free: ['PhysicalDrive2'],
    refused: { PhysicalDrive1: 'in-use' },
  },
  {
    name: 'a USB disk in a folder of C:, and a write-protected stick',
    machine: {
      ...base,
      disks: [system, usb(1), usb(2, 32, { IsReadOnly: true })],
      partitions: [...systemParts, piece(1, 1, '', { AccessPaths: ['C:\\Data\\', '\\\\?\\Volume{1-1}\\'] })],
    },
    free: [],
    refused: { PhysicalDrive1: 'in-use', PhysicalDrive2: 'read-only' },
  },
  {
    name: 'disks 1 and 10: C: is on 10',
    machine: {
      ...base,
      disks: [usb(1), win(10, 500, { IsBoot: true })],
      partitions: [piece(10, 1, 'C', { IsBoot: true })],
    },
    free: ['PhysicalDrive1'],
    refused: { PhysicalDrive10: 'system' },
  },
  {
    name: 'Windows To Go: it runs from a USB disk',
    machine: {
      ...base,
      disks: [win(0, 500), usb(1, 64, { IsBoot: true, IsSystem: true }), usb(2)],
      partitions: [piece(0, 1, 'D'), piece(1, 1, 'C', { IsBoot: true })],
    },
    free: ['PhysicalDrive2'],
    refused: { PhysicalDrive0: 'in-use', PhysicalDrive1: 'system' },
  },
  {
    name: 'an answer in which no drive is the system’s: nothing is offered',
    machine: { disks: [usb(1)], partitions: [], volumes: null, pageFiles: null, systemDrive: 'C:' },
    free: [],
    refused: { PhysicalDrive1: 'state-unknown' },
  },
];
