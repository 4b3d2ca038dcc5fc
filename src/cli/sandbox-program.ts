// seedbed sandbox …: what Seedbed runs by itself, and what this host can make.
import type { Command } from 'commander';
import type { Leaf } from './distfiles-program.ts';
import type { Json } from './program.ts';

export function addSandboxCommands(sandbox: Command, leaf: Leaf): void {
  leaf(sandbox, 'list', 'the sandboxes that this computer can make, and why not').action(
    async (options: Json) => {
      await (await import('./commands/sandbox.ts')).list(options);
    },
  );
  leaf(sandbox, 'supervise', 'look after the sandbox of a run until it ends (seedbed bootstrap uses it)')
    .argument('<folder>', 'the folder of the run')
    .action(async (folder: string) => {
      await (await import('../engine/sandbox/supervisor.ts')).superviseSandbox(folder);
    });
}
