// The pieces that a connection brings are memory beside V8's heap: it lets tens of megabytes of them pile up before it looks, since its own heap grows
// by next to nothing meanwhile. A look at the young generation, now and then, costs half a millisecond and keeps a fetch small.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** As many bytes of pieces may be garbage. */
const LOOK_AFTER_BYTES = 8 * 1024 * 1024;

type Collect = (options: { type: 'minor' }) => void;

let collect: Collect | null | undefined;
let piledBytes = 0;

/** Tell of a piece that was taken in and is garbage from now on. */
export function notePieceBytes(bytes: number): void {
  piledBytes += bytes;
  if (piledBytes < LOOK_AFTER_BYTES) return;
  piledBytes = 0;
  if (collect === undefined) collect = findCollect();
  collect?.({ type: 'minor' });
}

/** V8 shows its function only to contexts that are made after it was asked to; null where it has none. */
function findCollect(): Collect | null {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  return typeof found === 'function' ? (found as Collect) : null;
}
