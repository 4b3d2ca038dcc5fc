// The commands around the machine of a run, and the options of `run` that shape it.
import { type Command, Option } from 'commander';
import type { Json } from './program.ts';
import { addSerialCommands, serialOptions } from './serial-program.ts';

type SimpleAction = 'pause' | 'power-down' | 'reset' | 'checkpoints' | 'statistics';
type Leaf = (parent: Command, name: string, description: string) => Command;

/** For `run`: what the machine is beyond memory, cores and accelerator. */
export function machineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--bus <name>', 'controller of the disks; the machine sees sda, sdb behind either')
        .choices(['ide', 'ahci'])
        .default('ide'),
    )
    .option('--kernel <file>', 'the Linux kernel that an image without builder-hex0 starts with')
    .option('--paused', 'stand still before the first instruction; go on with runs resume')
    .addOption(
      new Option('--on-fault <what>', 'when nothing more can come: end QEMU, or keep it for a look')
        .choices(['stop', 'keep'])
        .default('stop'),
    )
    .option(
      '--checkpoints',
      'write to overlays, so that memory and disks can be saved; also saves at jumps to other kernels',
    )
    .option(
      '--answers <file>',
      'type answers when the machine asks: a line “what the prompt begins with => what to type” each, in order',
    )
    .option('--print-command', 'print a script that starts this machine on a terminal; run nothing');
}

/** `runs pause`, `resume`, `screen` … */
export function addMachineCommands(runs: Command, leaf: Leaf): void {
  simple(runs, leaf, 'pause', 'let the machine stand still; nothing is lost');
  const resume = leaf(
    runs,
    'resume',
    'let a paused machine go on; or, with --from, start a new run from a checkpoint',
  )
    .alias('continue')
    .argument('[run]', 'id of the run, or its beginning', 'latest')
    .option('--from <checkpoint>', 'id of runs checkpoints, or latest: memory and disks as they were then')
    .option('--paused', 'with --from: restore, and stand still')
    .option('--detach', 'with --from: come back as soon as the machine runs');
  resume.action(async (name: string, options: Json) => {
    await (await import('./commands/machine.ts')).resume(name, options);
  });
  simple(runs, leaf, 'power-down', 'press the power button; a guest may not notice');
  simple(runs, leaf, 'reset', 'press the reset button; the disks stay as they are');
  leaf(runs, 'screen', 'write the VGA screen to a PNG file')
    .argument('[run]', 'id of the run, or its beginning', 'latest')
    .option('--out <file>', 'where to; by default screen-<run>.png here')
    .action(async (name: string, options: Json) => {
      await (await import('./commands/machine.ts')).screen(name, options);
    });
  leaf(runs, 'type', 'type on the serial console of a machine that asks')
    .argument('<run>', 'id of the run, or its beginning, or latest')
    .argument('<text>', 'what to type')
    .option('--no-enter', 'do not press Enter behind it')
    .action(async (name: string, text: string, options: Json) => {
      await (await import('./commands/machine.ts')).type(name, text, options);
    });
  serialOptions(
    leaf(runs, 'attach', 'this terminal becomes the console of the machine; Ctrl-] leaves, the run goes on'),
  )
    .argument('[run]', 'id of the run, or its beginning', 'latest')
    .action(async (name: string, options: Json & { serial?: string; baud: number }) => {
      const { serial } = options;
      if (serial === undefined) await (await import('./commands/attach.ts')).attach(name, options);
      else await (await import('./commands/serial.ts')).attachSerial({ ...options, serial });
    });
  addSerialCommands(runs, leaf);
  leaf(runs, 'checkpoint', 'save memory and disks of a run that was started with --checkpoints')
    .argument('[run]', 'id of the run, or its beginning', 'latest')
    .option('--label <words>', 'what to call it', 'checkpoint')
    .action(async (name: string, options: Json) => {
      await (await import('./commands/machine.ts')).checkpoint(name, options);
    });
  simple(runs, leaf, 'checkpoints', 'list what was saved of a run, and what it costs');
  leaf(runs, 'remove-checkpoint', 'delete one checkpoint; the others stay as they are')
    .argument('<run>', 'id of the run, or its beginning, or latest')
    .argument('<checkpoint>', 'id of runs checkpoints, or latest')
    .action(async (name: string, checkpoint: string, options: Json) => {
      await (await import('./commands/machine.ts')).removeCheckpoint(name, checkpoint, options);
    });
  simple(runs, leaf, 'statistics', 'what the disks of a machine have done, and what it costs this host');
  leaf(runs, 'command', 'print how QEMU was started, as a script that starts the same machine on a terminal')
    .argument('[run]', 'id of the run, or its beginning', 'latest')
    .addHelpText('after', '\nThe script needs no Seedbed. Nothing that its machine writes is kept.')
    .action(async (name: string, options: Json) => {
      await (await import('./commands/machine.ts')).command(name, options);
    });
}

function simple(runs: Command, leaf: Leaf, name: SimpleAction, description: string): void {
  leaf(runs, name, description)
    .argument('[run]', 'id of the run, or its beginning', 'latest')
    .action(async (run: string, options: Json) => {
      await (await import('./commands/machine.ts')).MACHINE_ACTIONS[name](run, options);
    });
}
