// seedbed image …, the commands that read images back, and their help. Loaded with the program; each action imports what it needs.
import type { Command } from 'commander';
import type { Leaf } from './distfiles-program.ts';
import type { Json } from './program.ts';

const IMAGE =
  'a file, a block device, or the id of an image in the data folder (its external disk: ID/external)';
const PATH = 'as the list of the folder above shows it, beginning with /';

export function addImageReadingCommands(image: Command, leaf: Leaf): void {
  const load = () => import('./commands/image-reading.ts');
  const loadInspect = () => import('./commands/image-inspect.ts');

  leaf(image, 'list', 'list the images in the data folder; with IMAGE, the files in it')
    .argument('[image]', IMAGE)
    .argument('[path]', PATH, '/')
    .addHelpText(
      'after',
      `
Reads boot images, also those of others, and ext2, ext3 and ext4 disks, such as the one that a run leaves behind: its packages are
in /external/repo. Needs no root and changes nothing. Names are made safe to show; --json has them whole. Disks are read by ext2fs
(libext2fs), in a thread that cannot write, and compared with Seedbed's own reader; it is said where only the latter could.`,
    )
    .action(async (name: string | undefined, path: string, options: Json) => {
      if (name === undefined) await (await import('./commands/image.ts')).list(options);
      else await (await load()).listContents(name, path, options);
    });
  leaf(image, 'inspect', 'say what an image holds, whoever made it, and whether its record is true')
    .argument('<image>', IMAGE)
    .option('--against <checkout>', 'tell where each entry comes from: repository, commit and path')
    .option('--search <text>', 'only regions whose name or kind contains it')
    .option('--all', 'every region instead of the first hundred')
    .action(async (name: string, options: Json) => {
      await (await loadInspect()).inspect(name, options);
    });
  leaf(image, 'verify', 'account for every byte: derive an image again from its sources, and compare')
    .argument('<image>', IMAGE)
    .option('--against <checkout>', 'the checkout that it was made from (the boot check needs none)')
    .option(
      '--distfiles <folder>',
      'a folder with the distfiles, or "store": tells the first wrong byte in one exactly',
    )
    .option('--repo <folder>', 'packages that it was built with: they follow from no source')
    .option('--early-preseed <file>', 'the early preseed that it was built with')
    .addHelpText(
      'after',
      `
Distfiles are compared by the hashes in the checkout and need not be there. A drive that an image was written to can be named
instead of a file. Exit code 0 means that every byte is accounted for, 1 that one is not.`,
    )
    .action(async (name: string, options: Json) => {
      (await import('../engine/bytes/range-threads.ts')).readyRangeThreads();
      await (await load()).verify(name, options);
    });
  leaf(image, 'diff', 'what is in one image and not in another: by entry or file, not by byte')
    .argument('<a>', IMAGE)
    .argument('<b>', IMAGE)
    .addHelpText('after', '\nExit code 0 means the same content, 1 that it differs.')
    .action(async (a: string, b: string, options: Json) => {
      await (await load()).diff(a, b, options);
    });
  leaf(image, 'extract', 'copy files and folders out of an image')
    .argument('<image>', IMAGE)
    .argument('<path...>', PATH)
    .requiredOption('--to <folder>', 'where they go, under their own names; nothing there is replaced')
    .addHelpText(
      'after',
      `
Files of a disk are read by ext2fs (libext2fs) and by Seedbed's own reader; when the two do not agree, nothing is extracted.`,
    )
    .action(async (name: string, paths: string[], options: Json) => {
      await (await load()).extract(name, paths, options);
    });
  leaf(image, 'script', 'print a shell script that derives a boot image’s hash again, without Seedbed')
    .argument('<image>', 'a file with its record beside it, the record itself, or an id of image list')
    .action(async (name: string, options: Json) => {
      await (await load()).script(name, options);
    });
}
