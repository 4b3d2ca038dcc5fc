// What earlier runs teach: the middle of their times, of the same accelerator, of runs that built everything themselves, where somebody looked.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { learnExpectedTimes, referenceTimes } from '../../src/engine/run/expected-times.ts';
import type { RunRecord } from '../../src/shared/model/run.ts';
import type { Timeline, TimelineStep } from '../../src/shared/model/timeline.ts';
import { scriptedRun } from '../support/scripted-data.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const AT = '2026-11-20T12:00:00.000Z';

function step(milliseconds: number, uncertainMilliseconds = 0): TimelineStep {
  const time = { at: AT, uncertainMilliseconds };
  return {
    id: 'build:a-1:1',
    index: 0,
    stage: 'script:0',
    directive: 'build',
    argument: 'a-1',
    pass: 1,
    line: 1,
    state: 'done',
    startOffset: 0,
    endOffset: 9,
    startedAt: time,
    endedAt: time,
    milliseconds,
    expected: null,
    slow: false,
    phases: [],
  };
}

function addRun(
  runs: string,
  number: number,
  steps: TimelineStep[],
  change: Partial<RunRecord> = {},
): string {
  const id = `20261120-12${String(number).padStart(2, '0')}-aaaa`;
  const timeline: Timeline = { version: 1, source: 'image', timed: true, stages: [], steps };
  mkdirSync(join(runs, id), { recursive: true });
  writeFileSync(join(runs, id, 'run.json'), JSON.stringify(scriptedRun(id, { state: 'ended', ...change })));
  writeFileSync(join(runs, id, 'timeline.json'), JSON.stringify(timeline));
  return id;
}

describe('expected times', () => {
  test('are the middle of what earlier runs took', async () => {
    const runs = tempFolder();
    for (const [number, time] of [900, 1000, 5000].entries()) addRun(runs, number, [step(time)]);
    const own = addRun(runs, 9, [step(1)]);
    const expected = await learnExpectedTimes(runs, 'tcg', own);
    expect(expected.get('build:a-1:1')).toEqual({ milliseconds: 1000, from: 'own-runs', runs: 3 });
  });

  test('are not learned from another accelerator, from assisted runs, or where nobody looked', async () => {
    const runs = tempFolder();
    const accelerator = { asked: 'auto', used: 'kvm', reason: '', probes: [] } as const;
    addRun(runs, 1, [step(1)], { accelerator: { ...accelerator, probes: [] } });
    addRun(runs, 2, [step(2)], { assisted: { run: 'x', packages: 3 } });
    addRun(runs, 3, [step(3, 60_000)]);
    addRun(runs, 4, [{ ...step(4), state: 'prebuilt' }]);
    expect((await learnExpectedTimes(runs, 'tcg', '')).size).toBe(0);
    expect((await learnExpectedTimes(runs, 'kvm', '')).get('build:a-1:1')?.milliseconds).toBe(1);
    expect((await learnExpectedTimes(runs, null, '')).size).toBe(0);
  });

  test('pass over runs without a timeline and with a damaged one', async () => {
    const runs = tempFolder();
    const broken = addRun(runs, 1, []);
    writeFileSync(join(runs, broken, 'timeline.json'), '{"version":1,');
    mkdirSync(join(runs, '20261120-1230-bbbb'));
    addRun(runs, 3, [step(700)]);
    expect((await learnExpectedTimes(runs, 'tcg', '')).get('build:a-1:1')?.runs).toBe(1);
  });
});

test('every shipped time says where it is from', async () => {
  const { stages, loading, whole } = await referenceTimes();
  for (const { source } of [...stages, ...loading, ...whole])
    expect(source).toMatch(/^(?:Seedbed: |https:\/\/)/);
});
