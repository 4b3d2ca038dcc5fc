// The table that the benchmark prints.

export interface Row {
  what: string;
  target: string;
  measured: string;
  /** What it is compared with, measured in the same run; empty when the target is absolute. */
  peer: string;
  ratio: string;
  /** Null where there is no target. */
  met: boolean | null;
}

const TITLES = ['', 'what', 'target', 'measured', 'peer', 'ratio'];

export function formatTable(rows: readonly Row[]): string {
  const lines = [
    TITLES,
    ...rows.map(({ met, what, target, measured, peer, ratio }) => [
      met === null ? '' : met ? 'met' : 'MISSED',
      what,
      target,
      measured,
      peer,
      ratio,
    ]),
  ];
  const widths = TITLES.map((_title, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function formatSeconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

export function formatRatio(ours: number, theirs: number): string {
  return `${(ours / theirs).toFixed(2)}×`;
}
