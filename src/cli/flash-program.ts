// seedbed flash …: the commands and their help.
import { type Command, Option } from 'commander';
import type { Leaf } from './distfiles-program.ts';
import type { Json } from './program.ts';

const DRIVE = 'id of the drive, its kernel name (sdb) or its path (/dev/sdb); see drives list';

export function addFlashCommands(program: Command, leaf: Leaf): void {
  const load = () => import('./commands/flash.ts');

  const flash = leaf(program, 'flash', 'write an image to a drive, read all of it back, keep a record')
    .argument('[image]', 'an image file, or an id of image list')
    .option('--drive <drive>', `the drive that is erased: ${DRIVE}`)
    .option('--second-drive <drive>', 'where the second disk of the image goes')
    .addOption(
      new Option('--disk <role>', 'write only this disk of the image').choices(['boot', 'external', 'root']),
    )
    .option('--yes-i-mean <word...>', 'instead of the question: serial number or size in bytes of each drive')
    .option('--resume', 'go on after a cut: what is there already is read and kept')
    .option('--eject', 'let go of the drive at the end, where software can')
    .addHelpText(
      'after',
      `
  seedbed flash boot.img --drive sdb                          one disk, one stick
  seedbed flash ID --drive sda --second-drive sdb             a set for bare metal: what starts, then what carries the rest
  seedbed flash ID --drive sdb --yes-i-mean 4C530001230608    without a terminal to ask on
  seedbed flash verify /dev/sdb --image ID                    later, or on another computer: --record flash.json
  seedbed flash verify /dev/sdb --against DIR                 account for every byte from the sources

Both ends of the drive are wiped first and the first MiB is written last: a drive that was cut off or cancelled cannot be mistaken for a
finished one. Everything is read back past the computer's caches, sector 0 included. Root rights are asked for by sudo or
pkexec for one small program that is shown with all its arguments.`,
    )
    .action(async (image: string | undefined, options: Json) => {
      await (await load()).flash(image, options);
    });
  leaf(flash, 'verify', 'compare a drive with an image, a record or the sources; nothing is written')
    .argument('<drive>', DRIVE)
    .option('--image <image>', 'an image file, or an id of image list')
    .addOption(
      new Option('--disk <role>', 'with --image: which of its disks').choices(['boot', 'external', 'root']),
    )
    .option('--record <record>', 'an id of flash records, or a flash.json of another computer')
    .option('--against <checkout>', 'derive every byte again from this checkout')
    .action(async (drive: string, options: Json, command: Command) => {
      await (await load()).verify(drive, { ...command.optsWithGlobals<Json>(), ...options });
    });
  leaf(flash, 'records', 'drives that were written, newest first')
    .argument('[record]', 'one of them in full, with the hash of each 4 MiB')
    .action(async (id: string | undefined, options: Json, command: Command) => {
      await (await load()).records(id, { ...command.optsWithGlobals<Json>(), ...options });
    });
}
