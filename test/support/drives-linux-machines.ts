// Linux computers of many kinds, and what each drive of them must be: free, or refused with which code.
import {
  disk,
  type Device,
  type LinuxMachine,
  loop,
  mapped,
  nvme,
  part,
  raid,
  ssd,
  stick,
} from './drives-linux.ts';

export interface MachineCase {
  name: string;
  /** Drives that may be offered; every other drive must be refused. */
  free: string[];
  /** Codes that must be among the refusals of these drives. */
  refused: Record<string, string>;
  /** Names that must not be in the list at all. */
  absent?: string[];
}

const efi = (name: string): Device => part(name, 0.5, { fs: 'vfat', at: ['/boot/efi'] });
const ext4 = (name: string, gb: number, ...at: string[]): Device => part(name, gb, { fs: 'ext4', at });
const plain = ssd('sda', 500, [
  efi('sda1'),
  ext4('sda2', 480, '/'),
  part('sda3', 8, { fs: 'swap', swap: true }),
]);
const SYSTEM = { sda: 'system' };

export const LINUX_MACHINES: (MachineCase & { machine: LinuxMachine })[] = [
  {
    name: 'a PC with one SSD and a stick',
    machine: { devices: [plain, stick('sdb')] },
    free: ['sdb'],
    refused: SYSTEM,
  },
  {
    name: 'a stick that is mounted where sticks are',
    machine: { devices: [plain, stick('sdb', {}, { at: ['/media/ann/STICK'] })] },
    free: ['sdb'],
    refused: SYSTEM,
  },
  {
    name: 'a stick mounted under /run/media with a blank in its name',
    machine: { devices: [plain, stick('sdb', {}, { at: ['/run/media/ann/My Stick'] })] },
    free: ['sdb'],
    refused: SYSTEM,
  },
  {
    name: 'a computer that was started from a USB stick (installed system)',
    machine: {
      devices: [
        stick('sda', { model: 'Ultra Fit' }, { fs: 'ext4', at: ['/'] }),
        ssd('sdb', 240, []),
        stick('sdc'),
      ],
    },
    free: ['sdb', 'sdc'],
    refused: SYSTEM,
  },
  {
    name: 'Ubuntu live: squashfs on a loop of a file on the stick, overlay at /',
    machine: {
      devices: [
        stick('sda', {}, { fs: 'iso9660', at: ['/cdrom'] }),
        loop('loop0', 2, '/cdrom/casper/filesystem.squashfs', { fs: 'squashfs', ro: true, at: ['/rofs'] }),
        stick('sdb'),
      ],
      mounts: ['60 1 0:50 / / rw - overlay /cow rw,lowerdir=/rofs,upperdir=/run/upper,workdir=/run/work'],
    },
    free: ['sdb'],
    refused: { sda: 'system', loop0: 'system' },
  },
  {
    name: 'Debian live: everything below /run/live',
    machine: {
      devices: [
        stick('sda', {}, { fs: 'vfat', at: ['/run/live/medium'] }),
        loop('loop0', 2, '/run/live/medium/live/filesystem.squashfs', {
          fs: 'squashfs',
          ro: true,
          at: ['/run/live/rootfs/filesystem.squashfs'],
        }),
        stick('sdb'),
      ],
      mounts: [
        '60 1 0:50 / / rw - overlay overlay rw,lowerdir=/run/live/rootfs/filesystem.squashfs/,upperdir=/run/live/overlay/rw',
      ],
    },
    free: ['sdb'],
    refused: { sda: 'system' },
  },
  {
    name: 'Fedora live: device-mapper snapshot of a loop of a file on the stick',
    machine: {
      devices: [
        disk('sda', 16, { tran: 'usb', rm: true, model: 'Flash Disk', serial: '1' }, [
          part('sda1', 2, { fs: 'iso9660', label: 'Fedora-WS', at: ['/run/initramfs/live'] }),
        ]),
        loop('loop1', 7, '/run/initramfs/live/LiveOS/rootfs.img', { ro: true }, [
          mapped('dm-0', 7, 'dm', 'live-rw', { fs: 'ext4', at: ['/'] }),
        ]),
        stick('sdb'),
      ],
    },
    free: ['sdb'],
    refused: { sda: 'system', loop1: 'system' },
  },
  {
    name: 'Arch live in memory (copytoram): nothing below /, the stick is free again',
    machine: {
      devices: [
        stick('sda'),
        loop('loop0', 1, '/run/archiso/copytoram/airootfs.sfs', {
          fs: 'squashfs',
          ro: true,
          at: ['/run/archiso/airootfs'],
        }),
      ],
      mounts: [
        '50 1 0:40 / /run/archiso/copytoram rw - tmpfs copytofs rw',
        '60 1 0:50 / / rw - overlay airootfs rw,lowerdir=/run/archiso/airootfs,upperdir=/run/archiso/cowspace/u',
      ],
    },
    free: ['sda'],
    refused: { loop0: 'system' },
  },
  {
    name: 'btrfs with subvolumes: / and /home by one anonymous number',
    machine: {
      devices: [
        ssd('sda', 500, [part('sda1', 499, { fs: 'btrfs', uuid: 'aa-1', at: ['/', '/home', '/var/log'] })]),
        stick('sdb'),
      ],
    },
    free: ['sdb'],
    refused: SYSTEM,
  },
  {
    name: 'btrfs over two drives: only the first is named by the mount',
    machine: {
      devices: [
        ssd('sda', 500, [part('sda1', 499, { fs: 'btrfs', uuid: 'aa-2', at: ['/'] })]),
        ssd('sdb', 500, [part('sdb1', 499, { fs: 'btrfs', uuid: 'aa-2' })]),
        stick('sdc'),
      ],
    },
    free: ['sdc'],
    refused: { sda: 'system', sdb: 'system' },
  },
  {
    name: 'btrfs subvolume mounted where sticks are, its other one at /',
    machine: {
      devices: [stick('sda', {}, { fs: 'btrfs', uuid: 'aa-3', at: ['/media/ann/data', '/'] }), stick('sdb')],
    },
    free: ['sdb'],
    refused: SYSTEM,
  },
  {
    name: 'LVM on LUKS on NVMe',
    machine: {
      devices: [
        nvme('nvme0n1', 512, [
          efi('nvme0n1p1'),
          part('nvme0n1p2', 1, { fs: 'ext4', at: ['/boot'] }),
          part('nvme0n1p3', 510, { fs: 'crypto_LUKS' }, [
            mapped('dm-0', 510, 'crypt', 'nvme0n1p3_crypt', { fs: 'LVM2_member' }, [
              mapped('dm-1', 480, 'lvm', 'vg-root', { fs: 'ext4', at: ['/'] }),
              mapped('dm-2', 16, 'lvm', 'vg-swap_1', { fs: 'swap', swap: true }),
            ]),
          ]),
        ]),
        stick('sda'),
      ],
    },
    free: ['sda'],
    refused: { nvme0n1: 'system' },
  },
  {
    name: 'LVM on LUKS on a stick, without a partition table',
    machine: {
      devices: [
        disk('sda', 64, { tran: 'usb', rm: true, model: 'Extreme', serial: 'x', fs: 'crypto_LUKS' }, [
          mapped('dm-0', 64, 'crypt', 'root', { fs: 'LVM2_member' }, [
            mapped('dm-1', 60, 'lvm', 'vg-root', { fs: 'xfs', at: ['/'] }),
          ]),
        ]),
        stick('sdb'),
      ],
    },
    free: ['sdb'],
    refused: SYSTEM,
  },
  {
    name: 'a LUKS stick that is open and mounted where sticks are',
    machine: {
      devices: [
        plain,
        disk('sdb', 64, { tran: 'usb', rm: true, model: 'Extreme', serial: 'y' }, [
          part('sdb1', 63, { fs: 'crypto_LUKS' }, [
            mapped('dm-0', 63, 'crypt', 'luks-77', { fs: 'ext4', at: ['/media/ann/private'] }),
          ]),
        ]),
      ],
    },
    free: [],
    refused: { sdb: 'in-use' },
  },
  {
    name: 'a LUKS stick that is closed',
    machine: { devices: [plain, stick('sdb', {}, { fs: 'crypto_LUKS' })] },
    free: ['sdb'],
    refused: {},
  },
  {
    name: 'LVM: a volume group over two drives, only one logical volume mounted',
    machine: {
      devices: [
        ssd('sda', 500, [
          part('sda1', 499, { fs: 'LVM2_member' }, [
            mapped('dm-0', 800, 'lvm', 'vg-root', { fs: 'ext4', at: ['/'] }),
          ]),
        ]),
        disk('sdb', 500, { tran: 'usb', model: 'Elements', serial: 'w', fs: 'LVM2_member' }, [
          mapped('dm-0', 800, 'lvm', 'vg-root', { fs: 'ext4', at: ['/'] }),
        ]),
        stick('sdc'),
      ],
    },
    free: ['sdc'],
    refused: { sda: 'system', sdb: 'system' },
  },
  {
    name: 'LVM thin pool: the mounted volume stands three layers up',
    machine: {
      devices: [
        ssd('sda', 500, [
          part('sda1', 499, { fs: 'LVM2_member' }, [
            mapped('dm-0', 1, 'lvm', 'vg-pool_tmeta', {}, [
              mapped('dm-2', 400, 'lvm', 'vg-pool-tpool', {}, [
                mapped('dm-3', 100, 'lvm', 'vg-root', { fs: 'ext4', at: ['/'] }),
              ]),
            ]),
            mapped('dm-1', 400, 'lvm', 'vg-pool_tdata', {}, [
              mapped('dm-2', 400, 'lvm', 'vg-pool-tpool', {}, [
                mapped('dm-3', 100, 'lvm', 'vg-root', { fs: 'ext4', at: ['/'] }),
              ]),
            ]),
          ]),
        ]),
        stick('sdb'),
      ],
    },
    free: ['sdb'],
    refused: SYSTEM,
  },
  {
    name: 'an active volume group on a stick, nothing of it mounted',
    machine: {
      devices: [
        plain,
        stick('sdb', {}, { fs: 'LVM2_member' }),
        disk('sdc', 8, { tran: 'usb', rm: true, serial: 'q' }, [
          part('sdc1', 7, { fs: 'LVM2_member' }, [mapped('dm-0', 7, 'lvm', 'old-data', { fs: 'ext4' })]),
        ]),
      ],
    },
    free: ['sdb'],
    refused: { sdc: 'in-use' },
  },
  {
    name: 'MD RAID 1 of two drives below /',
    machine: {
      devices: [
        ssd('sda', 500, [
          part('sda1', 499, { fs: 'linux_raid_member' }, [raid('md0', 499, { fs: 'ext4', at: ['/'] })]),
        ]),
        ssd('sdb', 500, [
          part('sdb1', 499, { fs: 'linux_raid_member' }, [raid('md0', 499, { fs: 'ext4', at: ['/'] })]),
        ]),
        stick('sdc'),
      ],
    },
    free: ['sdc'],
    refused: { sda: 'system', sdb: 'system' },
  },
  {
    name: 'MD RAID with partitions on it, and a spare without any',
    machine: {
      devices: [
        plain,
        ...['sdb', 'sdc'].map((name) =>
          disk(name, 2000, { tran: 'sata', model: 'ST2000', serial: name, fs: 'linux_raid_member' }, [
            raid('md127', 2000, {}, [part('md127p1', 1999, { fs: 'xfs', at: ['/srv/data'] })]),
          ]),
        ),
        stick('sdd'),
      ],
    },
    free: ['sdd'],
    refused: { sdb: 'system', sdc: 'system' },
  },
  {
    name: 'swap on MD on USB drives',
    machine: {
      devices: [
        plain,
        disk('sdb', 16, { tran: 'usb', rm: true, serial: 'm1' }, [
          raid('md1', 16, { fs: 'swap', swap: true }),
        ]),
        stick('sdc'),
      ],
    },
    free: ['sdc'],
    refused: { sdb: 'system' },
  },
  {
    name: 'ZFS root: mountinfo names data sets, not devices',
    machine: {
      devices: [
        ssd('sda', 500, [efi('sda1'), part('sda2', 490, { fs: 'zfs_member', label: 'rpool' })]),
        ssd('sdb', 500, [part('sdb2', 490, { fs: 'zfs_member', label: 'rpool' })]),
        stick('sdc'),
      ],
      mounts: ['60 1 0:60 / / rw - zfs rpool/ROOT/ubuntu_x1 rw,xattr'],
      zpools: ['rpool'],
    },
    free: ['sdc'],
    refused: { sda: 'system', sdb: 'system' },
  },
  {
    name: 'a ZFS pool on a USB disk that is imported, nothing mounted; and one that is not',
    machine: {
      devices: [
        plain,
        disk('sdb', 100, { tran: 'usb', model: 'Elements', serial: 'z1' }, [
          part('sdb1', 99, { fs: 'zfs_member', label: 'tank' }),
        ]),
        disk('sdc', 100, { tran: 'usb', model: 'Elements', serial: 'z2' }, [
          part('sdc1', 99, { fs: 'zfs_member', label: 'cold' }),
        ]),
        disk('sdd', 100, { tran: 'usb', model: 'Elements', serial: 'z3' }, [
          part('sdd1', 99, { fs: 'zfs_member' }),
        ]),
      ],
      zpools: ['tank'],
    },
    free: ['sdc'],
    refused: { sdb: 'in-use', sdd: 'in-use' },
  },
  {
    name: 'multipath: two paths to one disk',
    machine: {
      devices: [
        plain,
        ...['sdb', 'sdc'].map((name) =>
          disk(name, 800, { tran: 'fc', vendor: 'NETAPP', serial: 'lun1', wwn: '0x600a098' }, [
            mapped('dm-0', 800, 'mpath', 'mpatha', {}, [
              mapped('dm-1', 799, 'part', 'mpatha-part1', { fs: 'xfs', at: ['/var/lib/mysql'] }),
            ]),
          ]),
        ),
        stick('sdd'),
      ],
    },
    free: ['sdd'],
    refused: { sdb: 'system', sdc: 'system' },
  },
  {
    name: 'multipath with nothing mounted',
    machine: {
      devices: [
        plain,
        ...['sdb', 'sdc'].map((name) =>
          disk(name, 800, { tran: 'fc', vendor: 'NETAPP', serial: 'lun2', wwn: '0x600a099' }, [
            mapped('dm-0', 800, 'mpath', 'mpathb'),
          ]),
        ),
      ],
    },
    free: [],
    refused: { sdb: 'in-use', sdc: 'in-use' },
  },
  {
    name: 'swap on a partition of a second drive',
    machine: { devices: [plain, stick('sdb', {}, { fs: 'swap', swap: true }), stick('sdc')] },
    free: ['sdc'],
    refused: { sdb: 'system' },
  },
  {
    name: 'swap on a file of a drive that is mounted where sticks are',
    machine: {
      devices: [plain, stick('sdb', {}, { fs: 'ext4', at: ['/media/ann/s'] }), stick('sdc')],
      swaps: ['/media/ann/s/swap\\040file                  file\t\t2097148\t\t0\t\t-3'],
    },
    free: ['sdc'],
    refused: { sdb: 'system' },
  },
  {
    name: 'swap on a logical volume by its /dev/dm name, lsblk silent',
    machine: {
      devices: [
        plain,
        disk('sdb', 64, { tran: 'usb', rm: true, serial: 'd' }, [
          part('sdb1', 63, { fs: 'LVM2_member' }, [mapped('dm-5', 8, 'lvm', 'vg-sw', { swap: true })]),
        ]),
      ],
    },
    free: [],
    refused: { sdb: 'system' },
  },
  {
    name: 'zram swap beside an idle stick',
    machine: {
      devices: [ssd('sda', 100, [ext4('sda1', 99, '/')]), disk('zram0', 8, { swap: true }), stick('sdb')],
    },
    free: ['sdb'],
    refused: SYSTEM,
    absent: ['zram0'],
  },
  {
    name: 'eMMC with boot partitions below a Chromebook’s system',
    machine: {
      devices: [
        disk(
          'mmcblk0',
          64,
          { card: 'MMC', model: 'DA4064', sys: 'pci0000:00/mmc_host/mmc0/mmc0:0001/block/mmcblk0' },
          [part('mmcblk0p1', 60, { fs: 'ext4', at: ['/'] })],
        ),
        disk('mmcblk0boot0', 0.004, { ro: true }),
        disk('mmcblk0boot1', 0.004, { ro: true }),
        disk('mmcblk0rpmb', 0.004, {}),
        disk(
          'mmcblk1',
          32,
          { card: 'SD', model: 'SC32G', sys: 'pci0000:00/mmc_host/mmc1/mmc1:aaaa/block/mmcblk1' },
          [part('mmcblk1p1', 31, { fs: 'vfat', at: ['/media/ann/SD'] })],
        ),
      ],
    },
    free: ['mmcblk1'],
    refused: { mmcblk0: 'system' },
    absent: ['mmcblk0boot0', 'mmcblk0boot1', 'mmcblk0rpmb'],
  },
  {
    name: 'a Raspberry Pi that runs from its SD card (mmcblk0), prefix of mmcblk0p2',
    machine: {
      devices: [
        disk('mmcblk0', 32, { card: 'SD', sys: 'platform/soc/mmc_host/mmc0/mmc0:0007/block/mmcblk0' }, [
          part('mmcblk0p1', 0.5, { fs: 'vfat', at: ['/boot/firmware'] }),
          part('mmcblk0p2', 31, { fs: 'ext4' }),
        ]),
        stick('sda'),
      ],
      mounts: ['60 1 179:3 / / rw - ext4 /dev/root rw'],
      rootMajorMinor: '179:3',
    },
    free: ['sda'],
    refused: { mmcblk0: 'system' },
  },
  {
    name: 'a card reader with four slots, one card in it',
    machine: {
      devices: [
        plain,
        ...['sdb', 'sdc', 'sdd', 'sde'].map((name) =>
          disk(name, name === 'sdc' ? 16 : 0, {
            tran: 'usb',
            rm: true,
            vendor: 'Generic-',
            model: 'SD/MMC',
            serial: '058F63626476',
            sys: 'pci0/usb2/2-1/block',
          }),
        ),
      ],
    },
    free: ['sdc'],
    refused: { sdb: 'no-medium', sdd: 'no-medium', sde: 'no-medium' },
  },
  {
    name: 'a locked SD card',
    machine: { devices: [plain, disk('sdb', 16, { tran: 'usb', rm: true, ro: true, serial: 'l' })] },
    free: [],
    refused: { sdb: 'read-only' },
  },
  {
    name: 'NVMe namespaces n1 and n10: / lies on n10, and n1 is no part of it',
    machine: {
      devices: [
        nvme('nvme0n1', 100, []),
        nvme('nvme0n10', 100, [part('nvme0n10p1', 99, { fs: 'ext4', at: ['/'] })]),
      ],
    },
    free: ['nvme0n1'],
    refused: { nvme0n10: 'system' },
  },
  {
    name: 'NVMe namespaces n1 and n10: / lies on n1',
    machine: {
      devices: [
        nvme('nvme0n1', 100, [part('nvme0n1p1', 99, { fs: 'ext4', at: ['/'] })]),
        nvme('nvme0n10', 100, []),
      ],
    },
    free: ['nvme0n10'],
    refused: { nvme0n1: 'system' },
  },
  {
    name: 'NVMe with hidden paths',
    machine: {
      devices: [
        nvme('nvme0n1', 100, [part('nvme0n1p1', 99, { fs: 'ext4', at: ['/'] })]),
        disk('nvme0c0n1', 100, { hidden: true }),
        stick('sda'),
      ],
    },
    free: ['sda'],
    refused: { nvme0n1: 'system' },
    absent: ['nvme0c0n1'],
  },
  {
    name: 'sda and sdaa: / lies on sdaa1',
    machine: { devices: [stick('sda'), ssd('sdaa', 500, [ext4('sdaa1', 499, '/')])] },
    free: ['sda'],
    refused: { sdaa: 'system' },
  },
  {
    name: 'sda and sdaa: / lies on sda1, a stick is sdaa',
    machine: { devices: [ssd('sda', 500, [ext4('sda1', 499, '/')]), stick('sdaa')] },
    free: ['sdaa'],
    refused: SYSTEM,
  },
  {
    name: 'a loop device below / (Wubi-like: a file on a USB disk)',
    machine: {
      devices: [
        disk('sda', 200, { tran: 'usb', model: 'Expansion', serial: 'h' }, [
          part('sda1', 199, { fs: 'fuseblk', at: ['/host'] }),
        ]),
        loop('loop0', 30, '/host/ubuntu/disks/root.disk', { fs: 'ext4', at: ['/'] }),
        stick('sdb'),
      ],
    },
    free: ['sdb'],
    refused: { sda: 'system', loop0: 'system' },
  },
  {
    name: 'inside a chroot: the root folder lies on a loop device, and no line of mountinfo says so',
    machine: {
      devices: [
        plain,
        loop('loop3', 4, '/srv/chroot.img', { fs: 'ext4' }),
        loop('loop4', 4, '/srv/other.img'),
        stick('sdb'),
      ],
      rootMajorMinor: '7:5',
    },
    free: ['loop4', 'sdb'],
    refused: { loop3: 'system', sda: 'system' },
  },
  {
    name: 'a loop device on a loop device below /',
    machine: {
      devices: [
        ssd('sda', 500, [ext4('sda1', 400, '/boot')]),
        loop('loop0', 100, '/boot/outer.img', { fs: 'ext4', at: ['/outer'] }),
        loop('loop1', 50, '/outer/inner.img', { fs: 'ext4', at: ['/'] }),
      ],
    },
    free: [],
    refused: { sda: 'system', loop0: 'system', loop1: 'system' },
  },
  {
    name: 'a stick that holds the file of a loop device',
    machine: {
      devices: [plain, stick('sdb', {}, { fs: 'ext4', at: ['/mnt/s'] }), loop('loop0', 1, '/mnt/s/disk.img')],
    },
    free: ['loop0'],
    refused: { sdb: 'in-use' },
  },
  {
    name: 'snap packages: many read-only loop devices',
    machine: {
      devices: [
        plain,
        ...[0, 1, 2, 3].map((n) =>
          loop(`loop${n}`, 0.1, `/var/lib/snapd/snaps/p_${n}.snap`, {
            fs: 'squashfs',
            ro: true,
            at: [`/snap/p/${n}`],
          }),
        ),
        stick('sdb'),
      ],
    },
    free: ['sdb'],
    refused: { loop0: 'system', loop3: 'read-only' },
  },
  {
    name: 'bind mounts: a drive at /mnt/x is also /var/lib/docker',
    machine: {
      devices: [plain, stick('sdb', {}, { fs: 'ext4', at: ['/mnt/x', '/var/lib/docker'] })],
    },
    free: [],
    refused: { sdb: 'system' },
  },
  {
    name: 'a data drive that fstab mounts below /mnt',
    machine: {
      devices: [
        plain,
        stick('sdb', {}, { fs: 'ext4', at: ['/mnt/backup'] }),
        stick('sdc', {}, { fs: 'ext4', at: ['/mnt/u'] }),
      ],
      fstab:
        'UUID=1 / ext4 defaults 0 1\nUUID=2\t/mnt/backup/\text4\tdefaults\t0 2\nUUID=3 /mnt/u ext4 noauto,user 0 0\n',
    },
    free: ['sdc'],
    refused: { sdb: 'in-use' },
  },
  {
    name: 'a data drive mounted at /data',
    machine: { devices: [plain, stick('sdb', {}, { fs: 'ext4', at: ['/data'] })] },
    free: [],
    refused: { sdb: 'in-use' },
  },
  {
    name: '/home on a USB disk',
    machine: { devices: [plain, stick('sdb', {}, { fs: 'ext4', at: ['/home'] })] },
    free: [],
    refused: { sdb: 'system' },
  },
  {
    name: 'a built-in disk mounted where sticks are is nothing that Seedbed unmounts',
    machine: {
      devices: [
        plain,
        ssd('sdb', 100, [part('sdb1', 99, { fs: 'ntfs', at: ['/media/ann/Windows'] })]),
        ssd('sdc', 100, []),
      ],
    },
    free: ['sdc'],
    refused: { sdb: 'in-use' },
  },
  {
    name: 'optical drive and floppy',
    machine: {
      devices: [
        plain,
        {
          ...disk('sr0', 0.7, { rm: true, tran: 'sata', fs: 'iso9660', at: ['/media/cdrom0'] }),
          type: 'rom',
        },
        disk('fd0', 0.0014, { rm: true }),
        stick('sdb'),
      ],
    },
    free: ['sdb'],
    refused: SYSTEM,
    absent: ['sr0', 'fd0'],
  },
  {
    name: 'a virtual machine: / on vda, a second disk without a use',
    machine: {
      devices: [disk('vda', 20, {}, [part('vda1', 19, { fs: 'ext4', at: ['/'] })]), disk('vdb', 8, {})],
    },
    free: ['vdb'],
    refused: { vda: 'system' },
  },
  {
    name: 'ext4 on a whole drive without partitions below /var',
    machine: { devices: [plain, disk('sdb', 100, { tran: 'usb', fs: 'ext4', at: ['/var'], serial: 'v' })] },
    free: [],
    refused: { sdb: 'system' },
  },
  {
    name: 'XFS with its log on another drive',
    machine: {
      devices: [
        plain,
        ssd('sdb', 100, [part('sdb1', 99, { fs: 'xfs' })]),
        disk('sdc', 8, { tran: 'usb', serial: 'lg' }, [part('sdc1', 7)]),
      ],
      mounts: ['61 1 8:6 / /srv rw - xfs /dev/sdb1 rw,logdev=/dev/sdc1,noquota'],
    },
    free: [],
    refused: { sdb: 'system', sdc: 'system' },
  },
  {
    name: 'bcachefs over two drives',
    machine: {
      devices: [
        plain,
        disk('sdb', 64, { tran: 'usb', fs: 'bcachefs', uuid: 'bc', serial: 'b1' }),
        disk('sdc', 64, { tran: 'usb', fs: 'bcachefs', uuid: 'bc', serial: 'b2' }),
      ],
      mounts: ['61 1 0:61 / /srv/pool rw - bcachefs /dev/sdb:/dev/sdc rw'],
    },
    free: [],
    refused: { sdb: 'system', sdc: 'system' },
  },
  {
    name: 'bcache: the cache is a stick',
    machine: {
      devices: [
        ssd('sda', 500, [
          part('sda1', 499, { fs: 'bcache' }, [disk('bcache0', 499, { fs: 'ext4', at: ['/'] })]),
        ]),
        disk('sdb', 64, { tran: 'usb', serial: 'c' }, [
          part('sdb1', 63, { fs: 'bcache' }, [disk('bcache0', 499, { fs: 'ext4', at: ['/'] })]),
        ]),
        stick('sdc'),
      ],
    },
    free: ['sdc'],
    refused: { sda: 'system', sdb: 'system' },
  },
  {
    name: 'a mount named by UUID and one by another name below /dev',
    machine: {
      devices: [
        disk('sda', 32, { tran: 'usb', rm: true, serial: 'u1' }, [
          part('sda1', 31, { fs: 'btrfs', uuid: 'be-ef' }),
        ]),
        disk('sdb', 32, { tran: 'usb', rm: true, serial: 'u2' }, [part('sdb1', 31, { fs: 'fuseblk' })]),
        stick('sdc'),
      ],
      mounts: [
        '60 1 0:60 / / rw - btrfs /dev/disk/by-uuid/be-ef rw,subvol=/@',
        '61 1 0:61 / /srv rw - fuseblk /dev/disk/by-path/pci-1-part1 rw',
      ],
      aliases: { '/dev/disk/by-path/pci-1-part1': 'sdb1' },
    },
    free: ['sdc'],
    refused: { sda: 'system', sdb: 'system' },
  },
  {
    name: 'a volume named by group and volume in mountinfo',
    machine: {
      devices: [
        disk('sda', 32, { tran: 'usb', serial: 'g' }, [
          mapped('dm-0', 31, 'lvm', 'my--group-root', { fs: 'btrfs' }),
        ]),
        stick('sdb'),
      ],
      mounts: ['60 1 0:60 / / rw - btrfs /dev/my-group/root rw'],
    },
    free: ['sdb'],
    refused: SYSTEM,
  },
  {
    name: 'a container has a file system of the stick mounted, this process does not see it',
    machine: {
      devices: [plain, stick('sdb', {}, { fs: 'ext4' }), stick('sdc')],
      elsewhere: [{ of: 'other', pid: 812, text: '90 1 8:6 / / rw - ext4 /dev/sdb1 rw\n' }],
    },
    free: ['sdc'],
    refused: { sdb: 'in-use' },
  },
  {
    name: 'in a chroot: process 1 runs from a drive that is not seen here',
    machine: {
      devices: [
        stick('sda', {}, { fs: 'ext4', at: ['/'] }),
        ssd('sdb', 100, [part('sdb1', 99, { fs: 'ext4' })]),
        stick('sdc'),
      ],
      elsewhere: [{ of: 'init', pid: 1, text: '30 1 8:4 / / rw - ext4 /dev/sdb1 rw\n' }],
    },
    free: ['sdc'],
    refused: { sda: 'system', sdb: 'system' },
  },
  {
    name: 'a container that sees all drives of its host but none of its mounts: nothing is offered',
    machine: {
      devices: [ssd('sda', 500, [part('sda1', 499, { fs: 'ext4' })]), stick('sdb')],
      mounts: [
        '60 1 0:80 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A,upperdir=/var/lib/docker/overlay2/x/diff',
      ],
    },
    free: [],
    refused: { sda: 'state-unknown', sdb: 'state-unknown' },
  },
  {
    name: 'a diskless computer: / over NFS',
    machine: { devices: [stick('sda')], mounts: ['60 1 0:80 / / rw - nfs4 10.0.0.1:/root rw'] },
    free: ['sda'],
    refused: {},
  },
  {
    name: 'a virtual machine monitor has a USB disk open',
    machine: {
      devices: [plain, stick('sdb'), stick('sdc')],
      processes: [
        { pid: 99, program: 'qemu-system-x86', what: 'device', majorMinor: '8:5', path: '/dev/sdb' },
      ],
    },
    free: ['sdc'],
    refused: { sdb: 'in-use' },
  },
  {
    name: 'an editor has a file on a stick open, and a shell stands on another',
    machine: {
      devices: [
        plain,
        stick('sdb', {}, { at: ['/media/ann/A'] }),
        stick('sdc', {}, { at: ['/media/ann/AB'] }),
        stick('sdd', {}, { at: ['/media/ann/C'] }),
      ],
      processes: [
        { pid: 7, program: 'vim', what: 'file', majorMinor: null, path: '/media/ann/A/x.txt' },
        { pid: 8, program: 'bash', what: 'file', majorMinor: null, path: '/media/ann/C' },
        { pid: 9, program: 'less', what: 'file', majorMinor: null, path: '/media/ann/ABX/file' },
      ],
    },
    free: ['sdc'],
    refused: { sdb: 'in-use', sdd: 'in-use' },
  },
];
