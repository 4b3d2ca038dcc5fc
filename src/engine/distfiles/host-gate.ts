// How many files come from one host at a time, and which hosts are left alone for a while because they do not answer.

export interface HostGate {
  /** Take a place at this host if there is one now; call the result to give it back. */
  tryEnter(host: string): (() => void) | null;
  /** Wait for a place. */
  enter(host: string, signal: AbortSignal): Promise<() => void>;
  /** What was wrong last, when it has failed to answer several times in a row; null while it may be asked. */
  whyDown(host: string): string | null;
  reportAnswer(host: string): void;
  reportSilence(host: string, detail: string): void;
  /** Ask hosts that are down once more; another silence of one puts it down at once. False when that is no use: there is no network. */
  giveAnotherChance(): boolean;
}

interface HostState {
  busy: number;
  waiting: (() => void)[];
  silences: number;
  downUntil: number;
  detail: string;
}

/** When so many hosts were silent and none has ever answered, it is the network that is down: each further host is asked once. */
const SILENT_HOSTS_WITHOUT_NETWORK = 4;

export function createHostGate(options: {
  perHost: (host: string) => number;
  downAfter: number;
  downMilliseconds: number;
  now?: () => number;
}): HostGate {
  const { perHost, downAfter, downMilliseconds, now = () => performance.now() } = options;
  const hosts = new Map<string, HostState>();
  const silent = new Set<string>();
  let hasNetwork = false;
  const isOffline = (): boolean => !hasNetwork && silent.size >= SILENT_HOSTS_WITHOUT_NETWORK;

  function stateOf(host: string): HostState {
    let state = hosts.get(host);
    if (state === undefined) {
      state = { busy: 0, waiting: [], silences: 0, downUntil: 0, detail: '' };
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
    whyDown: (host) => (stateOf(host).downUntil > now() ? stateOf(host).detail : null),
    reportAnswer(host) {
      const state = stateOf(host);
      hasNetwork = true;
      state.silences = 0;
      state.downUntil = 0;
    },
    reportSilence(host, detail) {
      const state = stateOf(host);
      state.silences += 1;
      state.detail = detail;
      silent.add(host);
      if (state.silences >= downAfter || isOffline()) state.downUntil = now() + downMilliseconds;
    },
    giveAnotherChance() {
      for (const state of hosts.values()) {
        if (state.downUntil > 0) state.silences = downAfter - 1;
        state.downUntil = 0;
      }
      return !isOffline();
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
