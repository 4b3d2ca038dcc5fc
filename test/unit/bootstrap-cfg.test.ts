// bootstrap.cfg: equal to what upstream's rootfs.py writes, and nothing that a shell would read as more than a word.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatBootstrapCfg } from '../../src/engine/formats/bootstrap-cfg.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const hasPython = spawnSync('python3', ['--version']).status === 0;
const required = process.env['REQUIRE_TOOLS'] === '1';

test('one VAR=value a line, mirrors in quotes', () => {
  const lines = formatBootstrapCfg({ cores: 3, mirrors: ['http://a.example/x', 'https://b.example'] }).split(
    '\n',
  );
  expect(lines).toContain('JOBS=3');
  expect(lines).toContain('FINAL_JOBS=3');
  expect(lines).toContain('MIRRORS="http://a.example/x https://b.example"');
  expect(lines.slice(-2)).toEqual(['MIRRORS_LEN=2', '']);
  expect(lines.slice(0, -1).filter((line) => !/^[A-Z_]+=\S/.test(line))).toEqual([]);
});

test('without mirrors there is no MIRRORS line', () => {
  const text = formatBootstrapCfg({ cores: 1, mirrors: [] });
  expect(text).toMatch(/\nMIRRORS_LEN=0\n$/);
  expect(text).not.toMatch(/^MIRRORS=/m);
});

test.each([
  'http://a.example/"; reboot; "',
  'http://a.example/$HOME',
  'http://a.example/`id`',
  'http://a.example/\\',
  'http://a.example/two words',
  'http://a.example/\nDISK=sdb',
  'file:///srv/mirror',
  'http://',
])('the mirror %j is refused', async (mirror) => {
  expect(await refusalOf(() => formatBootstrapCfg({ cores: 1, mirrors: [mirror] }))).toEqual([
    'INPUT_INVALID',
    { reason: expect.stringContaining('the mirror') as unknown },
  ]);
});

test('more mirrors than upstream’s line buffers hold are refused', async () => {
  const mirrors = Array.from({ length: 20 }, (_, index) => `http://m${index}.example/${'x'.repeat(100)}`);
  expect(await refusalOf(() => formatBootstrapCfg({ cores: 1, mirrors }))).toEqual([
    'INPUT_INVALID',
    { reason: expect.stringContaining('too long') as unknown },
  ]);
});

/** Calls upstream's own function with the arguments that `--qemu --cores N --mirrors …` give. */
const DRIVER = `
import sys, types
sys.modules['requests'] = types.ModuleType('requests')
import argparse, rootfs
args = argparse.Namespace(arch='x86', force_timestamps=False, chroot=False, bwrap=False, update_checksums=False, cores=sys.argv[1],
  swap=0, internal_ci=None, interactive=False, qemu=True, bare_metal=False, kernel=None, repo=None, external_sources=False,
  build_kernels=False, configurator=False, mirrors=sys.argv[2:])
rootfs.create_configuration_file(args)
`;

describe.skipIf(checkout === undefined || (!hasPython && !required))(
  'upstream’s own text (needs LIVE_BOOTSTRAP_DIR and python3)',
  () => {
    test.each([
      { cores: 2, mirrors: ['http://a.example/pub'] },
      { cores: 64, mirrors: ['http://a.example', 'https://b.example/x/'] },
      { cores: 1, mirrors: [] },
    ])('$cores cores, $mirrors', ({ cores, mirrors }) => {
      const folder = makeFolder();
      for (const name of ['rootfs.py', 'lib'])
        cpSync(join(checkout ?? '', name), join(folder, name), { recursive: true });
      mkdirSync(join(folder, 'steps'));
      const done = spawnSync('python3', ['-c', DRIVER, String(cores), ...mirrors], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(done.stderr).toBe('');
      const theirs = readFileSync(join(folder, 'steps', 'bootstrap.cfg'), 'utf8');
      expect(formatBootstrapCfg({ cores, mirrors })).toBe(theirs);
    });
  },
);
