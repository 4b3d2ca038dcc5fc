// Electron's events can be prevented; the one who emitted looks.
import type { EventEmitter } from 'node:events';

export interface Preventable {
  defaultPrevented: boolean;
  preventDefault(): void;
}

export function preventable<T extends object>(fields: T): T & Preventable {
  const event = {
    ...fields,
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true;
    },
  };
  return event;
}

/** Emit an event whose first argument can be prevented; true when somebody did. */
export function emitPreventable(
  emitter: EventEmitter,
  name: string,
  fields: object = {},
  ...rest: unknown[]
): boolean {
  const event = preventable(fields);
  emitter.emit(name, event, ...rest);
  return event.defaultPrevented;
}
