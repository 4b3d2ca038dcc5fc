// Drives out of facts: each with everything that stands on it, however many layers up, and with all uses of those.
import type { Drive, DriveBus, DrivePartition, DriveUse } from '../../../shared/model/drive.ts';
import { identifyDrives } from './drive-id.ts';
import { judgeKind } from './drive-kind.ts';
import { nodesUnder } from './linux-mounts.ts';
import type { BlockNode, Layer, MachineFacts } from './machine-facts.ts';

/** What is plugged in and out: only there does Seedbed unmount by itself. */
const PORTABLE: readonly DriveBus[] = ['usb', 'sd', 'firewire', 'thunderbolt', 'loop'];

/** All drives of the computer, in the order of the kernel's names (sdb before sdaa). */
export function listDrives(facts: MachineFacts): Drive[] {
  const above = nodesAbove(facts.nodes);
  const drives = facts.nodes.filter(({ role }) => role === 'drive');
  const ids = identifyDrives(drives);
  return drives.map((node, index) => toDrive(node, ids[index] ?? node.name, facts, above)).sort(byName);
}

/** Names of the drives that a path lies on, through everything that is stacked. Give the real path, and stat's device on Linux. */
export function drivesUnder(facts: MachineFacts, path: string, majorMinor: string | null): string[] {
  const numbered = facts.nodes.filter((node) => majorMinor !== null && node.majorMinor === majorMinor);
  const found = new Set([...nodesUnder(facts.mounts, path), ...numbered.map(({ name }) => name)]);
  const byName = new Map(facts.nodes.map((node) => [node.name, node]));
  // A set that grows while it is walked: every node comes once, however the layers are tied.
  for (const name of found) for (const lower of byName.get(name)?.on ?? []) found.add(lower);
  return [...found].filter((name) => byName.get(name)?.role === 'drive');
}

function nodesAbove(nodes: readonly BlockNode[]): Map<string, BlockNode[]> {
  const above = new Map<string, BlockNode[]>();
  for (const node of nodes)
    for (const lower of node.on) above.set(lower, [...(above.get(lower) ?? []), node]);
  return above;
}

function toDrive(
  node: BlockNode,
  id: string,
  facts: MachineFacts,
  above: ReadonlyMap<string, BlockNode[]>,
): Drive {
  const tower = new Set([node]);
  for (const lower of tower) for (const upper of above.get(lower.name) ?? []) tower.add(upper);
  const uses = gatherUses(node, [...tower], facts);
  const systemWhy = uses.find(({ weight }) => weight === 'system')?.why ?? null;
  const parts = [...tower].filter(({ role, on }) => role === 'partition' && on.includes(node.name));
  const { name, path, sizeBytes, model, serial, wwn, diskseq, majorMinor } = node;
  return {
    id,
    path,
    kernelName: name,
    identity: { kernelName: name, diskseq, majorMinor, sizeBytes, model, serial, wwn },
    model,
    vendor: node.vendor,
    serial,
    wwn,
    sizeBytes,
    logicalSectorBytes: node.logicalSectorBytes,
    physicalSectorBytes: node.physicalSectorBytes,
    bus: node.bus,
    removable: node.removable,
    hotplug: node.hotplug,
    readOnly: node.readOnly,
    isLoop: node.isLoop,
    backingFile: node.backingFile,
    tableType: node.tableType,
    fsType: node.fsType,
    label: node.label,
    mountPoints: mountPointsOf(node.name, facts),
    partitions: parts.sort(byStart).map((part) => toPartition(part, facts)),
    uses,
    system: systemWhy !== null,
    systemWhy,
    kind: judgeKind(node),
  };
}

function gatherUses(drive: BlockNode, tower: readonly BlockNode[], facts: MachineFacts): DriveUse[] {
  const names = new Map(tower.map((node) => [node.name, node]));
  const stacked = tower
    .filter((node) => node !== drive && node.role !== 'partition')
    .map((node): DriveUse => ({
      kind: node.layer,
      weight: 'busy',
      device: node.path,
      mountPoint: null,
      why: tellLayer(node),
    }));
  const direct = facts.uses.flatMap(({ node, kind, weight, mountPoint, why }): DriveUse[] => {
    const used = names.get(node);
    if (used === undefined) return [];
    if (weight !== 'unmount' || PORTABLE.includes(drive.bus))
      return [{ kind, weight, device: used.path, mountPoint, why }];
    const more = `${why} Seedbed does not unmount drives that are built in: do it yourself.`;
    return [{ kind, weight: 'busy', device: used.path, mountPoint, why: more }];
  });
  return [...direct, ...stacked].sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ weight }: DriveUse): number {
  return { system: 0, busy: 1, unmount: 2 }[weight];
}

const LAYERS: Record<Layer, string> = {
  lvm: 'an LVM volume',
  luks: 'an opened encrypted volume',
  raid: 'a RAID set',
  multipath: 'a multipath device',
  zfs: 'a ZFS pool',
  loop: 'a loop device',
  stack: 'another device of the system',
};

function tellLayer({ layer, path, backingFile }: BlockNode): string {
  return layer === 'loop' && backingFile !== null
    ? `A loop device stands on it: ${path} is the file ${backingFile}.`
    : `It holds ${LAYERS[layer]}, ${path}, which is active.`;
}

function toPartition(part: BlockNode, facts: MachineFacts): DrivePartition {
  return {
    kernelName: part.name,
    path: part.path,
    number: part.partitionNumber,
    startBytes: part.startBytes,
    sizeBytes: part.sizeBytes,
    fsType: part.fsType,
    label: part.label,
    typeName: part.typeName,
    mountPoints: mountPointsOf(part.name, facts),
  };
}

function mountPointsOf(name: string, { uses }: MachineFacts): string[] {
  const points = uses
    .filter((use) => use.node === name && use.kind === 'mount')
    .map(({ mountPoint }) => mountPoint);
  return [...new Set(points.filter((point) => point !== null))];
}

function byStart(a: BlockNode, b: BlockNode): number {
  return (a.startBytes ?? 0) - (b.startBytes ?? 0) || (a.partitionNumber ?? 0) - (b.partitionNumber ?? 0);
}

/** sdb before sdaa, nvme0n2 before nvme0n10; drives of one driver together. */
function byName({ kernelName: a }: Drive, { kernelName: b }: Drive): number {
  const driver = a.slice(0, 2).localeCompare(b.slice(0, 2), 'en');
  const isLettered = !/\d/.test(a) && !/\d/.test(b);
  return driver || (isLettered ? a.length - b.length : 0) || a.localeCompare(b, 'en', { numeric: true });
}
