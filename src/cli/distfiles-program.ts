// seedbed distfiles …: the commands and their help. Loaded with the program; each action imports what it needs.
import type { Command } from 'commander';
import type { Json } from './program.ts';

export type Leaf = (parent: Command, name: string, description: string) => Command;

export function addDistfileCommands(distfiles: Command, leaf: Leaf): void {
  const load = () => import('./commands/distfiles.ts');
  const loadEvidence = () => import('./commands/distfile-evidence.ts');

  fetchOptions(
    selectOptions(
      leaf(distfiles, 'fetch', 'get what is missing, from wherever it may be had, and verify it'),
    ),
  )
    .addHelpText(
      'after',
      `
Asked in this order: the store, your folders (by hash, whatever the names), live-bootstrap's mirrors, upstream's addresses,
archives that give files by hash (nixpkgs, Guix), and for snapshots without an address git archive. Only a file with the right
sha256 is kept. Ctrl-C keeps what is there; the same command goes on. seedbed settings chooses who is asked.`,
    )
    .action(async (names: string[], options: Json) => {
      await (await load()).fetch(names, options);
    });
  selectOptions(leaf(distfiles, 'status', 'what is there and what is missing'))
    .option('--missing', 'list what is missing: sha256, addresses, and what each source said last')
    .option('--all', 'list every file with its state, size, steps and where it came from')
    .action(async (names: string[], options: Json) => {
      await (await load()).status(names, options);
    });
  checkoutOption(
    leaf(distfiles, 'verify', 'hash every stored file again (with --checkout: those that it wants)'),
  ).action(async (options: Json) => {
    await (await load()).verify(options);
  });
  fetchOptions(
    selectOptions(
      leaf(
        distfiles,
        'confirm',
        'ask the other sources of what is stored for the same bytes; keeps who agrees',
      ),
    ),
  )
    .addHelpText(
      'after',
      `
A file with the right sha256 is the right one wherever it came from; that several sources have it tells more about the hash itself.
Nothing that comes is stored. Sources that gave the same before are not asked again. distfiles show says what is known.`,
    )
    .action(async (names: string[], options: Json) => {
      await (await loadEvidence()).confirm(names, options);
    });
  selectOptions(
    leaf(
      distfiles,
      'show',
      'each file: what needs it, who is asked for it in which order, where it came from, who agrees',
    ),
  ).action(async (names: string[], options: Json) => {
    await (await loadEvidence()).show(names, options);
  });
  checkoutOption(
    leaf(distfiles, 'signature', 'hold a stored file against upstream’s OpenPGP signature and a public key'),
  )
    .argument('<name>', 'the distfile')
    .option('--signature <file>', 'the detached signature: .sig, .asc or .sign')
    .option('--fetch', 'look for the signature beside the file at upstream’s own addresses instead')
    .requiredOption('--key <file>', 'public keys, armoured or binary; the one that made it is taken')
    .addHelpText(
      'after',
      `
modern: it fits, by means that are taken today; weak: it fits, but by DSA, SHA-1, short RSA or an expired key; wrong: it does not
fit; none: --fetch found none. A .sign may also be over what the file holds uncompressed, as at kernel.org. The key is never
fetched: where it comes from is for you to judge. A signature tells who released a file, not what is in it. Exit code 1 when it
is wrong, or when there is none.`,
    )
    .action(async (name: string, options) => {
      // Commander has checked the options by their declarations above.
      const { signature } = await import('./commands/signature.ts');
      await signature(name, options as Parameters<typeof signature>[1]);
    });
  checkoutOption(
    leaf(distfiles, 'import', 'take what is wanted out of a folder, by hash, and list what is still missing'),
  )
    .argument('<folder>', 'a USB stick, another store, any folder')
    .action(async (folder: string, options: Json) => {
      await (await load()).importFrom(folder, options);
    });
  checkoutOption(leaf(distfiles, 'export', 'write the files into a folder, by name'))
    .argument('<folder>')
    .option('--pre-network', 'only what the machine needs before it has a network')
    .action(async (folder: string, options: Json) => {
      await (await load()).exportTo(folder, options);
    });
  leaf(distfiles, 'prune', 'remove half-fetched files and those that were set aside')
    .option('--dry-run', 'say what would be removed')
    .option('--unwanted', 'also stored files that none of the checkouts named with --checkout wants')
    .option('--git', 'also the clones that snapshots are made from')
    .option('--checkout <folder...>', 'with --unwanted: whose files are kept')
    .action(async (options: Json) => {
      await (await load()).prune(options);
    });
}

function checkoutOption(command: Command): Command {
  return command.option(
    '--checkout <folder>',
    'live-bootstrap: a folder, or an id of checkout list (default: the default checkout)',
  );
}

function selectOptions(command: Command): Command {
  return checkoutOption(command)
    .argument('[names...]', 'only these files')
    .option('--pre-network', 'only what the machine needs before it has a network');
}

/** Shared with `mirror create`. */
export function fetchOptions(command: Command): Command {
  return command
    .option('--mirror <url...>', 'mirrors that are asked before all others')
    .option('--folder <folder...>', 'folders that are searched by hash first')
    .option('--no-mirrors', 'do not ask the built-in mirrors')
    .option('--no-upstream', 'do not ask the addresses in the sources files')
    .option('--no-archives', 'do not ask archives by hash')
    .option('--no-git', 'do not clone repositories for snapshots')
    .option('--parallel <number>', 'files at a time', Number);
}
