// What of a run's snapshots is worth telling somebody who does not look, and when.
import { describe, expect, it } from 'vitest';
import { notifyOfRuns } from '../../src/engine/run/notify.ts';
import { createAttention } from '../../src/engine/run/run-notices.ts';
import type { Runs } from '../../src/engine/run/runs.ts';
import { createNotifier } from '../../src/main/notify.ts';
import { deservesSound } from '../../src/shared/model/notice.ts';
import type { RunRecord, RunSnapshot } from '../../src/shared/model/run.ts';
import { Settings } from '../../src/shared/model/settings.ts';
import { NotificationStandIn, shownNotifications } from '../support/electron-stand-in/notification.ts';
import {
  scriptedReport,
  scriptedRun,
  scriptedSnapshot,
  scriptedVerdict,
  summaryOf,
} from '../support/scripted-data.ts';

const SETTLED = 3000;
const asks = scriptedReport({ waitsForInput: true, prompt: 'trap', tail: '[TRAP] bash-5.0# ' });
const talks = scriptedReport({ waitsForInput: false, prompt: null, tail: 'compiling' });

function snapshot(change: Partial<RunRecord>, report = talks): RunSnapshot {
  return scriptedSnapshot(scriptedRun('20261120-1200-aaaa', change), { report, elapsedMilliseconds: 5000 });
}

const held = (by: 'user' | 'host-space' | 'fault'): RunSnapshot =>
  snapshot({ hold: { by, since: '2026-11-20T12:00:00.000Z', text: `held by ${by}` } });

describe('a run is told of', () => {
  it('when it asks and nobody has answered for a while, once for each question', () => {
    const attention = createAttention(SETTLED);
    const at = (report: typeof asks, milliseconds: number) => attention(snapshot({}, report), milliseconds);
    expect([at(asks, 0), at(asks, 2999)]).toEqual([null, null]);
    expect(at(asks, 3000)).toMatchObject({ kind: 'asks', tone: 'asks', text: '[TRAP] bash-5.0#' });
    expect(at(asks, 9000)).toBeNull();
    expect(at(talks, 9100)).toBeNull();
    // Answered before it was settled, as a script of answers does.
    expect([at(asks, 10_000), at(talks, 10_500), at(asks, 12_000), at(asks, 13_500)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(at(asks, 15_000)).toMatchObject({ kind: 'asks' });
  });

  it('when it stands still by itself, and not when its user holds it', () => {
    const attention = createAttention(SETTLED);
    expect(attention(held('user'), 0)).toBeNull();
    expect(attention(held('host-space'), 1)).toMatchObject({ kind: 'held', text: 'held by host-space' });
    expect(attention(held('host-space'), 2)).toBeNull();
    expect(attention(held('fault'), 3)).toMatchObject({
      kind: 'held',
      title: expect.stringContaining('can come to nothing') as string,
    });
  });

  it.each([
    ['passed', 'good', 'A run passed'],
    ['failed', 'bad', 'A run failed'],
    ['lost', 'bad', 'A run is lost'],
  ] as const)('when it is %s, once', (outcome, tone, title) => {
    const attention = createAttention(SETTLED);
    const end = snapshot({
      state: outcome === 'lost' ? 'lost' : 'ended',
      endedAt: '2026-11-20T13:00:00.000Z',
      verdict: scriptedVerdict({ outcome, sentence: 'As it ended.' }),
    });
    expect(attention(end, 0)).toMatchObject({
      kind: 'ended',
      tone,
      title: expect.stringMatching(new RegExp(`^${title}: `)) as string,
      text: 'As it ended.',
      at: '2026-11-20T13:00:00.000Z',
    });
    expect(attention(end, 1)).toBeNull();
  });

  it('not when its user has stopped it', () => {
    const end = snapshot({
      state: 'ended',
      stopReason: 'user',
      verdict: scriptedVerdict({ outcome: 'stopped', sentence: 'Stopped.' }),
    });
    expect(createAttention(SETTLED)(end, 0)).toBeNull();
  });
});

describe('somebody who may be looking hears', () => {
  const end = createAttention(0)(
    snapshot({ state: 'ended', verdict: scriptedVerdict({ outcome: 'passed', sentence: 'Passed.' }) }),
    0,
  );
  it.each([
    ['the end of a long run', { elapsedMilliseconds: 60_000 }, true],
    ['not the end of a boot check', { elapsedMilliseconds: 2000 }, false],
    ['a question at any time', { elapsedMilliseconds: 2000, kind: 'asks' as const }, true],
  ])('%s', (_what, change, expected) => {
    expect(end).not.toBeNull();
    if (end !== null) expect(deservesSound({ ...end, ...change })).toBe(expected);
  });
});

/** Two runs that end one after the other, the second when the first was dealt with. */
function twoEnds(next: Promise<void>): Pick<Runs, 'list' | 'show' | 'watch' | 'watchList'> {
  const ends = ['aaaa', 'bbbb'].map((tail) =>
    scriptedRun(`20261120-1200-${tail}`, {
      state: 'ended',
      endedAt: '2026-11-20T13:00:00.000Z',
      verdict: scriptedVerdict({ outcome: 'passed', sentence: `End of ${tail}.` }),
    }),
  );
  const summaries = ends.map(summaryOf);
  const part = {
    async *watchList() {
      yield [];
      yield summaries.slice(0, 1);
      await next;
      yield summaries;
    },
    show: (id: string) =>
      Promise.resolve(scriptedSnapshot(ends.find((one) => one.id === id) ?? scriptedRun(id))),
  };
  return part as unknown as Runs;
}

describe('a desktop', () => {
  it('is told of ends, unless that is switched off', async () => {
    const told: string[] = [];
    let goOn = (): void => undefined;
    const next = new Promise<void>((resolve) => (goOn = resolve));
    let isOn = false;
    const settings = {
      get() {
        const now = Settings.parse({ notices: { desktop: isOn } });
        isOn = true;
        setTimeout(goOn, 0);
        return Promise.resolve(now);
      },
    };
    const end = notifyOfRuns(twoEnds(next), settings, ({ text }) => void told.push(text));
    await expect.poll(() => told).toEqual(['End of bbbb.']);
    await end();
  });

  it('is not told while a window of ours has the focus', () => {
    let isFocused = true;
    const notify = createNotifier({
      Notification: NotificationStandIn as never,
      isFocused: () => isFocused,
      comeForward: () => null,
    });
    const end = createAttention(0)(
      snapshot({ state: 'ended', verdict: scriptedVerdict({ outcome: 'passed', sentence: 'Passed.' }) }),
      0,
    );
    if (end === null) throw new Error('nothing to tell');
    notify(end);
    expect(shownNotifications()).toEqual([]);
    isFocused = false;
    notify(end);
    expect(shownNotifications()).toEqual([{ title: end.title, body: 'Passed.' }]);
  });
});
