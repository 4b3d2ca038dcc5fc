// seedbed drives …: the commands and their help. Nothing here writes to a drive.
import type { Command } from 'commander';
import type { Leaf } from './distfiles-program.ts';
import type { Json } from './program.ts';

const DRIVE = 'id of the drive, its kernel name (sdb) or its path (/dev/sdb)';

export function addDriveCommands(drives: Command, leaf: Leaf): void {
  const load = () => import('./commands/drives.ts');

  leaf(drives, 'list', 'drives of this computer, what is on them, and whether they may be written')
    .option('--all', 'also loop devices that are in use and readers without a card')
    .addHelpText(
      'after',
      `
A drive is refused when this computer runs from it (computed from mounts, swap space and everything that is stacked on it, never
from what the drive says of itself), when something has it open, or when Seedbed's data or the image lies on it.`,
    )
    .action(async (options: Json) => {
      await (await load()).list(options);
    });
  leaf(drives, 'watch', 'the same, printed again whenever a drive comes, goes or is mounted; end with Ctrl-C')
    .option('--all', 'also loop devices that are in use and readers without a card')
    .action(async (options: Json) => {
      await (await load()).watch(options);
    });
  leaf(
    drives,
    'show',
    'everything that is known of a drive: who uses it, why it looks as it does, what is asked',
  )
    .argument('<drive>', DRIVE)
    .action(async (name: string, options: Json) => {
      await (await load()).show(name, options);
    });
  for (const [name, on] of [
    ['protect', true],
    ['unprotect', false],
  ] as const)
    leaf(
      drives,
      name,
      on
        ? 'never write this drive, known again by its WWN or serial number'
        : 'take a drive off the list of those that are never written',
    )
      .argument('<drive>', DRIVE)
      .action(async (drive: string, options: Json) => {
        await (await load()).protect(drive, on, options);
      });
}
