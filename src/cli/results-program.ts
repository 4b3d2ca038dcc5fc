// seedbed runs results|extract|boot|compare|export: the commands and their help.
import type { Command } from 'commander';
import type { Leaf } from './distfiles-program.ts';
import { wholeNumber } from './image-program.ts';
import type { Json } from './program.ts';

const RUN = 'id of the run, or its beginning';

export function addResultCommands(runs: Command, leaf: Leaf): void {
  const load = () => import('./commands/results.ts');

  leaf(runs, 'results', 'what a run made: every output against upstream’s list, hashed on this computer')
    .argument('[run]', RUN, 'latest')
    .option('--all', 'list every output, not only those that are not as they should be')
    .option('--again', 'read the disks again')
    .addHelpText(
      'after',
      `
equal: read from the disk and hashed here; seen: the machine’s own check said OK, and a later build replaced it; different: other
bytes than upstream’s list; missing: built, and not there; unchecked: the run did not come to it. Exit code 1 when any is different
or missing. No root is needed: the file system is read by Seedbed itself.`,
    )
    .action(async (name: string, options: Json) => {
      await (await load()).results(name, options);
    });
  leaf(runs, 'extract', 'copy files out of the disk of a run (default: packages, kernel, checksums)')
    .argument('<run>', RUN)
    .argument('[paths...]', 'files and folders on the disk, such as /etc or /boot/vmlinuz')
    .requiredOption('--to <folder>', 'the folder that they go into, under their paths')
    .action(async (name: string, paths: string[], options: Json) => {
      await (await load()).extract(name, paths, options);
    });
  leaf(runs, 'boot', 'start the finished system in QEMU, here in the terminal; its disk stays as it is')
    .argument('[run]', RUN, 'latest')
    .option('--memory <MiB>', 'memory of the machine', wholeNumber(256, 1_048_576), 2048)
    .option('--cores <number>', 'processors of the machine', wholeNumber(1, 256), 2)
    .option('--print', 'print the command instead of running it')
    .action(async (name: string, options: Json) => {
      await (await load()).boot(name, options);
    });
  leaf(runs, 'compare', 'two runs side by side: inputs, outputs by hash, steps by time')
    .argument('<a>', RUN)
    .argument('<b>', 'the other one')
    .option('--all', 'list also what is the same')
    .action(async (a: string, b: string, options: Json) => {
      await (await load()).compare(a, b, options);
    });
  leaf(runs, 'export', 'a run as one archive: record, events, log, results; no disks')
    .argument('[run]', RUN, 'latest')
    .requiredOption('--out <file>', 'the archive, a .tar.gz')
    .option('--force', 'replace what is there')
    .action(async (name: string, options: Json) => {
      await (await load()).exportRun(name, options);
    });
}
