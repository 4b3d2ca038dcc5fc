// One scripted world that shows every page at its fullest, and the addresses to see it.
import type { Page } from 'playwright-core';
import { SeedbedError } from '../../src/shared/errors.ts';
import type { Milestone } from '../../src/shared/model/console.ts';
import {
  scriptedImage,
  scriptedJob,
  scriptedReport,
  scriptedRun,
  scriptedVerdict,
  SOME_HASH,
} from './scripted-data.ts';
import type { ScriptedHost } from './scripted-host.ts';
import { scriptedLog } from './scripted-log.ts';
import { scriptedTimeline } from './scripted-timeline.ts';

export interface Look {
  name: string;
  hash: string;
  /** A text that is there when the page is. */
  shows: string;
  /** Opens what lies above the page. */
  act?: (page: Page) => Promise<void>;
}

const CHECKOUT = `place-${'c'.repeat(32)}`;
const BROKEN = `place-${'b'.repeat(32)}`;
const WORK = `place-${'a'.repeat(32)}`;

export const LOOKS: readonly Look[] = [
  { name: 'home', hash: '#/', shows: 'Check this machine now' },
  { name: 'images', hash: '#/images', shows: 'New image' },
  { name: 'image', hash: '#/images/stage0-1', shows: 'Limits of builder-hex0' },
  { name: 'runs', hash: '#/runs', shows: 'Duration' },
  { name: 'run-running', hash: '#/runs/running', shows: 'Following the end' },
  { name: 'run-failed', hash: '#/runs/failed', shows: 'show in the log' },
  { name: 'run-ended', hash: '#/runs/passed', shows: 'This machine can run the first stage.' },
  { name: 'results', hash: '#/results/failed', shows: 'gettext-0.26_0.tar.bz2' },
  {
    name: 'results-compared',
    hash: '#/results/failed?with=halfway',
    shows: 'The first that differs',
  },
  { name: 'results-unread', hash: '#/results/passed', shows: 'Nobody has read them yet' },
  { name: 'machine', hash: '#/machine', shows: 'Accelerators' },
  { name: 'job', hash: '#/jobs/job-1', shows: 'Writing the image' },
  { name: 'job-failed', hash: '#/jobs/job-2', shows: 'Copy details' },
  { name: 'bootstrap', hash: `#/bootstrap/stage0?checkout=${CHECKOUT}`, shows: 'Submodules' },
  { name: 'bootstrap-full', hash: '#/bootstrap/end', shows: 'Choose a checkout first.' },
  {
    name: 'bootstrap-refused',
    hash: `#/bootstrap/stage0?checkout=${BROKEN}`,
    shows: 'CHECKOUT_SUBMODULE_MISSING',
  },
  { name: 'explain', hash: `#/explain?log=${CHECKOUT}`, shows: 'Milestones' },
  { name: 'explain-empty', hash: '#/explain', shows: 'No log chosen yet' },
  {
    name: 'stop-question',
    hash: '#/runs/running',
    shows: 'Following the end',
    act: async (page) => {
      await page.getByRole('button', { name: 'Stop…' }).click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'chooser',
    hash: '#/bootstrap/stage0',
    shows: 'Nothing chosen yet',
    act: async (page) => {
      await page.getByRole('button', { name: 'Choose folder…' }).click();
      await page.getByRole('row', { name: 'live-bootstrap' }).waitFor();
    },
  },
];

const MILESTONES: Milestone[] = [
  { id: 'seabios', label: 'Firmware started (SeaBIOS)', era: 'firmware', offset: 12 },
  { id: 'boot', label: 'Booting from the hard disk', era: 'firmware', offset: 210 },
  { id: 'src', label: 'Loading the source stream', era: 'load', offset: 240 },
  { id: 'loaded', label: 'Source stream loaded', era: 'load', offset: 96_400 },
  { id: 'stage0', label: 'stage0-posix started', era: 'stage0', offset: 96_900 },
  { id: 'answers', label: 'All 19 tools verified', era: 'stage0', offset: 121_000 },
];

export function fillScript(host: ScriptedHost): void {
  const lines = [
    'SeaBIOS (version 1.16.2-debian-1.16.2-1)',
    'Booting from Hard Disk...',
    ...Array.from({ length: 700 }, (_, line) => `src\r\n/x86/bin/part-${line}`),
    ' +> ./x86/bin/hex2 --file x86/M1_macro.hex2 --base-address 0x08048000 ',
    '\u001b[32mx86/bin/hex2: OK\u001b[0m',
    'x86/bin/M2-Planet: OK',
  ];
  const log = scriptedLog(`${lines.join('\r\n')}\r\n`);
  addRuns(host, log);
  host.collected.add('failed');
  host.images.set([
    scriptedImage('stage0-1'),
    scriptedImage(
      'full-1',
      {
        goal: 'end',
        distfiles: [{ name: 'mes-0.27.1.tar.gz', sha256: SOME_HASH, sizeBytes: 725_000, on: ['boot'] }],
        warnings: ['The checkout has local changes in steps/manifest.'],
      },
      { sizeBytes: 17_179_869_184, dataBytes: 268_435_456 },
    ),
    scriptedImage(
      'check-1',
      { kind: 'boot-check', goal: 'boot-check' },
      { dataBytes: 230_400, sizeBytes: 1_048_576 },
    ),
  ]);
  host.jobs.set([
    scriptedJob('job-1'),
    scriptedJob('job-2', {
      state: 'failed',
      label: 'Building a boot image',
      error: {
        code: 'DISTFILE_MISSING',
        message: 'The distfile mes-0.27.1.tar.gz (needed by mes-0.27.1) is not in /home/user/distfiles.',
        hint: 'Put a file with that sha256 there, or build with --goal stage0, which needs no distfiles.',
      },
    }),
  ]);
  addPlaces(host);
  host.doctor.findings.push(
    { id: 'qemu', level: 'ok', what: 'QEMU 7.2.22', detail: '/usr/bin/qemu-system-x86_64', hint: '' },
    { id: 'memory', level: 'ok', what: 'Memory: 22.1 GiB free', detail: 'A run takes 4 GiB.', hint: '' },
    {
      id: 'kvm',
      level: 'warning',
      what: 'KVM is present but does not work',
      detail: 'KVM internal error. Suberror: 1',
      hint: 'Runs use software emulation (TCG), which is slower and works.',
    },
    {
      id: 'space',
      level: 'problem',
      what: 'Only 1.2 GiB free in the data folder',
      detail: '/home/user/.local/share/seedbed',
      hint: 'Free 20 GiB, or set SEEDBED_HOME to another drive.',
    },
  );
  host.doctor.probes.push(...scriptedRun('any').accelerator.probes);
}

function addRuns(host: ScriptedHost, log: ReturnType<typeof scriptedLog>): void {
  const ended = { state: 'ended', endedAt: '2026-11-20T13:41:02.000Z' } as const;
  host.addRun(
    scriptedRun('passed', {
      ...ended,
      goal: 'boot-check',
      verdict: scriptedVerdict({
        goal: 'boot-check',
        sentence: 'The boot check passed: all 23 entries are right.',
      }),
    }),
    { report: scriptedReport({ era: 'bootCheck', milestones: MILESTONES }), progress: 1 },
    log,
  );
  const evidence = [
    { offset: log.sizeBytes - 60, text: 'x86/bin/M2-Planet: FAILED' },
    { offset: log.sizeBytes - 30, text: 'Subprocess error 1' },
  ];
  host.addRun(
    scriptedRun('failed', {
      ...ended,
      verdict: scriptedVerdict({
        outcome: 'failed',
        sentence: 'The stage0 tool M2-Planet is not the one that these sources make.',
        hint: 'The sources are the same everywhere; look at the machine: run again with the accelerator tcg.',
        cause: 'stage0-mismatch',
        evidence,
      }),
    }),
    {
      now: 'The stage0 tool M2-Planet is not the one that these sources make.',
      progress: 0.71,
      report: scriptedReport({
        era: 'stage0',
        milestones: MILESTONES.slice(0, 5),
        failure: {
          cause: 'stage0-mismatch',
          subject: 'M2-Planet',
          offset: evidence[0]?.offset ?? 0,
          evidence,
          step: null,
          slice: null,
        },
      }),
    },
    log,
  );
  host.addRun(scriptedRun('halfway', { ...ended, goal: 'end', verdict: scriptedVerdict({ goal: 'end' }) }));
  host.addRun(
    scriptedRun('running'),
    {
      report: scriptedReport({ src: { entries: 985, lastPath: '/x86' }, milestones: MILESTONES.slice(0, 3) }),
      now: 'builder-hex0 reads the source stream into memory.',
      quietMilliseconds: 22_000,
    },
    log,
  );
  host.timelines.set('running', scriptedTimeline(200, log.sizeBytes - 400));
  host.events.set('running', [
    { at: '2026-11-20T13:38:35.000Z', kind: 'created', text: 'Created', offset: null },
    { at: '2026-11-20T13:38:42.000Z', kind: 'started', text: 'QEMU started', offset: 0 },
  ]);
  host.addRun(
    scriptedRun('lost', {
      state: 'lost',
      endedAt: '2026-11-20T14:00:00.000Z',
      verdict: scriptedVerdict({
        outcome: 'lost',
        sentence: 'QEMU is gone and nobody saw how it ended; the log stops before the goal.',
        cause: 'lost',
      }),
    }),
  );
}

function addPlaces(host: ScriptedHost): void {
  const entry = (token: string, name: string, isCheckout: boolean) => ({
    token,
    name,
    kind: 'folder' as const,
    sizeBytes: null,
    isCheckout,
  });
  host.roots.push({ token: WORK, label: '/home/user/work' }, { token: CHECKOUT, label: '/home/user' });
  host.folders.set(WORK, {
    place: { token: WORK, label: '/home/user/work' },
    parent: { token: CHECKOUT, label: '/home/user' },
    entries: [
      entry(CHECKOUT, 'live-bootstrap', true),
      entry(BROKEN, 'music', false),
      entry(WORK, 'notes', false),
    ],
    leftOut: 12,
  });
  for (const [token, label] of [
    [CHECKOUT, '/home/user/work/live-bootstrap'],
    [BROKEN, '/home/user/work/without-submodules'],
  ] as const)
    host.folders.set(token, { place: { token, label }, parent: null, entries: [], leftOut: 0 });
  host.checkouts.set(CHECKOUT, {
    facts: {
      commit: '984b8322'.padEnd(40, '0'),
      submodules: [{ path: 'builder-hex0', commit: 'a'.repeat(40), state: 'present' }],
    },
    findings: [
      {
        id: 'changes',
        level: 'warning',
        what: 'steps/manifest was changed after its commit',
        detail: '1 file differs',
        hint: 'Fine if you meant to; the image will not be the same as other people’s.',
      },
    ],
    preNetworkDistfiles: 310,
  });
  host.checkouts.set(
    BROKEN,
    new SeedbedError('CHECKOUT_SUBMODULE_MISSING', {
      path: '/home/user/work/without-submodules',
      submodule: 'seed/stage0-posix',
    }),
  );
  host.explanations.set(CHECKOUT, {
    label: '/home/user/console.log',
    report: scriptedReport({
      bytes: 157_375,
      lines: 5942,
      src: { entries: 2345, lastPath: '/after' },
      answers: { ok: 19, failed: 0 },
      checks: { ok: 31, failed: [] },
      milestones: MILESTONES,
    }),
    verdict: scriptedVerdict({
      outcome: 'failed',
      goal: 'end',
      sentence: 'The source file mes-0.27.1.tar.gz is not the one that is wanted.',
      hint: 'Download that file again, compare it with its checksum, and build a new image.',
      cause: 'source-mismatch',
      evidence: [{ offset: 150_000, text: '/external/distfiles/mes-0.27.1.tar.gz: FAILED' }],
    }),
    now: 'kaem builds mes.',
  });
}
