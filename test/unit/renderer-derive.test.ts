// What the page derives from what the engine says.
import { describe, expect, it } from 'vitest';
import { choiceOf, entriesFor, placeName } from '../../src/renderer/src/derive/chooser.ts';
import {
  DEFAULT_RUN_OPTIONS,
  imageSpecOf,
  imageTargetOf,
  missingChoice,
  readRunOptions,
  writeRunOptions,
} from '../../src/renderer/src/derive/choices.ts';
import {
  budgetLine,
  checkoutSummary,
  imageOrigin,
  imageTitle,
} from '../../src/renderer/src/derive/image-view.ts';
import { jobNumbers, jobShare, jobsToShow } from '../../src/renderer/src/derive/job-view.ts';
import {
  durationMs,
  elapsedNow,
  failureOf,
  firstFailureOffset,
  progressText,
  quietNow,
  runStatus,
} from '../../src/renderer/src/derive/run-view.ts';
import { formatCommand, formatMoment, formatShare, shortHash } from '../../src/renderer/src/derive/text.ts';
import { parseRoute } from '../../src/renderer/src/route.ts';
import type { BootstrapChoices } from '../../src/renderer/src/route-views.ts';
import { DEFAULT_CONFIGURATION } from '../../src/shared/model/bootstrap-config.ts';
import type { PlaceListing } from '../../src/shared/model/host.ts';
import {
  scriptedImage,
  scriptedJob,
  scriptedReport,
  scriptedRun,
  scriptedSnapshot,
  scriptedVerdict,
} from '../support/scripted-data.ts';

describe('texts', () => {
  it('quote a command so that a shell gives the same words back', () => {
    expect(formatCommand(['/usr/bin/qemu', '-drive', 'file=a b.img', "it's", ''])).toBe(
      String.raw`/usr/bin/qemu -drive 'file=a b.img' 'it'\''s' ''`,
    );
  });

  it('never say 100 % before everything is done', () => {
    expect([0, 0.456, 0.999, 1].map(formatShare)).toEqual(['0 %', '46 %', '99 %', '100 %']);
  });

  it('show moments in the user’s form and hashes short', () => {
    expect(formatMoment('2026-11-20T13:38:35.000Z', 'en-GB', 'UTC')).toBe('20 Nov 2026, 13:38');
    expect(shortHash('0123456789abcdef')).toBe('0123456789ab');
  });
});

describe('a run', () => {
  const ended = { state: 'ended', endedAt: '2026-11-20T13:40:35.000Z' } as const;
  const failure = {
    cause: 'stage0-mismatch' as const,
    subject: 'hex2',
    step: null,
    slice: null,
    offset: 77,
    evidence: [{ offset: 77, text: 'x86/bin/hex2: FAILED' }],
  };

  it('has the status of its verdict once it has ended', () => {
    expect(runStatus('running', null)).toEqual({ word: 'Running', tone: 'busy' });
    expect(runStatus('ended', scriptedVerdict()).word).toBe('Passed');
    expect(runStatus('ended', scriptedVerdict({ outcome: 'failed' })).tone).toBe('bad');
    expect(runStatus('ended', null).word).toBe('Ended');
    expect(runStatus('lost', null).tone).toBe('warn');
  });

  it('counts what the era counts', () => {
    const text = (report: Parameters<typeof scriptedReport>[0]): string =>
      progressText(scriptedSnapshot(scriptedRun('a'), { report: scriptedReport(report) }));
    expect(text({ era: 'load', src: { entries: 985, lastPath: '' } })).toBe(
      '985 of 2 345 entries loaded into memory',
    );
    expect(text({ era: 'stage0', answers: { ok: 12, failed: 0 } })).toBe('12 of 19 tools verified');
    expect(text({ era: 'kaem', step: { name: 'mes-0.27.1', pass: 2 } })).toBe('building mes-0.27.1, pass 2');
    expect(text({ era: 'kaem', kaem: { commands: 1230, last: '' } })).toBe('1 230 commands');
    expect(text({ era: 'firmware' })).toBe('');
  });

  it('goes on between snapshots while it lives, and stands still afterwards', () => {
    const live = scriptedSnapshot(scriptedRun('a'), { elapsedMilliseconds: 1000, quietMilliseconds: 500 });
    expect(elapsedNow(live, 10_000, 12_500)).toBe(3500);
    expect(quietNow(live, 10_000, 12_500)).toBe(3000);
    const over = scriptedSnapshot(scriptedRun('a', ended), { elapsedMilliseconds: 1000 });
    expect(elapsedNow(over, 10_000, 12_500)).toBe(1000);
    expect(quietNow(over, 10_000, 12_500)).toBeNull();
    expect(durationMs({ startedAt: '2026-11-20T13:38:35.000Z', ...ended }, 0)).toBe(120_000);
    expect(durationMs({ startedAt: null, endedAt: null, state: 'starting' }, 0)).toBeNull();
  });

  it('explains a failure from its report while it lives, from its verdict afterwards', () => {
    const report = scriptedReport({ failure });
    const live = failureOf(scriptedSnapshot(scriptedRun('a'), { report }));
    expect(live?.sentence).toContain('The stage0 tool hex2');
    expect(live?.evidence).toEqual(failure.evidence);
    const verdict = scriptedVerdict({ outcome: 'failed', sentence: 'It failed.', hint: 'Try again.' });
    const over = failureOf(scriptedSnapshot(scriptedRun('a', { ...ended, verdict }), { report }));
    expect(over).toEqual({ sentence: 'It failed.', hint: 'Try again.', evidence: failure.evidence });
    expect(
      failureOf(scriptedSnapshot(scriptedRun('a', { ...ended, verdict: scriptedVerdict() }))),
    ).toBeNull();
  });

  it('knows where its log first shows the failure', () => {
    expect(firstFailureOffset(scriptedSnapshot(scriptedRun('a')))).toBeNull();
    const report = scriptedReport({ failure });
    expect(firstFailureOffset(scriptedSnapshot(scriptedRun('a'), { report }))).toBe(77);
    const verdict = scriptedVerdict({ outcome: 'unfinished', evidence: [{ offset: 5, text: 'x' }] });
    expect(firstFailureOffset(scriptedSnapshot(scriptedRun('a', { ...ended, verdict })))).toBe(5);
  });
});

describe('a job', () => {
  it('tells its numbers with units, and no share where the end is unknown', () => {
    const job = scriptedJob('a');
    expect(jobShare(job)).toBeCloseTo(0.3);
    expect(job.progress === null ? '' : jobNumbers(job.progress)).toBe(
      '3 MiB of 10 MiB · 1 MiB a second · 7.0 s left',
    );
    expect(jobShare(scriptedJob('a', { progress: null }))).toBeNull();
    expect(
      jobNumbers({ step: 's', label: 'l', done: 2, total: 5, unit: 'steps', rate: 1, etaMilliseconds: null }),
    ).toBe('step 2 of 5');
    expect(
      jobNumbers({
        step: 's',
        label: 'l',
        done: 12,
        total: 310,
        unit: 'files',
        rate: null,
        etaMilliseconds: null,
      }),
    ).toBe('12 of 310 files');
  });

  it('stands in the status line while it runs, and when it failed until it was dismissed', () => {
    const jobs = [
      scriptedJob('failed', { state: 'failed' }),
      scriptedJob('done', { state: 'done' }),
      scriptedJob('running'),
      scriptedJob('seen', { state: 'failed' }),
    ];
    expect(jobsToShow(jobs, new Set(['seen'])).map(({ id }) => id)).toEqual(['running', 'failed']);
  });
});

describe('an image', () => {
  it('says what it is and what it was made of', () => {
    const { record } = scriptedImage('a');
    expect(imageTitle(record)).toBe('First stage image');
    expect(imageOrigin(record)).toBe('live-bootstrap 984b83220000 · no distfiles');
    expect(imageOrigin({ ...record, kind: 'boot-check' })).toContain('boot check');
    expect(budgetLine({ name: 'files', used: 2345, limit: 14_332, unit: 'files' }).text).toBe(
      '2 345 files of 14 332 files',
    );
    expect(budgetLine({ name: 'file-area', used: 9, limit: 3, unit: 'bytes' }).share).toBe(1);
  });

  it('sums up a checkout', () => {
    const submodule = (path: string, state: 'present' | 'absent') => ({ path, commit: null, state });
    const submodules = [submodule('a', 'present'), submodule('b', 'absent')];
    expect(checkoutSummary({ commit: null, submodules })).toEqual({
      commit: 'unknown: the folder is no git work tree',
      submodules: '1 there, 1 empty (not needed for x86)',
    });
  });
});

describe('the choices of a bootstrap', () => {
  function choices(query: string): BootstrapChoices {
    const route = parseRoute(`#/bootstrap/end?${query}`);
    if (route.page !== 'bootstrap') throw new Error('not the form');
    return route.choices;
  }

  it('take numbers from the address only within their limits', () => {
    expect(readRunOptions(choices('accelerator=tcg&memory=8192&cores=4'))).toEqual({
      accelerator: 'tcg',
      memoryMiB: 8192,
      cores: 4,
    });
    expect(readRunOptions(choices('accelerator=hvf&memory=12&cores=x'))).toEqual(DEFAULT_RUN_OPTIONS);
    expect(writeRunOptions(DEFAULT_RUN_OPTIONS)).toEqual({ accelerator: null, memory: null, cores: null });
  });

  it('that nobody made are what fits the computer, and only others stand in the address', () => {
    const fitted = { memoryMiB: 9216, cores: 8 };
    const shown = readRunOptions(choices('cores=3'), fitted);
    expect(shown).toEqual({ accelerator: 'auto', memoryMiB: 9216, cores: 3 });
    expect(writeRunOptions(shown, fitted)).toEqual({ accelerator: null, memory: null, cores: '3' });
    expect(writeRunOptions({ ...shown, memoryMiB: 4096, cores: 8 }, fitted)).toEqual({
      accelerator: null,
      memory: '4096',
      cores: null,
    });
  });

  it('are no image while something is missing or wrong, and say what', () => {
    expect(missingChoice('stage0', choices(''))).toBe('Choose a checkout first.');
    expect(missingChoice('end', choices('checkout=c'))).toBe('Choose the folder of distfiles first.');
    expect(missingChoice('end', choices('checkout=c&distfiles=d&mirrors=ftp://x'))).toContain('ftp://x');
    expect(imageSpecOf('end', choices('checkout=c&distfiles=d&mirrors=ftp://x'))).toBeNull();
    expect(imageSpecOf('stage0', choices('checkout=c&distfiles=d'))).toEqual({
      kind: 'live-bootstrap',
      goal: 'stage0',
      checkout: { place: 'c' },
      distfiles: { from: 'store' },
      configuration: DEFAULT_CONFIGURATION,
      repo: null,
      preseed: null,
      overlays: [],
    });
    const mirrors = encodeURIComponent('https://a.example/x\n http://b.example');
    const full = imageSpecOf('end', choices(`checkout=c&distfiles=d&mirrors=${mirrors}`));
    expect(full?.distfiles).toEqual({ from: 'folder', place: 'd' });
    expect(full?.configuration.mirrors).toEqual(['https://a.example/x', 'http://b.example']);
    expect(imageTargetOf('end', choices('checkout=c'))).toBeNull();
    expect(imageTargetOf('end', choices('folder=f'))).toEqual({
      folder: 'f',
      name: 'live-bootstrap.img',
      replace: false,
    });
  });
});

describe('the chooser', () => {
  const listing: PlaceListing = {
    place: { token: 'here', label: '/home/user' },
    parent: null,
    entries: [
      { token: 'a', name: 'folder', kind: 'folder', sizeBytes: null, isCheckout: false },
      { token: 'b', name: 'file', kind: 'file', sizeBytes: 3, isCheckout: false },
    ],
    leftOut: 0,
  };
  const [folder = null, file = null] = listing.entries;

  it('lists files only where one is wanted', () => {
    expect(entriesFor('checkout', listing).map(({ name }) => name)).toEqual(['folder']);
    expect(entriesFor('log', listing).map(({ name }) => name)).toEqual(['folder', 'file']);
  });

  it('chooses the folder that is open, or the entry that is selected', () => {
    expect(choiceOf('distfiles', listing, null)).toEqual({
      token: 'here',
      text: expect.stringMatching(/^Choose “.+”$/) as string,
    });
    expect(choiceOf('distfiles', listing, folder)?.token).toBe('a');
    expect(choiceOf('log', listing, folder)).toBeNull();
    expect(choiceOf('log', listing, file)).toEqual({ token: 'b', text: 'Choose “file”' });
  });

  it('names places by their last part', () => {
    expect(['/home/user', '/', 'C:\\work'].map(placeName)).toEqual(['user', '/', 'work']);
  });
});
