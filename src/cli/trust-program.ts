// seedbed trust …: what a result rests on.
import type { Command } from 'commander';
import type { Json } from './program.ts';

type Leaf = (parent: Command, name: string, description: string) => Command;

export function addTrustReportCommand(trust: Command, leaf: Leaf): void {
  leaf(trust, 'report', 'what a run or an image claims, what was verified, and what is taken on faith')
    .argument(
      '[run-or-image]',
      'id of a run or its beginning, an id of image list, or an image file',
      'latest',
    )
    .option('--html <file>', 'write it as one HTML file to keep and to print')
    .option('--script <file>', 'write verify.sh: checks the hashes of the report without Seedbed')
    .action(async (name: string, options: Json) => {
      await (await import('./commands/trust.ts')).report(name, options);
    });
}
