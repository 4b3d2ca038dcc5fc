// The last few lines before a failure: what a reader of the log would scroll back to. Keeps positions while a chunk is being read and
// copies only what is still recent when it ends, so that a line costs a few numbers.
import type { Evidence } from '../../../shared/model/console.ts';
import { textOf } from './bytes.ts';

const EVIDENCE_LENGTH = 500;

export interface RecentLines {
  add(bytes: Uint8Array, start: number, end: number, offset: number, transient: boolean): void;
  /** The last lines that were not empty, oldest first. */
  evidence(count: number): Evidence[];
  /** The chunk is about to go away. */
  settle(): void;
}

interface Slot {
  offset: number;
  /** Where the text stands while its chunk is there; null when `text` holds it. */
  bytes: Uint8Array | null;
  start: number;
  end: number;
  text: string;
}

export function openRecentLines(capacity: number): RecentLines {
  const slots: Slot[] = Array.from({ length: capacity }, () => ({
    offset: 0,
    bytes: null,
    start: 0,
    end: 0,
    text: '',
  }));
  let added = 0;

  function settleSlot(slot: Slot): void {
    if (slot.bytes === null) return;
    slot.text = textOf(slot.bytes, slot.start, slot.end, EVIDENCE_LENGTH);
    slot.bytes = null;
  }

  return {
    add(bytes, start, end, offset, transient) {
      const slot = slots[added % capacity];
      if (slot === undefined) return;
      added += 1;
      slot.offset = offset;
      slot.bytes = bytes;
      slot.start = start;
      slot.end = end;
      if (transient) settleSlot(slot);
    },
    evidence(count) {
      const wanted = Math.min(count, capacity, added);
      const found: Evidence[] = [];
      for (let index = added - wanted; index < added; index += 1) {
        const slot = slots[index % capacity];
        if (slot === undefined) continue;
        settleSlot(slot);
        found.push({ offset: slot.offset, text: slot.text });
      }
      return found;
    },
    settle() {
      for (const slot of slots) settleSlot(slot);
    },
  };
}

/** The last of a kind of line (a path, a command), read only when somebody asks or the chunk goes away. */
export interface LastText {
  set(bytes: Uint8Array, start: number, end: number, transient: boolean): void;
  get(): string;
  clear(): void;
  settle(): void;
}

export function openLastText(limit: number): LastText {
  let bytes: Uint8Array | null = null;
  let start = 0;
  let end = 0;
  let text = '';

  function settle(): void {
    if (bytes === null) return;
    text = textOf(bytes, start, end, limit);
    bytes = null;
  }

  return {
    set(from, newStart, newEnd, transient) {
      bytes = from;
      start = newStart;
      end = newEnd;
      if (transient) settle();
    },
    get() {
      settle();
      return text;
    },
    clear() {
      bytes = null;
      text = '';
    },
    settle,
  };
}
