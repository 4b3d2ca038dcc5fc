// What the files of one fetch share, and what a try tells of itself.
import type { EvidenceLog } from './evidence-log.ts';
import type { GitSnapshots } from './git-snapshot.ts';
import type { HashPool } from './hash-pool.ts';
import type { HostNews } from './host-gate.ts';
import type { HttpClient } from './http-client.ts';
import type { FetchLimits } from './limits.ts';
import type { DistfileStore } from './store.ts';
import type { WriteThread } from './write-thread.ts';

export interface FetchTools {
  store: DistfileStore;
  evidence: EvidenceLog;
  client: HttpClient;
  thread: WriteThread;
  git: GitSnapshots;
  pool: HashPool;
  limits: FetchLimits;
  signal: AbortSignal;
}

export interface TryHooks {
  onTry: () => void;
  /** What is going on when no bytes come. */
  onWords: (words: string) => void;
  onBytes: (doneBytes: number, totalBytes: number | null, cameBytes: number) => void;
  /** Take a place at the host for one try; call the result to give it back. */
  enter: () => Promise<() => void>;
  /** How the host behaved; false when it is not to be asked again for now. */
  onHost: (news: HostNews) => boolean;
}
