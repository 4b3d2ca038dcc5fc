// seedbed runs serial-ports, runs capture-serial, and runs attach --serial.
import { captureSerial } from '../../engine/serial-run/capture.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { readImageName } from './spec.ts';

export async function ports({ json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const found = await client.serial.ports({});
    if (json === true) screen.json(found);
    else if (found.length === 0) screen.line('This computer shows no serial port.');
    else {
      const rows = found.map(({ device, kernelName, label }) => [kernelName, label, device]);
      for (const line of formatTable([['port', 'what it is', 'path'], ...rows])) screen.line(line);
    }
  });
}

interface SerialOptions extends Json {
  serial: string;
  baud: number;
  image?: string;
  detach?: boolean;
}

/** Makes the run, then this terminal is its console. */
export async function attachSerial(options: SerialOptions): Promise<void> {
  const run = await startCapture(options);
  const screen = openScreen();
  if (options.json === true) screen.json({ runId: run });
  else if (options.detach === true) screen.line(`Run ${run} listens. Follow it: seedbed runs show ${run}`);
  else await (await import('./attach.ts')).attach(run, {});
}

async function startCapture({ serial, baud, image }: SerialOptions): Promise<string> {
  return withSession(async ({ client, engine }) => {
    const named = image === undefined ? null : readImageName(image, engine.places);
    const { runId } = await client.serial.attach({
      port: { place: engine.places.mint(serial).token },
      baud,
      image: named,
    });
    return runId;
  });
}

/** No engine: it only reads, and must not depend on anything that a host does. */
export async function capture(device: string, { baud }: { baud: number }): Promise<void> {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort());
  // The terminal that it was started from may go.
  process.on('SIGHUP', () => undefined);
  await captureSerial({
    device,
    baud,
    runPath: process.cwd(),
    env: process.env,
    signal: controller.signal,
  });
}
