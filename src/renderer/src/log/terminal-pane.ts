// The terminal that shows guest output: xterm.js as a viewer. Nothing is ever sent to the guest, and only text that went
// through the filter of shared/terminal-text.ts may be written.
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { type IMarker, Terminal } from '@xterm/xterm';
import { SCROLLBACK_ROWS } from './log-plan.ts';
import { MATCH_COLOURS, TERMINAL_FONT, TERMINAL_THEME } from './terminal-theme.ts';

/** A byte of the log and the place where it stands; the row is gone once it has left the scrollback. */
interface Mark {
  offsetBytes: number;
  column: number;
  marker: IMarker;
}

export interface TerminalPane {
  columns: () => number;
  rows: () => number;
  /** Resolves when the text is parsed. */
  write: (text: string) => Promise<void>;
  reset: () => void;
  /** Remember that the next text written starts at this byte. */
  mark: (offsetBytes: number) => void;
  /** First remembered byte that is still held, with its row; null when none is. */
  firstMark: () => { offsetBytes: number; row: number } | null;
  rowOf: (offsetBytes: number) => number | null;
  /** About which byte stands a quarter down the view, by the remembered bytes around it; `endBytes` stands in the last row. Null when nothing is held. */
  placeInView: (endBytes: number) => number | null;
  lastRow: () => number;
  top: () => number;
  isAtTop: () => boolean;
  isAtBottom: () => boolean;
  scrollToRow: (row: number) => void;
  scrollToBottom: () => void;
  /** Write and keep the rows that are in view where they are. */
  writeBelow: (text: string) => Promise<void>;
  /** Select the words that begin at a remembered byte, or its whole row; everything else that matches is marked. */
  select: (offsetBytes: number, words: string | null) => void;
  clearMatches: () => void;
  selection: () => string;
  visibleText: () => string;
  setScreenReader: (on: boolean) => void;
  focus: () => void;
  fit: () => void;
  dispose: () => void;
}

const MARKS_OF_A_ROW = 2;

export interface PaneEvents {
  scrolled: () => void;
  selected: () => void;
  /** A key; true when it was dealt with. */
  key: (event: KeyboardEvent) => boolean;
}

export function openTerminalPane(element: HTMLElement, label: string, events: PaneEvents): TerminalPane {
  const terminal = new Terminal({
    ...TERMINAL_FONT,
    theme: TERMINAL_THEME,
    scrollback: SCROLLBACK_ROWS,
    disableStdin: true,
    convertEol: true,
    cursorInactiveStyle: 'none',
    cursorStyle: 'bar',
    cursorWidth: 1,
    minimumContrastRatio: 4.5,
    allowProposedApi: true,
    logLevel: 'off',
    linkHandler: { activate: () => undefined },
  });
  const fit = new FitAddon();
  const search = new SearchAddon({ highlightLimit: 500 });
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.open(element);
  terminal.textarea?.setAttribute('aria-label', label);
  // A reader, not a prompt: it needs no cursor.
  terminal.write('\u001b[?25l');
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type === 'keydown' && events.key(event)) event.preventDefault();
    return false;
  });
  terminal.onScroll(events.scrolled);
  terminal.onSelectionChange(events.selected);
  let marks: Mark[] = [];

  const buffer = () => terminal.buffer.active;
  const write = (text: string): Promise<void> => new Promise((done) => terminal.write(text, done));
  const markAt = (offsetBytes: number): Mark | undefined =>
    marks.find((mark) => mark.offsetBytes === offsetBytes && !mark.marker.isDisposed);
  const textOf = (row: number): string => buffer().getLine(row)?.translateToString(true) ?? '';

  return {
    columns: () => terminal.cols,
    rows: () => terminal.rows,
    write,
    reset() {
      for (const { marker } of marks) marker.dispose();
      marks = [];
      search.clearDecorations();
      terminal.reset();
      terminal.write('\u001b[?25l');
    },
    mark(offsetBytes) {
      marks = marks.filter((mark) => !mark.marker.isDisposed);
      const row = buffer().baseY + buffer().cursorY;
      // A line that grows for hours piece by piece needs no mark for each.
      if (marks.slice(-MARKS_OF_A_ROW).filter((mark) => mark.marker.line === row).length === MARKS_OF_A_ROW)
        return;
      marks.push({ offsetBytes, column: buffer().cursorX, marker: terminal.registerMarker(0) });
    },
    firstMark() {
      const mark = marks.find(({ marker }) => !marker.isDisposed);
      return mark === undefined ? null : { offsetBytes: mark.offsetBytes, row: mark.marker.line };
    },
    rowOf: (offsetBytes) => markAt(offsetBytes)?.marker.line ?? null,
    placeInView(endBytes) {
      const row = buffer().viewportY + Math.floor(terminal.rows / 4);
      const held = marks.filter(({ marker }) => !marker.isDisposed);
      const at = held.findLastIndex(({ marker }) => marker.line <= row);
      const before = held[Math.max(0, at)];
      if (before === undefined) return null;
      const next = held[at + 1];
      const end = {
        line: next?.marker.line ?? buffer().baseY + buffer().cursorY,
        bytes: next?.offsetBytes ?? endBytes,
      };
      const rows = end.line - before.marker.line;
      const share = rows <= 0 ? 0 : Math.min(1, Math.max(0, row - before.marker.line) / rows);
      return Math.floor(before.offsetBytes + share * (end.bytes - before.offsetBytes));
    },
    lastRow: () => buffer().baseY + buffer().cursorY,
    top: () => buffer().viewportY,
    isAtTop: () => buffer().viewportY === 0,
    isAtBottom: () => buffer().viewportY >= buffer().baseY,
    scrollToRow: (row) => terminal.scrollToLine(Math.max(0, row)),
    scrollToBottom: () => terminal.scrollToBottom(),
    async writeBelow(text) {
      const { viewportY, baseY, cursorY } = buffer();
      const top = terminal.registerMarker(viewportY - baseY - cursorY);
      await write(text);
      terminal.scrollToLine(Math.max(0, top.line));
      top.dispose();
    },
    select(offsetBytes, words) {
      const mark = markAt(offsetBytes);
      if (mark === undefined) return;
      const row = mark.marker.line;
      if (words === null) {
        terminal.select(0, row, Math.max(1, textOf(row).length));
        return;
      }
      // Without memory of an earlier search, the addon starts at the selection and so finds this very match.
      search.clearDecorations();
      terminal.select(mark.column, row, words.length);
      search.findNext(words, { decorations: MATCH_COLOURS });
    },
    clearMatches() {
      search.clearDecorations();
      terminal.clearSelection();
    },
    selection: () => terminal.getSelection(),
    visibleText() {
      const { viewportY } = buffer();
      return Array.from({ length: terminal.rows }, (_, at) => textOf(viewportY + at))
        .join('\n')
        .trimEnd();
    },
    setScreenReader(on) {
      terminal.options.screenReaderMode = on;
    },
    focus: () => terminal.focus(),
    fit: () => fit.fit(),
    dispose: () => terminal.dispose(),
  };
}
