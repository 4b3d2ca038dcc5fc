// A Windows computer's drives as facts, from one JSON text that PowerShell makes of Get-Disk, Get-Partition, Get-Volume and page files.
// Source of truth: Windows Storage Management API (MSFT_Disk, MSFT_Partition, MSFT_Volume), Win32_PageFileUsage; partition types of
// winioctl.h (PARTITION_LDM_*, PARTITION_SPACES_GUID, 0x42).
import { z } from 'zod';
import type { DriveBus } from '../../../shared/model/drive.ts';
import { deviceText, pathText } from './device-text.ts';
import { type BlockNode, EMPTY_NODE, type MachineFacts, type NodeUse } from './machine-facts.ts';

/** Prints what `readWindowsFacts` reads. No argument, no quoting: the whole script is one fixed text. */
export const WINDOWS_SCRIPT = `$ErrorActionPreference='Stop'
[Console]::OutputEncoding=[Text.Encoding]::UTF8
@{
disks=@(Get-Disk|Select-Object Number,FriendlyName,Manufacturer,Model,SerialNumber,UniqueId,@{n='BusType';e={[string]$_.BusType}},Size,LogicalSectorSize,PhysicalSectorSize,IsBoot,IsSystem,IsReadOnly,IsClustered,@{n='PartitionStyle';e={[string]$_.PartitionStyle}})
partitions=@(Get-Partition|Select-Object DiskNumber,PartitionNumber,Offset,Size,@{n='DriveLetter';e={[string]$_.DriveLetter}},AccessPaths,@{n='Type';e={[string]$_.Type}},GptType,MbrType,IsBoot,IsSystem)
volumes=@(Get-Volume|Select-Object Path,@{n='DriveLetter';e={[string]$_.DriveLetter}},FileSystem,FileSystemLabel)
pageFiles=@(Get-CimInstance Win32_PageFileUsage|ForEach-Object{$_.Name})
systemDrive=$env:SystemDrive
}|ConvertTo-Json -Depth 4 -Compress`;

const text = z.string().nullish();
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value === true);
const size = z
  .number()
  .nullish()
  .transform((value) => (value !== null && value !== undefined && Number.isSafeInteger(value) ? value : 0));
/** ConvertTo-Json writes a list of one as the one. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .union([z.array(item), item])
    .nullish()
    .transform((value): z.output<T>[] =>
      value === null || value === undefined
        ? []
        : ((Array.isArray(value) ? value : [value]) as z.output<T>[]),
    );

const Disk = z.object({
  Number: z.int().nonnegative(),
  FriendlyName: text,
  Manufacturer: text,
  Model: text,
  SerialNumber: text,
  UniqueId: text,
  BusType: text,
  Size: size,
  LogicalSectorSize: size,
  PhysicalSectorSize: size,
  IsBoot: flag,
  IsSystem: flag,
  IsReadOnly: flag,
  IsClustered: flag,
  PartitionStyle: text,
});
const Partition = z.object({
  DiskNumber: z.int().nonnegative(),
  PartitionNumber: z.int().nonnegative(),
  Offset: size,
  Size: size,
  DriveLetter: text,
  AccessPaths: listOf(z.string()),
  Type: text,
  GptType: text,
  MbrType: z.number().nullish(),
  IsBoot: flag,
  IsSystem: flag,
});
const Volume = z.object({ Path: text, DriveLetter: text, FileSystem: text, FileSystemLabel: text });
const Snapshot = z.object({
  disks: listOf(Disk),
  partitions: listOf(Partition),
  volumes: listOf(Volume),
  pageFiles: listOf(z.string()),
  systemDrive: text,
});
type Partition = z.infer<typeof Partition>;

/** Throws an Error for anything but that script's output. */
export function readWindowsFacts(json: string): MachineFacts {
  const { disks, partitions, volumes, pageFiles, systemDrive } = Snapshot.parse(JSON.parse(json));
  const letterOf = (path: string): string => path.slice(0, 2).toUpperCase();
  const swapped = new Set(pageFiles.map(letterOf));
  const nodes: BlockNode[] = disks.map(toDisk);
  const uses: NodeUse[] = disks.flatMap(diskUses);
  for (const partition of partitions) {
    const node = nameOf(partition);
    const volume = volumes.find(({ Path }) => partition.AccessPaths.includes(Path ?? ''));
    nodes.push(toPartition(partition, volume));
    uses.push(...partitionUses(partition));
    for (const point of placesOf(partition)) {
      const isSystem = letterOf(point) === letterOf(systemDrive ?? 'C:') && point.length <= 3;
      uses.push(mountUse(node, point, isSystem));
      if (swapped.has(letterOf(point)) && point.length <= 3)
        uses.push(systemUse(node, 'swap', `This computer swaps to a file on ${letterOf(point)}.`));
    }
  }
  const problems = uses.some(({ weight }) => weight === 'system')
    ? []
    : ['It cannot be told which drive this computer runs from: Windows names none.'];
  const mounts = uses.flatMap(({ node, mountPoint }) =>
    mountPoint === null ? [] : [{ mountPoint, nodes: [node] }],
  );
  return { nodes, uses, mounts, problems };
}

const BUSES: Record<string, DriveBus> = {
  usb: 'usb',
  sd: 'sd',
  mmc: 'mmc',
  '1394': 'firewire',
  sata: 'sata',
  ata: 'sata',
  atapi: 'sata',
  nvme: 'nvme',
  sas: 'scsi',
  scsi: 'scsi',
  raid: 'scsi',
  iscsi: 'network',
  'fibre channel': 'network',
  virtual: 'virtual',
  'file backed virtual': 'virtual',
};

function toDisk(disk: z.infer<typeof Disk>): BlockNode {
  const bus = (disk.BusType ?? '').toLowerCase();
  const isSpace = bus === 'spaces' || bus === 'storage spaces' || bus === '16';
  return {
    ...EMPTY_NODE,
    name: `PhysicalDrive${disk.Number}`,
    path: `\\\\.\\PhysicalDrive${disk.Number}`,
    // A virtual disk of Storage Spaces is made of others, and one of a file is a file.
    role: isSpace || bus === 'file backed virtual' ? 'apart' : 'drive',
    sizeBytes: disk.Size,
    logicalSectorBytes: disk.LogicalSectorSize || 512,
    physicalSectorBytes: disk.PhysicalSectorSize || disk.LogicalSectorSize || 512,
    bus: BUSES[bus] ?? 'other',
    removable: bus === 'usb' || bus === 'sd',
    hotplug: bus === 'usb' || bus === 'sd',
    readOnly: disk.IsReadOnly,
    model: deviceText(disk.Model ?? disk.FriendlyName),
    vendor: deviceText(disk.Manufacturer),
    serial: deviceText(disk.SerialNumber),
    wwn: deviceText(disk.UniqueId),
    tableType: tableOf(disk.PartitionStyle ?? ''),
  };
}

function tableOf(style: string): string | null {
  return { gpt: 'gpt', mbr: 'dos' }[style.toLowerCase()] ?? null;
}

function diskUses(disk: z.infer<typeof Disk>): NodeUse[] {
  const node = `PhysicalDrive${disk.Number}`;
  const uses: NodeUse[] = [];
  if (disk.IsBoot) uses.push(systemUse(node, 'mount', 'Windows runs from it.'));
  if (disk.IsSystem) uses.push(systemUse(node, 'mount', 'This computer starts from it.'));
  if (disk.IsClustered) uses.push(busyUse(node, 'stack', 'It belongs to a cluster.'));
  return uses;
}

/** GPT types and MBR types whose partition belongs to something larger (winioctl.h), and what that is. */
const MEMBERS: [string, NodeUse['kind'], string][] = [
  ['e75caf8f-f680-4cee-afa3-b001e56efc2d', 'raid', 'a Storage Spaces pool'],
  ['5808c8aa-7e8f-42e0-85d2-e1e90434cfb3', 'raid', 'a dynamic disk'],
  ['af9b60a0-1431-4f62-bc68-3311714a69ad', 'raid', 'a dynamic disk'],
  ['eeff8352-dd2a-44db-ae83-bee1cf7481dc', 'stack', 'the read cache of Storage Spaces'],
  ['03aaa829-ebfc-4e7e-aac9-c4d76c63b24b', 'stack', 'the write cache of Storage Spaces'],
];
const MBR_DYNAMIC = 0x42;

function partitionUses(partition: Partition): NodeUse[] {
  const node = nameOf(partition);
  const uses: NodeUse[] = [];
  if (partition.IsBoot) uses.push(systemUse(node, 'mount', 'Windows runs from it.'));
  if (partition.IsSystem) uses.push(systemUse(node, 'mount', 'This computer starts from it.'));
  const gpt = (partition.GptType ?? '').replace(/[{}]/g, '').toLowerCase();
  for (const [type, kind, what] of MEMBERS)
    if (gpt === type)
      uses.push(busyUse(node, kind, `Partition ${partition.PartitionNumber} belongs to ${what}.`));
  if (partition.MbrType === MBR_DYNAMIC)
    uses.push(busyUse(node, 'raid', `Partition ${partition.PartitionNumber} belongs to a dynamic disk.`));
  return uses;
}

/** Drive letters as `D:\`, and folders of other drives; not the volume's own name. */
function placesOf({ AccessPaths, DriveLetter }: Partition): string[] {
  const letter = (DriveLetter ?? '').replaceAll('\0', '').trim();
  const paths = AccessPaths.filter((path) => /^[a-z]:\\/i.test(path));
  return [...new Set([...(letter === '' ? [] : [`${letter.toUpperCase()}:\\`]), ...paths])];
}

/** A letter of its own can be taken away; a folder on another drive was made by somebody for good. */
function mountUse(node: string, mountPoint: string, isSystem: boolean): NodeUse {
  const shown = pathText(mountPoint);
  const weight = isSystem ? 'system' : shown.length <= 3 ? 'unmount' : 'busy';
  const why = isSystem ? `Windows runs from it: it is ${shown}.` : `It is in use as ${shown}.`;
  return { node, kind: 'mount', weight, mountPoint: shown, why };
}

function systemUse(node: string, kind: NodeUse['kind'], why: string): NodeUse {
  return { node, kind, weight: 'system', mountPoint: null, why };
}

function busyUse(node: string, kind: NodeUse['kind'], why: string): NodeUse {
  return { node, kind, weight: 'busy', mountPoint: null, why };
}

function nameOf({ DiskNumber, PartitionNumber }: Partition): string {
  return `PhysicalDrive${DiskNumber}.${PartitionNumber}`;
}

function toPartition(partition: Partition, volume: z.infer<typeof Volume> | undefined): BlockNode {
  const { DiskNumber, PartitionNumber } = partition;
  return {
    ...EMPTY_NODE,
    name: nameOf(partition),
    path: `\\\\.\\Harddisk${DiskNumber}Partition${PartitionNumber}`,
    role: 'partition',
    on: [`PhysicalDrive${DiskNumber}`],
    sizeBytes: partition.Size,
    startBytes: partition.Offset,
    partitionNumber: PartitionNumber,
    fsType: deviceText(volume?.FileSystem),
    label: deviceText(volume?.FileSystemLabel),
    typeName: deviceText(partition.Type),
  };
}
