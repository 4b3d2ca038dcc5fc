// seedbed mirror … and seedbed settings …: the commands and their help.
import type { Command } from 'commander';
import { fetchOptions, type Leaf } from './distfiles-program.ts';
import type { Json } from './program.ts';

export function addMirrorCommands(mirror: Command, leaf: Leaf): void {
  const load = () => import('./commands/mirror.ts');

  leaf(mirror, 'list', 'the mirrors that are asked, best first, and how they were last time').action(
    async (options: Json) => {
      await (await load()).list(options);
    },
  );
  leaf(mirror, 'check', 'ask mirrors whether they are alive and what they have')
    .argument('[urls...]', 'these instead of those that are known')
    .option('--checkout <folder>', 'whose files they are asked for')
    .option('--all', 'ask for every file instead of a sample')
    .action(async (urls: string[], options: Json) => {
      await (await load()).check(urls, options);
    });
  fetchOptions(
    leaf(mirror, 'create', 'make a mirror in a folder: all sources of all steps, snapshots too, by name')
      .argument('<folder>')
      .option('--checkout <folder>', 'live-bootstrap, or the id of a checkout that Seedbed keeps'),
  )
    .addHelpText('after', '\nThe next time only changes are fetched and written.')
    .action(async (folder: string, options: Json) => {
      await (await load()).create(folder, options);
    });
  leaf(mirror, 'serve', 'serve a folder or the stored files over plain http, read-only')
    .option('--folder <folder>', 'this folder, by its names')
    .option('--checkout <folder>', 'the stored files, by the names that this checkout gives them')
    .option(
      '--listen <address>',
      'address and port; 127.0.0.1 is reached from this computer only',
      '127.0.0.1:0',
    )
    .option(
      '--while-needed <seconds>',
      'end with the runs that ask this port; so long it waits for the first (seedbed bootstrap uses it)',
      Number,
    )
    .addHelpText(
      'after',
      `
In a QEMU guest the host's 127.0.0.1 is 10.0.2.2. Everything is verified again by whoever fetches it: plain http is enough.
--listen 0.0.0.0:8080 serves the whole network. End with Ctrl-C.`,
    )
    .action(async (options: Json) => {
      await (await load()).serve(options);
    });
}

export function addSettingsCommands(settings: Command, leaf: Leaf): void {
  const load = () => import('./commands/settings.ts');

  leaf(settings, 'show', 'print the settings').action(async (options: Json) => {
    await (await load()).show(options);
  });
  leaf(settings, 'set', 'change one setting')
    .argument('<key>', 'as settings show prints it, such as distfiles.git')
    .argument(
      '<value>',
      'true, false, a number, a word, or a list with commas (empty: none); checkout.map takes FROM=TO',
    )
    .action(async (key: string, value: string, options: Json) => {
      await (await load()).set(key, value, options);
    });
  leaf(settings, 'add-folder', 'search this folder for distfiles before anything is downloaded')
    .argument('<folder>')
    .action(async (folder: string, options: Json) => {
      await (await load()).addFolder(folder, options);
    });
  leaf(settings, 'remove-folder', 'do not search this folder any more')
    .argument('<folder>')
    .action(async (folder: string, options: Json) => {
      await (await load()).removeFolder(folder, options);
    });
}
