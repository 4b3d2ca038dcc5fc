// The catalogue is whole and true: every code has its texts, is thrown somewhere, and speaks plainly.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeError, ERROR_CODES } from '../../src/shared/error-texts.ts';
import {
  type ErrorCode,
  type ErrorData,
  isSeedbedError,
  SeedbedError,
  toSeedbedError,
} from '../../src/shared/errors.ts';
import { pageHintOf } from '../../src/shared/page-hints.ts';
import { readWireError } from '../../src/shared/wire-errors.ts';
import { toWire } from '../../src/engine/router/guard.ts';
import { PROJECT_ROOT } from '../support/built.ts';

const NUMBERS =
  /^(?:line|column|port|others|sizeBytes|needsLba|statesLba|memoryMiB|minimumMiB|freeMiB|actual|limit)$/;

const LISTS = new Set(['CHECKOUT_FETCH_FAILED.others', 'CHECKOUT_SUBMODULES_UNAVAILABLE.submodules']);

/** Any error's data: each field is its own name, or a number or a list where those belong. */
function sampleData<C extends ErrorCode>(code: C): ErrorData[C] {
  const field = (_target: object, name: string | symbol): unknown => {
    if (LISTS.has(`${code}.${String(name)}`)) return ['<one>', '<two>'];
    return typeof name === 'string' && NUMBERS.test(name) ? 7 : `<the ${String(name)}>`;
  };
  return new Proxy({}, { get: field }) as ErrorData[C];
}

const sources = readdirSync(join(PROJECT_ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('error-texts.ts'))
  .map((name) => readFileSync(join(PROJECT_ROOT, 'src', name), 'utf8'))
  .join('\n');

describe.each(ERROR_CODES)('%s', (code) => {
  it('says what happened and what to do, in whole sentences', () => {
    const { message, hint } = describeError(new SeedbedError(code, sampleData(code)));
    for (const text of [message, hint]) {
      expect(text.length).toBeGreaterThan(8);
      expect(text).not.toMatch(/undefined|NaN|\[object/);
      expect(text.toLowerCase()).not.toMatch(/\b(?:trusted|secure|guaranteed)\b/);
    }
  });

  it('says on a page nothing of options and commands that a page has not got', () => {
    const data = sampleData(code);
    const { hint } = describeError(new SeedbedError(code, data));
    // A command of git's is one for a terminal, whatever the host.
    const own = (pageHintOf(code, data) ?? hint).replace(/\bgit .*/, '');
    expect(own).not.toMatch(/ --[a-z]|\bseedbed [a-z]/);
  });

  it('is thrown somewhere', () => {
    expect(new RegExp(`SeedbedError\\(\\s*'${code}'`).test(sources)).toBe(true);
  });
});

describe('across the wire', () => {
  it('an error keeps its code, texts and data', () => {
    const error = new SeedbedError('PORT_IN_USE', { port: 80 });
    expect(readWireError(toWire(error))).toMatchObject({ ...describeError(error) });
  });

  it('an abort is CANCELLED, anything unknown a fault of Seedbed that keeps its cause', () => {
    const abort = new DOMException('This operation was aborted', 'AbortError');
    expect(toSeedbedError(abort).code).toBe('CANCELLED');
    const unknown = new TypeError('x is not a function');
    const bug = toSeedbedError(unknown);
    expect([bug.code, bug.cause, isSeedbedError(bug)]).toEqual(['BUG', unknown, true]);
    expect(readWireError(toWire(unknown)).message).toContain('x is not a function');
  });
});
