// Results of a run that came half-way, one output wrong, and a comparison with another run.
import { implement } from '@orpc/server';
import { resultsContract } from '../../src/shared/contract/results.ts';
import { SeedbedError } from '../../src/shared/errors.ts';
import type { OutputState, ResultOutput, RunResults } from '../../src/shared/model/results.ts';
import { SOME_HASH } from './scripted-data.ts';

const OTHER_HASH = 'ab'.repeat(32);

function output(name: string, state: OutputState, change: Partial<ResultOutput> = {}): ResultOutput {
  return {
    layer: 'package',
    name,
    step: name.split('_')[0] ?? '',
    pass: 1,
    sha256: SOME_HASH,
    state,
    console: null,
    prebuilt: false,
    found: null,
    ...change,
  };
}

const OUTPUTS: ResultOutput[] = [
  output('x86/bin/M2-Planet', 'seen', { layer: 'stage0', step: null, pass: null }),
  output('bash-5.2.15_0.tar.bz2', 'equal'),
  output('gettext-0.26_0.tar.bz2', 'different', {
    found: { path: '/external/repo/gettext-0.26_0.tar.bz2', sizeBytes: 10_000, sha256: OTHER_HASH },
  }),
  output('gcc-15.2.0_0.tar.bz2', 'unchecked'),
];

function resultsOf(run: string): RunResults {
  return {
    version: 1,
    run,
    at: '2026-11-20T14:00:00.000Z',
    assisted: false,
    disk: { file: 'disks/boot.img', offsetBytes: 1_073_741_824, fileSystem: 'ext4' },
    diskNote: '',
    totals: { expected: 4, equal: 1, seen: 1, different: 1, missing: 0, unchecked: 1 },
    outputs: OUTPUTS,
    files: [{ what: 'kernel', path: '/boot/vmlinuz', sizeBytes: 5_000_000, sha256: SOME_HASH }],
    unused: [],
    warnings: [],
  };
}

/** Results are there once they were collected; `collected` holds the runs. */
export function scriptedResults(collected: Set<string>) {
  const os = implement(resultsContract);
  const unknown = (): never => {
    throw new SeedbedError('RUN_NOT_FOUND', { run: 'none' });
  };
  return os.router({
    read: os.read.handler(({ input }) => (collected.has(input.run) ? resultsOf(input.run) : null)),
    collect: os.collect.handler(({ input }) => {
      collected.add(input.run);
      return { jobId: `job-collect-${input.run}` };
    }),
    extract: os.extract.handler(unknown),
    extractReport: os.extractReport.handler(() => null),
    boot: os.boot.handler(() => ({
      argv: ['qemu-system-x86_64', '-kernel', 'vmlinuz'],
      notes: ['Log in as root.'],
    })),
    compare: os.compare.handler(({ input }) => ({
      a: { run: input.a, assisted: false, inputDigest: SOME_HASH },
      b: { run: input.b, assisted: false, inputDigest: SOME_HASH },
      sameInputs: true,
      inputDifferences: [],
      counts: { same: 2, differs: 1, onlyA: 0, onlyB: 0, unknown: 1 },
      firstDifference: {
        name: 'gettext-0.26_0.tar.bz2',
        layer: 'package',
        step: 'gettext-0.26',
        pass: 1,
        verdict: 'differs',
        a: OTHER_HASH,
        b: SOME_HASH,
      },
      outputs: [
        {
          name: 'gettext-0.26_0.tar.bz2',
          layer: 'package',
          step: 'gettext-0.26',
          pass: 1,
          verdict: 'differs',
          a: OTHER_HASH,
          b: SOME_HASH,
        },
      ],
      steps: [{ id: 'build:bash:1', title: 'bash-5.2.15', aMilliseconds: 60_000, bMilliseconds: 90_000 }],
    })),
    export: os.export.handler(unknown),
    exportReport: os.exportReport.handler(() => null),
  });
}
