// Evaluation of the step manifest, on small manifests: what remains, in which script, and what is refused where.
import { describe, expect, it } from 'vitest';
import {
  formatBootstrapVariables,
  launchVariables,
  parseBootstrapVariables,
} from '../../src/engine/formats/bootstrap-variables.ts';
import { evaluateManifest } from '../../src/engine/formats/manifest-evaluate.ts';
import { parseLogic } from '../../src/engine/formats/manifest-predicate.ts';
import { isSeedbedError } from '../../src/shared/errors.ts';

const evaluate = (manifest: string, cfg = ''): ReturnType<typeof evaluateManifest> =>
  evaluateManifest(manifest, parseBootstrapVariables(cfg));
const remaining = (manifest: string, cfg = ''): string[] =>
  evaluate(manifest, cfg).scripts.flatMap(({ number, entries }) =>
    entries.map(({ directive, argument, pass, line }) =>
      [`${number}:${line}`, directive, argument, ...(pass === null ? [] : [pass])].join(' '),
    ),
  );
const configuration = (manifest: string, cfg = ''): string =>
  formatBootstrapVariables(evaluate(manifest, cfg).variables);
const failure = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return isSeedbedError(error) ? { code: error.code, ...error.data } : error;
  }
};

describe('conditions', () => {
  it.each([
    ['( A == 1 )', true],
    ['( A != 1 )', false],
    ['( UNSET == True )', false],
    ['( UNSET != True )', true],
    ['( A == 1 && B == 2 )', true],
    ['( A == 2 || B == 2 )', true],
    // Without precedence: 2 == A is false, and what stands right of && is one side.
    ['( A == 2 && B == 2 || A == 1 )', false],
    ['( A == 1 || B == 3 && A == 2 )', true],
    ['( True )', true],
    ['( A == 2 || True )', true],
    ['( A )', false],
  ])('%s is %s when A=1 and B=2', (condition, holds) => {
    expect(remaining(`build: x ${condition}\n`, 'A=1\nB=2\n')).toEqual(holds ? ['0:1 build x 1'] : []);
  });

  it('compare with nothing where two spaces stand', () => {
    expect(parseLogic('( A ==  )')).toEqual({
      term: { kind: 'compare', name: 'A', equal: true, value: '' },
      rest: null,
    });
  });
});

describe('define', () => {
  it('adds a variable, or changes one in its place', () => {
    expect(configuration('define: B = 3\ndefine: C = ( A == 1 )\n', 'A=1\nB=2\n')).toBe('A=1\nB=3\nC=True\n');
  });

  it('does nothing when its condition does not hold', () => {
    expect(configuration('define: B = 3 ( A == 2 )\n', 'A=1\nB=2\n')).toBe('A=1\nB=2\n');
  });

  it('is seen by the lines behind it, not by those before', () => {
    expect(remaining('build: x ( B == 3 )\ndefine: B = 3\nbuild: y ( B == 3 )\n', 'A=1\n')).toEqual([
      '0:3 build y 1',
    ]);
  });

  it('never changes the first variable, as upstream', () => {
    const manifest = 'define: A = 2\nbuild: x ( A == 2 )\n';
    expect(configuration(manifest, 'A=1\n')).toBe('A=1\nA=2\n');
    expect(remaining(manifest, 'A=1\n')).toEqual([]);
  });

  it('writes the first of all variables twice, as upstream', () => {
    expect(configuration('define: A = 2\n')).toBe('A=2\nA=2\n');
  });
});

describe('passes and scripts', () => {
  it('count the builds of a step that remain', () => {
    expect(remaining('build: x\nbuild: x ( A == 1 )\nbuild: x\n')).toEqual([
      '0:1 build x 1',
      '0:3 build x 2',
    ]);
  });

  it('count whatever has the name, as upstream', () => {
    expect(remaining('improve: x\nbuild: x\n')).toEqual(['0:1 improve x', '0:2 build x 2']);
  });

  it('begin a script after each jump and after each bash', () => {
    const manifest =
      'build: a\njump: j\nbuild: bash-2\nbuild: bashful\nuninstall: a b\nbuild: bash-5\nimprove: z\n';
    expect(remaining(manifest)).toEqual([
      '0:1 build a 1',
      '0:2 jump j',
      '1:3 build bash-2 1',
      '2:4 build bashful 1',
      '2:5 uninstall a b',
      '2:6 build bash-5 1',
      '3:7 improve z',
    ]);
    expect(evaluate(manifest).scripts.map(({ shell, bashBuilds }) => `${shell} ${bashBuilds}`)).toEqual([
      'kaem 0',
      'kaem 0',
      'bash 1',
      'bash 2',
    ]);
  });

  it('do not begin a script after a jump that is left out', () => {
    expect(evaluate('jump: j ( A == 1 )\nbuild: x\n').scripts).toHaveLength(1);
  });
});

describe('what script-generator would stop at', () => {
  it.each([
    ['build: x ( A = 1 )', '== or != is expected after A'],
    ['build: x ( A == 1 and B == 1 )', '|| or && is expected after 1'],
    ['build: x ( A == 1 && )', 'the condition is empty'],
    ['define: X = ( A == )', 'a value is expected after A =='],
  ])('is refused with its line: %s', (text, reason) => {
    expect(failure(() => evaluate(`# words\n${text}\n`))).toEqual({
      code: 'CHECKOUT_UNREADABLE',
      file: 'steps/manifest',
      line: 2,
      reason,
    });
  });

  it.each([
    ['A=1\nB\n', 2, 'this is not NAME=value'],
    ['A=1\nB=2', 2, 'the last line has no line end'],
    [`A=${'x'.repeat(2046)}\n`, 1, 'the line is longer than 2046 bytes'],
    [`A=${'é'.repeat(1100)}\n`, 1, 'the line is longer than 2046 bytes'],
  ])('is refused in bootstrap.cfg too (case %#)', (text, line, reason) => {
    expect(failure(() => parseBootstrapVariables(text))).toMatchObject({ line, reason });
  });
});

describe('the variables that rootfs.py writes', () => {
  it('differ by mode, and take changes in place', () => {
    const cfg = formatBootstrapVariables(
      launchVariables('kernel', [
        { name: 'JOBS', value: '9' },
        { name: 'EXTRA', value: 'a=b' },
      ]),
    );
    expect(cfg).toContain('CHROOT=False\nUPDATE_CHECKSUMS=False\nJOBS=9\n');
    expect(cfg).toContain('DISK=sda1\nKERNEL_BOOTSTRAP=False\n');
    expect(cfg.endsWith('EXTRA=a=b\n')).toBe(true);
    expect(parseBootstrapVariables(cfg).at(-1)).toEqual({ name: 'EXTRA', value: 'a=b' });
  });
});
