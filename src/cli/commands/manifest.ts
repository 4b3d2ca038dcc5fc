// seedbed checkout manifest
import { SeedbedError } from '../../shared/errors.ts';
import type { LaunchMode, ManifestPlan, PlannedDistfile } from '../../shared/model/manifest.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { readCheckoutName } from './checkout-options.ts';

export async function manifest(name: string, given: Json): Promise<void> {
  // Commander has checked the options by their declarations in checkout-program.ts.
  const options = given as Json & { mode: LaunchMode; set?: string[]; distfiles?: boolean };
  const screen = openScreen();
  await withSession(async ({ client, engine }) => {
    const plan = await client.checkout.manifest({
      checkout: readCheckoutName(name, engine.places),
      configuration: { mode: options.mode, variables: readVariables(options.set ?? []) },
    });
    if (options.json === true) screen.json(plan);
    else
      for (const line of options.distfiles === true ? distfileLines(plan) : scriptLines(plan))
        screen.line(line);
  });
}

function readVariables(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(word) ?? [];
      if (name === undefined || value === undefined)
        throw new SeedbedError('USAGE', { reason: `--set takes NAME=VALUE, not ${JSON.stringify(word)}.` });
      return [name, value];
    }),
  );
}

function scriptLines({ scripts }: ManifestPlan): string[] {
  const builds = scripts.flatMap(({ entries }) => entries.filter(({ directive }) => directive === 'build'));
  const rows = scripts.flatMap(({ number, shell, kernel, entries }) => [
    [`${number}.sh`, `${shell} on ${kernel}`, '', ''],
    ...entries.map(({ directive, argument, pass, line }) => [
      '',
      directive,
      pass === null || pass === 1 ? argument : `${argument} (pass ${pass})`,
      `line ${line}`,
    ]),
  ]);
  return [
    ...formatTable(rows),
    `${builds.length} builds in ${scripts.length} ${scripts.length === 1 ? 'script' : 'scripts'}`,
  ];
}

const PHASES: Record<PlannedDistfile['phase'], string> = {
  kaem: 'boot image, for kaem',
  'pre-network': 'boot image, for bash',
  'pre-tls': 'plain http',
  'with-tls': 'http or https',
  unused: 'not needed',
};

function distfileLines({ distfiles }: ManifestPlan): string[] {
  const rows = distfiles.map(({ wanted, phase, routes, uses }) => [
    wanted.name,
    PHASES[phase],
    phase === 'pre-tls' && routes.urls.length === 0 ? 'only a mirror or the external disk' : '',
    [...new Set(uses.map(({ step, script }) => `${step} (${script}.sh)`))].join(' '),
  ]);
  const counts = Object.entries(PHASES).flatMap(([phase, words]) => {
    const count = distfiles.filter((file) => file.phase === phase).length;
    return count === 0 ? [] : [`${String(count).padStart(4)}  ${words}`];
  });
  return [
    ...formatTable([['name', 'comes by', '', 'steps'], ...rows]),
    ...counts,
    `${String(distfiles.length).padStart(4)}  files`,
  ];
}
