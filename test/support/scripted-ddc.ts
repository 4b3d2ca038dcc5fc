// A two-root check of 19 tools, and the jobs that make what the script holds.
import type { DdcReport } from '../../src/shared/model/ddc.ts';
import { scriptedJob } from './scripted-data.ts';
import type { Script } from './scripted-script.ts';

const NAMES = [
  ...['M2-Planet', 'hex2', 'M1', 'kaem', 'blood-elf', 'get_machine', 'M2-Mesoplanet', 'catm', 'chmod', 'cp'],
  ...['match', 'mkdir', 'replace', 'rm', 'sha256sum', 'unbz2', 'ungz', 'untar', 'unxz'],
];

export function ddcReport(differing: string | null = null): DdcReport {
  const tools = NAMES.map((tool, index) => {
    const name = `x86/bin/${tool}`;
    const expected = (index + 16).toString(16).repeat(32);
    return {
      name,
      expected,
      built: name === differing ? 'f0'.repeat(32) : expected,
      inRun: null,
      equal: name !== differing,
    };
  });
  return {
    checkout: '/checkout',
    commit: '984b832224ed9ea701c38e70cf703c6a2aa33243',
    startedAt: '2026-11-20T14:00:00.000Z',
    endedAt: '2026-11-20T14:00:05.000Z',
    compiler: { path: '/usr/bin/gcc', version: 'gcc (Debian) 12.2.0', sha256: 'ab'.repeat(32) },
    host: { platform: 'linux', kernel: '6.1.0', processor: 'A processor' },
    generations: { first: 'a', second: 'b', third: 'b', settled: true },
    tools,
    equal: tools.filter(({ equal }) => equal).length,
    expected: tools.length,
    run: null,
    assumptions: ['Both ways use the same source texts.', 'It covers the tools of stage0 only.'],
  };
}

/** Starts a job that is half done and stays so until the test ends it. */
export function startDdc({ jobs }: Script): { jobId: string } {
  const id = `job-ddc-${jobs.get().length}`;
  const job = scriptedJob(id, {
    kind: 'trust.ddc',
    label: 'Building stage0 from a C compiler',
    progress: {
      step: 'ddc',
      label: 'M2-Planet compiles itself: second generation',
      done: 6,
      total: 10,
      unit: 'steps',
      rate: null,
      etaMilliseconds: null,
    },
  });
  jobs.set([...jobs.get(), job]);
  return { jobId: id };
}

/** Of the job that was done last. */
export function latestDdc({ jobs, twoRoots }: Script): DdcReport | null {
  const done = jobs.get().findLast(({ kind, state }) => kind === 'trust.ddc' && state === 'done');
  return twoRoots.get(done?.id ?? '') ?? null;
}
