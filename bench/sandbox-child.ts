// What looks after a sandbox, for the benchmark: as the command line runs it. Argument: the folder of the run.
import { superviseSandbox } from '../src/engine/sandbox/supervisor.ts';

await superviseSandbox(process.argv[2] ?? '');
