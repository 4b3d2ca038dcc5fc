// What the rules need to know of a computer's storage, the same for every platform: devices, what stands on what, what is used.
import type { DriveBus, DriveUse } from '../../../shared/model/drive.ts';

/**
 * `drive`: could be written whole; `partition`; `stacked`: made by the system out of others (LUKS, LVM, RAID, multipath);
 * `apart`: never offered (optical, floppy, zram, boot parts of eMMC, …).
 */
export type NodeRole = 'drive' | 'partition' | 'stacked' | 'apart';

/** How a node uses those that it stands on. */
export type Layer = Exclude<DriveUse['kind'], 'mount' | 'swap' | 'open'>;

export interface BlockNode {
  /** Unique on this computer: `sdb1`, `dm-0`, `disk2s1`, `PhysicalDrive1.2`. */
  name: string;
  path: string;
  role: NodeRole;
  layer: Layer;
  /** Names of the nodes that it stands on. */
  on: string[];
  majorMinor: string | null;
  diskseq: number | null;
  sizeBytes: number;
  startBytes: number | null;
  partitionNumber: number | null;
  logicalSectorBytes: number;
  physicalSectorBytes: number;
  bus: DriveBus;
  removable: boolean;
  hotplug: boolean;
  rotational: boolean;
  readOnly: boolean;
  isLoop: boolean;
  backingFile: string | null;
  model: string | null;
  vendor: string | null;
  serial: string | null;
  wwn: string | null;
  tableType: string | null;
  fsType: string | null;
  label: string | null;
  uuid: string | null;
  typeName: string | null;
}

/** A use of one node; what is stacked on a drive hands its uses down to it. */
export interface NodeUse {
  node: string;
  kind: DriveUse['kind'];
  weight: DriveUse['weight'];
  mountPoint: string | null;
  why: string;
}

/** A mount point and the nodes that its file system lies on; none for tmpfs, network file systems and the like. */
export interface MountedAt {
  mountPoint: string;
  nodes: string[];
}

export interface MachineFacts {
  nodes: BlockNode[];
  uses: NodeUse[];
  /** In the order of mounting: later ones hide earlier ones at the same place. */
  mounts: MountedAt[];
  /** What could not be read. While there is such a thing, nothing is known to be free. */
  problems: string[];
}

export const EMPTY_NODE: Omit<BlockNode, 'name' | 'path' | 'role'> = {
  layer: 'stack',
  on: [],
  majorMinor: null,
  diskseq: null,
  sizeBytes: 0,
  startBytes: null,
  partitionNumber: null,
  logicalSectorBytes: 512,
  physicalSectorBytes: 512,
  bus: 'other',
  removable: false,
  hotplug: false,
  rotational: false,
  readOnly: false,
  isLoop: false,
  backingFile: null,
  model: null,
  vendor: null,
  serial: null,
  wwn: null,
  tableType: null,
  fsType: null,
  label: null,
  uuid: null,
  typeName: null,
};
