// Errors of drives: the data that each code carries, what happened, and what to do now.
import type { ErrorTexts } from './text.ts';

export interface DrivesErrorData {
  DRIVE_NOT_FOUND: { drive: string; known: string };
  DRIVE_NAMELESS: { drive: string };
  DRIVES_UNSUPPORTED: { platform: string };
}

export const DRIVES_TEXTS: ErrorTexts<DrivesErrorData> = {
  DRIVE_NOT_FOUND: {
    message: (d) => `There is no drive ${d.drive}.`,
    hint: (d) =>
      d.known === ''
        ? 'No drive is there that could be written. Plug one in.'
        : `These are there: ${d.known}. Names are taken whole: sdb is not sdb1.`,
  },
  DRIVE_NAMELESS: {
    message: (d) => `${d.drive} has neither a serial number nor a WWN by which it could be known again.`,
    hint: () => 'Unplug it while you flash another drive.',
  },
  DRIVES_UNSUPPORTED: {
    message: (d) => `Seedbed cannot look at the drives of ${d.platform}.`,
    hint: () =>
      'Linux, macOS and Windows are known. Write the image with dd there, and compare the drive with it afterwards.',
  },
};
