// A host as a process of its own, to be killed by a test: starts a sandbox and stays. Arguments: root folder, checkout, distfiles, mode, and the command
// of what looks after sandboxes.
import { join } from 'node:path';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { openRuns } from '../../src/engine/run/runs.ts';
import { SandboxMode } from '../../src/shared/model/sandbox.ts';
import { createFakeImage } from './fake-image.ts';
import { SHORT_WAITS } from './run-settings.ts';
import { startTiny } from './start-tiny.ts';

const [root = '', path = '', distfiles = '', mode, ...command] = process.argv.slice(2);
const runs = await openRuns(await openDataFolder(join(root, 'data')), {
  images: { buildIntoStore: () => Promise.resolve(createFakeImage(root)) },
  waits: SHORT_WAITS,
  command,
});
const { id } = await startTiny(runs, { path, distfiles }, { mode: SandboxMode.parse(mode) });
process.stdout.write(`started ${id}\n`);
setInterval(() => undefined, 60_000);
