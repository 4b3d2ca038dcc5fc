// The evaluation of the step manifest against upstream's own script-generator, compiled from the user's checkout and run.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BootstrapVariable,
  formatBootstrapVariables,
  launchVariables,
  parseBootstrapVariables,
} from '../../src/engine/formats/bootstrap-variables.ts';
import { evaluateManifest } from '../../src/engine/formats/manifest-evaluate.ts';
import type { LaunchMode } from '../../src/shared/model/manifest.ts';
import {
  compileScriptGenerator,
  hasCompiler,
  type Judgement,
  type ScriptGenerator,
} from '../support/script-generator.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const ready = checkout !== undefined && hasCompiler();
if (checkout !== undefined && !ready && process.env['REQUIRE_TOOLS'] === '1')
  throw new Error('gcc is needed');

const changes = (values: Record<string, string>): BootstrapVariable[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** name, mode, changes; and how many builds remain in how many scripts. */
const CONFIGURATIONS: readonly [string, LaunchMode, Record<string, string>, number, number][] = [
  ['kernel bootstrap', 'kernel-bootstrap', {}, 170, 6],
  ['kernel bootstrap, interactive', 'kernel-bootstrap', { INTERACTIVE: 'True', BARE_METAL: 'True' }, 170, 6],
  ['kernel bootstrap with swap', 'kernel-bootstrap', { SWAP_SIZE: '4096' }, 170, 6],
  ['kernel bootstrap with the configurator', 'kernel-bootstrap', { CONFIGURATOR: 'True' }, 170, 6],
  [
    'kernel bootstrap, all at once',
    'kernel-bootstrap',
    {
      INTERACTIVE: 'True',
      SWAP_SIZE: '1',
      UPDATE_CHECKSUMS: 'True',
      FORCE_TIMESTAMPS: 'True',
      BUILD_KERNELS: 'True',
      INTERNAL_CI: 'pass1',
    },
    170,
    8,
  ],
  ['kernel bootstrap, cores', 'kernel-bootstrap', { JOBS: '8', FINAL_JOBS: '16' }, 170, 6],
  ['--kernel', 'kernel', {}, 167, 4],
  ['--kernel, interactive', 'kernel', { INTERACTIVE: 'True' }, 167, 4],
  ['--kernel with kernels built', 'kernel', { BUILD_KERNELS: 'True' }, 170, 4],
  ['--kernel with swap and timestamps', 'kernel', { SWAP_SIZE: '100', FORCE_TIMESTAMPS: 'True' }, 167, 4],
  ['chroot', 'chroot', {}, 163, 3],
  ['chroot, interactive', 'chroot', { INTERACTIVE: 'True' }, 163, 3],
  ['chroot with kernels built', 'chroot', { BUILD_KERNELS: 'True' }, 170, 3],
  ['chroot with checksums renewed', 'chroot', { UPDATE_CHECKSUMS: 'True', BUILD_KERNELS: 'True' }, 170, 3],
  ['chroot, first pass of upstream’s tests', 'chroot', { INTERNAL_CI: 'pass1' }, 163, 5],
];

describe.skipIf(!ready)(
  'the step manifest, judged by upstream’s script-generator (skipped unless LIVE_BOOTSTRAP_DIR names a checkout and gcc is there)',
  () => {
    let folder = '';
    let judge: ScriptGenerator;
    let manifest = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'seedbed-test-'));
      judge = compileScriptGenerator(checkout ?? '', folder);
      manifest = readFileSync(join(checkout ?? '', 'steps', 'manifest'), 'utf8');
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each(CONFIGURATIONS)('agrees for %s', (_name, mode, values, builds, scripts) => {
      const variables = launchVariables(mode, changes(values));
      const ours = evaluate(manifest, variables);
      expect(ours).toEqual(judge(manifest, formatBootstrapVariables(variables)));
      expect(ours.scripts.flat().filter((entry) => entry.directive === 'build')).toHaveLength(builds);
      expect(ours.scripts).toHaveLength(scripts);
    });

    it('agrees for configurations that nobody would write', () => {
      const odd = [
        '',
        'CHROOT=False\n',
        'CHROOT=\nCHROOT=True\n',
        'JOBS=9\nKERNEL_BOOTSTRAP=True\n',
        'X=a=b\nBUILD_FIWIX=True\nSWAP_SIZE=0\n',
      ];
      for (const text of odd)
        expect(evaluate(manifest, parseBootstrapVariables(text))).toEqual(judge(manifest, text));
    });

    it('agrees for manifests and configurations made at random', () => {
      fc.assert(
        fc.property(manifests, fc.array(assignments, { maxLength: 6 }), (text, variables) => {
          expect(evaluate(text, variables)).toEqual(judge(text, formatBootstrapVariables(variables)));
        }),
        { numRuns: 150 },
      );
    });

    it('stops at the same blanks, and at no others', () => {
      const outcomes = { same: 0, refused: 0 };
      fc.assert(
        fc.property(fc.array(blanks, { minLength: 1, maxLength: 2 }), (lines) => {
          const text = lines.join('');
          const theirs = outcomeOf(() => judge(text, 'A=1\n'));
          outcomes[theirs === 'stops' ? 'refused' : 'same'] += 1;
          expect(outcomeOf(() => evaluate(text, parseBootstrapVariables('A=1\n')))).toEqual(theirs);
        }),
        { numRuns: 200 },
      );
      expect(Math.min(outcomes.same, outcomes.refused)).toBeGreaterThan(20);
    });
  },
);

function outcomeOf(work: () => Judgement): Judgement | 'stops' {
  try {
    return work();
  } catch {
    return 'stops';
  }
}

function evaluate(manifest: string, variables: readonly BootstrapVariable[]): Judgement {
  const found = evaluateManifest(manifest, variables);
  return {
    scripts: found.scripts.map(({ entries }) =>
      entries.map(({ directive, argument, pass }) => ({ directive, argument, pass })),
    ),
    configuration: formatBootstrapVariables(found.variables),
  };
}

const names = fc.constantFrom('A', 'B', 'CHROOT', 'JOBS', 'X_1');
const values = fc.constantFrom('True', 'False', '1', 'pass1', 'A');
const assignments = fc.record({ name: names, value: fc.oneof(values, fc.constant('')) });
const steps = fc.constantFrom(
  'bash-2.05b',
  'bash-5.2.15',
  'tcc-0.9.27',
  'musl-1.1.24',
  'linux',
  'reconfigure',
);
const comparison = fc.tuple(names, fc.constantFrom('==', '!='), values).map((words) => words.join(' '));
const logic = fc
  .tuple(
    fc.array(fc.tuple(comparison, fc.constantFrom('||', '&&')), { maxLength: 4 }),
    fc.oneof(comparison, values),
  )
  .map(([terms, last]) => `( ${[...terms.flat(), last].join(' ')} )`);
const condition = fc.oneof(
  fc.constant(''),
  logic.map((text) => ` ${text}`),
);
const directives = fc.oneof(
  fc
    .tuple(fc.constantFrom('build', 'improve', 'jump'), steps, condition)
    .map(([kind, step, when]) => `${kind}: ${step}${when}`),
  fc
    .tuple(fc.array(steps, { minLength: 1, maxLength: 3 }), condition)
    .map(([targets, when]) => `uninstall: ${targets.join(' ')}${when}`),
  fc
    .tuple(names, fc.oneof(values, logic), condition)
    .map(([name, value, when]) => `define: ${name} = ${value}${when}`),
);
const manifests = fc
  .array(
    fc
      .tuple(directives, fc.constantFrom('\n', ' # why\n', '# why\n', ' \n', '\n\n', '\n# a line of words\n'))
      .map((parts) => parts.join('')),
    { maxLength: 25 },
  )
  .map((lines) => lines.join(''));
/** A directive with a blank too many at its head, at its end or between two words; or with none. */
const blanks = fc
  .tuple(
    directives,
    fc.constantFrom('', '', ' '),
    fc.nat({ max: 12 }),
    fc.constantFrom('', '', ' ', '  ', ' # why', '  # why'),
  )
  .map(([line, head, at, tail]) => {
    const words = line.split(' ').map((word, index) => (index === at ? `${word} ` : word));
    return `${head}${words.join(' ')}${tail}\n`;
  });
