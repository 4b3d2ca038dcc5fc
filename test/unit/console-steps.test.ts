// Where a whole bootstrap is in its manifest: consoles of all eras made from the list of steps, and what logs with holes and strange lines do to it.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { launchVariables } from '../../src/engine/formats/bootstrap-variables.ts';
import { describeNow } from '../../src/engine/formats/console/describe.ts';
import { type ConsoleReader, openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { expectedSteps, stepListOf } from '../../src/engine/formats/console/step-list.ts';
import { explainLog, judge } from '../../src/engine/formats/console/verdict.ts';
import { bootstrapConsole, bootstrapSegments, knownSteps } from '../support/bootstrap-consoles.ts';
import { bashBuild, prebuiltLines } from '../support/bootstrap-lines.ts';
import { renderKernelConsole } from '../support/consoles.ts';

const MANIFEST = new URL('../../../shared/data/live-bootstrap-984b8322/steps/manifest', import.meta.url);
const expected = expectedSteps(knownSteps());
const encode = (text: string) => new TextEncoder().encode(text);

function read(text: string, exact = true): ConsoleReader {
  const reader = openConsoleReader({ steps: { expected, exact } });
  reader.push(encode(text));
  return reader;
}

/** The console up to the end of the first segment of a step. */
function upTo(id: string, segments = 1): string {
  const all = bootstrapSegments();
  const at = all.findIndex(({ step }) => step === id);
  return all
    .slice(0, at + segments)
    .map(({ text }) => text)
    .join('');
}

function buildText(name: string, pass: number): string {
  const pieces = bashBuild({ name, pass, revision: pass - 1, downloads: false });
  return renderKernelConsole(pieces.flatMap(({ lines }) => lines));
}

describe('the shipped list of steps', () => {
  test('has 170 builds in six scripts, each under its kernel and shell', () => {
    expect(expected.steps.filter(({ directive }) => directive === 'build')).toHaveLength(170);
    expect(expected.scripts.map(({ shell, kernel }) => `${shell} ${kernel}`)).toEqual([
      'kaem builder-hex0',
      'kaem fiwix',
      'bash fiwix',
      'bash linux',
      'bash linux',
      'bash linux',
    ]);
    expect(new Set(expected.steps.map(({ id }) => id)).size).toBe(expected.steps.length);
  });

  test.skipIf(!existsSync(MANIFEST))('is what the manifest gives (skipped: no ../shared/data here)', () => {
    const list = stepListOf(
      readFileSync(MANIFEST, 'utf8'),
      launchVariables('kernel-bootstrap'),
      knownSteps().commit,
    );
    expect(list).toEqual(knownSteps());
  });

  test('follows the launch mode', () => {
    const manifest =
      'build: a-1\nbuild: b-1 ( KERNEL_BOOTSTRAP == True )\njump: linux ( CHROOT == False )\nbuild: a-1\n';
    const idsOf = (mode: 'kernel-bootstrap' | 'kernel' | 'chroot') =>
      expectedSteps(stepListOf(manifest, launchVariables(mode), null)).steps.map(({ id }) => id);
    expect(idsOf('kernel-bootstrap')).toEqual(['build:a-1:1', 'build:b-1:1', 'jump:linux', 'build:a-1:2']);
    expect(idsOf('chroot')).toEqual(['build:a-1:1', 'build:a-1:2']);
  });
});

describe('a whole bootstrap', () => {
  test('passes with all 170 builds seen from their beginning to their end', () => {
    const reader = read(bootstrapConsole());
    const report = reader.report();
    expect(judge(report, { goal: 'end', processEnded: true, stopped: false })?.outcome).toBe('passed');
    const builds = reader.traces().filter(({ step }) => step.directive === 'build');
    expect(
      builds.every(
        ({ state, startOffset, endOffset }) => state === 'done' && startOffset !== null && endOffset !== null,
      ),
    ).toBe(true);
    expect(reader.traces().every(({ state }) => state === 'done')).toBe(true);
    expect(report.position).toMatchObject({ builds: { done: 170, total: 170 } });
  });

  test('goes through every phase of every build of bash', () => {
    const builds = read(bootstrapConsole())
      .traces()
      .filter(({ step }) => step.directive === 'build' && step.script >= 2);
    expect(builds).toHaveLength(153);
    for (const { phases } of builds) expect(phases).toHaveLength(11);
  });

  test('with packages from repo-preseeded passes too, and says which', () => {
    const console = bootstrapConsole({ prebuilt: ({ script }) => script === 5 });
    const reader = read(console);
    expect(explainLog(reader.report()).verdict.outcome).toBe('passed');
    expect(reader.traces().filter(({ state }) => state === 'prebuilt')).toHaveLength(87);
  });

  test('with downloads passes too', () => {
    expect(explainLog(read(bootstrapConsole({ downloads: true })).report()).verdict.outcome).toBe('passed');
  });

  test.each([
    ['build:tcc-0.9.26:1', 'kaem', 'compiling source', 'Building tcc-0.9.26 (pass 1), build 4 of 170'],
    [
      'build:gcc-4.0.4:2',
      'bash',
      'compiling source',
      'Building gcc-4.0.4 (pass 2), build 70 of 170: compiling.',
    ],
    [
      'build:gcc-15.2.0:1',
      'linux',
      'compiling source',
      'Building gcc-15.2.0 (pass 1), build 160 of 170: compiling.',
    ],
  ])('is at %s in era %s', (id, era, phase, words) => {
    const all = bootstrapSegments().filter(({ step }) => step === id);
    const at = all.findIndex(({ text }) => /compiling source\.|tcc -c/.test(text)) + 1;
    const report = read(upTo(id, at)).report();
    expect(report).toMatchObject({ era, position: { id, phase, state: 'running' } });
    expect(describeNow(report)).toContain(words);
  });

  test('between two builds is at the directive that takes longest', () => {
    const position = (id: string) => {
      const segments = bootstrapSegments().filter(({ step }) => step === id).length;
      return read(upTo(id, segments)).report();
    };
    const packing = position('build:linux-4.14.341-openela:1');
    expect(packing.position).toMatchObject({ id: 'jump:linux', state: 'running', offset: null });
    expect(describeNow(packing)).toContain('Packing the whole system for Linux');
    expect(position('build:curl-8.17.0:1').position?.id).toBe('improve:get_network');
    expect(position('build:libarchive-3.5.2:1').position?.id).toBe('improve:after');
  });
});

describe('a log that is not whole', () => {
  test('that begins late has its earlier builds unseen, and goes on', () => {
    const text = buildText('gcc-10.5.0', 1) + buildText('binutils-2.41', 2);
    const reader = read(text);
    const states = new Map(reader.traces().map(({ step, state }) => [step.id, state]));
    expect(states.get('build:gcc-10.5.0:1')).toBe('done');
    expect(states.get('build:bash-5.2.15:1')).toBe('unseen');
    expect(states.get('build:gcc-15.2.0:1')).toBe('waiting');
  });

  test('without the line that begins a build knows it by its phases', () => {
    const lines = buildText('gcc-15.2.0', 1).split('\r\n').slice(1).join('\r\n');
    const reader = read(buildText('binutils-2.41', 2) + lines);
    expect(reader.traces().find(({ step }) => step.id === 'build:gcc-15.2.0:1')?.state).toBe('done');
  });

  test('never goes back: a line of an earlier build means nothing', () => {
    const reader = read(`${buildText('gcc-10.5.0', 1)}${buildText('musl-1.2.5', 1)}`);
    expect(reader.report().position?.argument).toBe('gcc-10.5.0');
    expect(reader.traces().find(({ step }) => step.id === 'build:musl-1.2.5:1')?.state).toBe('unseen');
  });

  test('takes back a leap ahead when what it passed over begins after all', () => {
    const leap = 'gcc-15.2.0: beginning build using script pass1.sh\r\n';
    const reader = read(`${buildText('gmp-6.2.1', 1)}${leap}${buildText('autoconf-archive-2021.02.19', 1)}`);
    const states = new Map(reader.traces().map(({ step, state }) => [step.id, state]));
    expect(states.get('build:autoconf-archive-2021.02.19:1')).toBe('done');
    expect(states.get('build:gcc-15.2.0:1')).toBe('waiting');
  });

  test('of a run that begins with Linux is not past the jump to Linux', () => {
    const banner = '[    0.000000] Linux version 6.1.0 (somebody@somewhere)\r\n';
    expect(read(banner).report().position).toBeNull();
    const kaem = ' +> kaem --file /steps/0.sh \r\n +> pkg=mes-0.27.1 \r\n +> kaem --file pass1.kaem \r\n';
    expect(read(banner + kaem).report().position).toMatchObject({
      id: 'build:mes-0.27.1:1',
      builds: { done: 2 },
    });
  });

  test('of another version lists what the manifest does not name', () => {
    const reader = read(
      `${buildText('guile-3.0.11', 1)}${buildText('which-2.23', 1)}${buildText('grep-3.7', 1)}`,
      false,
    );
    const built = reader.traces().filter(({ startOffset }) => startOffset !== null);
    expect(built.map(({ step, state }) => `${step.id} ${state}`)).toEqual([
      'build:guile-3.0.11:1 done',
      'build:which-2.23:1 done',
      'build:grep-3.7:1 done',
    ]);
  });

  test('without any list shows the steps as they come', () => {
    const reader = openConsoleReader();
    reader.push(encode(bootstrapConsole()));
    expect(reader.traces().filter(({ step }) => step.directive === 'build')).toHaveLength(170);
    expect(reader.report().position?.builds).toEqual({ done: 0, total: 0 });
  });

  test('of a machine that started again is at the beginning', () => {
    const whole = upTo('build:gcc-4.0.4:1', 4);
    const reader = read(whole + upTo('build:mes-0.27.1:1', 2));
    expect(reader.report().position?.id).toBe('build:mes-0.27.1:1');
    expect(reader.traces().filter(({ state }) => state === 'done')).toHaveLength(2);
  });

  test('a power-off before the last build of the booted list is no success', () => {
    const off = renderKernelConsole(['[ 9.000000] reboot: Power down']);
    const early = upTo('build:m4-1.4.19:1', 10);
    expect(explainLog(read(early + off).report()).verdict).toMatchObject({
      outcome: 'failed',
      cause: 'ended-early',
    });
    const prebuilt = renderKernelConsole(prebuiltLines('libarchive-3.5.2', 0));
    expect(explainLog(read(early + prebuilt + off).report()).verdict.outcome).toBe('passed');
  });
});
