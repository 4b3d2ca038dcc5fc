// Colours of the terminal. Dark in both themes, as consoles are: the guest's colours are made for that.

export const TERMINAL_THEME = {
  background: '#101512',
  foreground: '#d7dfd4',
  cursor: '#101512',
  selectionBackground: '#3d5f46',
  selectionInactiveBackground: '#34503b',
  scrollbarSliderBackground: '#ffffff2b',
  scrollbarSliderHoverBackground: '#ffffff45',
  scrollbarSliderActiveBackground: '#ffffff5c',
  black: '#1b211d',
  red: '#e58a80',
  green: '#8fcf9b',
  yellow: '#dfc27a',
  blue: '#8db8e8',
  magenta: '#cfa3dc',
  cyan: '#83cfcb',
  white: '#d7dfd4',
  brightBlack: '#879186',
  brightRed: '#f2a79e',
  brightGreen: '#aee3b7',
  brightYellow: '#f0d998',
  brightBlue: '#abcdf3',
  brightMagenta: '#e0bdea',
  brightCyan: '#a5e2df',
  brightWhite: '#f4f8f2',
};

export const TERMINAL_FONT = {
  fontFamily:
    'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSize: 12.5,
  lineHeight: 1.25,
};

/** Must be `#RRGGBB` (addon-search's typings). */
export const MATCH_COLOURS = {
  matchBackground: '#4a4421',
  activeMatchBackground: '#7d6a17',
  matchOverviewRuler: '#dfc27a',
  activeMatchColorOverviewRuler: '#f0d998',
};
