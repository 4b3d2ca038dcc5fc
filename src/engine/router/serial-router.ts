// The contract's part for real machines behind a serial port.
import { implement } from '@orpc/server';
import { serialContract, type SerialAttachSpec } from '../../shared/contract/serial.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { Places } from '../places.ts';
import type { Runs } from '../run/runs.ts';
import { listSerialPorts } from '../serial-run/list-ports.ts';
import { guarded } from './guard.ts';
import { namedImage } from './named-image.ts';

export interface SerialRouterNeeds {
  runs: Runs;
  images: ImageStore;
  places: Places;
}

export function createSerialRouter({ runs, images, places }: SerialRouterNeeds) {
  const os = implement(serialContract).use(({ next }) => guarded(() => Promise.resolve(next())));

  /** A page names only what it was shown. */
  async function deviceOf(port: SerialAttachSpec['port']): Promise<string> {
    if ('place' in port) return places.resolve(port.place);
    const ports = await listSerialPorts();
    if (ports.some(({ device }) => device === port.device)) return port.device;
    const known = ports.map(({ device }) => device).join(', ');
    throw new SeedbedError('SERIAL_PORT_NOT_FOUND', { device: port.device, ports: known });
  }

  return os.router({
    ports: os.ports.handler(() => listSerialPorts()),
    attach: os.attach.handler(async ({ input, signal }) => {
      const image = input.image === null ? null : await namedImage(input.image, { images, places }, signal);
      const device = await deviceOf(input.port);
      return { runId: (await runs.attachSerial({ device, baud: input.baud, image })).id };
    }),
  });
}
