// How many files come from one host at a time (more when it answers well, fewer when it complains), and which hosts are left alone for a
// while because they do not answer.

export interface HostGate {
  /** Take a place at this host if there is one now; call the result to give it back. */
  tryEnter(host: string): (() => void) | null;
  /** Wait for a place. */
  enter(host: string, signal: AbortSignal): Promise<() => void>;
  /** What was wrong last, when it has failed to answer several times in a row; null while it may be asked. */
  whyDown(host: string): string | null;
  report(host: string, news: HostNews): void;
  /** Ask hosts that are down once more; another silence of one puts it down at once. False when that is no use: there is no network. */
  giveAnotherChance(): boolean;
}

export type HostNews =
  /** It gave what was asked for, or said that it has not got it. */
  | { kind: 'answer' }
  /** It is overburdened, or cut a connection. */
  | { kind: 'burden' }
  | { kind: 'silence'; detail: string };

interface HostState {
  busy: number;
  /** Places now, and at most. */
  places: number;
  mostPlaces: number;
  answers: number;
  hasComplained: boolean;
  waiting: (() => void)[];
  silences: number;
  downUntil: number;
  detail: string;
}

/** When so many hosts were silent and none has ever answered, it is the network that is down: each further host is asked once. */
const SILENT_HOSTS_WITHOUT_NETWORK = 4;

export function createHostGate(options: {
  /** Places to begin with; a host that answers well gets up to twice as many. */
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
      const places = perHost(host);
      const counts = { busy: 0, places, mostPlaces: places * 2, answers: 0, silences: 0 };
      state = { ...counts, waiting: [], hasComplained: false, downUntil: 0, detail: '' };
      hosts.set(host, state);
    }
    return state;
  }

  function tryEnter(host: string): (() => void) | null {
    const state = stateOf(host);
    if (state.busy >= state.places) return null;
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
    report(host, news) {
      const state = stateOf(host);
      if (news.kind === 'silence') {
        state.silences += 1;
        state.detail = news.detail;
        silent.add(host);
        if (state.silences >= downAfter || isOffline()) state.downUntil = now() + downMilliseconds;
        return;
      }
      hasNetwork = true;
      state.silences = 0;
      state.downUntil = 0;
      if (news.kind === 'burden') {
        state.places = Math.max(1, Math.floor(state.places / 2));
        state.answers = 0;
        state.hasComplained = true;
        return;
      }
      // At first one place more for each answer; after a complaint, for each round of answers.
      state.answers += 1;
      if (state.places >= state.mostPlaces || (state.hasComplained && state.answers < state.places)) return;
      state.answers = 0;
      state.places += 1;
      state.waiting.shift()?.();
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
