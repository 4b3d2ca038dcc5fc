// What the command line does for `sandbox supervise FOLDER`, as a program of its own: the last argument is the folder.
import { superviseSandbox } from '../../src/engine/sandbox/supervisor.ts';

await superviseSandbox(process.argv.at(-1) ?? '');
