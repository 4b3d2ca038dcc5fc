// A whole bootstrap on the page: what the form asks for, and when its stages are asked again.
import { describe, expect, it } from 'vitest';
import { bootstrapInputOf, stageKey } from '../../src/renderer/src/derive/bootstrap-view.ts';
import { jobRoute } from '../../src/renderer/src/derive/job-view.ts';
import type { BootstrapChoices } from '../../src/renderer/src/route-views.ts';
import { scriptedJob } from '../support/scripted-data.ts';

const NOTHING: BootstrapChoices = {
  checkout: null,
  distfiles: null,
  in: null,
  accelerator: null,
  memory: null,
  cores: null,
  mirrors: null,
  size: null,
  folder: null,
  name: null,
};

describe('a bootstrap from the form', () => {
  it('needs nothing: what is not chosen is fetched and fitted', () => {
    expect(bootstrapInputOf('end', NOTHING)).toEqual({ goal: 'end', accelerator: 'auto' });
  });

  it('runs where it was chosen to, and in QEMU where that is no place', () => {
    expect(bootstrapInputOf('stage0', { ...NOTHING, in: 'chroot' })).toMatchObject({ in: 'chroot' });
    expect(bootstrapInputOf('stage0', { ...NOTHING, in: '/etc' })).not.toHaveProperty('in');
  });

  it('takes what is chosen, and searches the folder of distfiles before it fetches', () => {
    const choices = {
      ...NOTHING,
      checkout: 'c',
      distfiles: 'd',
      accelerator: 'tcg',
      memory: '8192',
      cores: '4',
    };
    expect(bootstrapInputOf('stage0', choices)).toEqual({
      goal: 'stage0',
      accelerator: 'tcg',
      checkout: { place: 'c' },
      distfiles: { folders: ['d'] },
      memoryMiB: 8192,
      cores: 4,
    });
  });
});

describe('the job of a bootstrap', () => {
  it('is watched on its own page, and its stages are asked again when one ends', () => {
    const progress = {
      label: '',
      done: 0,
      total: null,
      unit: 'steps',
      rate: null,
      etaMilliseconds: null,
    } as const;
    const job = scriptedJob('job-1', { kind: 'bootstrap' });
    expect(jobRoute(job)).toEqual({ page: 'job', id: 'job-1' });
    const at = (step: string) => stageKey({ ...job, progress: { ...progress, step } });
    expect(at('distfiles/fetch')).toBe(at('distfiles/hash'));
    expect(at('distfiles/fetch')).not.toBe(at('images/write'));
    expect(stageKey({ ...job, state: 'done' })).not.toBe(stageKey(job));
  });
});
