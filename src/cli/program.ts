// The commands and their help. Nothing heavy is loaded here: each action imports what it needs, so that --help is quick.
import { Command, Option } from 'commander';
import { SEEDBED_VERSION } from '../engine/version.ts';
import { addBlobsCommand, addChainCommands, addSbomCommand } from './audit-program.ts';
import { addChecklistCommand, addScreenCommand } from './bare-metal-program.ts';
import { addBootstrapCommand } from './bootstrap-program.ts';
import { addCheckoutCommands } from './checkout-program.ts';
import { addDistfileCommands } from './distfiles-program.ts';
import { addDriveCommands } from './drives-program.ts';
import { addFlashCommands } from './flash-program.ts';
import { addImageReadingCommands } from './image-reading-program.ts';
import { imageOptions, runGoalOption, wholeNumber } from './image-program.ts';
import { addMachineCommands, machineOptions } from './machine-program.ts';
import { addMirrorCommands, addSettingsCommands } from './mirror-program.ts';
import { addSandboxCommands } from './sandbox-program.ts';
import { addResultCommands } from './results-program.ts';
import { addDdcCommand, addSeedAuditCommands } from './seed-audit-program.ts';
import { addTrustReportCommand } from './trust-program.ts';
import { DEFAULT_MEMORY_MIB } from '../shared/limits.ts';

const EXAMPLES = `
Examples:
  seedbed bootstrap                                 everything at once: sources, disks, run (hours); goes on where it ended
  seedbed run                                       build the boot check, boot it in QEMU, print its verdict (seconds)
  seedbed run --checkout DIR --goal stage0          from a checkout to 19 self-verified tools (about 20 minutes, no downloads)
  seedbed run --preset offline --checkout DIR       the whole bootstrap, from the distfiles in the store (hours)
  seedbed runs show                                 where the latest run is; attaches while it is alive
  seedbed log explain FILE                          what any live-bootstrap console log says
  seedbed serve                                     the same in a web browser

Words: a checkout is a folder of live-bootstrap's sources; a distfile is one upstream source archive; an image is a
file that Seedbed writes; a run is one QEMU execution of an image. Everything is kept in $SEEDBED_HOME
(default: the data folder of your platform; seedbed doctor shows it).`;

export function createProgram(): Command {
  const program = new Command('seedbed')
    .description('Full-source bootstrapping in one click: prepare, run and watch live-bootstrap.')
    .version(SEEDBED_VERSION, '-V, --version')
    .helpCommand(false)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', EXAMPLES);

  leaf(program, 'doctor', 'check this machine: git, QEMU, accelerators, memory, space').action(
    async (options: Json) => {
      await (await import('./commands/doctor.ts')).doctor(options);
    },
  );

  addBootstrapCommand(program, leaf);
  addImageCommands(group(program, 'image', 'build and look at images'));
  addRunCommand(program);
  const runs = group(program, 'runs', 'look at runs, follow and stop them, take out what they made');
  addRunsCommands(runs);
  addMachineCommands(runs, leaf);
  addResultCommands(runs, leaf);
  addSandboxCommands(group(program, 'sandbox', 'chroot and bubblewrap: what this computer can make'), leaf);
  addCheckoutCommands(group(program, 'checkout', 'get live-bootstrap itself, verify and carry it'), leaf);
  addDistfileCommands(group(program, 'distfiles', 'get the source archives, verify and keep them'), leaf);
  addDriveCommands(
    group(program, 'drives', 'drives of this computer: which are there, which may be written'),
    leaf,
  );
  addFlashCommands(program, leaf);
  addMirrorCommands(group(program, 'mirror', 'look at mirrors, make one, serve one'), leaf);
  const audit = group(program, 'audit', 'look into what a bootstrap stands on');
  addChainCommands(audit, leaf);
  addBlobsCommand(audit, leaf);
  addSeedAuditCommands(audit, leaf);
  addSbomCommand(program, leaf);
  addSettingsCommands(group(program, 'settings', 'what is remembered between commands'), leaf);

  const trust = group(program, 'trust', 'what a result rests on');
  addTrustReportCommand(trust, leaf);
  addDdcCommand(trust, leaf);
  const log = group(program, 'log', 'console logs from anywhere');
  addScreenCommand(log, leaf);
  leaf(log, 'explain', 'say where a console log got to, and why it ended')
    .argument('<file>', 'a serial or console log of live-bootstrap or of the boot check')
    .option('--steps', 'all steps of the manifest, not only those around the last one')
    .action(async (file: string, options: Json) => {
      await (await import('./commands/log.ts')).explain(file, options);
    });

  leaf(program, 'serve', 'open the browser host: the whole app in a web browser, on this machine only')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes any free one', wholeNumber(0, 65_535), 0)
    .option('--allow-drives', 'let pages ask for a drive to be written; each time a code is printed here')
    .addHelpText(
      'after',
      '\nThe printed address holds a secret token: who has it can start and stop runs. End with Ctrl-C; runs go on.',
    )
    .action(async (options: Json & { port: number; allowDrives?: boolean }) => {
      await (await import('./commands/serve.ts')).serve(options);
    });
  return program;
}

const BUILD_HELP = `
Presets set everything at once; seedbed image presets tells what each needs:
  seedbed image build --preset first-stage              first stage only, no distfiles
  seedbed image build --preset offline                  two disks with all distfiles; no network needed
  seedbed image build --preset bare-metal --disk sdb1   two disks for a real machine
  seedbed image build --preset offline --preflight      what is missing, how large it gets; nothing is written

With external sources there are two disks: boot.img starts, external.img carries the distfiles and becomes the new
system. DISK is never chosen for a real machine: it is formatted or taken over there without asking.`;

export interface Json {
  json?: boolean;
}

function addImageCommands(image: Command): void {
  imageOptions(
    leaf(
      image,
      'build',
      'build the disks of a bootstrap from a checkout (or the boot check, with --boot-check)',
    ),
  )
    .option('--boot-check', 'build Seedbed’s own boot check instead; needs no checkout')
    .option(
      '--out <file>',
      'write the first disk there, others and the record beside it (default: into the data folder)',
    )
    .option('--force', 'replace what is there')
    .option('--preflight', 'say what would be built, what hinders it and what is risky; write nothing')
    .option(
      '--memory <MiB>',
      'for --preflight: memory of the machine that will run it',
      wholeNumber(1, 16_777_216),
    )
    .addHelpText('after', BUILD_HELP)
    .action(async (options: Json) => {
      await (await import('./commands/image-build.ts')).build(options);
    });
  leaf(
    image,
    'presets',
    'what can be built, what each needs, and the overlays that change what is booted',
  ).action(async (options: Json) => {
    await (await import('./commands/image-build.ts')).presets(options);
  });
  addImageReadingCommands(image, leaf);
  addChecklistCommand(image, leaf);
  leaf(image, 'remove', 'delete an image from the data folder')
    .argument('<id>', 'the id that image list shows')
    .action(async (id: string, options: Json) => {
      await (await import('./commands/image.ts')).remove(id, options);
    });
}

function addRunCommand(program: Command): void {
  machineOptions(
    imageOptions(
      leaf(program, 'run', 'build what is needed, start QEMU, stream the console, say the verdict'),
      runGoalOption(),
    ),
  )
    .option('--image <image>', 'run this image: a file, or an id of image list')
    .addOption(
      new Option('--in <place>', 'what it runs in: a machine, or a sandbox on this kernel (needs --checkout)')
        .choices(['qemu', 'bwrap', 'chroot'])
        .default('qemu'),
    )
    .addOption(
      new Option(
        '--accel <name>',
        'what executes the guest: auto tries hardware (KVM, HVF, WHPX) by booting the boot check, then TCG',
      )
        .choices(['auto', 'kvm', 'hvf', 'whpx', 'tcg'])
        .default('auto'),
    )
    .option(
      '--memory <MiB>',
      'memory of the machine; builder-hex0 needs 3072',
      wholeNumber(256, 1_048_576),
      DEFAULT_MEMORY_MIB,
    )
    .option('--detach', 'come back as soon as QEMU runs; look at it later with runs show')
    .option('--quiet', 'milestones instead of the whole console')
    .addHelpText(
      'after',
      `
Without --checkout and --image it runs the boot check. Ctrl-C leaves the run running (the machine does not depend on this
program); seedbed runs stop ends it. Exit code 0 means that the run passed.`,
    )
    .action(async (options: Json) => {
      await (await import('./commands/run.ts')).run(options);
    });
}

function addRunsCommands(runs: Command): void {
  leaf(runs, 'list', 'list all runs, newest first').action(async (options: Json) => {
    await (await import('./commands/runs.ts')).list(options);
  });
  leaf(runs, 'show', 'where a run is and how it ended; while it is alive, attach and stay to the end')
    .argument('[run]', 'id of the run, or its beginning', 'latest')
    .option('--now', 'do not wait for the end')
    .option('--steps', 'all steps of the manifest with their times, not only those around the present one')
    .action(async (name: string, options: Json) => {
      await (await import('./commands/runs.ts')).show(name, options);
    });
  leaf(runs, 'log', 'print the serial log of a run')
    .argument('[run]', 'id of the run, or its beginning', 'latest')
    .option('-f, --follow', 'stay and print what comes, until the run ends')
    .option('--raw', 'the bytes as the machine sent them, control characters and all')
    .action(async (name: string, options: Json) => {
      await (await import('./commands/runs.ts')).log(name, options);
    });
  leaf(runs, 'events', 'print what happened in a run, with times')
    .argument('[run]', 'id of the run, or its beginning', 'latest')
    .action(async (name: string, options: Json) => {
      await (await import('./commands/runs.ts')).events(name, options);
    });
  leaf(runs, 'stop', 'end a run: ask QEMU to quit, then SIGTERM, then SIGKILL; its log and record stay')
    .argument('[run]', 'id of the run, or its beginning', 'latest')
    .action(async (name: string, options: Json) => {
      await (await import('./commands/runs.ts')).stop(name, options);
    });
  leaf(runs, 'remove', 'delete the folder of a run that has ended')
    .argument('<run>', 'id of the run, or its beginning')
    .action(async (name: string, options: Json) => {
      await (await import('./commands/runs.ts')).remove(name, options);
    });
}

function group(parent: Command, name: string, description: string): Command {
  return inherit(parent, new Command(name).description(description));
}

function leaf(parent: Command, name: string, description: string): Command {
  return inherit(
    parent,
    new Command(name).description(description).option('--json', 'print one JSON object'),
  );
}

function inherit(parent: Command, command: Command): Command {
  parent.addCommand(command.copyInheritedSettings(parent).helpCommand(false));
  return command;
}
