// A Mac's drives as facts, from `diskutil list -plist` and `diskutil info -plist` of every device in it.
// Sources: diskutil(8), and the keys as macOS 10.13 to 15 print them; APFS Reference (containers are synthesized disks over stores).
import { z } from 'zod';
import type { DriveBus } from '../../../shared/model/drive.ts';
import { deviceText, pathText } from './device-text.ts';
import { type BlockNode, EMPTY_NODE, type MachineFacts, type NodeUse } from './machine-facts.ts';
import { tellMount, weighMount } from './mount-weight.ts';
import { parsePlist } from './plist.ts';

export interface MacSnapshot {
  /** `diskutil list -plist`. */
  list: string;
  /** `diskutil info -plist <id>` of every whole disk and partition, by identifier; null for one that did not answer. */
  infos: Record<string, string | null>;
  problems: string[];
}

const Part = z.object({
  DeviceIdentifier: z.string(),
  Content: z.string().nullish(),
  Size: z.number().nullish(),
  MountPoint: z.string().nullish(),
  VolumeName: z.string().nullish(),
  /** Since macOS 11 the system's volume itself is not mounted, but a snapshot of it. */
  MountedSnapshots: z.array(z.object({ SnapshotMountPoint: z.string().nullish() })).nullish(),
});
const Whole = Part.extend({
  OSInternal: z.boolean().nullish(),
  Partitions: z.array(Part).nullish(),
  APFSVolumes: z.array(Part).nullish(),
  APFSPhysicalStores: z.array(z.object({ DeviceIdentifier: z.string() })).nullish(),
});
const List = z.object({ AllDisksAndPartitions: z.array(Whole) });

const Info = z.object({
  BusProtocol: z.string().nullish(),
  VirtualOrPhysical: z.string().nullish(),
  Internal: z.boolean().nullish(),
  Removable: z.boolean().nullish(),
  RemovableMedia: z.boolean().nullish(),
  Ejectable: z.boolean().nullish(),
  WritableMedia: z.boolean().nullish(),
  MediaName: z.string().nullish(),
  IORegistryEntryName: z.string().nullish(),
  DiskUUID: z.string().nullish(),
  TotalSize: z.number().nullish(),
  Size: z.number().nullish(),
  DeviceBlockSize: z.number().nullish(),
  SolidState: z.boolean().nullish(),
  MountPoint: z.string().nullish(),
  FilesystemType: z.string().nullish(),
  VolumeName: z.string().nullish(),
  PartitionMapPartitionOffset: z.number().nullish(),
  APFSContainerReference: z.string().nullish(),
  APFSPhysicalStores: z.array(z.object({ APFSPhysicalStore: z.string() })).nullish(),
  CoreStorageLVGUUID: z.string().nullish(),
  RAIDSetMembers: z.array(z.unknown()).nullish(),
  OpticalDeviceType: z.string().nullish(),
});
type Info = z.infer<typeof Info>;

/** Throws an Error when the list is none. */
export function readMacFacts({ list, infos, problems: before }: MacSnapshot): MachineFacts {
  const problems = [...before];
  const { AllDisksAndPartitions: wholes } = List.parse(parsePlist(list));
  const infoOf = (id: string): Info => {
    try {
      const text = infos[id];
      if (typeof text === 'string') return Info.parse(parsePlist(text));
    } catch {
      // Told below: what nobody can describe is not known to be free.
    }
    problems.push(`diskutil says nothing about ${pathText(id)}.`);
    return {};
  };
  const nodes: BlockNode[] = [];
  const uses: NodeUse[] = [];
  for (const whole of wholes) {
    const id = whole.DeviceIdentifier;
    const info = infoOf(id);
    nodes.push(readWhole(whole, info));
    for (const part of [...(whole.Partitions ?? []), ...(whole.APFSVolumes ?? [])]) {
      const partInfo = infoOf(part.DeviceIdentifier);
      nodes.push(readPart(part, partInfo, id, whole.Partitions?.indexOf(part) ?? -1));
      uses.push(...usesOf(part, partInfo));
    }
    uses.push(...usesOf(whole, info));
  }
  if (!uses.some(({ mountPoint }) => mountPoint === '/'))
    problems.push('It cannot be told which drive this computer runs from: diskutil names none at /.');
  const mounts = uses.flatMap(({ node, mountPoint }) =>
    mountPoint === null ? [] : [{ mountPoint, nodes: [node] }],
  );
  return { nodes, uses, mounts, problems };
}

const BUSES: [RegExp, DriveBus][] = [
  [/^usb/i, 'usb'],
  [/secure digital/i, 'sd'],
  [/fire ?wire/i, 'firewire'],
  [/thunderbolt/i, 'thunderbolt'],
  [/^(?:pci|pci-express|nvm|apple fabric)/i, 'nvme'],
  [/^(?:s?ata|atapi)/i, 'sata'],
  [/^(?:scsi|sas|fibre)/i, 'scsi'],
  [/virtual/i, 'virtual'],
];

function readWhole(whole: z.infer<typeof Whole>, info: Info): BlockNode {
  const id = whole.DeviceIdentifier;
  const stores = [
    ...(whole.APFSPhysicalStores ?? []).map((store) => store.DeviceIdentifier),
    ...(info.APFSPhysicalStores ?? []).map((store) => store.APFSPhysicalStore),
  ];
  const protocol = info.BusProtocol ?? '';
  // Logical volumes, RAID sets and disk images: made by the system, never a drive of their own.
  const isMade =
    info.VirtualOrPhysical === 'Virtual' ||
    (info.CoreStorageLVGUUID ?? null) !== null ||
    (info.RAIDSetMembers ?? null) !== null ||
    protocol === 'Disk Image';
  const isOptical = (info.OpticalDeviceType ?? null) !== null;
  return {
    ...describePart(whole, info),
    // A container of APFS is only another table of partitions, over a partition.
    role: stores.length > 0 ? 'partition' : isMade ? 'stacked' : isOptical ? 'apart' : 'drive',
    on: [...new Set(stores)],
    path: `/dev/${id}`,
    bus: BUSES.find(([pattern]) => pattern.test(protocol))?.[1] ?? 'other',
    removable: info.RemovableMedia === true || info.Removable === true,
    hotplug: info.Ejectable === true || info.Internal === false,
    rotational: info.SolidState === false,
    readOnly: info.WritableMedia === false,
    model: deviceText(info.MediaName ?? info.IORegistryEntryName),
    serial: deviceText(info.DiskUUID),
    tableType: tableOf(whole.Content ?? ''),
  };
}

function readPart(part: z.infer<typeof Part>, info: Info, whole: string, index: number): BlockNode {
  return {
    ...describePart(part, info),
    role: 'partition',
    on: [whole],
    partitionNumber: Number(/s(\d+)$/.exec(part.DeviceIdentifier)?.[1] ?? index + 1),
    startBytes: info.PartitionMapPartitionOffset ?? null,
  };
}

function describePart(part: z.infer<typeof Part>, info: Info): BlockNode {
  const id = part.DeviceIdentifier;
  const block = info.DeviceBlockSize ?? 512;
  return {
    ...EMPTY_NODE,
    name: id,
    path: `/dev/${id}`,
    role: 'partition',
    sizeBytes: info.TotalSize ?? info.Size ?? part.Size ?? 0,
    logicalSectorBytes: block,
    physicalSectorBytes: block,
    fsType: deviceText(info.FilesystemType),
    label: deviceText(info.VolumeName ?? part.VolumeName),
    typeName: deviceText(part.Content),
  };
}

function tableOf(content: string): string | null {
  if (content === 'GUID_partition_scheme') return 'gpt';
  if (content === 'FDisk_partition_scheme') return 'dos';
  return content === 'Apple_partition_scheme' ? 'apple' : null;
}

function usesOf(part: z.infer<typeof Part>, info: Info): NodeUse[] {
  const node = part.DeviceIdentifier;
  const device = `/dev/${node}`;
  const snapshots = (part.MountedSnapshots ?? []).map((snapshot) => snapshot.SnapshotMountPoint);
  const points = new Set(
    [part.MountPoint, info.MountPoint, ...snapshots].filter((point) => typeof point === 'string'),
  );
  const uses: NodeUse[] = [...points]
    .filter((point) => point !== '')
    .map((point) => {
      const weight = weighMount(point, []);
      const why = tellMount(device, pathText(point), weight, false);
      return { node, kind: 'mount', weight, mountPoint: point, why };
    });
  const content = part.Content ?? '';
  // Nothing in these lists ties such a part to the volume above it: it is taken for used.
  if (/^Apple_(?:CoreStorage|RAID)/.test(content))
    uses.push({
      node,
      kind: content.includes('RAID') ? 'raid' : 'stack',
      weight: 'busy',
      mountPoint: null,
      why: `${device} belongs to a ${content.includes('RAID') ? 'RAID set' : 'CoreStorage volume (FileVault or Fusion)'}.`,
    });
  return uses;
}
