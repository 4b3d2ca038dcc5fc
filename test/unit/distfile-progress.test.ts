import { describe, expect, it } from 'vitest';
import { createFetchProgress, estimateTotal } from '../../src/engine/distfiles/fetch-progress.ts';
import type { ProgressReport } from '../../src/engine/jobs.ts';

describe('the estimate of all bytes', () => {
  it('is not given while too little is known', () => {
    expect(estimateTotal([], 10, 0)).toBeNull();
    expect(estimateTotal([100, null, null], 10, 0)).toBeNull();
  });
  it('takes unknown sizes as the mean of the known ones', () => {
    expect(estimateTotal([100, 200, 300], 10, 0)).toBe(600 + 7 * 200);
  });
  it('is exact when all are known', () => {
    expect(estimateTotal([1, 2, 3], 3, 0)).toBe(6);
  });
  it('is given at the end, however few were known', () => {
    expect(estimateTotal([5], 10, 10)).toBe(5 + 9 * 5);
  });
});

describe('the progress of a fetch', () => {
  it('is told at most ten times a second, and exactly when asked', () => {
    let now = 0;
    const told: ProgressReport[] = [];
    const progress = createFetchProgress(
      2,
      (report) => told.push(report),
      () => now,
    );
    progress.flush();
    for (let step = 1; step <= 1000; step += 1) {
      now = step;
      progress.onBytes('a', step, 1000, 1);
    }
    expect(told.length).toBeLessThanOrEqual(11);
    progress.onEnd('a', true);
    progress.flush();
    expect(told.at(-1)).toMatchObject({
      done: 1000,
      unit: 'bytes',
      label: 'Fetching distfiles (1 of 2 are here)',
    });
  });

  it('counts what came over the network, also for nothing', () => {
    const progress = createFetchProgress(1, () => undefined);
    progress.onBytes('a', 50, 100, 50);
    progress.onBytes('a', 0, 100, 0);
    progress.onBytes('a', 100, 100, 100);
    expect(progress.receivedBytes).toBe(150);
  });

  it('says what takes long without bytes of its own, until it is over', () => {
    const told: string[] = [];
    let now = 0;
    const progress = createFetchProgress(
      3,
      ({ label }) => told.push(label),
      () => (now += 1000),
    );
    progress.say('git: Receiving objects: 45%');
    progress.say('');
    expect(told).toEqual([
      'Fetching distfiles (0 of 3 are here; git: Receiving objects: 45%)',
      'Fetching distfiles (0 of 3 are here)',
    ]);
  });

  it('a file that was given up counts with what came of it', () => {
    const told: ProgressReport[] = [];
    const progress = createFetchProgress(1, (report) => told.push(report));
    progress.onBytes('a', 30, 100, 30);
    progress.onEnd('a', false);
    progress.flush();
    expect(told.at(-1)).toMatchObject({ done: 30, total: 30 });
  });
});
