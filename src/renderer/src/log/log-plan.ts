// Numbers and decisions of the log view: which part of a log of any size is read, and how much is held.

/** Rows that the terminal keeps; memory does not grow with the log. */
export const SCROLLBACK_ROWS = 5000;
/** One read while following: a few milliseconds of parsing, so that a frame is never missed. */
export const CHUNK_BYTES = 65_536;
/** Behind by more than this, following goes on at the end instead of reading everything in between. */
export const FAR_BEHIND_BYTES = 1_048_576;
/** What is read of the end when it does. */
export const TAIL_BYTES = 262_144;
/** What is read before a place that is jumped to, and when the top edge is reached. More than one chunk. */
export const BEFORE_BYTES = 98_304;
/** A piece with more rows would push its own first row out of the terminal. */
export const MOST_ROWS_OF_A_PIECE = 1500;
/** Smallest useful read; even if it were all line ends, it fits. */
export const SMALLEST_READ_BYTES = 1024;

/** Where following reads next. `skips`: what lies between is left out, and the terminal starts anew. */
export function planFollow(endBytes: number, sizeBytes: number): { fromBytes: number; skips: boolean } {
  if (sizeBytes - endBytes <= FAR_BEHIND_BYTES) return { fromBytes: endBytes, skips: false };
  return { fromBytes: sizeBytes - TAIL_BYTES, skips: true };
}

/** Where a part that shall hold `offsetBytes` starts. */
export function startBefore(offsetBytes: number): number {
  return Math.max(0, offsetBytes - BEFORE_BYTES);
}

/** Index of the first character of the first whole line; 0 when there is no line end. */
export function firstWholeLine(text: string): number {
  return text.indexOf('\n') + 1;
}

/** Rows that a text needs at least: its line ends, and its length where no line end comes for long. */
export function rowsOf(text: string, columns: number): number {
  let rows = Math.floor(text.length / Math.max(1, columns));
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) rows += 1;
  return rows;
}

/** How much to read instead, when a piece of `bytes` gave too many rows; null when it was small enough. */
export function smallerRead(bytes: number, rows: number): number | null {
  if (rows <= MOST_ROWS_OF_A_PIECE || bytes <= SMALLEST_READ_BYTES) return null;
  return Math.max(SMALLEST_READ_BYTES, Math.floor((bytes * MOST_ROWS_OF_A_PIECE) / rows / 2));
}
