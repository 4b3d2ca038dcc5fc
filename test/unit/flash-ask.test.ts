// What each host asks before a drive is written, and what it takes for a yes. And tokens: once, and only for a while.
import { describe, expect, test } from 'vitest';
import { askOnTerminal } from '../../src/cli/ask-before-flash.ts';
import { createTokens } from '../../src/engine/flash/tokens.ts';
import { askInDialog } from '../../src/main/native.ts';
import type { FlashQuestion } from '../../src/shared/model/flash.ts';
import { askByCode } from '../../src/web/ask-by-code.ts';
import { refusalOf } from '../support/refusals.ts';

const QUESTION: FlashQuestion = {
  plan: 'plan-1',
  lines: [
    'Erase Stick (8.0 GB, usb, /dev/sdb) and write the boot disk of x to it.',
    '  On it: /dev/sdb1, vfat “PHOTOS”',
  ],
  drives: [
    { name: 'Stick', serial: 'S123', sizeBytes: 8_000_000_000, confirmation: { kind: 'plain' } },
    {
      name: 'Disk',
      serial: null,
      sizeBytes: 2_000_398_934_016,
      confirmation: { kind: 'typed', what: 'size', text: '2 TB' },
    },
  ],
};

describe('the command line', () => {
  const ask = (...words: string[]) => askOnTerminal(words, new AbortController().signal)(QUESTION, null);

  test('takes serial number and size for exactly the drives that are written', async () => {
    expect(await ask('S123', '2000398934016')).toEqual({ state: 'yes', typed: ['yes', '2 TB'] });
    for (const words of [
      ['S123'],
      ['S12', '2000398934016'],
      ['S123', '2 TB'],
      ['S123', '2000398934016', 'x'],
      ['yes', 'yes'],
    ])
      expect(await ask(...words)).toEqual({ state: 'no' });
  });

  test('without a terminal and without words it is no', async () => {
    expect(await ask()).toEqual({ state: 'no' });
  });
});

describe('the browser host', () => {
  function host(): { ask: (code: string | null) => Promise<unknown>; printed: string[]; code: () => string } {
    const printed: string[] = [];
    const asker = askByCode((line) => printed.push(line));
    return {
      printed,
      ask: (code) => asker(QUESTION, code),
      code: () => /page: (\d{6}) /.exec(printed.join('\n'))?.[1] ?? '',
    };
  }

  test('prints what is erased with a code, and takes that code alone', async () => {
    const { ask, printed, code } = host();
    expect(await ask(null)).toMatchObject({ state: 'code' });
    expect(printed.join('\n')).toContain('/dev/sdb1, vfat “PHOTOS”');
    expect(await ask(code() === '000000' ? '111111' : '000000')).toMatchObject({ state: 'code' });
    expect(await ask(code())).toEqual({ state: 'yes', typed: null });
    // Once only: the next question has a code of its own.
    expect(await ask(code())).toMatchObject({ state: 'code' });
  });

  test('a page that guesses is told no', async () => {
    const { ask, code } = host();
    // A code that nobody was asked for is none.
    expect(await ask('123456')).toMatchObject({ state: 'code' });
    const wrong = code() === '000000' ? '111111' : '000000';
    for (const state of ['code', 'code', 'no']) expect(await ask(wrong)).toMatchObject({ state });
  });
});

describe('the window', () => {
  test('names the drive and what is on it, and only the second button is a yes', async () => {
    for (const [response, state] of [
      [0, 'no'],
      [1, 'yes'],
    ] as const) {
      const shown: unknown[] = [];
      const showMessageBox = (options: unknown): Promise<{ response: number; checkboxChecked: boolean }> => {
        shown.push(options);
        return Promise.resolve({ response, checkboxChecked: false });
      };
      expect(await askInDialog({ showMessageBox }, null, QUESTION)).toMatchObject({ state });
      expect(shown[0]).toMatchObject({
        message: QUESTION.lines[0],
        detail: QUESTION.lines[1],
        defaultId: 0,
        cancelId: 0,
      });
    }
  });
});

describe('tokens', () => {
  test('a plan is confirmed once, a token works once, and neither for ever', async () => {
    const clock = { now: 0 };
    const tokens = createTokens<string>(() => clock.now);
    const over = (id: string): unknown[] => ['FLASH_PLAN_UNKNOWN', { plan: id }];
    const plan = tokens.add('a drive');
    const token = tokens.confirm(plan);
    expect(await refusalOf(() => tokens.confirm(plan))).toEqual(over(plan));
    expect(await refusalOf(() => tokens.redeem(plan))).toEqual(over(plan));
    expect(tokens.redeem(token)).toBe('a drive');
    expect(await refusalOf(() => tokens.redeem(token))).toEqual(over(token));
    const late = tokens.confirm(tokens.add('b'));
    clock.now += 16 * 60_000;
    expect(await refusalOf(() => tokens.redeem(late))).toEqual(over(late));
  });
});
