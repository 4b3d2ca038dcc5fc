// The command line's `runs capture-serial DEVICE --baud RATE` and nothing else, for tests that start it as the command line of a host.
import { captureSerial } from '../../src/engine/serial-run/capture.ts';

const [, , device = '', , baud = ''] = process.argv.slice(2);
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());
await captureSerial({
  device,
  baud: Number(baud),
  runPath: process.cwd(),
  env: process.env,
  signal: controller.signal,
});
