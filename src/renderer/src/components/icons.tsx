// The page's icons: strokes on a 20 × 20 grid, drawn for Seedbed. They repeat what words beside them say, so they are hidden from readers.
import type { ReactNode } from 'react';

const PATHS = {
  home: 'M3.5 9.2 10 3.8l6.5 5.4M5.2 8.2v7.6h3.4v-4.2h2.8v4.2h3.4V8.2',
  sources: 'M3.6 7.2h12.8v9.2H3.6zM2.8 3.6h14.4v3.6H2.8zM10 9.2v4.4m-2-2 2 2 2-2',
  images: 'M10 3.2 16.4 6.4 10 9.6 3.6 6.4zM3.6 10.1 10 13.3l6.4-3.2M3.6 13.6 10 16.8l6.4-3.2',
  runs: 'M3.4 4.2h13.2v11.6H3.4zM6.2 8l2.2 2-2.2 2M10.2 12.2h3.4',
  drives: 'M7 8.4V3.2h6v5.2M4.8 8.4h10.4v8.4H4.8zM9 5.4v.2m2-.2v.2M8 13.4h4',
  machine:
    'M6 6h8v8H6zM8.4 2.8V6m3.2-3.2V6m-3.2 8v3.2m3.2-3.2v3.2M2.8 8.4H6m-3.2 3.2H6m8-3.2h3.2m-3.2 3.2h3.2',
  check: 'm4.4 10.6 3.6 3.6 7.6-8.2',
  cross: 'm5.4 5.4 9.2 9.2m0-9.2-9.2 9.2',
  warning: 'M10 3.6 17 16H3zM10 8.2v3.6m0 2v.3',
  stop: 'M5.6 5.6h8.8v8.8H5.6z',
  pause: 'M7 5v10m6-10v10',
  play: 'M6.6 4.6 15.2 10l-8.6 5.4z',
  search: 'M8.8 14a5.2 5.2 0 1 0 0-10.4 5.2 5.2 0 0 0 0 10.4zm3.8-1.4 4 4',
  copy: 'M7.2 7.2h8.8v8.8H7.2zM4 12.8V4h8.8',
  download: 'M10 3.4v9.2m-3.8-3.6L10 12.8 13.8 9M3.8 16.4h12.4',
  down: 'M10 4v11.4m-4.6-4.6L10 15.4l4.6-4.6',
  up: 'M10 16V4.6M5.4 9.2 10 4.6l4.6 4.6',
  flag: 'M5 17V3.6m0 .6h9.4l-2.2 3.4 2.2 3.4H5',
  left: 'm12.6 4.8-5.2 5.2 5.2 5.2',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  chevron: 'm7.4 4.8 5.2 5.2-5.2 5.2',
  folder: 'M2.8 5h5l1.7 2h7.7v8.8H2.8z',
  file: 'M5 2.8h6.4L15 6.4v10.8H5zM11.2 3v3.6h3.6',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm0-11v4.2l2.8 1.8',
  trash: 'M3.8 5.6h12.4M8 5.4V3.4h4v2m-6.8.4.8 11h8l.8-11M8.4 8.6v5.4m3.2-5.4v5.4',
  eye: 'M2.4 10S5.2 4.8 10 4.8s7.6 5.2 7.6 5.2-2.8 5.2-7.6 5.2S2.4 10 2.4 10zm7.6 2.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z',
  again: 'M16 10a6 6 0 1 1-1.8-4.3M16.4 3v3.6h-3.6',
  plug: 'M7 3v4m6-4v4M4.8 7h10.4v2.6a5.2 5.2 0 0 1-10.4 0zM10 14.8V18',
  dot: 'M10 12.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Seedbed's sign: a seed that opens. */
export function Sign({ size = 28 }: { size?: number }): ReactNode {
  return (
    <svg className="sign" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M16 25.5V14.5m0 3c0-5 3-8.4 8.6-8.6 0 5.4-3.2 8.6-8.6 8.6zm0-2.4c-.2-4-3-6.2-7.4-6.2.2 4 3 6.2 7.4 6.2z" />
    </svg>
  );
}
