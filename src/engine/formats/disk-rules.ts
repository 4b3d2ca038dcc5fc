// Rules about DISK=, the Linux name of the disk or partition that the new system is written to, without asking.
// Source: live-bootstrap 984b8322, steps/jump/move_disk.sh, steps/improve/make_bootable.sh, steps/jump/linux.sh, steps/linux-4.14.341-openela/files/config.
import type { BootstrapConfiguration, ImageFinding } from '../../shared/model/bootstrap-config.ts';
import { diskOf, hasExternalDisk, isSandbox, startsFromBuilderHex0 } from './bootstrap-cfg.ts';
import { finding, type RuleContext } from './bootstrap-rule.ts';

export function diskRules(configuration: BootstrapConfiguration, { goal }: RuleContext): ImageFinding[] {
  const { machine, disk, configurator } = configuration;
  if (isSandbox(configuration) || goal === 'stage0') return [];
  if (machine === 'bare-metal' && disk === null && !configurator) return [unchosen(configuration)];
  const name = diskOf(configuration);
  const wrong = nameRule(name);
  if (wrong !== null) return [wrong];
  return startsFromBuilderHex0(configuration) ? moveRules(configuration, name) : rootRules(name);
}

function unchosen(configuration: BootstrapConfiguration): ImageFinding {
  return error(
    'disk-unchosen',
    `live-bootstrap formats or takes over the disk that DISK= names without asking. Upstream would write ${diskOf(configuration)}, which on a real machine is whatever Linux finds first: often the internal drive, not the stick that it booted from.`,
    hasExternalDisk(configuration)
      ? 'Name the partition of the external disk as Linux will call it on the target, such as sdb1, and unplug all other drives.'
      : 'Name the disk as Linux will call it on the target, such as sda, and unplug all other drives.',
  );
}

/** What Linux 4.14 with upstream's configuration can call a disk, and what the scripts take apart rightly. */
function nameRule(name: string): ImageFinding | null {
  if (name.startsWith('/dev/'))
    return error('disk-path', 'DISK= is a name in /dev, not a path.', `Write ${name.slice('/dev/'.length)}.`);
  if (!/^[a-z][a-z0-9]*$/.test(name))
    return error(
      'disk-name',
      `${JSON.stringify(name)} is not a name of a disk.`,
      'Write a name such as sda or sdb1.',
    );
  if (/^x?vd/.test(name))
    return error(
      'disk-no-driver',
      'The Linux that is built has no virtio or Xen driver, so such a disk never appears and the run ends after two minutes.',
      'Attach the disk as IDE, AHCI, NVMe or USB.',
    );
  if (/^hd/.test(name))
    return error(
      'disk-no-driver',
      'Linux calls IDE disks sda, sdb, … since 2.6.20; hda never appears.',
      'Write sda.',
    );
  if (!/^(sd[a-z]+|nvme\d+n\d+(p\d+)?|mmcblk\d+(p\d+)?)\d*$/.test(name))
    return error(
      'disk-name',
      `${name} is not a disk that live-bootstrap’s Linux has a driver for.`,
      'Write sda, sdb1, nvme0n1p1, mmcblk0p1 or the like.',
    );
  if (/^sd[a-z]{2,}/.test(name))
    return error(
      'disk-grub',
      'make_bootable.sh takes partition names apart only when three letters come before the number, so GRUB would be installed wrongly at the very end.',
      'Attach fewer disks, so that its name is one of sda to sdz.',
    );
  return null;
}

/** move_disk.sh: minor number modulo 8 is 0 → a whole disk: partition it from 1 GiB on, make a file system on NAME1; else mount it and keep what is there. */
function moveRules(configuration: BootstrapConfiguration, name: string): ImageFinding[] {
  const partition = partitionOf(name);
  const isWhole = partition === null;
  if (isWhole && !name.startsWith('sd'))
    return [
      error(
        'disk-needs-partition',
        `move_disk.sh would make a partition on ${name} and then look for ${name}1, but Linux calls it ${name}p1.`,
        `Make one ext4 partition beforehand and name it: ${name}p1.`,
      ),
    ];
  if (partition !== null && partition % 8 === 0)
    return [
      error(
        'disk-taken-for-whole',
        `move_disk.sh takes a minor number that 8 divides for a whole disk: it would write a partition table into ${name} and look for ${name}1.`,
        'Choose a partition with another number.',
      ),
    ];
  if (hasExternalDisk(configuration))
    return isWhole
      ? [
          error(
            'disk-erases-external',
            `${name} is a whole disk: it would be partitioned anew, and the distfiles on the external disk would be gone.`,
            `Name its partition: ${name}1.`,
          ),
        ]
      : [];
  if (configuration.machine === 'qemu')
    return isWhole
      ? []
      : [
          error(
            'disk-not-there',
            `A single disk has no partition ${name} before the run makes it, so nothing can be mounted.`,
            `Name the whole disk: ${name.replace(/p?\d+$/, '')}.`,
          ),
        ];
  return [isWhole ? formatted(name) : kept(name)];
}

function formatted(name: string): ImageFinding {
  return finding(
    'warning',
    'disk-formatted',
    'disk',
    `On the target, ${name} gets a new partition table and a new file system without any question: everything on it is lost. Names depend on which drive Linux finds first; with a USB stick in the machine, sda is normally the internal drive.`,
    'Unplug every drive that must survive.',
  );
}

function kept(name: string): ImageFinding {
  return finding(
    'warning',
    'disk-taken-over',
    'disk',
    `${name} must exist on the target and hold ext2, ext3 or ext4. What is on it is moved into its folder external/, and the new system is written beside it.`,
    'Unplug every drive that must survive.',
  );
}

/** jump/linux.sh and the kernel's command line say root=/dev/sda1 whatever DISK= names. */
function rootRules(name: string): ImageFinding[] {
  if (name === 'sda1') return [];
  return [
    error(
      'disk-kernel-fixed',
      'With a supplied kernel the root is /dev/sda1: upstream’s jump to Linux has that name in its text. DISK= would only mislead the boot loader.',
      'Leave it at sda1, and attach the disk as the first one.',
    ),
  ];
}

/** Number of the partition; null for a whole disk. */
function partitionOf(name: string): number | null {
  const digits = (name.startsWith('sd') ? /^sd[a-z]+(\d+)$/ : /p(\d+)$/).exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

function error(code: string, why: string, hint: string): ImageFinding {
  return finding('error', code, 'disk', why, hint);
}
