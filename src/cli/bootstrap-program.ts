// seedbed bootstrap: the command and its help.
import type { Command } from 'commander';
import { Option } from 'commander';
import type { BootstrapStage } from '../shared/model/bootstrap.ts';
import type { Leaf } from './distfiles-program.ts';
import { wholeNumber } from './image-program.ts';
import type { Json } from './program.ts';

/** Here again: the schema would be loaded for every --help. */
const STAGES: BootstrapStage[] = ['checkout', 'distfiles', 'images', 'run'];

export function addBootstrapCommand(program: Command, leaf: Leaf): void {
  leaf(
    program,
    'bootstrap',
    'everything at once: checkout, distfiles, disks, run; goes on where it was ended',
  )
    .option('--checkout <folder>', 'live-bootstrap: a folder, or an id of checkout list (default: fetched)')
    .option('--commit <commit>', 'which live-bootstrap is fetched: a commit, a tag or a branch')
    .option('--from <address>', 'where live-bootstrap is: an address, a folder, a clone of yours')
    .option('--map <from=to...>', 'take repositories that begin with FROM from TO instead')
    .option('--map-file <file>', 'maps, one FROM=TO a line')
    .option('--only-x86', 'leave out the submodules for other processors')
    .option(
      '--goal <goal>',
      'stage0, end, or a step that ends the run as passed, such as tcc-0.9.27:2',
      'end',
    )
    .addOption(
      new Option(
        '--preset <name>',
        'offline: all distfiles on a second disk; online: the machine fetches later ones from this computer',
      ).choices(['offline', 'online']),
    )
    .addOption(
      new Option(
        '--in <place>',
        'what it runs in: a machine, or a sandbox on this kernel (seedbed sandbox list)',
      )
        .choices(['qemu', 'bwrap', 'chroot'])
        .default('qemu'),
    )
    .addOption(new Option('--to <stage>', 'end after this stage').choices(STAGES).default('run'))
    .option('--continue <run>', 'give the machine what this run has built; the new run is marked as assisted')
    .option('--new-run', 'start another run though one of the same image lives')
    .option('--mirror <url...>', 'mirrors that distfiles are fetched from before all others')
    .option('--folder <folder...>', 'folders that are searched for distfiles by hash first')
    .option('--no-mirrors', 'do not fetch from the built-in mirrors')
    .option('--no-upstream', 'do not fetch from the addresses in the sources files')
    .option('--no-archives', 'do not ask archives by hash')
    .option('--no-git', 'do not clone repositories for snapshots')
    .addOption(
      new Option('--accel <name>', 'what executes the guest')
        .choices(['auto', 'kvm', 'hvf', 'whpx', 'tcg'])
        .default('auto'),
    )
    .option(
      '--memory <MiB>',
      'memory of the machine (default: fitted to this computer)',
      wholeNumber(256, 1_048_576),
    )
    .option(
      '--cores <number>',
      'processors of the machine (default: fitted to this computer)',
      wholeNumber(1, 256),
    )
    .option('--checkpoints', 'save memory and disks at each jump to another kernel')
    .option('--detach', 'come back as soon as QEMU runs; look at it later with runs show')
    .option('--quiet', 'milestones instead of the whole console')
    .addHelpText(
      'after',
      `
Nothing has to be chosen. Where all 310 distfiles can be had they travel on a second disk, and the machine needs no network; else
those that it needs first travel on the boot disk, and a mirror on this computer serves the others to it (10.0.2.2 in the machine).
Ctrl-C before the run keeps what is there, and the same command goes on; Ctrl-C during the run leaves the run running.`,
    )
    .action(async (options: Json) => {
      await (await import('./commands/bootstrap.ts')).bootstrap(options);
    });
}
