// Devices of a Linux computer as nodes: what the kernel says (sysfs), and what lsblk knows beside it. Either alone can add an edge.
// Sources: Linux Documentation/admin-guide/devices.txt (names), drivers/md/dm-uevent and lvm2 lib/activate/dev_manager.c (UUID prefixes
// LVM-, CRYPT-, mpath-), drivers/mmc/core/block.c (boot0, boot1, rpmb, gp0).
import type { DriveBus } from '../../../shared/model/drive.ts';
import { deviceText, pathText } from './device-text.ts';
import type { SysBlock } from './linux-snapshot.ts';
import type { LsblkRow } from './lsblk.ts';
import { type BlockNode, EMPTY_NODE, type Layer, type NodeRole } from './machine-facts.ts';

/** Drivers whose devices are drives, by exact names: what is not known here is never offered. */
const DRIVE_NAME =
  /^(?:sd[a-z]+|hd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+|nbd\d+|rbd\d+|nullb\d+|loop\d+)$/;
const STACKED_TYPE = /^(?:crypt|lvm|mpath|dm|raid\d*|linear|md|dmraid|bcache|multipath)$/;
const STACKED_NAME = /^(?:dm-\d+|md\S+|bcache\d+|dm_\S+)$/;

/** All nodes that sysfs or lsblk knows, with every edge that either knows. Empty loop and nbd devices are left out. */
export function readLinuxNodes(
  blocks: readonly SysBlock[],
  rows: ReadonlyMap<string, LsblkRow>,
): BlockNode[] {
  const known = new Map(blocks.map((block) => [block.name, block]));
  const names = [...new Set([...known.keys(), ...rows.keys()])];
  const edges = gatherEdges(blocks, rows);
  return names
    .map((name) => readNode(name, known.get(name) ?? null, rows.get(name) ?? null, edges.get(name) ?? []))
    .filter((node) => !(/^(?:loop|nbd)\d+$/.test(node.name) && node.sizeBytes === 0));
}

function gatherEdges(
  blocks: readonly SysBlock[],
  rows: ReadonlyMap<string, LsblkRow>,
): Map<string, string[]> {
  const edges = new Map<string, Set<string>>();
  const add = (upper: string, lower: string): void => {
    if (upper !== lower) edges.set(upper, (edges.get(upper) ?? new Set()).add(lower));
  };
  for (const { name, partOf, slaves, holders } of blocks) {
    if (partOf !== null) add(name, partOf);
    for (const lower of slaves) add(name, lower);
    for (const upper of holders) add(upper, name);
  }
  for (const { kernelName, parents } of rows.values()) for (const lower of parents) add(kernelName, lower);
  return new Map([...edges].map(([name, lower]) => [name, [...lower]]));
}

function readNode(name: string, block: SysBlock | null, row: LsblkRow | null, on: string[]): BlockNode {
  const role = roleOf(name, block, row, on);
  const isLoop = /^loop\d+$/.test(name);
  return {
    ...EMPTY_NODE,
    name,
    path: `/dev/${name.replaceAll('!', '/')}`,
    role,
    layer: isLoop ? 'loop' : layerOf(name, block, row),
    on,
    majorMinor: block?.majorMinor ?? row?.['maj:min'] ?? null,
    diskseq: block?.diskseq ?? null,
    sizeBytes: block?.sizeBytes ?? row?.size ?? 0,
    startBytes: block?.startBytes ?? null,
    partitionNumber: block?.partition ?? null,
    logicalSectorBytes: block?.logicalSectorBytes ?? (row?.['log-sec'] || 512),
    physicalSectorBytes: block?.physicalSectorBytes ?? (row?.['phy-sec'] || 512),
    bus: isLoop ? 'loop' : busOf(name, block, row),
    removable: block?.removable === true || row?.rm === true,
    hotplug: row?.hotplug === true,
    rotational: (block?.rotational ?? row?.rota) === true,
    readOnly: block?.readOnly === true || row?.ro === true,
    isLoop,
    backingFile: typeof block?.backingFile === 'string' ? pathText(block.backingFile) : null,
    model: deviceText(row?.model ?? block?.model?.replaceAll('_', ' ')),
    vendor: vendorText(row?.vendor ?? block?.vendor),
    serial: deviceText(row?.serial ?? block?.serial),
    wwn: deviceText(row?.wwn ?? block?.wwid),
    tableType: deviceText(row?.pttype),
    fsType: deviceText(row?.fstype),
    label: deviceText(row?.label ?? row?.partlabel),
    uuid: row?.uuid ?? null,
    typeName: deviceText(row?.parttypename),
  };
}

/** A virtio disk has only a number of PCI there, which tells nobody anything. */
function vendorText(raw: string | null | undefined): string | null {
  const text = deviceText(raw);
  return text === null || /^0x[0-9a-f]{4}$/i.test(text) ? null : text;
}

function roleOf(name: string, block: SysBlock | null, row: LsblkRow | null, on: string[]): NodeRole {
  if (block?.hidden === true) return 'apart';
  if ((block !== null && block.partition !== null) || row?.type === 'part') return 'partition';
  if (/^loop\d+$/.test(name)) return 'drive';
  if (STACKED_NAME.test(name) || STACKED_TYPE.test(row?.type ?? '') || on.length > 0) return 'stacked';
  return DRIVE_NAME.test(name) && row?.type !== 'rom' ? 'drive' : 'apart';
}

function layerOf(name: string, block: SysBlock | null, row: LsblkRow | null): Layer {
  const uuid = block?.dmUuid ?? '';
  const type = row?.type ?? '';
  if (uuid.startsWith('CRYPT-') || type === 'crypt') return 'luks';
  if (uuid.startsWith('LVM-') || type === 'lvm') return 'lvm';
  if (/^(?:part\d+-)?mpath-/.test(uuid) || type === 'mpath') return 'multipath';
  if (uuid.startsWith('DMRAID-') || name.startsWith('md') || /raid|linear/.test(type)) return 'raid';
  return 'stack';
}

/** lsblk's TRAN (misc-utils/lsblk.c get_transport) → bus. */
const TRANSPORTS: Record<string, DriveBus> = {
  usb: 'usb',
  sata: 'sata',
  ata: 'sata',
  nvme: 'nvme',
  mmc: 'mmc',
  sas: 'scsi',
  spi: 'scsi',
  sbp: 'firewire',
  iscsi: 'network',
  fc: 'network',
  fcoe: 'network',
  virtio: 'virtual',
};

function busOf(name: string, block: SysBlock | null, row: LsblkRow | null): DriveBus {
  const path = block?.devicePath ?? '';
  if (/^(?:nbd|rbd)/.test(name)) return 'network';
  if (/^(?:vd|xvd|nullb)/.test(name)) return 'virtual';
  if (/\/usb\d+\//.test(path)) return 'usb';
  if (name.startsWith('mmcblk')) return block?.cardType === 'SD' ? 'sd' : 'mmc';
  const told = TRANSPORTS[row?.tran ?? ''];
  if (told !== undefined) return told;
  if (name.startsWith('nvme')) return 'nvme';
  if (/\/fw\d+(?:\.|\/)/.test(path)) return 'firewire';
  if (/\/session\d+\//.test(path)) return 'network';
  if (/\/(?:virtio\d+|vmbus)/i.test(path)) return 'virtual';
  if (/\/ata\d+\//.test(path)) return 'sata';
  return name.startsWith('sd') ? 'scsi' : 'other';
}
