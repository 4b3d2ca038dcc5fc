// The last line of a sandbox's log: what it says of the run, alone and beside what went before.
import { describe, expect, it } from 'vitest';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { formatSandboxEnd } from '../../src/engine/formats/console/sandbox-lines.ts';
import { expectedSteps, stepListOf } from '../../src/engine/formats/console/step-list.ts';
import { judge } from '../../src/engine/formats/console/verdict.ts';
import { parseBootstrapVariables } from '../../src/engine/formats/bootstrap-variables.ts';
import type { Verdict } from '../../src/shared/model/console.ts';

const CFG = 'ARCH=x86\nCHROOT=True\nKERNEL_BOOTSTRAP=False\nBUILD_KERNELS=False\n';
const MANIFEST = 'build: alpha-1.0\nbuild: bash-2.05b\nbuild: gamma-3.0\n';
const KAEM = [' +> kaem --file /steps/0.sh ', ' +> pkg=alpha-1.0 ', ' +> kaem --file pass1.kaem '];
const BASH = [...KAEM, ' +> pkg=bash-2.05b ', ' +> kaem --file pass1.kaem ', ' +> bash /steps/1.sh '];

function verdictOf(lines: readonly string[], manifest: string, exact = true): Verdict | null {
  const steps = expectedSteps(stepListOf(manifest, parseBootstrapVariables(CFG), null));
  const reader = openConsoleReader({ steps: { expected: steps, exact } });
  reader.push(new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join('')));
  return judge(reader.report(), { goal: 'end', processEnded: true, stopped: false });
}

const end = (status: number | null): string => formatSandboxEnd(status).trimEnd();

describe('the end of a sandbox', () => {
  it('is that of the bootstrap, where the last build ran and its shell ended well', () => {
    const verdict = verdictOf([...KAEM, end(0)], 'build: alpha-1.0\n');
    expect(verdict).toMatchObject({
      outcome: 'passed',
      sentence: expect.stringContaining('the sandbox ended') as string,
    });
  });

  it.each([
    ['a status that tells of a failure', [...KAEM, end(1)], 'build: alpha-1.0\n'],
    ['a signal', [...KAEM, end(137)], 'build: alpha-1.0\n'],
    ['a closed terminal', [...KAEM, end(null)], 'build: alpha-1.0\n'],
    ['builds that never came', [...KAEM, end(0)], MANIFEST],
    [
      'a last build that did not say its end',
      [...BASH, 'gamma-3.0: beginning build using script pass1.sh', end(0)],
      MANIFEST,
    ],
    ['a check that failed before it', [...KAEM, '/usr/bin/alpha: FAILED', end(0)], 'build: alpha-1.0\n'],
  ])('is a failure with %s', (_what, lines, manifest) => {
    expect(verdictOf(lines, manifest)).toMatchObject({ outcome: 'failed' });
  });

  it('proves nothing where the steps are only guessed', () => {
    expect(verdictOf([...KAEM, end(0)], 'build: alpha-1.0\n', false)).toMatchObject({ outcome: 'failed' });
  });
});
