// How the supervisor knows that it has read everything: the shell that starts a sandbox prints a mark behind the last byte, and only then may end. A terminal
// gives its bytes in order, so what stands before the mark is all of it. Pure.

/** A constant: the mark and the vector come as "$@" and are never read as shell text. The last read keeps the terminal open until the mark was seen. */
export const MARKING_SHELL = 'mark=$1; shift; "$@"; printf "%s%d;" "$mark" "$?"; read -r end';

/** Record separator, so that nearly no byte has to be looked at twice. */
const FIRST = 0x1e;

/** `nonce` must be what nothing in the sandbox can know. */
export function endMark(nonce: string): string {
  return `\x1e${nonce}:`;
}

export interface MarkReader {
  /** What of these bytes is the sandbox's own. */
  push(bytes: Buffer): Buffer;
  /** The status of the sandbox, once the mark has come. */
  status(): number | null;
}

export function openMarkReader(mark: string): MarkReader {
  const wanted = Buffer.from(mark, 'latin1');
  let held: Buffer = Buffer.alloc(0);
  let digits: string | null = null;
  let status: number | null = null;

  function readStatus(text: string): void {
    digits = (digits ?? '') + text;
    const end = digits.indexOf(';');
    if (end >= 0 && status === null) status = Number.parseInt(digits.slice(0, end), 10);
  }

  return {
    push(bytes) {
      if (digits !== null) {
        readStatus(bytes.toString('latin1'));
        return Buffer.alloc(0);
      }
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const at = all.indexOf(wanted);
      if (at >= 0) {
        held = Buffer.alloc(0);
        readStatus(all.toString('latin1', at + wanted.length));
        return all.subarray(0, at);
      }
      const from = beginningOf(wanted, all);
      held = Buffer.from(all.subarray(from));
      return all.subarray(0, from);
    },
    status: () => status,
  };
}

/** Where at the end of `bytes` the mark may have begun; its length where it has not. */
function beginningOf(mark: Buffer, bytes: Buffer): number {
  for (let from = Math.max(0, bytes.length - mark.length + 1); ; from += 1) {
    const next = bytes.indexOf(FIRST, from);
    if (next < 0) return bytes.length;
    if (bytes.subarray(next).equals(mark.subarray(0, bytes.length - next))) return next;
    from = next;
  }
}
