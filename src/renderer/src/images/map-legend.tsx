// What the colours of the picture mean: those that are in it.
import type { ReactNode } from 'react';
import type { MapCell } from '../derive/map-cells.ts';
import { SHADES } from '../derive/map-shades.ts';

export function MapLegend({ cells }: { cells: readonly MapCell[] }): ReactNode {
  const shown = new Set(cells.map(({ shade }) => shade));
  return (
    <ul className="map-legend" aria-label="Colours of the picture">
      {SHADES.filter(({ id }) => shown.has(id)).map(({ id, text }) => (
        <li key={id}>
          <span className={`swatch shade-${id}`} aria-hidden="true" />
          {text}
        </li>
      ))}
    </ul>
  );
}
