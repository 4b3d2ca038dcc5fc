// seedbed audit why|chain|blobs, seedbed sbom: the commands and their help.
import { type Command, Option } from 'commander';
import type { Leaf } from './distfiles-program.ts';
import type { Json } from './program.ts';

const CHECKOUT = 'the checkout: a folder, or an id of checkout list';

export function addChainCommands(audit: Command, leaf: Leaf): void {
  const load = () => import('./commands/chain.ts');

  leaf(audit, 'why', 'why something is there: its ways down to the boot sector, each step with file and line')
    .argument(
      '<name>',
      'a step such as gcc-15.2.0, one of its builds such as musl-1.1.24#2, a file such as /x86/bin/M1',
    )
    .option('--checkout <folder>', CHECKOUT, 'default')
    .option('--all', 'also everything that it needs and that needs it')
    .action(async (name: string, options: Json & { checkout: string }) => {
      await (await load()).why(name, options);
    });
  leaf(audit, 'chain', 'what is made by what, from the boot sector to the last package')
    .option('--checkout <folder>', CHECKOUT, 'default')
    .addOption(new Option('--format <format>', 'print the whole as a file').choices(['svg', 'dot', 'json']))
    .option('--node <name>', 'with --format svg: whose ways are drawn strongly')
    .option('--out <file>', 'with --format: write there instead of printing')
    .option('--force', 'replace what is there')
    .addHelpText(
      'after',
      `
It is read in the checkout: the kaem scripts of stage0-posix and seed, the step manifest as a kernel bootstrap evaluates it, each
step's script, Makefiles and sources. "in force" stands where no word names the tool: it is what configure, make and the shell
find at that time. Libraries that a build finds without being told are not seen. Exit code 1 when a part does not reach the seed.`,
    )
    .action(async (options: Json & { checkout: string }) => {
      await (await load()).chain(options);
    });
}

export function addBlobsCommand(audit: Command, leaf: Leaf): void {
  leaf(audit, 'blobs', 'every file that is no text: in the checkout, and in the stored distfiles')
    .argument('[names...]', 'only these distfiles')
    .option('--checkout <folder>', CHECKOUT, 'default')
    .option('--no-distfiles', 'only the checkout')
    .option('--all', 'list every file, not only the first of each distfile')
    .addHelpText(
      'after',
      `
A seed is explained when hex text beside it says the very same bytes; everything else is listed. In distfiles, also what a program
made is counted: configure scripts, parsers, catalogues. Archives are opened as they are read, also one within another; nothing is
unpacked to disk. xz and bzip2 open their kinds where they are installed. Exit code 1 when the checkout has a file that is neither
text nor an explained seed.`,
    )
    .action(async (names: string[], options) => {
      // Commander has checked the options by their declarations above.
      const { blobs } = await import('./commands/blobs.ts');
      await blobs(names, options as Parameters<typeof blobs>[1]);
    });
}

export function addSbomCommand(program: Command, leaf: Leaf): void {
  leaf(
    program,
    'sbom',
    'a bill of materials: every source archive with its hash, address and what becomes of it',
  )
    .option('--checkout <folder>', CHECKOUT, 'default')
    .addOption(
      new Option('--format <format>', 'CycloneDX 1.6 JSON, or CSV with name,type,usage,url,checksum')
        .choices(['cyclonedx', 'csv'])
        .default('cyclonedx'),
    )
    .option('--image <id>', 'of an image that was built from the checkout: what is on its disks')
    .option('--out <file>', 'write there instead of printing')
    .option('--force', 'replace what is there')
    .addHelpText(
      'after',
      `
Derived from the step manifest, the sources files and the uninstall lines; nothing in it is kept by hand. "linked into final
system": a build that takes the file is there at the end; what it left in others' files is not traced. The same inputs give the
same bytes; there is no time in it unless SOURCE_DATE_EPOCH is set.`,
    )
    .action(async (options) => {
      // Commander has checked the options by their declarations above.
      const { sbom } = await import('./commands/sbom.ts');
      await sbom(options as Parameters<typeof sbom>[0]);
    });
}
