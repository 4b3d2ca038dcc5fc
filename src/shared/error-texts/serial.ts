// Errors of a run behind a serial port: the data that each code carries, what happened, and what to do now.
import type { ErrorTexts } from './text.ts';

export interface SerialErrorData {
  SERIAL_PORT_NOT_FOUND: { device: string; ports: string };
  SERIAL_PORT_DENIED: { device: string };
  SERIAL_NOT_A_PORT: { device: string };
  SERIAL_PORT_IN_USE: { device: string; run: string };
  SERIAL_SETTINGS_REFUSED: { device: string; baud: number; reason: string };
  SERIAL_UNAVAILABLE: { reason: string };
  SERIAL_CAPTURE_FAILED: { device: string; output: string };
}

export const SERIAL_TEXTS: ErrorTexts<SerialErrorData> = {
  SERIAL_PORT_NOT_FOUND: {
    message: (d) => `There is no serial port ${d.device}.`,
    hint: (d) =>
      d.ports === ''
        ? 'This computer shows no serial port now: plug the adapter in, then list them: seedbed runs serial-ports'
        : `These are there: ${d.ports}`,
  },
  SERIAL_PORT_DENIED: {
    message: (d) => `You may not open the serial port ${d.device}.`,
    hint: () =>
      'On most Linux systems the group dialout (uucp on others) may: sudo usermod -aG dialout "$USER", then log out and in again.',
  },
  SERIAL_NOT_A_PORT: {
    message: (d) => `${d.device} is no serial port.`,
    hint: () => 'List those that are there: seedbed runs serial-ports',
  },
  SERIAL_PORT_IN_USE: {
    message: (d) => `The run ${d.run} reads ${d.device} already: two readers would each get a part.`,
    hint: (d) => `Follow that run, or stop it first: seedbed runs stop ${d.run}`,
  },
  SERIAL_SETTINGS_REFUSED: {
    message: (d) => `The port ${d.device} does not take ${d.baud} baud, 8 bits, no parity: ${d.reason}`,
    hint: () =>
      '115200 is what live-bootstrap’s kernels use; BIOS settings name theirs under console redirection.',
  },
  SERIAL_UNAVAILABLE: {
    message: (d) => `A serial port cannot be read here: ${d.reason}.`,
    hint: () => 'Capture the port with another program into a file, then: seedbed log explain FILE',
  },
  SERIAL_CAPTURE_FAILED: {
    message: (d) =>
      `The program that reads ${d.device} ended at once${d.output === '' ? '.' : `: ${d.output}`}`,
    hint: () => 'Unplug the adapter, plug it in again and try once more.',
  },
};
