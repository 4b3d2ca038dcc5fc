// What every component needs of the connection: its state, the client, and the three lists that many of them show.
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import type { SeedbedClient } from '../../../shared/contract/contract.ts';
import type { WireError } from '../../../shared/contract/errors.ts';
import { describeError } from '../../../shared/error-texts.ts';
import { SeedbedError } from '../../../shared/errors.ts';
import type { Image } from '../../../shared/model/image.ts';
import type { Job } from '../../../shared/model/job.ts';
import type { RunSummary } from '../../../shared/model/run.ts';
import { readWireError } from '../../../shared/wire-errors.ts';
import type { Connection, ConnectionState } from './connection.ts';
import { type Live, type LiveState, once, openLive, type Source } from './live.ts';

interface Shared {
  connection: Connection;
  runs: Live<RunSummary[]>;
  images: Live<Image[]>;
  jobs: Live<Job[]>;
}

const SharedContext = createContext<Shared | null>(null);

export function ConnectionProvider(props: { connection: Connection; children: ReactNode }): ReactNode {
  const { connection } = props;
  const shared = useMemo(
    () => ({
      connection,
      runs: openLive(connection, (client, signal) => client.run.watchList({}, { signal })),
      images: openLive(connection, (client, signal) => client.image.watch({}, { signal })),
      jobs: openLive(connection, (client, signal) => client.job.watchAll({}, { signal })),
    }),
    [connection],
  );
  return <SharedContext value={shared}>{props.children}</SharedContext>;
}

function useShared(): Shared {
  const shared = useContext(SharedContext);
  if (shared === null) throw new Error('used outside of ConnectionProvider');
  return shared;
}

export function useConnection(): ConnectionState & { reconnect: () => void } {
  const { connection } = useShared();
  const state = useSyncExternalStore(connection.subscribe, connection.get);
  return { ...state, reconnect: connection.reconnect };
}

/** The client at the time of a call, for what outlives a render. Throws CONNECTION_LOST while there is none. */
export function useClientGetter(): () => SeedbedClient {
  const { connection } = useShared();
  return useCallback(() => {
    const { client } = connection.get();
    if (client === null) throw connectionLost();
    return client;
  }, [connection]);
}

function connectionLost(): SeedbedError {
  return new SeedbedError('CONNECTION_LOST', { reason: 'nothing can be done until it is back' });
}

export function useRuns(): LiveState<RunSummary[]> {
  return useStore(useShared().runs);
}

export function useImages(): LiveState<Image[]> {
  return useStore(useShared().images);
}

export function useJobs(): LiveState<Job[]> {
  return useStore(useShared().jobs);
}

/** A stream of the contract, opened anew for each `key`. */
export function useLive<T>(key: string, source: Source<T>): LiveState<T> {
  const { connection } = useShared();
  // The key says what the source asks for; the function itself is new at every render.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const live = useMemo(() => openLive(connection, source), [connection, key]);
  return useStore(live);
}

/** One answer, asked anew for each `key` and by `again`. */
export function useAnswer<T>(
  key: string,
  ask: (client: SeedbedClient, signal: AbortSignal) => Promise<T>,
): LiveState<T> & { again: () => void } {
  const [count, setCount] = useState(0);
  const state = useLive(`${key} ${count}`, once(ask));
  return { ...state, again: () => setCount(count + 1) };
}

function useStore<T>(live: Live<T>): LiveState<T> {
  return useSyncExternalStore(live.subscribe, live.get);
}

/** Something that the user does: at most one at a time, with its error kept for showing. */
export function useAction(): {
  pending: boolean;
  error: WireError | null;
  clear: () => void;
  act: (work: (client: SeedbedClient) => Promise<unknown>) => void;
} {
  const { connection } = useShared();
  const [state, setState] = useState<{ pending: boolean; error: WireError | null }>({
    pending: false,
    error: null,
  });
  function act(work: (client: SeedbedClient) => Promise<unknown>): void {
    const { client } = connection.get();
    if (state.pending) return;
    if (client === null) {
      setState({ pending: false, error: describeError(connectionLost()) });
      return;
    }
    setState({ pending: true, error: null });
    work(client).then(
      () => setState({ pending: false, error: null }),
      (error: unknown) => setState({ pending: false, error: readWireError(error) }),
    );
  }
  // Nothing is wrong with what was asked, once it can be asked again.
  const { status } = useSyncExternalStore(connection.subscribe, connection.get);
  const isOver = status === 'open' && state.error?.code === 'CONNECTION_LOST';
  return {
    ...state,
    error: isOver ? null : state.error,
    clear: () => setState({ pending: false, error: null }),
    act,
  };
}
