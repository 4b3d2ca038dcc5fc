// seedbed image checklist and seedbed log explain-screen: before and after a run on a real machine.
import { type Command, Option } from 'commander';
import { TargetBus } from '../shared/model/bare-metal.ts';
import type { Json } from './program.ts';

type Leaf = (parent: Command, name: string, description: string) => Command;

export function addChecklistCommand(image: Command, leaf: Leaf): void {
  leaf(image, 'checklist', 'what to do before this image starts a real machine: BIOS, drives, DISK=, network')
    .argument('<image>', 'a file, or an id of image list')
    .addOption(busOption('--boot-on <bus>', 'how the drive that it starts from will be attached there'))
    .addOption(busOption('--external-on <bus>', 'how the second drive will be attached there'))
    .option('--html <file>', 'write it as one HTML file to print')
    .action(async (name: string, options: Json) => {
      await (await import('./commands/bare-metal.ts')).checklist(name, options);
    });
}

export function addScreenCommand(log: Command, leaf: Leaf): void {
  leaf(
    log,
    'explain-screen',
    'explain what the boot check said on a real machine’s screen, as somebody typed it',
  )
    .argument('[file]', 'the typed text; standard input without it')
    .option(
      '--image <image>',
      'the boot check that was started: its entries and sums are held against the text',
    )
    .addHelpText(
      'after',
      '\nThe last line is enough; typing mistakes, cut rows and missing lines are understood. Exit code 0 means: passed.',
    )
    .action(async (file: string | undefined, options: Json) => {
      await (await import('./commands/bare-metal.ts')).explainScreen(file, options);
    });
}

function busOption(flags: string, description: string): Option {
  return new Option(flags, description).choices(TargetBus.options);
}
