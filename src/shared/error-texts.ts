// The catalogue: per code a message (what happened) and a hint (what to do now), as functions of the error's data.
import { type ErrorCode, type ErrorData, type SeedbedError, toSeedbedError } from './errors.ts';
import { formatBytes } from './units.ts';

interface Text<C extends ErrorCode> {
  message: (data: ErrorData[C]) => string;
  hint: (data: ErrorData[C]) => string;
}

const FETCH_COMMAND =
  'Clone live-bootstrap with all its submodules: git clone --recurse-submodules https://github.com/fosslinux/live-bootstrap';

const TEXTS: { [C in ErrorCode]: Text<C> } = {
  HEX0_INVALID: {
    message: (d) => `${d.file}:${d.line}:${d.column}: ${d.reason}`,
    hint: () =>
      'hex0 text holds pairs of hexadecimal digits and comments that begin with # or ;. Correct that place in the file.',
  },
  CHECKOUT_INVALID: {
    message: (d) => `${d.path} is not a live-bootstrap checkout: ${d.missing} is missing.`,
    hint: () => `Name the folder that holds steps/manifest. ${FETCH_COMMAND}`,
  },
  CHECKOUT_SUBMODULE_MISSING: {
    message: (d) => `The checkout ${d.path} lacks its submodule ${d.submodule}: the folder is empty.`,
    hint: (d) => `Run: git -C ${quote(d.path)} submodule update --init --recursive`,
  },
  CHECKOUT_UNREADABLE: {
    message: (d) => `${d.file}:${d.line}: ${d.reason}`,
    hint: () =>
      'The checkout was changed or is of a version that Seedbed does not know. Compare the file with its commit: git diff.',
  },
  CHECKOUT_NOT_FOUND: {
    message: (d) => `There is no checkout ${d.checkout}.`,
    hint: () => 'List the checkouts: seedbed checkout list   Fetch one: seedbed checkout fetch',
  },
  CHECKOUT_AMBIGUOUS: {
    message: (d) => `${d.checkout} means more than one checkout: ${d.matches}.`,
    hint: () => 'Give more of the commit.',
  },
  CHECKOUT_BUSY: {
    message: (d) => `Another Seedbed is working on the checkout ${d.checkout}.`,
    hint: () => 'Wait until it has ended, or cancel it there.',
  },
  CHECKOUT_FETCH_FAILED: {
    message: (d) =>
      `${d.repository} could not be fetched from ${d.address}: ${d.reason}${d.others.length > 0 ? ` Neither could ${d.others.join(', ')}.` : ''}`,
    hint: () =>
      'What was fetched is kept: do it again when the server answers, or name a mirror of that repository: --map FROM=TO',
  },
  CHECKOUT_SUBMODULES_UNAVAILABLE: {
    message: (d) =>
      `${d.submodules.length === 1 ? 'One submodule' : `${d.submodules.length} submodules`} that x86 does not need could not be fetched: ${d.submodules.join(', ')}. ${d.reason}`,
    hint: () =>
      'Everything else is fetched and kept. Do it again when the server answers, or leave them out with --only-x86; an image will then lack their files and differ from other people’s.',
  },
  CHECKOUT_COMMIT_MISSING: {
    message: (d) => `${d.address} does not have the commit ${d.commit} of ${d.repository}.`,
    hint: () => 'The server may have lost or rewritten its history. Take another with --from or --map.',
  },
  CHECKOUT_TAG_REWRITTEN: {
    message: (d) =>
      `The tag ${d.tag} at ${d.address} was rewritten: it was ${d.recorded} when it was first fetched, now it is ${d.found}.`,
    hint: () => 'Find out why before you trust it. A commit that you name in full cannot be rewritten.',
  },
  CHECKOUT_OBJECT_DAMAGED: {
    message: (d) => `The git object ${d.object} of ${d.repository} is not sound: ${d.reason}.`,
    hint: () => 'Fetch the checkout again: seedbed checkout fetch',
  },
  CHECKOUT_NAME_REFUSED: {
    message: (d) =>
      `${d.repository} holds the name ${JSON.stringify(d.path)}, which cannot be put on disk: ${d.reason}.`,
    hint: () => 'That is no ordinary live-bootstrap. Take a commit that you know.',
  },
  CHECKOUT_NOT_EXPORTABLE: {
    message: (d) => `The checkout ${d.checkout} cannot be exported: ${d.reason}.`,
    hint: () =>
      'Only what Seedbed fetched or imported can be exported. Fetch from your own folder first: seedbed checkout fetch --from DIR',
  },
  CHECKOUT_ARCHIVE_INVALID: {
    message: (d) => `${d.path} is not a checkout archive that Seedbed can take in: ${d.reason}.`,
    hint: () => 'Make it with seedbed checkout export, and copy it again if it came over a bad medium.',
  },
  ADDRESS_REFUSED: {
    message: (d) => `The address ${JSON.stringify(d.address)} is refused: ${d.reason}.`,
    hint: () =>
      'Addresses of repositories begin with https://, http://, git://, ssh:// or file://, or are a folder.',
  },
  GIT_NOT_FOUND: {
    message: () => 'git was not found.',
    hint: () =>
      'Install git 2.30 or newer (Debian: sudo apt install git), or take a folder or an archive that is there: seedbed checkout use, seedbed checkout import',
  },
  GIT_TOO_OLD: {
    message: (d) => `git ${d.version} is too old; ${d.minimum} is the oldest that works.`,
    hint: () => 'Install a newer git.',
  },
  FILE_EXISTS: {
    message: (d) => `${d.path} exists already.`,
    hint: () => 'Choose another name, or replace it with --force.',
  },
  STAGE2_MISFIT: {
    message: (d) =>
      d.statesLba === null
        ? `The stage2 of this checkout (${d.sizeBytes} bytes) does not say at which sector its source stream starts.`
        : `The stage2 of this checkout (${d.sizeBytes} bytes) reads its source stream from sector ${d.statesLba}, but its own text ends before sector ${d.needsLba}.`,
    hint: () =>
      'Use builder-hex0 at the commit that the checkout records: git submodule update --init builder-hex0',
  },
  STAGE1_MISFIT: {
    message: (d) =>
      `The stage1 of this checkout assembles to ${d.sizeBytes} bytes and cannot be a boot sector: ${d.reason}.`,
    hint: () =>
      'Use builder-hex0 at the commit that the checkout records: git submodule update --init builder-hex0',
  },
  SRCFS_NAME_REFUSED: {
    message: (d) => `The name ${JSON.stringify(d.path)} cannot go into a source stream: ${d.reason}.`,
    hint: () => 'Rename or remove that file in the checkout, then build again.',
  },
  SRCFS_BUDGET_EXCEEDED: {
    message: (d) =>
      `Too much for builder-hex0: ${d.what} is ${amount(d.actual, d.unit)}, the limit is ${amount(d.limit, d.unit)}.`,
    hint: () => 'Remove files that the bootstrap does not need from the checkout, then build again.',
  },
  EXT3_REFUSED: {
    message: (d) => `${JSON.stringify(d.path)} cannot go onto an ext3 disk: ${d.reason}.`,
    hint: () => 'Rename or remove it where it comes from, then build again.',
  },
  EXT3_LIMIT_EXCEEDED: {
    message: (d) =>
      `Too much for ext3: ${d.what} is ${amount(d.actual, d.unit)}, the limit is ${amount(d.limit, d.unit)}.`,
    hint: () => 'Leave something out, or split it, then build again.',
  },
  EXT3_TOO_SMALL: {
    message: (d) =>
      `The files do not fit: the ext3 partition has ${formatBytes(d.sizeBytes)}, they need ${formatBytes(d.neededBytes)}.`,
    hint: () =>
      'Choose a larger size for that disk: --external-size, or --target-size with a supplied kernel.',
  },
  CONFIGURATION_REFUSED: {
    message: (d) => `${d.why}${d.others > 0 ? ` (And ${d.others} more.)` : ''}`,
    hint: (d) => d.hint,
  },
  OVERLAY_REFUSED: {
    message: (d) =>
      `The overlay ${d.overlay} cannot be used${d.path === '' ? '' : `: ${d.path}`}: ${d.reason}.`,
    hint: () =>
      'An overlay is a folder with files laid out as in the checkout: steps/after/90-mine.sh, steps/improve/swap.sh, …',
  },
  DISTFILE_MISSING: {
    message: (d) =>
      `The distfile ${d.name} (needed by ${d.step}) is not in ${d.folder}${d.others > 0 ? `, and ${d.others} more are missing` : ''}.`,
    hint: (d) =>
      `Put a file with sha256 ${d.sha256} there, or build with --goal stage0, which needs no distfiles.`,
  },
  DISTFILES_INCOMPLETE: {
    message: (d) =>
      `${d.missing} of ${d.files} distfiles are missing${d.missing > 1 ? `, first ${d.first}` : `: ${d.first}`}: ${d.why}.`,
    hint: () =>
      'seedbed distfiles status --missing lists them with their addresses and what each source said. Fetch again later, name a mirror with --mirror, or bring them in with seedbed distfiles import.',
  },
  DISTFILES_BUSY: {
    message: (d) => `Another Seedbed is writing to the distfiles in ${d.path}.`,
    hint: () => 'Wait until it has finished, or cancel it there.',
  },
  DISTFILE_UNKNOWN: {
    message: (d) => `The checkout wants no distfile called ${d.name}.`,
    hint: () => 'seedbed distfiles status lists those that it wants.',
  },
  DISTFILE_MISMATCH: {
    message: (d) =>
      `The distfile ${d.name} is not what the checkout expects: sha256 is ${d.actual}, expected ${d.expected}.`,
    hint: (d) => `Delete ${d.path} and fetch it again, from another mirror if it stays wrong.`,
  },
  FILE_CHANGED: {
    message: (d) => `${d.path} changed while it was being read.`,
    hint: () => 'Let the program that writes it finish, then try again.',
  },
  IMAGE_EXISTS: {
    message: (d) => `${d.path} exists already.`,
    hint: () => 'Choose another name, or replace it with --force.',
  },
  IMAGE_UNREADABLE: {
    message: (d) => `${d.path} is not an image that Seedbed can read: ${d.reason}.`,
    hint: () => 'Name a boot image: one that Seedbed built, or live-bootstrap’s own init.img.',
  },
  IMAGE_NOT_FOUND: {
    message: (d) => `There is no image ${d.image}.`,
    hint: () => 'List the images: seedbed image list',
  },
  CONTENT_UNREADABLE: {
    message: (d) => `The file system in ${d.path} cannot be read: ${d.reason}.`,
    hint: () =>
      'It is damaged, or of a kind that Seedbed does not read: it reads ext2, ext3 and ext4. On Linux, e2fsck -fn FILE says more and changes nothing.',
  },
  CONTENT_NOT_FOUND: {
    message: (d) => `${d.path} holds nothing at ${d.content}.`,
    hint: () => 'Paths in an image begin with / and are written as the list of the folder above shows them.',
  },
  QEMU_NOT_FOUND: {
    message: (d) => `QEMU was not found (looked for ${d.tried}).`,
    hint: (d) => `Install it: ${d.install}`,
  },
  QEMU_TOO_OLD: {
    message: (d) => `QEMU ${d.version} at ${d.path} is too old; ${d.minimum} is the oldest that works.`,
    hint: (d) => `Install a newer one: ${d.install}`,
  },
  QEMU_START_FAILED: {
    message: (d) => `QEMU ended at once (${d.exit})${d.output === '' ? '.' : `: ${d.output}`}`,
    hint: () => 'Read QEMU’s own words above; seedbed doctor checks what a run needs.',
  },
  ACCELERATOR_UNAVAILABLE: {
    message: (d) => `The accelerator ${d.accelerator} does not work here: ${d.reason}`,
    hint: () => 'Use --accel auto or --accel tcg; TCG always works, but is slower.',
  },
  MEMORY_TOO_SMALL: {
    message: (d) =>
      `${d.memoryMiB} MiB of memory is too little: builder-hex0 uses addresses up to ${d.minimumMiB} MiB.`,
    hint: (d) => `Give the machine at least ${d.minimumMiB} MiB; 4096 is the default.`,
  },
  HOST_MEMORY_SHORT: {
    message: (d) =>
      `The machine would get ${d.memoryMiB} MiB, but only ${d.freeMiB} MiB are free on this host.`,
    hint: () => 'Close other programs or end other runs, or give --memory a smaller number (at least 3072).',
  },
  RUN_NOT_FOUND: {
    message: (d) => `There is no run ${d.run}.`,
    hint: () => 'List the runs: seedbed runs list',
  },
  RUN_AMBIGUOUS: {
    message: (d) => `${d.run} means more than one run: ${d.matches}.`,
    hint: () => 'Give more of the run’s id.',
  },
  RUN_STILL_RUNNING: {
    message: (d) => `The run ${d.run} is still running.`,
    hint: (d) => `Stop it first: seedbed runs stop ${d.run}`,
  },
  GOAL_STEP_UNKNOWN: {
    message: (d) => `The image’s manifest has no step ${d.step}.`,
    hint: (d) =>
      `Name a build as NAME or NAME:PASS, or a directive as improve:NAME or jump:NAME.${d.near === '' ? '' : ` Did you mean one of ${d.near}?`}`,
  },
  RUN_NOT_RUNNING: {
    message: (d) => `The run ${d.run} is not running (it is ${d.state}).`,
    hint: (d) => `Look at how it ended: seedbed runs show ${d.run}`,
  },
  MACHINE_REFUSED: {
    message: (d) => `The machine of run ${d.run} could not be ${d.what}: ${d.reason}.`,
    hint: (d) => `Look at its state, then try again: seedbed runs show ${d.run} --now`,
  },
  CONSOLE_BUSY: {
    message: (d) =>
      `The machine of run ${d.run} did not take what was typed: it reads nothing now, or another program holds its console.`,
    hint: () => 'Wait until it asks for something, or go on with it if it is paused, then type again.',
  },
  CHECKPOINT_UNAVAILABLE: {
    message: (d) => `The run ${d.run} cannot be saved or taken up again: ${d.reason}.`,
    hint: () => 'Start the next run with --checkpoints, with space for the memory of the machine.',
  },
  CHECKPOINT_NOT_FOUND: {
    message: (d) => `The run ${d.run} has no checkpoint ${d.checkpoint}; it has: ${d.known}.`,
    hint: (d) => `List them: seedbed runs checkpoints ${d.run}`,
  },
  RESULTS_NOT_ON_DISK: {
    message: (d) => `The disks of run ${d.run} hold no packages: it never moved to its disk.`,
    hint: () =>
      'Until Linux is up everything is in the machine’s memory and ends with it. What the console said is in: seedbed runs results',
  },
  RESULTS_NO_KERNEL: {
    message: (d) => `Run ${d.run} left no kernel at ${d.path}, so its system cannot be started.`,
    hint: () => 'Only a run that was built to its end can be started again.',
  },
  JOB_NOT_FOUND: {
    message: (d) => `There is no job ${d.job}; it may belong to a host that has ended.`,
    hint: () => 'Start it again; finished parts are kept.',
  },
  PLACE_UNKNOWN: {
    message: () => 'That folder or file was chosen before this host started.',
    hint: () => 'Choose it again.',
  },
  PLACE_DIALOG_UNAVAILABLE: {
    message: (d) => `The ${d.host} host has no file dialog of its own.`,
    hint: () => 'Choose in the list of folders instead.',
  },
  DISK_FULL: {
    message: (d) => `No space is left where ${d.path} is written.`,
    hint: () => 'Free space there, then do it again; nothing half-made was kept.',
  },
  PERMISSION_DENIED: {
    message: (d) => `Permission denied: ${d.path}`,
    hint: () => 'Choose a place that your user may read and write.',
  },
  NOT_FOUND: {
    message: (d) => `${d.path} does not exist.`,
    hint: () => 'Check the name.',
  },
  PORT_IN_USE: {
    message: (d) => `The port ${d.port} is in use by another program.`,
    hint: () => 'Choose another with --port, or --port 0 for any free one.',
  },
  RECORD_INVALID: {
    message: (d) => `${d.path} cannot be read: ${d.reason}`,
    hint: () => 'It was written by a newer Seedbed or damaged. Update Seedbed, or move the folder away.',
  },
  RECORD_OUTDATED: {
    message: (d) =>
      `${d.path} is a record of version ${d.version}; this Seedbed reads version ${d.known}${d.version < d.known ? ' and no older ones' : ''}.`,
    hint: (d) =>
      d.version < d.known
        ? 'Build the image again: the same inputs give the same image, with a record that is understood. The old folder can then be removed.'
        : 'Update Seedbed, or build the image again with this one.',
  },
  IO_FAILED: {
    message: (d) => `${d.path}: ${d.reason} (${d.osCode})`,
    hint: () => 'Check the device and the file system that hold it.',
  },
  USAGE: {
    message: (d) => d.reason,
    hint: () => 'Add --help to the command to see how it is used.',
  },
  INPUT_INVALID: {
    message: (d) => `That request was refused: ${d.reason}`,
    hint: () => 'Correct the value that is named.',
  },
  CONNECTION_LOST: {
    message: (d) => `The connection to Seedbed was lost: ${d.reason}`,
    hint: () => 'Runs go on by themselves. Start Seedbed again and reload this page.',
  },
  CANCELLED: {
    message: (d) => `Cancelled.${d.kept === '' ? '' : ` ${d.kept}`}`,
    hint: () => 'Start it again whenever you like.',
  },
  BUG: {
    message: (d) => `This is a fault of Seedbed itself: ${d.reason}`,
    hint: () => 'Please report it with what you did and this text.',
  },
};

export const ERROR_CODES = Object.keys(TEXTS) as ErrorCode[];

/** An error as every host shows it and as `--json` prints it. */
export interface ErrorText {
  code: ErrorCode;
  message: string;
  hint: string;
  data: ErrorData[ErrorCode];
}

export function describeError(error: unknown): ErrorText {
  const known: SeedbedError = toSeedbedError(error);
  // The catalogue pairs each code with its own data; TypeScript cannot follow that through a union.
  const text = TEXTS[known.code] as Text<ErrorCode>;
  return {
    code: known.code,
    message: text.message(known.data),
    hint: text.hint(known.data),
    data: known.data,
  };
}

function amount(value: number, unit: string): string {
  return unit === 'bytes' ? formatBytes(value) : `${value} ${unit}`;
}

function quote(word: string): string {
  return /^[\w./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
