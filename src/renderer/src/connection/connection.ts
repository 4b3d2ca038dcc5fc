// The connection as a value that changes: it comes back by itself, and everything that is shown asks again when it does.
import type { SeedbedClient } from '../../../shared/contract/contract.ts';
import type { HostInfo } from '../../../shared/model/host.ts';
import { retryDelayMs } from './backoff.ts';
import { isInWindow, openPortTransport, openSocketTransport, type Transport } from './connect.ts';
import { takeToken, tokenInHash } from './token.ts';

export interface ConnectionState {
  status: 'connecting' | 'open' | 'lost' | 'no-token';
  client: SeedbedClient | null;
  /** What the host said of itself, kept while the connection is lost. */
  info: HostInfo | null;
  /** Why it was lost. */
  reason: string;
  /** When the next try begins (milliseconds since the epoch); null while one is under way. */
  retryAt: number | null;
}

export interface Connection {
  get: () => ConnectionState;
  subscribe: (changed: () => void) => () => void;
  /** Try now. */
  reconnect: () => void;
}

export function openConnection(): Connection {
  const token = isInWindow() ? null : takeToken();
  const listeners = new Set<() => void>();
  let state: ConnectionState = {
    status: !isInWindow() && token === null ? 'no-token' : 'connecting',
    client: null,
    info: null,
    reason: '',
    retryAt: null,
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  let tries = 0;

  function set(change: Partial<ConnectionState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  function lose(reason: string): void {
    attempts += 1;
    const delay = retryDelayMs(attempts);
    set({ status: 'lost', client: null, reason, retryAt: Date.now() + delay });
    timer = setTimeout(() => void connect(), delay);
  }

  async function connect(): Promise<void> {
    clearTimeout(timer);
    tries += 1;
    const own = tries;
    set({ retryAt: null, ...(state.status === 'lost' ? {} : { status: 'connecting' }) });
    let transport: Transport | undefined;
    let reason: string;
    try {
      transport = isInWindow() ? await openPortTransport() : openSocketTransport(token ?? '');
      const info = await transport.client.host.info({});
      if (own !== tries) {
        transport.close();
        return;
      }
      attempts = 0;
      set({ status: 'open', client: transport.client, info, reason: '', retryAt: null });
      reason = await transport.closed;
    } catch (error) {
      transport?.close();
      reason = state.reason === '' ? wordsOf(error) : state.reason;
    }
    if (own === tries) lose(reason);
  }

  // The address of another start of the host, pasted into this tab: only its fragment differs, so nothing is loaded.
  window.addEventListener('hashchange', () => {
    if (!isInWindow() && tokenInHash(window.location.hash) !== null) window.location.reload();
  });
  if (state.status !== 'no-token') void connect();
  return {
    get: () => state,
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    reconnect: () => void connect(),
  };
}

function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  return text.startsWith('the window') ? text : 'Seedbed does not answer';
}
