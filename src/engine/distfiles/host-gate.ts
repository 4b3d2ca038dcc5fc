// How many files come from one host at a time, and which hosts are left alone for a while because they do not answer.

export interface HostGate {
  /** Take a place at this host if there is one now; call the result to give it back. */
  tryEnter(host: string): (() => void) | null;
  /** Wait for a place. */
  enter(host: string, signal: AbortSignal): Promise<() => void>;
  /** It has failed to answer several times in a row. */
  isDown(host: string): boolean;
  reportAnswer(host: string): void;
  reportSilence(host: string): void;
}

interface HostState {
  busy: number;
  waiting: (() => void)[];
  silences: number;
  downUntil: number;
}

export function createHostGate(options: {
  perHost: (host: string) => number;
  downAfter: number;
  downMilliseconds: number;
  now?: () => number;
}): HostGate {
  const { perHost, downAfter, downMilliseconds, now = () => performance.now() } = options;
  const hosts = new Map<string, HostState>();

  function stateOf(host: string): HostState {
    let state = hosts.get(host);
    if (state === undefined) {
      state = { busy: 0, waiting: [], silences: 0, downUntil: 0 };
      hosts.set(host, state);
    }
    return state;
  }

  function tryEnter(host: string): (() => void) | null {
    const state = stateOf(host);
    if (state.busy >= perHost(host)) return null;
    state.busy += 1;
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      state.busy -= 1;
      state.waiting.shift()?.();
    };
  }

  return {
    tryEnter,
    async enter(host, signal) {
      for (;;) {
        signal.throwIfAborted();
        const leave = tryEnter(host);
        if (leave !== null) return leave;
        await waitInLine(stateOf(host).waiting, signal);
      }
    },
    isDown: (host) => stateOf(host).downUntil > now(),
    reportAnswer(host) {
      const state = stateOf(host);
      state.silences = 0;
      state.downUntil = 0;
    },
    reportSilence(host) {
      const state = stateOf(host);
      state.silences += 1;
      if (state.silences >= downAfter) state.downUntil = now() + downMilliseconds;
    },
  };
}

function waitInLine(line: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      const at = line.indexOf(go);
      if (at >= 0) line.splice(at, 1);
      resolve();
    };
    line.push(go);
    signal.addEventListener('abort', leave);
  });
}
