// Errors of images, their formats and their configuration: the data that each code carries, what happened, and what to do now.
import { formatBytes } from '../units.ts';
import { amount, type ErrorTexts } from './text.ts';

export interface ImageErrorData {
  HEX0_INVALID: { file: string; line: number; column: number; reason: string };
  STAGE2_MISFIT: { sizeBytes: number; needsLba: number; statesLba: number | null };
  STAGE1_MISFIT: { sizeBytes: number; reason: string };
  SRCFS_NAME_REFUSED: { path: string; reason: string };
  SRCFS_BUDGET_EXCEEDED: { what: string; actual: number; limit: number; unit: string };
  EXT3_REFUSED: { path: string; reason: string };
  EXT3_LIMIT_EXCEEDED: { what: string; actual: number; limit: number; unit: string };
  EXT3_TOO_SMALL: { sizeBytes: number; neededBytes: number };
  CONFIGURATION_REFUSED: { code: string; why: string; hint: string; others: number };
  OVERLAY_REFUSED: { overlay: string; path: string; reason: string };
  IMAGE_EXISTS: { path: string };
  IMAGE_UNREADABLE: { path: string; reason: string };
  IMAGE_NOT_FOUND: { image: string };
  CONTENT_UNREADABLE: { path: string; reason: string };
  CONTENT_NOT_FOUND: { path: string; content: string };
  INPUT_NOT_RECORDED: { path: string; what: string; option: 'repo' | 'early-preseed' };
  CONTENT_DISPUTED: { path: string; content: string; what: string; ext2fs: string; seedbed: string };
}

export const IMAGE_TEXTS: ErrorTexts<ImageErrorData> = {
  HEX0_INVALID: {
    message: (d) => `${d.file}:${d.line}:${d.column}: ${d.reason}`,
    hint: () =>
      'hex0 text holds pairs of hexadecimal digits and comments that begin with # or ;. Correct that place in the file.',
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
  INPUT_NOT_RECORDED: {
    message: (d) =>
      `${d.path} cannot be recomputed: it was built with ${d.what}, which follow from no source and are not recorded.`,
    hint: (d) =>
      d.option === 'repo'
        ? 'Name the folder with the packages again: --repo FOLDER'
        : 'Name the tar file again: --early-preseed FILE',
  },
  CONTENT_DISPUTED: {
    message: (d) =>
      `Two readers of ${d.path} disagree about ${d.content}: ${d.what} is ${d.ext2fs} for ext2fs (libext2fs) and ${d.seedbed} for Seedbed’s own reader.`,
    hint: () =>
      'The file system is damaged, or is being written to, or one of the two has an error. On Linux, e2fsck -fn FILE says more and changes nothing. Other files can be extracted by their own paths.',
  },
};
