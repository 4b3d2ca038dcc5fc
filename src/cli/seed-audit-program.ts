// seedbed audit seed, audit checks, trust ddc: the commands and their help.
import { type Command, Option } from 'commander';
import { AUDITED_PROGRAMS } from '../shared/model/audit.ts';
import type { Leaf } from './distfiles-program.ts';
import type { Json } from './program.ts';

const CHECKOUT = 'the checkout: a folder, or an id of checkout list';

export function addSeedAuditCommands(audit: Command, leaf: Leaf): void {
  const load = () => import('./commands/seed-audit.ts');

  leaf(audit, 'seed', 'the seed and the eight programs after it, byte by byte, with checks that run here')
    .argument('[program]', `one of ${AUDITED_PROGRAMS.join(', ')}: all of its bytes`)
    .option('--checkout <folder>', CHECKOUT, 'default')
    .option('--mutations', 'also change every byte of the seed to each other value: do the checks notice?')
    .addOption(new Option('--all', 'list checks that passed as well'))
    .addHelpText(
      'after',
      `
passed: it holds. explained: it does not hold, and why is known for exactly these files. failed: look at it. not-checked: what
it needs is not here. The interpreter is Seedbed’s own: nothing of what is audited is executed by this computer, so this runs on any
system. Other people’s tools (sed, xxd, python3, perl, objdump, GNU as, M1, hex2) give a second opinion where they are installed.
Exit code 1 when a check failed.`,
    )
    .action(async (program: string | undefined, options: Json & { checkout: string }) => {
      await (await load()).seed(program ?? null, options);
    });
  leaf(audit, 'checks', 'the list of all checks of the seed: id, title, and what each proves').action(
    async (options: Json) => {
      await (await load()).checks(options);
    },
  );
}

export function addDdcCommand(trust: Command, leaf: Leaf): void {
  leaf(
    trust,
    'ddc',
    'build stage0’s tools a second way, from this computer’s C compiler, and compare (about a minute)',
  )
    .option('--checkout <folder>', CHECKOUT, 'default')
    .option('--run <run>', 'also compare with the tools that this run made')
    .addHelpText(
      'after',
      `
Two roots: the seed, and a C compiler that never saw the seed. When both give the same 19 tools, a flaw that hides itself would
have to be in both, and the same in both. Linux on x86 only: the tools are programs for it. What it does not tell is printed
with the result, which is kept in the data folder. Exit code 1 when a tool differs.`,
    )
    .action(async (options: Json & { checkout: string }) => {
      await (await import('./commands/ddc.ts')).ddc(options);
    });
}
