// What becomes of expected outputs when a console and a disk are held against them.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText } from '../../src/engine/checkout/read-text.ts';
import { launchVariables } from '../../src/engine/formats/bootstrap-variables.ts';
import { openOutputReader } from '../../src/engine/formats/output-lines.ts';
import { accountOutputs, totalOutputs } from '../../src/engine/results/account.ts';
import { expectedOutputs } from '../../src/engine/results/expected-outputs.ts';
import type { ExpectedOutput } from '../../src/shared/model/results.ts';
import { bootstrapConsole } from '../support/bootstrap-consoles.ts';
import { hasRealLogs, realLog } from '../support/consoles.ts';

interface DiskFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

const sum = (digit: string): string => digit.repeat(64);

function readLog(
  lines: readonly string[],
  piece = 7,
): ReturnType<ReturnType<typeof openOutputReader>['lines']> {
  const reader = openOutputReader();
  const bytes = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
  for (let at = 0; at < bytes.length; at += piece) reader.push(bytes.subarray(at, at + piece));
  return reader.lines();
}

function expectedPackage(step: string, pass: number, revision = pass - 1): ExpectedOutput {
  return { layer: 'package', name: `${step}_${revision}.tar.bz2`, step, pass, sha256: sum('1') };
}

const tool: ExpectedOutput = {
  layer: 'stage0',
  name: 'x86/bin/catm',
  step: null,
  pass: null,
  sha256: sum('a'),
};

describe('the console’s lines about outputs', () => {
  it('are checks and builds that are over, whatever the pieces', () => {
    const lines = [
      'SeaBIOS (version 1.16)',
      'x86/bin/catm: OK',
      'gcc: note: this is no check: OK',
      'one-1: beginning build using script pass2.sh',
      'one-1_0.tar.bz2: FAILED',
      'one-1: build successful',
      'two-1: installing prebuilt package.',
    ];
    for (const piece of [1, 5, 1000]) {
      const { checks, builds } = readLog(lines, piece);
      expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
        ['x86/bin/catm', true],
        ['one-1_0.tar.bz2', false],
      ]);
      expect(builds).toEqual([
        { step: 'one-1', pass: 2, prebuilt: false },
        { step: 'two-1', pass: null, prebuilt: true },
      ]);
    }
  });

  it('are not what goes on from a row that firmware cut at 80 columns', () => {
    const cut = ['x'.repeat(80), 'y: OK'];
    expect(readLog(['SeaBIOS (version 1.16)', ...cut]).checks.map(({ name }) => name)).toEqual([
      `${'x'.repeat(80)}y`,
    ]);
    expect(readLog(['Linux version 4.14.341-openela', ...cut]).checks.map(({ name }) => name)).toEqual(['y']);
  });
});

describe('the account of outputs', () => {
  const found = (name: string, digit: string) =>
    new Map([[name, { path: `/external/repo/${name}`, sizeBytes: 5, sha256: sum(digit) }]]);
  const account = (
    output: ExpectedOutput,
    lines: readonly string[],
    disk = new Map<string, DiskFile>(),
    updatesChecksums = false,
  ) => accountOutputs([output], { log: readLog(lines), found: disk, updatesChecksums })[0];

  it.each([
    ['equal', 'the disk has the same bytes', [], found('one-1_0.tar.bz2', '1')],
    [
      'different',
      'the disk has others, whatever the machine said',
      ['one-1_0.tar.bz2: OK'],
      found('one-1_0.tar.bz2', '2'),
    ],
    ['seen', 'the machine’s check said OK', ['one-1_0.tar.bz2: OK'], new Map()],
    ['different', 'the machine’s check failed', ['one-1_0.tar.bz2: FAILED'], new Map()],
    [
      'missing',
      'its build is over and nothing of it is there',
      ['one-1: beginning build using script pass1.sh', 'one-1: build successful'],
      new Map(),
    ],
    ['unchecked', 'its build began only', ['one-1: beginning build using script pass1.sh'], new Map()],
  ] as const)('a package is %s when %s', (state, _why, lines, disk) => {
    expect(account(expectedPackage('one-1', 1), lines, new Map<string, DiskFile>(disk))?.state).toBe(state);
  });

  it('a tool that a later build replaced is seen, not different', () => {
    const disk = found('x86/bin/catm', 'f');
    expect(account(tool, ['x86/bin/catm: OK'], disk)?.state).toBe('seen');
    expect(account(tool, [], disk)?.state).toBe('unchecked');
    expect(account(tool, [], found('x86/bin/catm', 'a'))?.state).toBe('equal');
  });

  it('nothing is missed where the machine was told to compare nothing', () => {
    const lines = ['one-1: beginning build using script pass1.sh', 'one-1: build successful'];
    expect(account(expectedPackage('one-1', 1), lines, new Map(), true)?.state).toBe('unchecked');
  });

  it('two outputs of one name take the checks in their order', () => {
    const tcc = (step: string): ExpectedOutput => ({
      ...tool,
      layer: 'kaem',
      name: '/usr/bin/tcc',
      step,
      pass: 1,
    });
    const facts = { found: new Map(), updatesChecksums: false };
    const outputs = [tcc('tcc-0.9.26'), tcc('tcc-0.9.27')];
    const states = (lines: string[]) =>
      accountOutputs(outputs, { ...facts, log: readLog(lines) }).map(({ state }) => state);
    expect(states(['/usr/bin/tcc: OK'])).toEqual(['seen', 'unchecked']);
    expect(states(['/usr/bin/tcc: OK', '/usr/bin/tcc: FAILED'])).toEqual(['seen', 'different']);
  });

  it('a prebuilt package is the next pass of its step', () => {
    const outputs = [expectedPackage('one-1', 2, 0), expectedPackage('one-1', 3, 1)];
    const log = readLog([
      'one-1: installing prebuilt package.',
      'one-1: beginning build using script pass3.sh',
      'one-1_1.tar.bz2: OK',
      'one-1: build successful',
    ]);
    const accounted = accountOutputs(outputs, { log, found: new Map(), updatesChecksums: false });
    expect(accounted.map(({ prebuilt, state }) => [prebuilt, state])).toEqual([
      [true, 'missing'],
      [false, 'seen'],
    ]);
    expect(totalOutputs(accounted)).toMatchObject({ expected: 2, seen: 1, missing: 1, equal: 0 });
  });
});

const LISTS = process.env['LIVE_BOOTSTRAP_DIR'] ?? resolve('../shared/data/live-bootstrap-984b8322');

describe.skipIf(!existsSync(join(LISTS, 'steps/SHA256SUMS.pkgs')))(
  'the console of a whole bootstrap (skipped unless LIVE_BOOTSTRAP_DIR or ../shared/data has upstream’s lists)',
  () => {
    it('tells of every package, and of nothing that was not built', async () => {
      const { outputs } = await expectedOutputs(
        (path) => readText(LISTS, path),
        launchVariables('kernel-bootstrap'),
      );
      const reader = openOutputReader();
      reader.push(Buffer.from(bootstrapConsole()));
      const accounted = accountOutputs(outputs, {
        log: reader.lines(),
        found: new Map(),
        updatesChecksums: false,
      });
      const of = (layer: string) => accounted.filter((output) => output.layer === layer);
      expect(new Set(of('package').map(({ state }) => state))).toEqual(new Set(['seen']));
      expect(of('package')).toHaveLength(153);
      expect(new Set(of('stage0').map(({ state }) => state))).toEqual(new Set(['seen']));
      expect(accounted.some(({ state }) => state === 'different' || state === 'missing')).toBe(false);
    });

    it('of one that fails in the middle leaves the rest unchecked', async () => {
      const { outputs } = await expectedOutputs(
        (path) => readText(LISTS, path),
        launchVariables('kernel-bootstrap'),
      );
      const reader = openOutputReader();
      reader.push(
        Buffer.from(bootstrapConsole({ end: { at: 'build:gcc-4.0.4:1', how: 'product-mismatch' } })),
      );
      const accounted = accountOutputs(outputs, {
        log: reader.lines(),
        found: new Map(),
        updatesChecksums: false,
      });
      const bad = accounted.findIndex(({ state }) => state === 'different');
      expect(accounted[bad]).toMatchObject({ name: 'gcc-4.0.4_0.tar.bz2' });
      expect(new Set(accounted.slice(bad + 1).map(({ state }) => state))).toEqual(new Set(['unchecked']));
    });

    it.skipIf(!hasRealLogs)(
      'a real log that ends at mes: 19 tools, two programs of the seed, two of kaem, nothing else',
      async () => {
        const { outputs } = await expectedOutputs(
          (path) => readText(LISTS, path),
          launchVariables('kernel-bootstrap'),
        );
        const reader = openOutputReader();
        reader.push(realLog('stage0-qemu-tcg.log'));
        const accounted = accountOutputs(outputs, {
          log: reader.lines(),
          found: new Map(),
          updatesChecksums: false,
        });
        const totals = { expected: 273, equal: 0, seen: 23, different: 0, missing: 0, unchecked: 250 };
        expect(totalOutputs(accounted)).toEqual(totals);
        const kaem = accounted.filter(({ layer, state }) => layer === 'kaem' && state === 'seen');
        expect(kaem.map(({ step }) => step)).toEqual(['checksum-transcriber-1.0', 'simple-patch-1.0']);
      },
    );
  },
);
