// Errors of the host, its files and the connection to it: the data that each code carries, what happened, and what to do now.
import type { ErrorTexts } from './text.ts';

export interface HostErrorData {
  FILE_EXISTS: { path: string };
  FILE_CHANGED: { path: string };
  JOB_NOT_FOUND: { job: string };
  PLACE_UNKNOWN: { token: string };
  PLACE_DIALOG_UNAVAILABLE: { host: string };
  DISK_FULL: { path: string };
  PERMISSION_DENIED: { path: string };
  NOT_FOUND: { path: string };
  PORT_IN_USE: { port: number };
  RECORD_INVALID: { path: string; reason: string };
  RECORD_OUTDATED: { path: string; version: number; known: number };
  IO_FAILED: { path: string; osCode: string; reason: string };
  USAGE: { reason: string };
  INPUT_INVALID: { reason: string };
  CONNECTION_LOST: { reason: string };
  CANCELLED: { kept: string };
  BUG: { reason: string };
}

export const HOST_TEXTS: ErrorTexts<HostErrorData> = {
  FILE_EXISTS: {
    message: (d) => `${d.path} exists already.`,
    hint: () => 'Choose another name, or replace it with --force.',
  },
  FILE_CHANGED: {
    message: (d) => `${d.path} changed while it was being read.`,
    hint: () => 'Let the program that writes it finish, then try again.',
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
