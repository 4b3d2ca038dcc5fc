// seedbed checkout …: the commands and their help. Loaded with the program; each action imports what it needs.
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Leaf } from './distfiles-program.ts';
import type { Json } from './program.ts';

const AGAINST =
  'compare with the commits of this fetched checkout instead: for folders without git, or at other commits';
const CHECKOUT = 'a folder, an id of checkout list (its beginning will do), or default';

export function addCheckoutCommands(checkout: Command, leaf: Leaf): void {
  const load = () => import('./commands/checkout.ts');
  const loadManifest = () => import('./commands/manifest.ts');

  leaf(checkout, 'fetch', 'get live-bootstrap with all its submodules, at the commits that the tree records')
    .option(
      '--commit <commit>',
      'a commit, a tag or a branch (default: the commit that Seedbed was tested with)',
    )
    .option('--from <address>', 'where live-bootstrap is: an address, a folder, a clone of yours')
    .option('--map <from=to...>', 'take what begins with FROM from TO instead')
    .option('--map-file <file>', 'maps, one FROM=TO a line')
    .option('--only-x86', 'leave out the submodules for other processors')
    .addHelpText(
      'after',
      `
In FROM, {owner} and {name} stand for parts of an address, and are filled in where TO has them:
  --map 'https://github.com/{owner}/{name}=file:///srv/git/{owner}/{name}.git'
git's own insteadOf is honoured too, and maps in the settings (seedbed settings show). Every object is checked against its name,
so that a mirror cannot change one. Ctrl-C keeps the repositories that are there; the same command goes on with the others.`,
    )
    .action(async (options: Json) => {
      await (await load()).fetch(options);
    });
  leaf(
    checkout,
    'verify',
    'compare every file with the commits: strays, altered and missing files, moved submodules, tags',
  )
    .argument('[checkout]', CHECKOUT, 'default')
    .option('--remote', 'also ask the servers whether their tags still lead to the same commits')
    .option('--against <id>', AGAINST)
    .action(async (name: string, options: Json) => {
      await (await load()).verify(name, options);
    });
  leaf(checkout, 'use', 'remember a folder of your own, and show how it differs from its commits')
    .argument('<folder>', 'live-bootstrap with its submodules; nothing in it is written')
    .option('--against <id>', AGAINST)
    .action(async (folder: string, options: Json) => {
      await (await load()).use(folder, options);
    });
  leaf(checkout, 'export', 'write a checkout into one file for a machine without a network')
    .argument('<file>', 'a plain tar archive; unpacked by hand it is an ordinary clone')
    .option('--checkout <id>', 'which one', 'default')
    .option('--distfiles', 'and the distfiles that are stored here')
    .option('--force', 'replace what is there')
    .action(async (file: string, options: Json) => {
      await (await load()).exportTo(file, options);
    });
  leaf(checkout, 'import', 'take in a file that checkout export wrote, with its distfiles')
    .argument('<file>')
    .action(async (file: string, options: Json) => {
      await (await load()).importFrom(file, options);
    });
  leaf(checkout, 'list', 'list the checkouts').action(async (options: Json) => {
    await (await load()).list(options);
  });
  leaf(checkout, 'show', 'say what a checkout is and where each part came from')
    .argument('[checkout]', 'an id of checkout list, or default', 'default')
    .action(async (name: string, options: Json) => {
      await (await load()).show(name, options);
    });
  leaf(checkout, 'remove', 'delete a fetched checkout; of a folder of your own forget only that it is known')
    .argument('<checkout>', 'an id of checkout list')
    .action(async (name: string, options: Json) => {
      await (await load()).remove(name, options);
    });
  leaf(
    checkout,
    'manifest',
    'what the step manifest comes to: scripts, builds with their passes, when which distfile is needed',
  )
    .argument('[checkout]', CHECKOUT, 'default')
    .addOption(
      new Option('--mode <mode>', 'how the bootstrap is started')
        .choices(['kernel-bootstrap', 'kernel', 'chroot'])
        .default('kernel-bootstrap'),
    )
    .option('--set <name=value...>', 'variables of bootstrap.cfg, such as INTERACTIVE=True')
    .option(
      '--distfiles',
      'list the distfiles instead: when each is needed, and where the machine can get it then',
    )
    .action(async (name: string, options: Json) => {
      await (await loadManifest()).manifest(name, options);
    });
}
