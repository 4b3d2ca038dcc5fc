// seedbed runs serial-ports, runs capture-serial, and the serial options of runs attach.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_BAUD } from '../shared/model/serial.ts';
import type { Json } from './program.ts';

type Leaf = (parent: Command, name: string, description: string) => Command;

export function serialOptions(attach: Command): Command {
  return attach
    .option(
      '--serial <device>',
      'no run yet: make one of a real machine, behind this serial port of this computer',
    )
    .addOption(
      new Option('--baud <rate>', 'bits a second of that port').argParser(baudRate).default(DEFAULT_BAUD),
    )
    .option(
      '--image <image>',
      'what that machine boots: a file, or an id of image list; else its first lines tell',
    )
    .option('--detach', 'with --serial: come back at once; the capture goes on')
    .addHelpText(
      'after',
      `
A real machine: seedbed runs attach --serial /dev/ttyUSB0 --image boot-check-…
The capture outlives this program, waits for a port that was pulled, and ends at the verdict or with runs stop. A machine
whose image was made for the screen (console=screen) is silent from Fiwix on; before that it depends on the BIOS.`,
    );
}

export function addSerialCommands(runs: Command, leaf: Leaf): void {
  leaf(runs, 'serial-ports', 'list the serial ports of this computer').action(async (options: Json) => {
    await (await import('./commands/serial.ts')).ports(options);
  });
  leaf(
    runs,
    'capture-serial',
    'read a port into the log of the run whose folder this is (runs attach starts it)',
  )
    .argument('<device>')
    .addOption(new Option('--baud <rate>').argParser(baudRate).default(DEFAULT_BAUD))
    .action(async (device: string, options: Json & { baud: number }) => {
      await (await import('./commands/serial.ts')).capture(device, options);
    });
}

function baudRate(text: string): number {
  const rate = Number(text);
  if (!/^\d{2,7}$/.test(text) || rate < 50 || rate > 4_000_000)
    throw new InvalidArgumentError('It takes bits a second, such as 115200.');
  return rate;
}
