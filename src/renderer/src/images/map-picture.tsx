// The picture of a stretch of an image: cells from left to right and top to bottom. Pointing tells what is there, a click looks at it; by keyboard arrows
// walk from region to region, + and − zoom, Page keys move, Enter comes near.
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
} from 'react';
import type { MapRegion } from '../../../shared/model/image-reading.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import type { MapCell } from '../derive/map-cells.ts';
import { mapKindWords } from '../derive/map-shades.ts';
import type { ByteRange } from '../derive/map-window.ts';
import { Bubble, Frame, runsOf } from './map-parts.tsx';
import { PICTURE_COLUMNS } from './use-map.ts';

interface PictureProps {
  cells: readonly MapCell[];
  window: ByteRange;
  sizeBytes: number;
  regions: readonly MapRegion[];
  selected: MapRegion | null;
  /** The byte that is looked at. */
  at: number;
  onSelect: (atBytes: number) => void;
  onZoom: (factor: number, aroundBytes?: number) => void;
  /** Move by a share of the window. */
  onMove: (share: number) => void;
  onOpen: () => void;
}

export function MapPicture(props: PictureProps): ReactNode {
  const { cells, window, sizeBytes, regions, selected, at } = props;
  const frame = useRef<HTMLDivElement | null>(null);
  const [hover, setHover] = useState<{ cell: number; x: number; y: number; isRight: boolean } | null>(null);
  const rows = Math.ceil(cells.length / PICTURE_COLUMNS);
  const cellBytes = window.lengthBytes / cells.length;

  const wheel = useEffectEvent((event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const cell = cellUnder(event, frame.current, rows);
    if (cell !== null)
      props.onZoom(event.deltaY < 0 ? 0.7 : 1 / 0.7, window.offsetBytes + (cell + 0.5) * cellBytes);
  });
  useEffect(() => {
    const element = frame.current;
    const listen = (event: WheelEvent): void => wheel(event);
    // Not passive: a zoom of the picture is none of the page.
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, []);

  function point(event: PointerEvent): void {
    const cell = cellUnder(event, frame.current, rows);
    const box = frame.current?.getBoundingClientRect();
    if (cell === null || box === undefined) {
      setHover(null);
      return;
    }
    const x = event.clientX - box.left;
    setHover({ cell, x, y: event.clientY - box.top, isRight: x > box.width / 2 });
  }
  function byteOf(cell: number): number {
    const start = Math.floor(window.offsetBytes + cell * cellBytes);
    const region = cells[cell]?.region ?? null;
    // The beginning of what the cell shows, where that is in the cell.
    return region === null ? start : Math.max(start, region.offsetBytes);
  }
  function press(event: KeyboardEvent): void {
    const act = keyAct(event.key);
    if (act === null) return;
    event.preventDefault();
    act();
  }
  function keyAct(key: string): (() => void) | null {
    switch (key) {
      case 'ArrowRight':
        return () => step(1);
      case 'ArrowLeft':
        return () => step(-1);
      case 'ArrowDown':
        return () => props.onSelect(clamp(at + PICTURE_COLUMNS * cellBytes));
      case 'ArrowUp':
        return () => props.onSelect(clamp(at - PICTURE_COLUMNS * cellBytes));
      case 'PageDown':
        return () => props.onMove(0.9);
      case 'PageUp':
        return () => props.onMove(-0.9);
      case 'Home':
        return () => props.onSelect(0);
      case 'End':
        return () => props.onSelect(sizeBytes - 1);
      case '+':
      case '=':
        return () => props.onZoom(0.5);
      case '-':
        return () => props.onZoom(2);
      case 'Enter':
        return () => props.onOpen();
      default:
        return null;
    }
  }
  function step(by: 1 | -1): void {
    const here = selected === null ? -1 : regions.indexOf(selected);
    const next = regions[here + by];
    if (next !== undefined) props.onSelect(next.offsetBytes);
  }
  const clamp = (value: number): number => Math.round(Math.min(sizeBytes - 1, Math.max(0, value)));

  const under = hover === null ? null : (cells[hover.cell] ?? null);
  const hovered = under?.region ?? null;
  return (
    <div
      ref={frame}
      className="map-picture"
      role="slider"
      tabIndex={0}
      aria-label="Place in the image"
      aria-valuemin={0}
      aria-valuemax={sizeBytes - 1}
      aria-valuenow={at}
      aria-valuetext={selected === null ? `byte ${formatCount(at)}` : spoken(selected)}
      onKeyDown={press}
      onPointerMove={point}
      onPointerLeave={() => setHover(null)}
      onClick={(event) => {
        const cell = cellUnder(event, frame.current, rows);
        if (cell !== null) props.onSelect(byteOf(cell));
      }}
      onDoubleClick={(event) => {
        const cell = cellUnder(event, frame.current, rows);
        if (cell !== null) props.onZoom(0.25, window.offsetBytes + (cell + 0.5) * cellBytes);
      }}
    >
      <svg
        viewBox={`0 0 ${PICTURE_COLUMNS} ${rows}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        focusable="false"
      >
        {runsOf(cells).map(({ from, length, cell }) => (
          <rect
            key={from}
            className={`shade-${cell.shade}${cell.odd ? ' odd' : ''}`}
            x={from % PICTURE_COLUMNS}
            y={Math.floor(from / PICTURE_COLUMNS)}
            width={length}
            height={1}
          />
        ))}
        <Frame range={hovered} window={window} cells={cells.length} className="map-hover" />
        <Frame range={selected} window={window} cells={cells.length} className="map-selected" />
      </svg>
      {hover === null || under === null ? null : (
        <Bubble hover={hover} cell={under} offsetBytes={byteOf(hover.cell)} />
      )}
    </div>
  );
}

function cellUnder(
  { clientX, clientY }: { clientX: number; clientY: number },
  frame: HTMLElement | null,
  rows: number,
): number | null {
  const box = frame?.getBoundingClientRect();
  if (box === undefined) return null;
  const x = Math.floor(((clientX - box.left) / box.width) * PICTURE_COLUMNS);
  const y = Math.floor(((clientY - box.top) / box.height) * rows);
  const inside = x >= 0 && x < PICTURE_COLUMNS && y >= 0 && y < rows;
  return inside ? y * PICTURE_COLUMNS + x : null;
}

function spoken(region: MapRegion): string {
  return `${region.label}: ${mapKindWords(region.kind)}, ${formatBytes(region.lengthBytes)} at byte ${formatCount(region.offsetBytes)}`;
}
