// What DISK= of an image will mean on a real machine, and whether that fits the drives that the user means to attach.
// Source: live-bootstrap 984b8322, steps/jump/move_disk.sh (a whole disk is partitioned from 1 GiB on and formatted, a partition is taken over as it is).
import type { TargetBus, TargetDrives } from '../../../shared/model/bare-metal.ts';
import type { ImageRecord } from '../../../shared/model/image.ts';
import type { PaperItem } from '../../../shared/model/paper.ts';
import { parseBootstrapVariables, variableValue } from '../bootstrap-variables.ts';
import { item } from '../paper/parts.ts';

const PARTITION = /^(?:sd[a-z]+\d+|nvme\d+n\d+p\d+|mmcblk\d+p\d+)$/;

export function diskItems(record: ImageRecord, drives: TargetDrives): PaperItem[] {
  const disk = readDisk(record.bootstrapCfg);
  if (disk === null)
    return [
      item(
        'unknown',
        'disk-unknown',
        'This image’s bootstrap.cfg cannot be read here, so nobody knows what DISK= says.',
        {
          why: 'It was made elsewhere. Look into it before you start: seedbed image extract IMAGE ./steps/bootstrap.cfg',
        },
      ),
    ];
  if (disk === '')
    return [
      item(
        'do',
        'disk-asked',
        'DISK= is not set: the configurator asks for it on the machine’s screen. Answer with the name that Linux will give the disk there.',
        {
          why: 'Until then nothing is written to any disk.',
        },
      ),
    ];
  return [meaning(disk), ...namesItems(disk, record.disks.length > 1, drives)];
}

function readDisk(cfg: string | null): string | null {
  if (cfg === null) return null;
  try {
    return variableValue(parseBootstrapVariables(cfg), 'DISK');
  } catch {
    return null;
  }
}

function meaning(disk: string): PaperItem {
  if (PARTITION.test(disk))
    return item(
      'do',
      'disk-partition',
      `DISK=${disk}: the partition /dev/${disk} becomes the new system. Make sure that it is the one on your external drive.`,
      {
        why: 'It is not formatted, but everything is unpacked into it, a boot loader is written to the drive that it lies on, and a partition without the sources ends the run.',
      },
    );
  return item(
    'do',
    'disk-whole',
    `DISK=${disk}: the drive that Linux calls /dev/${disk} there gets a new partition from 1 GiB on and is formatted. Nobody asks first.`,
    {
      why: 'If another drive has that name on the day, that drive is lost. That is why all others are to be unplugged.',
    },
  );
}

/** SATA is found at once, USB a second later: sd names are given in that order. Cards and NVMe have names of their own. */
function namesItems(disk: string, twoDisks: boolean, { boot, external }: TargetDrives): PaperItem[] {
  const wanted = twoDisks ? external : boot;
  if (boot === null || wanted === null)
    return [
      item(
        'unknown',
        'disk-drives-unknown',
        `Whether /dev/${disk} will be ${twoDisks ? 'your external drive' : 'your boot drive'} is not checked: Seedbed does not know how the drives will be attached.`,
        {
          why: 'SATA disks are named before USB ones. With only these drives attached the first SATA disk is sda; a USB stick is sda only when there is no SATA disk at all.',
        },
      ),
    ];
  const name = expectedName(twoDisks ? [boot, external] : [boot], wanted);
  const base = disk.replace(/^(sd[a-z]+)\d+$/, '$1').replace(/p\d+$/, '');
  const fits = name === base;
  return [
    item(
      fits ? 'equal' : 'differs',
      'disk-expected-name',
      fits
        ? `With only these drives attached Linux will very probably call ${wanted.name} /dev/${name}, as DISK=${disk} says.`
        : `With only these drives attached Linux will very probably call ${wanted.name} /dev/${name}, but DISK=${disk} names another one.`,
      {
        why: 'SATA disks are named before USB ones, those of a kind in the order of their ports. A drive that is forgotten in the machine moves the names.',
      },
    ),
  ];
}

function expectedName(
  drives: readonly TargetDrives['boot'][],
  wanted: NonNullable<TargetDrives['boot']>,
): string {
  const there = drives.filter((drive) => drive !== null);
  const before = there.slice(0, there.indexOf(wanted));
  const ofBus = (bus: TargetBus, list: typeof there): number =>
    list.filter((drive) => drive.bus === bus).length;
  switch (wanted.bus) {
    case 'nvme':
      return `nvme${ofBus('nvme', before)}n1`;
    case 'card':
      return `mmcblk${ofBus('card', before)}`;
    case 'sata':
      return letter(ofBus('sata', before));
    case 'usb':
      return letter(ofBus('sata', there) + ofBus('usb', before));
  }
}

function letter(index: number): string {
  return `sd${String.fromCharCode(0x61 + index)}`;
}
