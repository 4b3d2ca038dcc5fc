// bootstrap.cfg: equal to what upstream's rootfs.py writes for every set of options, and nothing that a shell would read as more than a word.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBootstrapCfg } from '../../src/engine/formats/bootstrap-cfg.ts';
import { checkConfiguration } from '../../src/engine/formats/bootstrap-rules.ts';
import {
  type BootstrapConfiguration,
  DEFAULT_CONFIGURATION,
} from '../../src/shared/model/bootstrap-config.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
const hasPython = spawnSync('python3', ['--version']).status === 0;
const required = process.env['REQUIRE_TOOLS'] === '1';

const textOf = (changes: Partial<BootstrapConfiguration>): string =>
  formatBootstrapCfg({ ...DEFAULT_CONFIGURATION, ...changes });

test('one VAR=value a line, mirrors in quotes', () => {
  const lines = textOf({ cores: 3, mirrors: ['http://a.example/x', 'https://b.example'] }).split('\n');
  expect(lines).toContain('JOBS=3');
  expect(lines).toContain('FINAL_JOBS=3');
  expect(lines).toContain('MIRRORS="http://a.example/x https://b.example"');
  expect(lines.slice(-2)).toEqual(['MIRRORS_LEN=2', '']);
  expect(lines.slice(0, -1).filter((line) => !/^[A-Z_]+=\S/.test(line))).toEqual([]);
});

test('without mirrors there is no MIRRORS line', () => {
  expect(textOf({})).toMatch(/\nMIRRORS_LEN=0\n$/);
  expect(textOf({})).not.toMatch(/^MIRRORS=/m);
});

test('an interactive run keeps its serial console when that is asked for, and only then', () => {
  expect(textOf({ interactive: true })).toContain('\nBARE_METAL=True\n');
  expect(textOf({ interactive: true, console: 'serial' })).toContain('\nBARE_METAL=False\n');
  expect(textOf({ machine: 'bare-metal', console: 'serial' })).toContain('\nBARE_METAL=False\n');
  expect(textOf({ console: 'screen' })).toContain('\nBARE_METAL=True\n');
});

test('a disk that was named is written, whatever rootfs.py would have chosen', () => {
  expect(textOf({ machine: 'bare-metal', externalSources: true, disk: 'nvme0n1p1' })).toContain(
    '\nDISK=nvme0n1p1\n',
  );
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
  expect(await refusalOf(() => textOf({ mirrors: [mirror] }))).toEqual([
    'INPUT_INVALID',
    { reason: expect.stringContaining('the mirror') as unknown },
  ]);
});

test.each([
  ['disk', 'sda; reboot'],
  ['disk', 'sda\nINTERACTIVE=True'],
  ['internalCi', 'pass 1'],
  ['arch', '$(id)'],
])('%s %j, which a shell would read, is refused', async (field, value) => {
  expect(await refusalOf(() => textOf({ [field]: value }))).toMatchObject(['INPUT_INVALID', {}]);
});

test('more mirrors than upstream’s line buffers hold are refused', async () => {
  const mirrors = Array.from({ length: 20 }, (_, index) => `http://m${index}.example/${'x'.repeat(100)}`);
  expect(await refusalOf(() => textOf({ mirrors }))).toEqual([
    'INPUT_INVALID',
    { reason: expect.stringContaining('too long') as unknown },
  ]);
});

/** Runs upstream's own main() for each command line, with everything after the configuration left out; the text, or what it refused. */
const DRIVER = `
import json, sys, types
sys.modules['requests'] = types.ModuleType('requests')
import rootfs
rootfs.Target = lambda path: None
rootfs.Generator = lambda **options: None
rootfs.bootstrap = lambda *arguments: None
answers = []
for line in json.load(sys.stdin):
    sys.argv = ['rootfs.py'] + line
    try:
        rootfs.main()
        answers.append({'text': open('steps/bootstrap.cfg').read()})
    except ValueError as error:
        answers.append({'refused': str(error)})
json.dump(answers, sys.stderr)
`;

interface Answer {
  text?: string;
  refused?: string;
}

function askUpstream(lines: readonly string[][]): Answer[] {
  const folder = makeFolder();
  for (const name of ['rootfs.py', 'lib'])
    cpSync(join(checkout ?? '', name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, 'steps'));
  const done = spawnSync('python3', ['-c', DRIVER], {
    cwd: folder,
    encoding: 'utf8',
    input: JSON.stringify(lines),
  });
  expect(done.status).toBe(0);
  return JSON.parse(done.stderr) as Answer[];
}

/** The command line that means the same to rootfs.py. */
function commandLine(given: BootstrapConfiguration): string[] {
  const flag = (name: string, on: boolean): string[] => (on ? [name] : []);
  return [
    `--${given.machine}`,
    ...['--cores', String(given.cores), '--swap', String(given.swapMiB)],
    ...flag('--external-sources', given.externalSources),
    ...flag('--force-timestamps', given.forceTimestamps),
    ...flag('--update-checksums', given.updateChecksums),
    ...flag('--build-kernels', given.buildKernels),
    ...flag('--interactive', given.interactive),
    ...flag('--configurator', given.configurator),
    ...flag('--no-create-config', !given.createConfig),
    ...(given.suppliedKernel ? ['--kernel', 'bzImage'] : []),
    ...(given.repoPreseeded ? ['--repo', 'packages'] : []),
    ...(given.internalCi === null ? [] : ['--internal-ci', given.internalCi]),
    ...['--arch', given.arch],
    ...['--mirrors', ...given.mirrors],
  ];
}

const configurations = fc.record({
  ...Object.fromEntries(
    Object.entries(DEFAULT_CONFIGURATION).map(([name, value]) => [name, fc.constant(value)]),
  ),
  machine: fc.constantFrom('qemu', 'bare-metal', 'chroot', 'bwrap'),
  suppliedKernel: fc.boolean(),
  arch: fc.constantFrom('x86', 'amd64', 'riscv64'),
  cores: fc.integer({ min: 1, max: 256 }),
  externalSources: fc.boolean(),
  repoPreseeded: fc.boolean(),
  swapMiB: fc.constantFrom(0, 1, 4096),
  forceTimestamps: fc.boolean(),
  updateChecksums: fc.boolean(),
  buildKernels: fc.boolean(),
  interactive: fc.boolean(),
  configurator: fc.boolean(),
  internalCi: fc.constantFrom(null, 'pass1', 'pass2'),
  mirrors: fc.array(fc.constantFrom('http://a.example/pub', 'https://b.example'), {
    minLength: 1,
    maxLength: 3,
  }),
  createConfig: fc.boolean(),
}) as unknown as fc.Arbitrary<BootstrapConfiguration>;

describe.skipIf(checkout === undefined || (!hasPython && !required))(
  'upstream’s own text (needs LIVE_BOOTSTRAP_DIR and python3)',
  () => {
    test('is ours, byte for byte, for any set of options', () => {
      const asked = fc.sample(configurations, 500);
      const answers = askUpstream(asked.map(commandLine));
      for (const [index, configuration] of asked.entries())
        expect(formatBootstrapCfg(configuration), commandLine(configuration).join(' ')).toBe(
          answers[index]?.text,
        );
    });

    test('what it refuses for want of a mirror is an error here', () => {
      const [answer] = askUpstream([['--qemu']]);
      expect(answer?.refused).toContain('mirror');
      const findings = checkConfiguration(DEFAULT_CONFIGURATION, { goal: 'end', overlays: [] });
      expect(findings.map(({ level, code }) => [level, code])).toContainEqual(['error', 'mirrors-none']);
    });
  },
);
