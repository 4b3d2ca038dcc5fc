// Errors of writing drives: the data that each code carries, what happened, and what to do now.
import { formatBytes } from '../units.ts';
import { type ErrorTexts, quote } from './text.ts';

export interface FlashErrorData {
  FLASH_PLATFORM: { platform: string };
  FLASH_NOT_ALLOWED: { host: string };
  FLASH_TARGETS: { reason: string };
  FLASH_REFUSED: { drive: string; why: string };
  FLASH_IMAGE_DIFFERS: { path: string; reason: string };
  FLASH_PLAN_UNKNOWN: { plan: string };
  FLASH_NOT_CONFIRMED: { reason: string };
  FLASH_HELPER_MISSING: { path: string };
  FLASH_HELPER_UNSAFE: { path: string; why: string; install: string };
  FLASH_ELEVATION: { program: string; status: number; command: string };
  FLASH_IDENTITY_CHANGED: { drive: string; detail: string };
  FLASH_IN_USE: { drive: string; why: string };
  FLASH_READ_ONLY: { drive: string; headIsZero: boolean };
  FLASH_UNPLUGGED: { drive: string; headIsZero: boolean };
  FLASH_BAD_SECTOR: { drive: string; offsetBytes: number; sector: number; doing: string; osCode: string };
  FLASH_DRIVE_FULL: { drive: string; offsetBytes: number };
  FLASH_TOO_SMALL: { drive: string; detail: string };
  FLASH_MISMATCH: { drive: string; offsetBytes: number; chunks: number };
  FLASH_HELPER_FAILED: { detail: string };
  FLASH_RECORD_NOT_FOUND: { record: string };
}

const SAFE_TO_UNPLUG = (d: { headIsZero: boolean }): string =>
  d.headIsZero ? 'Its first MiB is zeros, so nothing starts from it.' : 'Do not start a machine from it.';

export const FLASH_TEXTS: ErrorTexts<FlashErrorData> = {
  FLASH_PLATFORM: {
    message: (d) => `Seedbed writes drives on Linux only; this is ${d.platform}.`,
    hint: () =>
      'Write the image with another program, then compare: seedbed image verify DEVICE --against CHECKOUT.',
  },
  FLASH_NOT_ALLOWED: {
    message: (d) => `This ${d.host} host may not write drives.`,
    hint: () => 'Start it with seedbed serve --allow-drives, or use seedbed flash on the command line.',
  },
  FLASH_TARGETS: {
    message: (d) => `Drives and disks do not go together: ${d.reason}`,
    hint: () => 'An image of two disks goes to two drives: --drive for the one that starts, --second-drive.',
  },
  FLASH_REFUSED: {
    message: (d) => `${d.drive} is not written: ${d.why}`,
    hint: () => 'Choose another drive; seedbed drives list says what is against each.',
  },
  FLASH_IMAGE_DIFFERS: {
    message: (d) => `${d.path} is not what its record says: ${d.reason}`,
    hint: () => 'Build the image again; nothing was written.',
  },
  FLASH_PLAN_UNKNOWN: {
    message: () => 'That plan is over: it was used, or is too old.',
    hint: () => 'Choose image and drive again. Each confirmation holds for one writing.',
  },
  FLASH_NOT_CONFIRMED: {
    message: (d) => `Nothing was written: ${d.reason}`,
    hint: () => 'Start again and confirm where this computer asks.',
  },
  FLASH_HELPER_MISSING: {
    message: (d) => `The program that writes drives is not there: ${d.path}`,
    hint: () => 'Build Seedbed again (npm run build), or install the package again.',
  },
  FLASH_HELPER_UNSAFE: {
    message: (d) => `${d.path} is not run with administrator rights: ${d.why}`,
    hint: (d) => `Only root may be able to change what runs as root. Install it once: ${d.install}`,
  },
  FLASH_ELEVATION: {
    message: (d) =>
      d.status === 126
        ? 'The administrator rights were refused; nothing was written.'
        : `${d.program} gave no administrator rights (exit code ${d.status}); nothing was written.`,
    hint: (d) =>
      d.command === ''
        ? 'Run Seedbed as root in a terminal, or install pkexec (polkit) or sudo.'
        : `Try again. Where no dialog comes up, run in a terminal: ${d.command}`,
  },
  FLASH_IDENTITY_CHANGED: {
    message: (d) => `${d.drive} is no longer the drive that was chosen: ${d.detail}.`,
    hint: () => 'Nothing was written. Look at the list of drives and choose again.',
  },
  FLASH_IN_USE: {
    message: (d) => `${d.drive} is in use: ${d.why}.`,
    hint: () => 'Nothing was written. Close what uses it, then try again.',
  },
  FLASH_READ_ONLY: {
    message: (d) => `${d.drive} is read-only.`,
    hint: (d) => `Look for a switch on the card or stick. ${SAFE_TO_UNPLUG(d)}`,
  },
  FLASH_UNPLUGGED: {
    message: (d) => `${d.drive} was unplugged, or let go of its connection.`,
    hint: (d) => `Plug it in again, without a hub, and go on with --resume. ${SAFE_TO_UNPLUG(d)}`,
  },
  FLASH_BAD_SECTOR: {
    message: (d) => `${d.drive} has a bad sector: ${d.doing} sector ${d.sector} failed (${d.osCode}).`,
    hint: () => 'It failed again when tried alone. Take another drive; this one is worn or damaged.',
  },
  FLASH_DRIVE_FULL: {
    message: (d) => `${d.drive} takes nothing from ${formatBytes(d.offsetBytes)} on.`,
    hint: () => 'It may be smaller than it says. Take another drive.',
  },
  FLASH_TOO_SMALL: {
    message: (d) => `${d.drive} is too small: ${d.detail}.`,
    hint: () => 'Take a larger drive.',
  },
  FLASH_MISMATCH: {
    message: (d) =>
      `${d.drive} does not give back what was written: the first difference is at byte ${d.offsetBytes}, ${d.chunks} of its 4 MiB pieces differ.`,
    hint: () =>
      'Differences in many places mean a false capacity or a bad connection, a few a worn drive. Try another one.',
  },
  FLASH_HELPER_FAILED: {
    message: (d) => `The program that writes drives ended: ${d.detail}`,
    hint: () => 'Please report it with this text; the drive is not to be started from.',
  },
  FLASH_RECORD_NOT_FOUND: {
    message: (d) => `There is no record ${quote(d.record)} of a written drive.`,
    hint: () => 'seedbed flash records lists them.',
  },
};
