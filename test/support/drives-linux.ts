// Makes what a Linux computer prints about its drives: lsblk's JSON of several versions, sysfs, mountinfo, swaps, fstab, from a short
// description of what stands on what. The description is the truth that the rules are held against.
import type { LinuxSnapshot, ProcessUse, SysBlock } from '../../src/engine/formats/drives/linux-snapshot.ts';

export interface Device {
  name: string;
  gb: number;
  /** lsblk's TYPE. */
  type: string;
  tran?: string;
  vendor?: string;
  model?: string;
  serial?: string;
  wwn?: string;
  rm?: boolean;
  ro?: boolean;
  hotplug?: boolean;
  hidden?: boolean;
  rota?: boolean;
  fs?: string;
  label?: string;
  uuid?: string;
  /** Mounted there; a mount that lsblk knows only one of, or none (btrfs, bind). */
  at?: string[];
  swap?: boolean;
  dm?: { name: string; uuid: string };
  card?: 'SD' | 'MMC';
  /** Folder below /sys/devices that tells the bus. */
  sys?: string;
  /** The file of a loop device, and the device that holds it. */
  file?: string;
  on?: Device[];
}

export interface LinuxMachine {
  devices: Device[];
  fstab?: string;
  /** Lines of mountinfo that no device's `at` makes: overlays, ZFS, other ways of naming a source. */
  mounts?: string[];
  swaps?: string[];
  rootMajorMinor?: string;
  zpools?: string[];
  processes?: ProcessUse[];
  /** mountinfo of other namespaces. */
  elsewhere?: { of: 'init' | 'other'; pid: number; text: string }[];
  aliases?: Record<string, string>;
}

type Rest = Partial<Omit<Device, 'name' | 'gb' | 'on' | 'type'>>;

export const disk = (name: string, gb: number, rest: Rest, on: Device[] = []): Device => ({
  name,
  gb,
  type: 'disk',
  on,
  ...rest,
});
export const part = (name: string, gb: number, rest: Rest = {}, on: Device[] = []): Device => ({
  name,
  gb,
  type: 'part',
  on,
  ...rest,
});
export const mapped = (
  name: string,
  gb: number,
  type: string,
  dmName: string,
  rest: Rest = {},
  on: Device[] = [],
): Device => ({
  name,
  gb,
  type,
  on,
  dm: { name: dmName, uuid: `${{ crypt: 'CRYPT', lvm: 'LVM', mpath: 'mpath' }[type] ?? 'DM'}-${dmName}` },
  ...rest,
});
export const raid = (name: string, gb: number, rest: Rest = {}, on: Device[] = []): Device => ({
  name,
  gb,
  type: 'raid1',
  on,
  ...rest,
});
export const loop = (name: string, gb: number, file: string, rest: Rest = {}, on: Device[] = []): Device => ({
  name,
  gb,
  type: 'loop',
  file,
  on,
  ...rest,
});

/** A stick as most are sold: one FAT partition. */
export function stick(name: string, rest: Rest = {}, inner: Rest = {}): Device {
  const facts = { tran: 'usb', rm: true, hotplug: true, vendor: 'SanDisk', model: 'Cruzer Blade' };
  const serial = `4C53${name.toUpperCase()}`;
  const sys = `pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host6/target6:0:0/6:0:0:0/block/${name}`;
  const inside = part(`${name}1`, 31, { fs: 'vfat', label: 'STICK', ...inner });
  return disk(name, 32, { ...facts, serial, sys, ...rest }, [inside]);
}

export const ssd = (name: string, gb: number, on: Device[], rest: Rest = {}): Device =>
  disk(
    name,
    gb,
    { tran: 'sata', vendor: 'ATA', model: 'Samsung SSD 860', serial: `S3Z9${name}`, hotplug: true, ...rest },
    on,
  );
export const nvme = (name: string, gb: number, on: Device[], rest: Rest = {}): Device =>
  disk(
    name,
    gb,
    { tran: 'nvme', model: 'WDC PC SN730', serial: `2016${name}`, wwn: `eui.${name}`, ...rest },
    on,
  );

/** How lsblk prints: newest; 2.30 (flags as text, one mount point, no table types); without knowing of any mount; as a list without parents. */
export type LsblkStyle = 'new' | 'old' | 'blind' | 'flat';

export function snapshotOf(machine: LinuxMachine, style: LsblkStyle): LinuxSnapshot {
  const numbers = numberDevices(machine.devices);
  return {
    blocks: [...sysBlocks(machine.devices, numbers).values()],
    lsblk: JSON.stringify({
      blockdevices: (style === 'flat' ? everyDevice(machine.devices) : machine.devices).map((one) =>
        lsblkRow(style === 'flat' ? { ...one, on: [] } : one, null, numbers, style),
      ),
    }),
    blkid: '',
    mountinfo: [{ of: 'self', pid: 4000, text: mountinfoOf(machine, numbers) }, ...(machine.elsewhere ?? [])],
    swaps: ['Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority', ...swapLines(machine)].join('\n') + '\n',
    fstab: machine.fstab ?? '# /etc/fstab: static file system information.\n',
    rootMajorMinor: machine.rootMajorMinor ?? null,
    zpools: machine.zpools ?? [],
    aliases: machine.aliases ?? {},
    processes: machine.processes ?? [],
    problems: [],
  };
}

export function everyDevice(devices: readonly Device[]): Device[] {
  return devices.flatMap((device) => [device, ...everyDevice(device.on ?? [])]);
}

const MAJORS: [RegExp, number][] = [
  [/^sd/, 8],
  [/^nvme/, 259],
  [/^dm-/, 253],
  [/^md/, 9],
  [/^loop/, 7],
  [/^mmcblk/, 179],
  [/^sr/, 11],
  [/^vd/, 254],
  [/^fd/, 2],
];

export function numberDevices(devices: readonly Device[]): Map<string, string> {
  const names = [...new Set(everyDevice(devices).map(({ name }) => name))];
  return new Map(
    names.map((name, index) => [
      name,
      `${MAJORS.find(([pattern]) => pattern.test(name))?.[1] ?? 252}:${index + 1}`,
    ]),
  );
}

function sysBlocks(devices: readonly Device[], numbers: Map<string, string>): Map<string, SysBlock> {
  const blocks = new Map<string, SysBlock>();
  const add = (device: Device, parent: Device | null): void => {
    const { name } = device;
    const isPart = device.type === 'part';
    const known = blocks.get(name);
    const slaves = !isPart && parent !== null && parent.type !== 'loopfile' ? [parent.name] : [];
    const stands = device.type === 'loop' ? [] : slaves;
    blocks.set(name, {
      name,
      majorMinor: numbers.get(name) ?? null,
      sizeBytes: Math.round(device.gb * 1e6) * 1024,
      startBytes: isPart ? 1_048_576 : null,
      readOnly: device.ro === true,
      removable: device.rm === true,
      rotational: device.rota === true,
      hidden: device.hidden === true,
      diskseq: isPart ? null : blocks.size + 1,
      partition: isPart ? Number(/\d+$/.exec(name)?.[0] ?? 1) : null,
      partOf: isPart ? (parent?.name ?? null) : null,
      slaves: [...new Set([...(known?.slaves ?? []), ...stands])],
      holders: (device.on ?? [])
        .filter((one) => one.type !== 'part' && one.type !== 'loop')
        .map((one) => one.name),
      backingFile: device.file ?? null,
      backingMajorMinor: null,
      dmName: device.dm?.name ?? null,
      dmUuid: device.dm?.uuid ?? null,
      vendor: device.vendor ?? null,
      model: device.model ?? null,
      serial: device.serial ?? null,
      wwid: device.wwn ?? null,
      logicalSectorBytes: 512,
      physicalSectorBytes: 4096,
      devicePath: `/sys/devices/${device.sys ?? `virtual/block/${name}`}`,
      cardType: device.card ?? null,
    });
    for (const child of device.on ?? []) add(child, device);
  };
  for (const device of devices) add(device, null);
  return blocks;
}

function lsblkRow(
  device: Device,
  parent: Device | null,
  numbers: Map<string, string>,
  style: LsblkStyle,
): object {
  const flag = (value: boolean | undefined): unknown =>
    style === 'old' ? (value === true ? '1' : '0') : value === true;
  const points = style === 'blind' ? [] : [...(device.at ?? []), ...(device.swap === true ? ['[SWAP]'] : [])];
  const size = Math.round(device.gb * 1e6) * 1024;
  const children = (device.on ?? []).filter(({ type }) => type !== 'loop');
  return {
    name: device.dm?.name ?? device.name,
    kname: device.name,
    pkname: parent?.name ?? null,
    'maj:min': numbers.get(device.name),
    type: device.type,
    size: style === 'old' ? String(size) : size,
    ro: flag(device.ro),
    rm: flag(device.rm),
    hotplug: flag(device.hotplug),
    rota: flag(device.rota),
    tran: device.tran ?? null,
    vendor: device.vendor === undefined ? null : device.vendor.padEnd(8),
    model: device.model ?? null,
    serial: device.serial ?? null,
    wwn: device.wwn ?? null,
    fstype: device.fs ?? null,
    label: device.label ?? null,
    uuid: device.uuid ?? null,
    partlabel: null,
    'log-sec': style === 'old' ? '512' : 512,
    'phy-sec': style === 'old' ? '4096' : 4096,
    // One of several, as old versions chose it: the last.
    mountpoint: points.at(-1) ?? null,
    ...(style === 'old'
      ? {}
      : {
          pttype: children.some(({ type }) => type === 'part') ? 'gpt' : null,
          parttypename: device.type === 'part' ? 'Linux filesystem' : null,
          mountpoints: points.length === 0 ? [null] : points,
        }),
    ...(children.length === 0
      ? {}
      : { children: children.map((child) => lsblkRow(child, device, numbers, style)) }),
  };
}

const PSEUDO = [
  '22 1 0:21 / /proc rw,nosuid - proc proc rw',
  '23 1 0:22 / /sys rw,nosuid - sysfs sysfs rw',
  '24 1 0:5 / /dev rw - devtmpfs udev rw,size=8010000k',
  '25 1 0:23 / /run rw,nosuid - tmpfs tmpfs rw,size=1600000k',
];

function mountinfoOf({ devices, mounts = [] }: LinuxMachine, numbers: Map<string, string>): string {
  const seen = new Set<string>();
  const lines = everyDevice(devices).flatMap((device) =>
    (device.at ?? []).flatMap((point) => {
      const key = `${device.name} ${point}`;
      if (seen.has(key)) return [];
      seen.add(key);
      const isAnonymous = device.fs === 'btrfs' || device.fs === 'fuseblk';
      const number = isAnonymous ? '0:47' : (numbers.get(device.name) ?? '0:99');
      const source = device.dm === undefined ? `/dev/${device.name}` : `/dev/mapper/${device.dm.name}`;
      const place = point.replaceAll('\\', '\\134').replaceAll(' ', '\\040');
      return [
        `${40 + seen.size} 1 ${number} / ${place} rw,relatime shared:1 - ${device.fs ?? 'ext4'} ${source} rw`,
      ];
    }),
  );
  return [...lines.filter((line) => line.split(' ')[4] === '/'), ...PSEUDO, ...lines, ...mounts, ''].join(
    '\n',
  );
}

function swapLines({ devices, swaps = [] }: LinuxMachine): string[] {
  const names = new Set(everyDevice(devices).flatMap(({ swap, name }) => (swap === true ? [name] : [])));
  return [
    ...[...names].map((name) => `/dev/${name}                               partition\t8388604\t\t0\t\t-2`),
    ...swaps,
  ];
}
