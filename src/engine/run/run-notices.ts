// The notices of all runs of a data folder (src/shared/model/notice.ts): every run that lives is followed, and what changes is told once.
import type { RunNotice } from '../../shared/model/notice.ts';
import type { RunSnapshot } from '../../shared/model/run.ts';
import { isLive } from './run-folder.ts';
import type { Runs } from './runs.ts';
import { createWakeup } from './wakeup.ts';

export interface NoticeOptions {
  /** What ended after this moment is told, too: for a listener that was away. Nothing earlier. */
  since?: Date | undefined;
  signal?: AbortSignal | undefined;
  /** A question counts when nobody, and no script of answers, has answered it for so long. */
  settledMilliseconds?: number;
}

const SETTLED_MILLISECONDS = 3000;
const LONGEST_WAIT_MILLISECONDS = 60_000;

/** Ends with the signal, or when the runs are closed. */
export async function* watchNotices(
  runs: Pick<Runs, 'list' | 'show' | 'watch' | 'watchList'>,
  { since, signal, settledMilliseconds = SETTLED_MILLISECONDS }: NoticeOptions = {},
): AsyncGenerator<RunNotice, void, void> {
  const wakeup = createWakeup();
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
    wakeup.nudge();
  };
  signal?.addEventListener('abort', end);
  if (signal?.aborted === true) end();
  let found: RunNotice[] = [];
  const followed = new Set<string>();
  const tell = (notice: RunNotice | null): void => {
    if (notice === null) return;
    found.push(notice);
    wakeup.nudge();
  };

  async function follow(run: string): Promise<void> {
    const attention = createAttention(settledMilliseconds);
    for await (const snapshot of runs.watch(run, ending.signal)) tell(attention(snapshot, performance.now()));
  }

  async function followAll(): Promise<void> {
    /** Null before the first list: what had ended by then is told to nobody but a listener that was away. */
    let known: ReadonlySet<string> | null = null;
    for await (const list of runs.watchList(ending.signal)) {
      for (const run of list) {
        const endedAt = run.endedAt === null ? null : new Date(run.endedAt);
        const isNews =
          known === null ? since !== undefined && endedAt !== null && endedAt > since : !known.has(run.id);
        if (isNews && !isLive(run)) tell(endNotice(await runs.show(run.id)));
        if (!isLive(run) || followed.has(run.id)) continue;
        followed.add(run.id);
        // A run that is removed meanwhile has nothing to tell.
        void follow(run.id).catch(() => undefined);
      }
      known = new Set(list.map(({ id }) => id));
    }
  }

  void followAll().then(end, end);
  try {
    for (;;) {
      const now = found;
      found = [];
      yield* now;
      if (found.length > 0) continue;
      if (ending.signal.aborted) return;
      await wakeup.wait(LONGEST_WAIT_MILLISECONDS);
    }
  } finally {
    signal?.removeEventListener('abort', end);
    ending.abort();
  }
}

/** Takes each snapshot of a run and gives what there is to tell, each thing once. */
export function createAttention(
  settledMilliseconds: number,
): (snapshot: RunSnapshot, nowMilliseconds: number) => RunNotice | null {
  let asksSince: number | null = null;
  let told = false;
  let heldBy: string | null = null;
  let over = false;
  return (snapshot, now) => {
    const { record, report } = snapshot;
    if (over) return null;
    if (!isLive(record)) {
      over = true;
      return endNotice(snapshot);
    }
    const by = record.hold?.by ?? null;
    const isNew = by !== heldBy;
    heldBy = by;
    if (isNew && record.hold !== null && by !== 'user')
      return notice(snapshot, {
        kind: 'held',
        tone: 'bad',
        title: by === 'fault' ? 'A run can come to nothing any more' : 'A run stands still',
        text: record.hold.text,
      });
    if (!report.waitsForInput || record.state !== 'running' || by === 'user') {
      asksSince = null;
      told = false;
      return null;
    }
    asksSince ??= now;
    if (told || now - asksSince < settledMilliseconds) return null;
    told = true;
    return notice(snapshot, {
      kind: 'asks',
      tone: 'asks',
      title: 'A run waits for you',
      text: report.tail.trim() === '' ? 'It asks for input on the serial console.' : report.tail.trim(),
    });
  };
}

/** Null for what the user has ended. */
function endNotice(snapshot: RunSnapshot): RunNotice | null {
  const { verdict, stopReason } = snapshot.record;
  if (verdict === null || stopReason === 'user') return null;
  const titles = {
    passed: 'A run passed',
    failed: 'A run failed',
    stopped: 'A run ended',
    unfinished: 'A run ended',
    lost: 'A run is lost',
  };
  return notice(snapshot, {
    kind: 'ended',
    tone: verdict.outcome === 'passed' ? 'good' : 'bad',
    title: titles[verdict.outcome],
    text: verdict.sentence,
  });
}

function notice(
  { record, elapsedMilliseconds }: RunSnapshot,
  { text, title, ...rest }: Pick<RunNotice, 'kind' | 'tone' | 'title' | 'text'>,
): RunNotice {
  const at = record.endedAt ?? new Date().toISOString();
  return {
    run: record.id,
    at,
    title: `${title}: ${record.image.label}`.slice(0, 120),
    text: text.slice(0, 400),
    elapsedMilliseconds,
    ...rest,
  };
}
