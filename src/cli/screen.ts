// What a command writes: results on stdout, progress on stderr. On a terminal the last line is a progress bar.
import { formatDuration } from '../shared/units.ts';

const BAR_CELLS = 24;

export interface Screen {
  /** A whole line of result. */
  line(text?: string): void;
  /** Console text of the guest, as it comes. */
  stream(text: string): void;
  /** A line about the work itself; goes to stderr, so that stdout stays clean. */
  note(text: string): void;
  /** What is going on now: redrawn in place on a terminal, never printed elsewhere. */
  status(text: string, share: number | null): void;
  /** Rings a terminal, nothing else. */
  bell(): void;
  json(value: unknown): void;
  /** Take the status away. */
  clear(): void;
}

export function openScreen(): Screen {
  const terminal = process.stderr.isTTY;
  let status = '';
  /** The guest's line so far, when it has no end yet: the bar waits below it. */
  let open = false;

  function wipe(): void {
    if (status !== '' && !open) process.stderr.write('\r\x1b[2K');
  }
  function draw(): void {
    if (status !== '' && !open) process.stderr.write(status);
  }
  function around(write: () => void): void {
    wipe();
    write();
    draw();
  }

  return {
    line: (text = '') => around(() => process.stdout.write(`${text}\n`)),
    stream(text) {
      if (text === '') return;
      wipe();
      process.stdout.write(text);
      open = terminal && !text.endsWith('\n');
      draw();
    },
    note: (text) =>
      around(() => {
        process.stderr.write(`${open ? '\n' : ''}${text}\n`);
        open = false;
      }),
    status(text, share) {
      if (!terminal) return;
      const bar = share === null ? '' : `${drawBar(share)} `;
      const next = `${bar}${text}`.slice(0, Math.max(20, process.stderr.columns - 1));
      if (next === status) return;
      wipe();
      status = next;
      draw();
    },
    bell() {
      if (terminal) process.stderr.write('\x07');
    },
    json: (value) => around(() => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)),
    clear() {
      wipe();
      status = '';
      if (open) process.stdout.write('\n');
      open = false;
    },
  };
}

export function drawBar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_CELLS);
  return `[${'█'.repeat(full)}${'·'.repeat(BAR_CELLS - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}

/** Columns that line up; the last one is left ragged. */
export function formatTable(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

export function formatWhen(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

export function formatSpan(fromIso: string | null, toIso: string | null): string {
  if (fromIso === null) return '';
  const end = toIso === null ? Date.now() : Date.parse(toIso);
  return formatDuration(Math.max(0, end - Date.parse(fromIso)));
}
