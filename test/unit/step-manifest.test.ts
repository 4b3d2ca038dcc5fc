// steps/manifest as directives, and which of them come before the network.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseStepManifest, preNetworkBuilds } from '../../src/engine/formats/step-manifest.ts';
import { refusalOf } from '../support/refusals.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];

test('every directive, with its condition, its line and without its comment', () => {
  const text = [
    '# title',
    '',
    'build: perl5.004-05',
    'build: a-1.0+b ( X == True ) # why',
    'define: JOBS = 1 ( KERNEL_BOOTSTRAP == True )',
    'define: CONSOLES = ( A == True && B == False )',
    'jump: linux # comment',
    'uninstall: /usr/bin/lex flex-2.6.4',
    'improve: get_network ( CHROOT == False )',
    '',
  ].join('\n');
  expect(parseStepManifest(text).map((directive) => ({ ...directive, text: '' }))).toEqual([
    { text: '', kind: 'build', line: 3, predicate: null, step: 'perl5.004-05' },
    { text: '', kind: 'build', line: 4, predicate: '( X == True )', step: 'a-1.0+b' },
    {
      text: '',
      kind: 'define',
      line: 5,
      predicate: '( KERNEL_BOOTSTRAP == True )',
      name: 'JOBS',
      value: '1',
    },
    {
      text: '',
      kind: 'define',
      line: 6,
      predicate: null,
      name: 'CONSOLES',
      value: '( A == True && B == False )',
    },
    { text: '', kind: 'jump', line: 7, predicate: null, script: 'linux' },
    { text: '', kind: 'uninstall', line: 8, predicate: null, targets: ['/usr/bin/lex', 'flex-2.6.4'] },
    { text: '', kind: 'improve', line: 9, predicate: '( CHROOT == False )', script: 'get_network' },
  ]);
});

test('blanks that upstream bears: one at the end, two where names are listed or a value is empty', () => {
  const parsed = parseStepManifest('build: a \nuninstall: b  c\ndefine: X =  ( Y == 1 )\n');
  expect(parsed).toMatchObject([
    { step: 'a', predicate: null },
    { targets: ['b', '', 'c'] },
    { name: 'X', value: '', predicate: '( Y == 1 )' },
  ]);
});

describe('refused, with file and line', () => {
  test.each([
    ['a word that is no directive', 'make: a', /none of build/],
    ['no name', 'build: ', /one name/],
    ['a blank before the word', ' build: a', /begin with a space/],
    ['a tab before the word', '\tbuild: a', /none of build/],
    ['nothing but a blank', ' ', /begin with a space/],
    ['a comment behind a blank', ' # why', /begin with a space/],
    ['two blanks before the name', 'build:  a', /one name/],
    ['two blanks before the comment', 'build: a  # why', /one condition/],
    ['two blanks before the condition', 'build: a  ( X == True )', /one condition/],
    ['a path instead of a step', 'build: ../../etc', /one name/],
    ['the folder above', 'build: ..', /one name/],
    ['an absolute path', 'build: /etc', /one name/],
    ['two names', 'build: a b', /one condition/],
    ['a condition that does not close', 'build: a ( X == True', /one condition/],
    ['a definition without a value', 'define: X =', /NAME = value/],
    ['nothing to remove', 'uninstall: ( X == True )', /what to remove/],
  ])('%s', async (_what, line, reason) => {
    expect(await refusalOf(() => parseStepManifest(`build: ok\n${line}\n`, 'steps/manifest'))).toEqual([
      'CHECKOUT_UNREADABLE',
      { file: 'steps/manifest', line: 2, reason: expect.stringMatching(reason) as unknown },
    ]);
  });

  test('CR LF line ends, as a clone on Windows may have them', async () => {
    expect(await refusalOf(() => parseStepManifest('build: a\nbuild: b\r\n'))).toEqual([
      'CHECKOUT_UNREADABLE',
      { file: 'steps/manifest', line: 2, reason: expect.stringMatching(/CR LF/) as unknown },
    ]);
  });
});

describe('before the network', () => {
  const steps = (text: string): string[] => preNetworkBuilds(parseStepManifest(text)).map(({ step }) => step);

  test('ends at the first improve whose line names it, in whatever place', () => {
    expect(steps('build: a\nimprove: x\nbuild: b ( N == 1 )\nimprove: get_network\nbuild: c\n')).toEqual([
      'a',
      'b',
    ]);
    expect(steps('build: a\nimprove: x # network\nbuild: b\n')).toEqual(['a']);
    expect(steps('build: network-1\nbuild: b\n')).toEqual(['network-1', 'b']);
  });

  test.skipIf(checkout === undefined)(
    'is 82 builds of the 170 at 984b8322 (needs LIVE_BOOTSTRAP_DIR)',
    () => {
      const directives = parseStepManifest(readFileSync(join(checkout ?? '', 'steps', 'manifest'), 'utf8'));
      const count = (kind: string): number =>
        directives.filter((directive) => directive.kind === kind).length;
      expect(['build', 'improve', 'jump', 'uninstall', 'define'].map(count)).toEqual([170, 22, 5, 4, 4]);
      expect(preNetworkBuilds(directives)).toHaveLength(82);
    },
  );
});
