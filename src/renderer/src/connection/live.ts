// A value that the engine keeps sending, as a store for React: starts with its first view, ends with its last, and asks
// again when the connection comes back. While it is lost, the last value stays.
import type { SeedbedClient } from '../../../shared/contract/contract.ts';
import type { WireError } from '../../../shared/contract/errors.ts';
import { readWireError } from '../../../shared/wire-errors.ts';
import type { Connection } from './connection.ts';

export interface LiveState<T> {
  value: T | null;
  error: WireError | null;
  /** A question is under way or a stream is open. */
  busy: boolean;
  /** When the value came (milliseconds since the epoch). */
  receivedAt: number;
}

export interface Live<T> {
  get: () => LiveState<T>;
  subscribe: (changed: () => void) => () => void;
}

/** Opens what is shown: a stream of the contract, or one answer as a stream of one item. */
export type Source<T> = (client: SeedbedClient, signal: AbortSignal) => Promise<AsyncIterable<T>>;

export function openLive<T>(connection: Connection, source: Source<T>): Live<T> {
  const listeners = new Set<() => void>();
  let state: LiveState<T> = { value: null, error: null, busy: true, receivedAt: 0 };
  let client: SeedbedClient | null = null;
  let controller = new AbortController();
  let leave: (() => void) | null = null;

  function set(change: Partial<LiveState<T>>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  async function read(from: SeedbedClient, signal: AbortSignal): Promise<void> {
    const isCurrent = (): boolean => signal === controller.signal && !signal.aborted;
    set({ busy: true });
    try {
      for await (const value of await source(from, signal)) {
        if (!isCurrent()) return;
        set({ value, error: null, receivedAt: Date.now() });
      }
    } catch (error) {
      // With the connection gone there is nothing wrong with the question: it is asked again.
      if (isCurrent() && connection.get().client === from) set({ error: readWireError(error) });
    }
    if (isCurrent()) set({ busy: false });
  }

  function follow(): void {
    const next = connection.get().client;
    if (next === client) return;
    // The old connection is gone and its streams with it; telling it to stop would only fail.
    client = next;
    controller = new AbortController();
    if (next !== null) void read(next, controller.signal);
  }

  return {
    get: () => state,
    subscribe(changed) {
      listeners.add(changed);
      if (listeners.size === 1) {
        leave = connection.subscribe(follow);
        follow();
      }
      return () => {
        listeners.delete(changed);
        if (listeners.size > 0) return;
        leave?.();
        if (client !== null && connection.get().client === client) controller.abort();
        client = null;
      };
    },
  };
}

/** One answer as a source. */
export function once<T>(ask: (client: SeedbedClient, signal: AbortSignal) => Promise<T>): Source<T> {
  return async function answer(client, signal) {
    const value = await ask(client, signal);
    return (async function* one() {
      await Promise.resolve();
      yield value;
    })();
  };
}
