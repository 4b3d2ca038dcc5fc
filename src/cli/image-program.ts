// The options of what is built; `image build` and `run` share them. Nothing heavy is loaded here.
import { type Command, InvalidArgumentError, Option } from 'commander';

const STAGE0 = 'stage0: no distfiles; passed when 19 tools and script-generator have verified themselves';

/** A run's goal can also be a step of the manifest. */
export function runGoalOption(): Option {
  return new Option(
    '--goal <goal>',
    `${STAGE0}; end; or a step that ends the run as passed once it is done: tcc-0.9.27:2, jump:linux`,
  );
}

/** The one thing that the two commands share, in the order in which help shows it. */
export function imageOptions(
  command: Command,
  goal = new Option('--goal <goal>', STAGE0).choices(['stage0', 'end']),
): Command {
  return command
    .option('--preset <name>', 'start from a preset (see image presets); options given beside it win')
    .option(
      '--checkout <checkout>',
      'live-bootstrap with its submodules: a folder, an id of checkout list, a commit, or default',
    )
    .option(
      '--distfiles <folder>',
      'folder with the distfiles by name; without it they come from Seedbed’s store (distfiles fetch)',
    )
    .addOption(goal)
    .option('--cores <number>', 'processors of the machine (JOBS and FINAL_JOBS)', wholeNumber(1, 256))
    .option('--mirror <url...>', 'mirrors that the machine may use; plain http works throughout (MIRRORS)')
    .option('--external-sources', 'put all distfiles on a second disk: nothing is downloaded by the machine')
    .option('--repo <folder>', 'packages that were built before travel along; builds that match are skipped')
    .option('--early-preseed <tar>', 'a tar file takes the place of the early stages')
    .addOption(new Option('--machine <kind>', 'what will run it').choices(['qemu', 'bare-metal']))
    .option('--supplied-kernel', 'lay out one disk for a Linux kernel of yours instead of builder-hex0')
    .option(
      '--disk <name>',
      'Linux name on the machine of the disk that is taken over, such as sda or sdb1 (DISK)',
    )
    .addOption(
      new Option('--console <where>', 'where Fiwix and Linux print (BARE_METAL)').choices([
        'upstream',
        'serial',
        'screen',
      ]),
    )
    .option('--swap <MiB>', 'swap file once Linux is up, a plain number of MiB (SWAP_SIZE)', swapNumber)
    .option('--target-size <MiB>', 'size of the first disk at least, sparse (also 16G)', sizeInMiB)
    .option('--external-size <MiB>', 'size of the second disk, sparse (also 16G)', sizeInMiB)
    .option(
      '--overlay <name...>',
      'change what is booted: a built-in overlay (see image presets) or a folder laid out as the checkout',
    )
    .option('--interactive', 'shells on errors and at the end wait for a person')
    .option('--configurator', 'the machine asks for its configuration')
    .option('--force-timestamps', 'all times are 0 at the end')
    .option('--update-checksums', 'write new checksums of packages instead of comparing them')
    .option('--build-kernels', 'build kernels though none is needed')
    .option('--internal-ci <pass>', 'for upstream’s own tests')
    .option('--no-create-config', 'leave bootstrap.cfg to the checkout’s configurator or to an overlay');
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

const MOST_MIB = 2_097_152;

/** As rootfs.py reads --target-size: MiB, or with g or G GiB. */
function sizeInMiB(text: string): number {
  const [, digits = '', unit = 'M'] = /^(\d+)([gGmM]?)$/.exec(text) ?? [];
  const value = Number(digits) * (unit.toUpperCase() === 'G' ? 1024 : 1);
  if (digits === '' || value > MOST_MIB)
    throw new InvalidArgumentError(
      `It must be a number of MiB up to ${MOST_MIB}, or of GiB with G behind it.`,
    );
  return value;
}

/** steps/improve/swap.sh gives the number to dd as a count of MiB: 4G would be four thousand million of them. */
function swapNumber(text: string): number {
  const asGiB = /^(\d+)[gG]$/.exec(text)?.[1];
  if (asGiB !== undefined)
    throw new InvalidArgumentError(
      `SWAP_SIZE is a plain number of MiB; with a unit the machine would make a file far larger than any disk. Write ${Number(asGiB) * 1024}.`,
    );
  return wholeNumber(0, 1_048_576)(text);
}
