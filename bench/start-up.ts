// How long the command line takes to say its help, against Node doing nothing.
import { join } from 'node:path';
import { alternate, median, timeProgram } from './measure.ts';
import { formatRatio, formatSeconds, type Row } from './table.ts';

const ROUNDS = 10;
const TARGET_MILLISECONDS = 250;

export async function benchStartUp(root: string): Promise<Row[]> {
  const cli = join(root, 'out', 'cli', 'index.js');
  const [ours = [], theirs = []] = await alternate(ROUNDS, [
    async () => (await timeProgram(process.execPath, [cli, '--help'])).milliseconds,
    async () => (await timeProgram(process.execPath, ['-e', '0'])).milliseconds,
  ]);
  const [our, their] = [median(ours), median(theirs)];
  return [
    {
      what: 'seedbed --help',
      target: `≤ ${TARGET_MILLISECONDS} ms`,
      measured: formatSeconds(our),
      peer: `${formatSeconds(their)} (node -e 0)`,
      ratio: formatRatio(our, their),
      met: our <= TARGET_MILLISECONDS,
    },
  ];
}
