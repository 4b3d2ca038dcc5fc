// Follows a log of any size in a terminal of bounded size. One thing at a time: a newer command ends the older one, and the
// next piece is read only after the terminal has taken the last. Positions are byte offsets of the log file.
import { openTerminalFilter, type TerminalFilter } from '../../../shared/terminal-text.ts';
import { nextFrame } from './frame.ts';
import { CHUNK_BYTES, planFollow, startBefore } from './log-plan.ts';
import { type LogSource, readPiece, readRange } from './log-reader.ts';
import type { TerminalPane } from './terminal-pane.ts';

export interface LogViewState {
  following: boolean;
  /** There is output before what the terminal holds. */
  hasEarlier: boolean;
  /** About which byte is in view; null while it follows the end. */
  placeBytes: number | null;
  /** First byte that is surely held, and the end of what was read. */
  startBytes: number;
  endBytes: number;
  sizeBytes: number;
  error: unknown;
}

export interface LogController {
  get: () => LogViewState;
  subscribe: (changed: () => void) => () => void;
  /** The log has at least this many bytes now. */
  grow: (sizeBytes: number) => void;
  follow: () => void;
  pause: () => void;
  /** Show the line at an offset, with its words or whole line selected. */
  jump: (offsetBytes: number, words: string | null) => void;
  earlier: () => void;
  later: () => void;
  /** The view was scrolled, by whomever. */
  scrolled: () => void;
  dispose: () => void;
}

/** Views hear of new positions this often. */
const SAY_MS = 150;
/** Rows that must stand below a place that was jumped to. */
const ROWS_BELOW = 200;

export function openLogController(pane: TerminalPane, source: LogSource): LogController {
  const listeners = new Set<() => void>();
  let state: LogViewState = {
    following: true,
    hasEarlier: false,
    placeBytes: null,
    startBytes: 0,
    endBytes: 0,
    sizeBytes: 0,
    error: null,
  };
  /** What views were told last: positions change with every piece, and nobody reads them sixty times a second. */
  let said = state;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let filter: TerminalFilter = openTerminalFilter();
  let turn = 0;
  let queue: Promise<void> = Promise.resolve();
  let pumping = false;
  /** The view moves itself; scroll events say nothing about the user. */
  let moving = false;

  function set(change: Partial<LogViewState>): void {
    const first = pane.firstMark();
    state = {
      ...state,
      ...change,
      hasEarlier: first === null ? (change.endBytes ?? state.endBytes) > 0 : first.offsetBytes > 0,
      startBytes: first?.offsetBytes ?? 0,
    };
    state.placeBytes = state.following ? null : pane.placeInView(state.endBytes);
    const quick = 'following' in change || 'error' in change || state.hasEarlier !== said.hasEarlier;
    if (quick) say();
    else timer ??= setTimeout(say, SAY_MS);
  }

  function say(): void {
    clearTimeout(timer);
    timer = undefined;
    said = state;
    for (const listener of listeners) listener();
  }

  /** Do `work` after what is under way, unless something newer comes first. `isCurrent` tells it to give up. */
  function command(work: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    turn += 1;
    const own = turn;
    const isCurrent = (): boolean => turn === own;
    queue = queue
      .then(() => (isCurrent() ? work(isCurrent) : undefined))
      .catch((error: unknown) => set({ error }));
    return queue;
  }

  async function append(offsetBytes: number, text: string, keepsPlace = false): Promise<void> {
    moving = true;
    pane.mark(offsetBytes);
    const safe = filter.push(text);
    await (keepsPlace ? pane.writeBelow(safe) : pane.write(safe));
    moving = false;
  }

  function restart(): void {
    moving = true;
    pane.reset();
    moving = false;
    filter = openTerminalFilter();
  }

  async function appendNext(keepsPlace = false): Promise<boolean> {
    const at = state.endBytes;
    const chunk = await readPiece(source, at, CHUNK_BYTES, pane.columns());
    if (chunk.toBytes > at) await append(at, chunk.text, keepsPlace);
    set({ endBytes: chunk.toBytes, sizeBytes: Math.max(state.sizeBytes, chunk.sizeBytes) });
    if (state.error !== null) set({ error: null });
    return chunk.toBytes > at;
  }

  /** Start the terminal anew with the text from `fromBytes` to `toBytes`. */
  async function show(fromBytes: number, toBytes: number): Promise<void> {
    const text = await readRange(source, fromBytes, toBytes);
    restart();
    if (text !== '') await append(fromBytes, text);
    set({ endBytes: toBytes });
  }

  async function pump(isCurrent: () => boolean): Promise<void> {
    pumping = true;
    try {
      while (isCurrent() && state.following && state.endBytes < state.sizeBytes) {
        await nextFrame();
        const plan = planFollow(state.endBytes, state.sizeBytes);
        if (plan.skips) await show(plan.fromBytes, state.sizeBytes);
        else if (!(await appendNext())) break;
      }
    } finally {
      pumping = false;
    }
  }

  /** Show what lies around an offset; its row comes back. */
  async function showAround(offsetBytes: number, isCurrent: () => boolean): Promise<number | null> {
    await show(startBefore(offsetBytes), offsetBytes);
    let more = true;
    const row = (): number | null => pane.rowOf(offsetBytes);
    while (more && isCurrent() && pane.lastRow() - (row() ?? pane.lastRow()) < pane.rows() + ROWS_BELOW)
      more = await appendNext();
    return row();
  }

  function scrollTo(row: number): void {
    moving = true;
    pane.scrollToRow(row);
    moving = false;
    set({});
  }

  const controller: LogController = {
    get: () => said,
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    grow(sizeBytes) {
      if (sizeBytes > state.sizeBytes) set({ sizeBytes });
      if (state.following && !pumping && state.endBytes < state.sizeBytes) void command(pump);
    },
    follow() {
      if (state.following) return;
      pane.clearMatches();
      set({ following: true });
      void command(async (isCurrent) => {
        moving = true;
        pane.scrollToBottom();
        moving = false;
        await pump(isCurrent);
      });
    },
    pause() {
      if (state.following) set({ following: false });
    },
    jump(offsetBytes, words) {
      set({ following: false });
      void command(async (isCurrent) => {
        const row = await showAround(offsetBytes, isCurrent);
        if (row === null || !isCurrent()) return;
        scrollTo(row - Math.floor(pane.rows() / 4));
        pane.select(offsetBytes, words);
      });
    },
    earlier() {
      if (!state.hasEarlier) return;
      set({ following: false });
      void command(async (isCurrent) => {
        const anchor = pane.firstMark() ?? { offsetBytes: startBefore(state.endBytes), row: pane.top() };
        if (anchor.offsetBytes === 0) return;
        const above = anchor.row - pane.top();
        const row = await showAround(anchor.offsetBytes, isCurrent);
        if (row !== null) scrollTo(row - above);
      });
    },
    later() {
      if (state.following) return;
      if (state.endBytes >= state.sizeBytes) {
        controller.follow();
        return;
      }
      void command(async () => {
        await appendNext(true);
      });
    },
    scrolled() {
      // Writing keeps a followed terminal at its bottom, so away from it means the user, even while something is written.
      if (state.following && !pane.isAtBottom()) controller.pause();
      if (!state.following) set({});
      if (moving || state.following) return;
      if (pane.isAtTop()) controller.earlier();
      else if (pane.isAtBottom()) controller.later();
    },
    dispose() {
      turn += 1;
      clearTimeout(timer);
      listeners.clear();
    },
  };
  return controller;
}
