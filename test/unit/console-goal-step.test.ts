// A step of the manifest as the goal: passed once it is over, failed when the machine ends before.
import { describe, expect, test } from 'vitest';
import { type ConsoleReader, openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { expectedSteps } from '../../src/engine/formats/console/step-list.ts';
import { judge } from '../../src/engine/formats/console/verdict.ts';
import type { Goal } from '../../src/shared/model/console.ts';
import { bootstrapConsole, bootstrapSegments, knownSteps } from '../support/bootstrap-consoles.ts';

const expected = expectedSteps(knownSteps());

function read(text: string, goalStep: string): ConsoleReader {
  const reader = openConsoleReader({ steps: { expected, exact: true }, goalStep });
  reader.push(new TextEncoder().encode(text));
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

describe('a step as the goal', () => {
  const outcome = (text: string, id: string, more: object = {}) =>
    judge(read(text, id).report(), {
      goal: `step:${id}` as Goal,
      processEnded: false,
      stopped: false,
      ...more,
    })?.outcome ?? null;

  test.each([
    ['build:tcc-0.9.26:1', 5, 'build:tcc-0.9.27:1', 1],
    ['build:gcc-4.0.4:1', 9, 'build:gcc-4.0.4:1', 10],
    ['jump:linux', 2, 'build:musl-1.2.5:2', 10],
    ['improve:after', 0, 'improve:after', 1],
  ])('%s is passed once the step is over, not before', (id, before, last, after) => {
    expect(outcome(upTo(id, before), id)).toBeNull();
    expect(outcome(upTo(last, after), id)).toBe('passed');
  });

  test('is failed when the machine ends before it, or in it', () => {
    const id = 'build:gcc-4.0.4:1';
    const failed = bootstrapConsole({ end: { at: id, how: 'build-failed' } });
    expect(outcome(failed, id)).toBe('failed');
    expect(outcome(failed, 'build:gcc-15.2.0:1', { processEnded: true })).toBe('failed');
    expect(outcome(failed, 'build:binutils-2.30:1', { processEnded: true })).toBe('passed');
  });

  test('names the step in its sentence', () => {
    const report = read(upTo('build:gcc-4.0.4:1', 10), 'build:gcc-4.0.4:1').report();
    const verdict = judge(report, { goal: 'step:build:gcc-4.0.4:1', processEnded: false, stopped: false });
    expect(verdict?.sentence).toContain('gcc-4.0.4 (pass 1)');
  });
});
