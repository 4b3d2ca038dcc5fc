// One wanted file: its sources in their order until one gives it, with every failure kept. A host that is full is passed over for the next
// one, so that a slow mirror does not hold everything up; a host that does not answer is left out and named as such.
import type { FailedSource, Source, WantedDistfile } from '../../shared/model/distfile.ts';
import { isFetchFailure, isWorthAnotherRound } from './fetch-failure.ts';
import type { HostGate } from './host-gate.ts';
import type { FetchTools, TryHooks } from './fetch-tools.ts';
import { trySource } from './try-source.ts';

export interface FetchFileOptions {
  tools: FetchTools;
  gate: HostGate;
  onSource: (source: Source) => void;
  onBytes: TryHooks['onBytes'];
  onWords: TryHooks['onWords'];
}

export type FileOutcome =
  | { kind: 'stored'; sizeBytes: number; failures: FailedSource[] }
  /** `troubled`: the sources that may do better in another round. */
  | { kind: 'missing'; failures: FailedSource[]; troubled: Source[] };

export async function fetchFile(
  wanted: WantedDistfile,
  sources: readonly Source[],
  { tools, gate, onSource, onBytes, onWords }: FetchFileOptions,
): Promise<FileOutcome> {
  const left = [...sources];
  const failures: FailedSource[] = [];
  const troubled: Source[] = [];
  for (;;) {
    tools.signal.throwIfAborted();
    const next = takeNext(left, gate);
    if (next === null) return { kind: 'missing', failures, troubled };
    const { source, place } = next;
    const whyDown = source.kind === 'folder' ? null : gate.whyDown(hostOf(source));
    if (whyDown !== null) {
      place?.();
      const detail = `left out after it had not answered several times: ${whyDown}`;
      failures.push({ source, cause: 'host-down', detail, tries: 0 });
      troubled.push(source);
      continue;
    }
    onSource(source);
    let tries = 0;
    let firstPlace = place;
    try {
      const sizeBytes = await trySource(wanted, source, tools, {
        onTry: () => (tries += 1),
        onBytes,
        onWords,
        enter: async () => {
          const taken = firstPlace ?? (await gate.enter(hostOf(source), tools.signal));
          firstPlace = null;
          return taken;
        },
        onHost: (news) => {
          gate.report(hostOf(source), news);
          return gate.whyDown(hostOf(source)) === null;
        },
      });
      return { kind: 'stored', sizeBytes, failures };
    } catch (error) {
      if (!isFetchFailure(error)) throw error;
      failures.push({ source, cause: error.reason, detail: error.message, tries });
      if (isWorthAnotherRound(error, tools.limits.longestMilliseconds)) troubled.push(source);
    } finally {
      firstPlace?.();
    }
  }
}

/** The first source, or, while its host is full, the first mirror or upstream address whose host is not; with a place there. */
function takeNext(left: Source[], gate: HostGate): { source: Source; place: (() => void) | null } | null {
  const first = left[0];
  if (first === undefined) return null;
  for (const [index, source] of left.entries()) {
    if (index > 0 && (!isSpread(first) || !isSpread(source))) break;
    if (index > 0 && gate.whyDown(hostOf(source)) !== null) continue;
    const place = source.kind === 'folder' ? null : gate.tryEnter(hostOf(source));
    if (place === null && source.kind !== 'folder') continue;
    left.splice(index, 1);
    return { source, place };
  }
  left.shift();
  return { source: first, place: null };
}

function isSpread({ kind }: Source): boolean {
  return kind === 'mirror' || kind === 'upstream';
}

/** What the gate counts: a host, or git itself, which keeps a processor busy with each snapshot. */
export function hostOf({ kind, at }: Source): string {
  return kind === 'git' ? 'git' : new URL(at).host;
}
