// A real machine behind a serial port of this host: which ports there are, and a run that reads one.
import { z } from 'zod';
import { PlaceToken } from '../model/host.ts';
import { SerialPortChoice } from '../model/serial.ts';
import { procedure } from './errors.ts';

export const SerialAttachSpec = z.strictObject({
  /** One of `ports`, or one that the user named to the host. */
  port: z.union([z.strictObject({ device: z.string().max(4096) }), z.strictObject({ place: PlaceToken })]),
  baud: z.int().min(50).max(4_000_000),
  /** What the machine boots; null when the user does not say. */
  image: z
    .union([z.strictObject({ id: z.string().max(80) }), z.strictObject({ place: PlaceToken })])
    .nullable(),
});
export type SerialAttachSpec = z.infer<typeof SerialAttachSpec>;

export const serialContract = {
  ports: procedure.input(z.strictObject({})).output(z.array(SerialPortChoice).max(200)),
  /** A run that reads the port from now on, whoever watches. */
  attach: procedure.input(SerialAttachSpec).output(z.strictObject({ runId: z.string().max(80) })),
};
