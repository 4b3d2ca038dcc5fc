// What to do and to look at before an image starts a real machine, made for this image and these drives. Pure.
// Sources: live-bootstrap 984b8322 (README, steps/jump/move_disk.sh, improve/get_network.sh, linux-4.14.341-openela/files/config), builder-hex0 a2781242, and
// what users met: live-bootstrap issues 303, 328, 329, 332, 392, 416, 477, 485, 584.
import type { TargetDrives } from '../../../shared/model/bare-metal.ts';
import type { ImageRecord } from '../../../shared/model/image.ts';
import type { Paper, PaperItem, PaperSection } from '../../../shared/model/paper.ts';
import { formatBytes } from '../../../shared/units.ts';
import { diskItems } from './disk-items.ts';
import { item, section } from '../paper/parts.ts';
import { firmwareSection, networkSection, screenSection } from './machine-sections.ts';

export interface ChecklistNeeds {
  image: { id: string | null; record: ImageRecord };
  drives: TargetDrives;
}

export function composeChecklist({ image, drives }: ChecklistNeeds): Paper {
  const { record } = image;
  const isBootCheck = record.kind === 'boot-check';
  return {
    title: isBootCheck
      ? 'Checklist: the boot check on a real machine'
      : 'Checklist: a bootstrap on a real machine',
    lead: `For the image ${image.id ?? 'in a file'} (${describeKind(record)}). Read it to the end before you switch anything on.`,
    sections: [
      imageSection(record),
      ...(isBootCheck ? [] : [firstSection()]),
      drivesSection(record, drives),
      ...(isBootCheck || record.goal === 'stage0' ? [] : [diskSection(record, drives)]),
      firmwareSection(),
      ...(isBootCheck || record.goal === 'stage0' ? [] : [networkSection(record)]),
      screenSection(record),
      afterSection(record),
    ],
  };
}

function describeKind({ kind, goal, checkout }: ImageRecord): string {
  if (kind === 'boot-check') return 'Seedbed’s boot check';
  const version =
    checkout?.commit === undefined || checkout.commit === null ? '' : ` ${checkout.commit.slice(0, 8)}`;
  return `live-bootstrap${version}${goal === 'stage0' ? ', first stage only' : ''}${kind === 'kernel' ? ', started by a supplied kernel' : ''}`;
}

function imageSection(record: ImageRecord): PaperSection {
  const { configuration } = record;
  const items = record.disks.map((disk) =>
    item('note', `image-${disk.role}`, `${disk.file}: ${formatBytes(disk.sizeBytes)}`, {
      facts: [{ name: 'sha256 of its data', value: disk.sha256 }],
    }),
  );
  if (configuration !== null && configuration.machine !== 'bare-metal')
    items.push(
      item(
        'differs',
        'made-for-another-machine',
        `This image was made for ${configuration.machine}, not for a real machine.`,
        {
          why: 'Its bootstrap.cfg says BARE_METAL=False: Fiwix and Linux print on the serial port, and the screen stays as it is from then on. Build it again with the preset for bare metal, unless a serial cable is what you want.',
        },
      ),
    );
  if (record.kind === 'kernel')
    items.push(
      item(
        'differs',
        'kernel-image',
        'This disk does not start by itself: it needs a boot loader and your kernel.',
        {
          why: 'Images for a supplied kernel hold a root file system at 1 GiB and nothing in the boot sector.',
        },
      ),
    );
  return section(
    'image',
    'The image',
    'Compare the hash with what Seedbed shows, or with somebody else’s for the same inputs.',
    items,
  );
}

function firstSection(): PaperSection {
  return section('boot-check-first', 'Flash the boot check first', '', [
    item(
      'do',
      'boot-check-first',
      'Flash Seedbed’s boot check to the same boot drive, start the machine with it, and copy its verdict.',
      {
        why: 'It takes a minute and tells whether this board can bootstrap at all: disk access, address line A20, memory in one piece, software interrupts, and whether every byte is read as it was written. A bootstrap that stops there would cost hours.',
      },
    ),
  ]);
}

function drivesSection(record: ImageRecord, { boot, external }: TargetDrives): PaperSection {
  const [first, ...others] = record.disks;
  const items = [
    item('do', 'boot-drive', `${first.file} goes to the drive that the machine starts from${nameOf(boot)}.`, {
      why: 'The whole drive is written from its first sector on; what is on it now is lost. Flash it with Seedbed, which reads every byte back.',
    }),
    ...tooSmall('boot-drive-size', boot, first.sizeBytes),
  ];
  for (const disk of others)
    items.push(
      item(
        'do',
        'external-drive',
        `${disk.file} goes to a second, other physical drive${nameOf(external)}.`,
        {
          why: 'live-bootstrap’s README: two different physical disks, and the machine starts from the first. The second becomes the new system.',
        },
      ),
      ...tooSmall('external-drive-size', external, disk.sizeBytes),
    );
  items.push(
    item(
      'do',
      'unplug-others',
      'Unplug every other drive: internal disks, sticks, card readers, external disks.',
      {
        why: 'Linux numbers disks as it finds them, and live-bootstrap formats the one that DISK= names without asking. A drive that is not there cannot be lost. Boards with other flash drives plugged in also crashed in builder-hex0 (live-bootstrap issue 584).',
      },
    ),
    item(
      'do',
      'sata-before-usb',
      'Prefer a SATA drive to a USB stick for starting, where there is a choice.',
      {
        why: 'builder-hex0 reads through the BIOS. USB needs the BIOS’s legacy USB support, appears late in Linux, and loading the sources from it took minutes to hours (live-bootstrap issues 392, 416, 584; builder-hex0 pull requests 13, 14).',
      },
    ),
  );
  return section('drives', 'Drives', '', items);
}

function nameOf(drive: TargetDrives['boot']): string {
  return drive === null ? '' : ` (${drive.name})`;
}

function tooSmall(id: string, drive: TargetDrives['boot'], bytes: number): PaperItem[] {
  if (drive?.sizeBytes === undefined || drive.sizeBytes === null) return [];
  const fits = drive.sizeBytes >= bytes;
  const text = fits
    ? `${drive.name} has ${formatBytes(drive.sizeBytes)}: the image fits.`
    : `${drive.name} has ${formatBytes(drive.sizeBytes)}, the image ${formatBytes(bytes)}: it does not fit.`;
  return [item(fits ? 'equal' : 'differs', id, text)];
}

function diskSection(record: ImageRecord, drives: TargetDrives): PaperSection {
  return section(
    'disk',
    'What DISK= will mean there',
    'Read from bootstrap.cfg in this image. Seedbed never chooses it by itself.',
    diskItems(record, drives),
  );
}

function afterSection(record: ImageRecord): PaperSection {
  if (record.kind === 'boot-check')
    return section('after', 'Afterwards', '', [
      item(
        'do',
        'type-verdict',
        'Type what the screen says into Seedbed (Explain a log, or: seedbed log explain-screen), mistakes and all.',
        {
          why: 'It tells what passed, what failed and what to do. The last lines are enough; the memory line helps.',
        },
      ),
    ]);
  const items = [
    item('do', 'no-restart', 'Do not restart a run that has stopped without writing the images again.', {
      why: 'Its disks have been written to; with DISK= naming a whole disk, a second start formats it once more. One fresh image for each run.',
    }),
  ];
  if (record.disks.length > 1)
    items.push(
      item(
        'do',
        'remove-boot-drive',
        'When it has finished, take the boot drive out before the next start.',
        {
          why: 'The first drive still starts builder-hex0. The menu of the second names /dev/sdb1: alone it is sda1, so change root= there at the first start.',
        },
      ),
    );
  items.push(
    item(
      'do',
      'results',
      'Connect the drive with the new system to this computer and let Seedbed compare what was built: sums of packages lie in /external/repo.',
      {
        why: 'What the machine said about itself on its own screen is not a check from outside.',
      },
    ),
  );
  return section('after', 'Afterwards', '', items);
}
