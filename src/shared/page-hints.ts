// What a page says to do now, where the hint of the catalogue (error-texts.ts) names commands and options that a page has not got.
import type { ErrorCode, ErrorData } from './errors.ts';

const SOURCES_FOLD = '“Where files may come from” on the Sources page';

const PAGE_HINTS: { [C in ErrorCode]?: (data: ErrorData[C]) => string } = {
  CHECKOUT_INVALID: () =>
    'Choose the folder that holds steps/manifest, or let Seedbed fetch live-bootstrap on the Sources page.',
  CHECKOUT_NOT_FOUND: () => 'Choose another on the Sources page, or fetch it there.',
  CHECKOUT_FETCH_FAILED: () =>
    `What was fetched is kept: fetch again when the server answers, or name a mirror of that repository under ${SOURCES_FOLD}.`,
  CHECKOUT_SUBMODULES_UNAVAILABLE: () =>
    'Everything else is fetched and kept. Fetch again when the server answers, or with “Only what x86 needs” turned on; an image will then lack their files and differ from other people’s.',
  CHECKOUT_COMMIT_MISSING: () =>
    `The server may have lost or rewritten its history. Fetch from another address, or name another server for it under ${SOURCES_FOLD}.`,
  CHECKOUT_OBJECT_DAMAGED: () => 'Remove the checkout on the Sources page and fetch it again.',
  CHECKOUT_NOT_EXPORTABLE: () =>
    'Only what Seedbed fetched or took in can be written into a file. Fetch the same commit on the Sources page first.',
  CHECKOUT_ARCHIVE_INVALID: () =>
    'Make it with “As one file…” on the Sources page of another Seedbed, and copy it again if it came over a bad medium.',
  ADDRESS_REFUSED: () =>
    'Addresses of repositories begin with https://, http://, git:// or ssh://. A folder of yours is chosen, not typed.',
  GIT_NOT_FOUND: () =>
    'Install git 2.30 or newer (Debian: sudo apt install git), or take a folder or an archive that is there: both are on the Sources page.',
  AUDIT_NOT_FOUND: () => 'Audits live as long as the host that made them: start it again on this page.',
  DDC_STEP_FAILED: () =>
    'That is no verdict about the tools. Verify the checkout on the Sources page, and check that this computer runs 32-bit programs.',
  SEED_TEXT_INVALID: () =>
    'Verify the checkout on the Sources page. Seedbed reads hex0, hex1, hex2 and M1 strictly: it skips nothing.',
  FILE_EXISTS: () => 'Choose another folder or name, or move the file that is there away.',
  EXT3_TOO_SMALL: () => 'Choose a larger size for that disk.',
  INPUT_NOT_RECORDED: (d) =>
    d.option === 'repo'
      ? 'Choose the folder with the packages under “Packages that it was built with”.'
      : 'Choose its tar file under “Early preseed that it was built with”.',
  IMAGE_EXISTS: () => 'Choose another folder or name, or move the file that is there away.',
  DISTFILE_MISSING: (d) =>
    `Put a file with sha256 ${d.sha256} there, or bootstrap only the first stage, which needs no distfiles.`,
  DISTFILES_INCOMPLETE: () =>
    'The Sources page lists them with their addresses and what each source said. Fetch again later, add a mirror there, or drop the files on that page.',
  DISTFILE_UNKNOWN: () => 'The Sources page lists those that it wants.',
  FLASH_PLATFORM: () =>
    'Write the image with another program there, and verify the drive on a computer with Linux.',
  FLASH_NOT_ALLOWED: () =>
    'Whoever started this host decides that: it is started with leave to write drives, or the window is used.',
  FLASH_TARGETS: () => 'Choose a drive of its own for each disk of the image.',
  FLASH_REFUSED: () => 'Choose another drive; the Drives page says what is against each.',
  FLASH_UNPLUGGED: (d) =>
    `Plug it in again, without a hub, see what will happen once more and let it go on. ${d.headIsZero ? 'Its first MiB is zeros, so nothing starts from it.' : 'Do not start a machine from it.'}`,
  FLASH_RECORD_NOT_FOUND: () => 'It may stand in another data folder, or it was removed.',
  IMAGE_NOT_FOUND: () => 'The Images page lists those that are there.',
  QEMU_START_FAILED: () => 'Read QEMU’s own words above; the Machine page checks what a run needs.',
  ACCELERATOR_UNAVAILABLE: () =>
    'Choose “Automatic” or software emulation (TCG), which always works but is slower.',
  HOST_MEMORY_SHORT: () =>
    'Close other programs or end other runs, or give the machine less memory (at least 3072 MiB).',
  RUN_NOT_FOUND: () => 'The Runs page lists those that are there.',
  RUN_STILL_RUNNING: () => 'Stop it first, on its page.',
  RUN_NOT_RUNNING: () => 'Its page says how it ended.',
  MACHINE_REFUSED: () => 'Look at its state on the run’s page, then try again.',
  CHECKPOINT_UNAVAILABLE: () =>
    'Let the next run keep checkpoints (its options), with space for the memory of the machine.',
  CHECKPOINT_NOT_FOUND: () => 'The run’s page lists those that it has.',
  RESULTS_NOT_ON_DISK: () =>
    'Until Linux is up everything is in the machine’s memory and ends with it. What the console said is on the run’s page.',
  SERIAL_PORT_NOT_FOUND: (d) =>
    d.ports === ''
      ? 'This computer shows no serial port now: plug the adapter in, then press “Look again”.'
      : `These are there: ${d.ports}`,
  SERIAL_NOT_A_PORT: () =>
    'Choose one of the ports that are listed under “Listen to a real machine” on the Runs page.',
  SERIAL_PORT_IN_USE: () => 'Follow that run on its page, or stop it there first.',
  SERIAL_UNAVAILABLE: () =>
    'Capture the port with another program into a file, then open that file on the page “Explain a log”.',
  PORT_IN_USE: () => 'Choose another port, or 0 for any free one.',
  USAGE: () => 'Correct the value that is named.',
};

/** The hint for a page where it differs from the catalogue's; null where that one is right. `data` is as it came over the wire. */
export function pageHintOf(code: string, data: unknown): string | null {
  if (!Object.hasOwn(PAGE_HINTS, code) || typeof data !== 'object' || data === null) return null;
  // The wire carries code and data of one error; TypeScript cannot follow that.
  const hint = PAGE_HINTS[code as ErrorCode] as ((data: object) => string) | undefined;
  return hint?.(data) ?? null;
}
