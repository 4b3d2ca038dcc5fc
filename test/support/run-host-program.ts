// A host as a process of its own, to be killed by tests: starts a run on a data folder (or only follows what is there) and stays.
// Arguments: root folder, fake QEMU, and `start`, `follow`, `stop` (start, then ask to stop), `save` (start, then
// save a checkpoint), `count` (start the counting machine, with the real QEMU) or `probe` (start with `auto`). Prints one line a step.
import { join } from 'node:path';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { openRuns } from '../../src/engine/run/runs.ts';
import { createCountingImage } from './counting-payload.ts';
import { createFakeImage } from './fake-image.ts';
import { PLENTY, quietContext, SHORT_WAITS, startRequest } from './run-settings.ts';

const [root = '', qemu = '', task = 'start'] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const folder = await openDataFolder(join(root, 'data'));
const runs = await openRuns(folder, {
  images: { buildIntoStore: () => Promise.resolve(createFakeImage(root)) },
  kvmDevice: '/dev/null',
  env: { ...process.env, SEEDBED_QEMU: qemu },
  waits: SHORT_WAITS,
  memory: PLENTY,
});
say('open');
if (task !== 'follow') {
  const { id } = await runs.start(
    startRequest(root, {
      accelerator: task === 'probe' ? 'auto' : 'tcg',
      machine: { checkpoints: task === 'save' },
      ...(task === 'count' ? { image: createCountingImage(root), memoryMiB: 256 } : {}),
    }),
    quietContext,
  );
  say(`started ${id}`);
  if (task === 'save') {
    void runs.checkpoint(id, 'cut').then(() => say('saved'));
    say('saving');
  }
  if (task === 'stop') void runs.stop(id).then(() => say('stopped'));
}
setInterval(() => undefined, 60_000);
