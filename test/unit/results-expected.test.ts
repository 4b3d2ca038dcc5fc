// Which outputs upstream has checksums for, derived from its lists and its manifest.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText } from '../../src/engine/checkout/read-text.ts';
import { launchVariables } from '../../src/engine/formats/bootstrap-variables.ts';
import { expectedOutputs } from '../../src/engine/results/expected-outputs.ts';

const LISTS = process.env['LIVE_BOOTSTRAP_DIR'] ?? resolve('../shared/data/live-bootstrap-984b8322');
const hasLists = existsSync(join(LISTS, 'steps/SHA256SUMS.pkgs'));
if (!hasLists && process.env['REQUIRE_TOOLS'] === '1') throw new Error(`no lists of upstream at ${LISTS}`);

describe.skipIf(!hasLists)(
  'upstream’s expected outputs (skipped unless LIVE_BOOTSTRAP_DIR or ../shared/data has them)',
  () => {
    const read = (path: string): Promise<string> => readText(LISTS, path);

    it('are 273 in a kernel bootstrap: 19 of stage0, 2 of the seed, 99 of kaem, 153 packages; libffi-3.3 is stale', async () => {
      const { outputs, unused } = await expectedOutputs(read, launchVariables('kernel-bootstrap'));
      const count = (layer: string): number => outputs.filter((one) => one.layer === layer).length;
      expect([count('stage0'), count('seed'), count('kaem'), count('package')]).toEqual([19, 2, 99, 153]);
      expect(outputs).toHaveLength(273);
      expect(unused).toEqual(['libffi-3.3_0.tar.bz2']);
      const builds = new Set(outputs.map(({ step, pass }) => `${step ?? ''} ${pass ?? ''}`));
      // All 170 builds are covered, and the two layers before them.
      expect(builds.size).toBe(171);
    });

    it('have one name each, but for the two tcc that check /usr/bin/tcc', async () => {
      const { outputs } = await expectedOutputs(read, launchVariables('kernel-bootstrap'));
      const names = outputs.map(({ name }) => name);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual(['/usr/bin/tcc']);
    });

    it('leave out fiwix, lwext4 and kexec-fiwix with a supplied kernel', async () => {
      const { outputs } = await expectedOutputs(read, launchVariables('kernel'));
      expect(outputs).toHaveLength(270);
      expect(outputs.some(({ name }) => name === '/boot/fiwix')).toBe(false);
    });
  },
);

describe('expected outputs of a manifest of our own', () => {
  const sum = (digit: string): string => digit.repeat(64);
  const files = new Map([
    ['steps/manifest', 'build: one-1\nbuild: bash-2\nbuild: one-1\nbuild: one-1\nbuild: one-1.5\n'],
    ['seed/stage0-posix/x86.answers', `${sum('a')}  x86/bin/catm\n`],
    ['seed/configurator.x86.checksums', `${sum('b')}  configurator\n`],
    ['seed/script-generator.x86.checksums', `${sum('c')}  script-generator\n`],
    ['steps/one-1/one-1.x86.checksums', `${sum('d')}  /usr/bin/one\n`],
    ['steps/bash-2/bash-2.checksums', `${sum('e')}  /usr/bin/bash\n`],
    [
      'steps/SHA256SUMS.pkgs',
      `${sum('1')}  one-1_0.tar.bz2\n${sum('2')}  one-1_1.tar.bz2\n${sum('3')}  gone_0.tar.bz2\n`,
    ],
  ]);
  const read = (path: string): Promise<string> => {
    const text = files.get(path);
    if (text === undefined)
      return Promise.reject(
        Object.assign(new Error(path), { name: 'SeedbedError', code: 'NOT_FOUND', data: {} }),
      );
    return Promise.resolve(text);
  };

  it('number packages by what lies in the repository: builds by kaem make none', async () => {
    const { outputs, unused } = await expectedOutputs(read, launchVariables('kernel-bootstrap'));
    expect(outputs.map(({ layer, name, pass }) => `${layer} ${name} ${pass ?? '-'}`)).toEqual([
      'stage0 x86/bin/catm -',
      'seed configurator -',
      'seed script-generator -',
      'kaem /usr/bin/one 1',
      'kaem /usr/bin/bash 1',
      'package one-1_0.tar.bz2 2',
      'package one-1_1.tar.bz2 3',
    ]);
    expect(unused).toEqual(['gone_0.tar.bz2']);
  });

  it('refuse a list with a line that is none, naming file and line', async () => {
    const broken = (path: string): Promise<string> =>
      path === 'steps/SHA256SUMS.pkgs' ? Promise.resolve(`${sum('1')}  a\nnonsense\n`) : read(path);
    await expect(expectedOutputs(broken, launchVariables('kernel-bootstrap'))).rejects.toMatchObject({
      code: 'CHECKOUT_UNREADABLE',
      data: { file: 'steps/SHA256SUMS.pkgs', line: 2 },
    });
  });
});
