// Everything that is read of a Linux computer about its drives, as it was read: the reader turns it into facts.
// Source of truth: Linux Documentation/ABI/stable/sysfs-block, Documentation/filesystems/proc.rst.
export interface SysBlock {
  /** As in /sys/class/block; `!` stands for `/`. */
  name: string;
  majorMinor: string | null;
  sizeBytes: number;
  startBytes: number | null;
  readOnly: boolean;
  removable: boolean;
  rotational: boolean;
  /** Not shown to anybody: a path of an NVMe drive with several. */
  hidden: boolean;
  diskseq: number | null;
  /** Number of a partition, and the device that it is a part of. */
  partition: number | null;
  partOf: string | null;
  /** What it stands on, and what stands on it. */
  slaves: string[];
  holders: string[];
  /** loop/backing_file, and the device that stat(2) gives for that file. */
  backingFile: string | null;
  backingMajorMinor: string | null;
  dmName: string | null;
  dmUuid: string | null;
  vendor: string | null;
  model: string | null;
  serial: string | null;
  wwid: string | null;
  logicalSectorBytes: number;
  physicalSectorBytes: number;
  /** The real path below /sys/devices, which names every bus on the way. */
  devicePath: string;
  /** `SD` or `MMC`, of mmc devices. */
  cardType: string | null;
}

/** What one process has to do with a device or a file. */
export interface ProcessUse {
  pid: number;
  program: string;
  what: 'device' | 'file' | 'root';
  /** Of an open block device. */
  majorMinor: string | null;
  /** An open file, a working folder or the root folder of the process. */
  path: string | null;
}

export interface LinuxSnapshot {
  blocks: SysBlock[];
  /** JSON; null when lsblk gave none, which `problems` then tells. */
  lsblk: string | null;
  /** `blkid -o export`, where lsblk has no udev to ask; else empty. */
  blkid: string;
  /** mountinfo of this process, of process 1 where that is another, and of other mount namespaces. */
  mountinfo: { of: 'self' | 'init' | 'other'; pid: number; text: string }[];
  swaps: string;
  fstab: string;
  /** The device that stat(2) gives for `/`. */
  rootMajorMinor: string | null;
  /** ZFS pools that are imported. */
  zpools: string[];
  /** Other names of devices below /dev, such as /dev/mapper/x and /dev/disk/by-uuid/y → kernel name. */
  aliases: Record<string, string>;
  processes: ProcessUse[];
  problems: string[];
}
