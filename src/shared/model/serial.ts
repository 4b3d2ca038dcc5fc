// Serial ports of this host, and what the program that captures one says about it.
import { z } from 'zod';

/** A port as a person chooses one. */
export const SerialPortChoice = z.strictObject({
  /** Its path; by the adapter's own name where it has one. */
  device: z.string().max(4096),
  /** Where that leads: /dev/ttyUSB0. */
  kernelName: z.string().max(80),
  /** What the adapter calls itself, or what kind of port it is. */
  label: z.string().max(200),
});
export type SerialPortChoice = z.infer<typeof SerialPortChoice>;

/** Speeds that are offered; the command line takes any that the port takes. 115200 is what live-bootstrap's kernels are told (console=ttyS0). */
export const BAUD_RATES = [9600, 19_200, 38_400, 57_600, 115_200] as const;
export const DEFAULT_BAUD = 115_200;

/** port.json in the run's folder: replaced whole by the capturing program whenever something changes. */
export const PortState = z.strictObject({
  /** `open`: what comes is in the log. `gone`: the port cannot be opened; tried again until it can. `blocked`: the log cannot be written. */
  state: z.enum(['open', 'gone', 'blocked']),
  since: z.iso.datetime(),
  /** Why, in words; empty while it is open. */
  reason: z.string().max(500),
  /** How often the port was lost since the capture began: so many gaps the log may have. */
  losses: z.int().nonnegative(),
});
export type PortState = z.infer<typeof PortState>;
