// What the page says of one distfile: its state, when it is needed, where it came from or may come from, and why not.
import type {
  DistfileRow,
  DistfileTable,
  EvidenceLine,
  FailedSource,
  FetchCause,
  Source,
  SourceKind,
} from '../../../shared/model/distfile.ts';
import type { Tone } from './run-view.ts';
import { formatShare } from './text.ts';

/** The first table of a stream is whole, later ones hold the rows that changed. Rows that did not change stay the same objects. */
export function mergeTable(before: DistfileTable | null, update: DistfileTable): DistfileTable {
  if (before === null) return update;
  const changed = new Map(update.rows.map((row) => [row.name, row]));
  return { totals: update.totals, rows: before.rows.map((row) => changed.get(row.name) ?? row) };
}

/** A stream of changes as a stream of whole tables. */
export async function* wholeTables(
  updates: AsyncIterable<DistfileTable>,
): AsyncGenerator<DistfileTable, void, void> {
  let table: DistfileTable | null = null;
  for await (const update of updates) {
    table = mergeTable(table, update);
    yield table;
  }
}

/** 0 to 1; null when the size is not known. */
export function fileShare({ doneBytes, sizeBytes }: DistfileRow): number | null {
  if (sizeBytes === null || sizeBytes === 0) return null;
  return Math.min(1, doneBytes / sizeBytes);
}

export function fileStatus(row: DistfileRow): { word: string; tone: Tone } {
  switch (row.state) {
    case 'present':
      return { word: 'Here', tone: 'good' };
    case 'missing':
      return { word: 'Missing', tone: 'quiet' };
    case 'waiting':
      return { word: 'Waiting', tone: 'quiet' };
    case 'fetching': {
      const share = fileShare(row);
      return { word: share === null ? 'Fetching' : `Fetching ${formatShare(share)}`, tone: 'busy' };
    }
    case 'failed':
      return { word: 'Failed', tone: 'bad' };
  }
}

export function whenNeeded({ preNetwork }: Pick<DistfileRow, 'preNetwork'>): string {
  return preNetwork ? 'Before the network' : 'Later';
}

/** "gcc-4.0.4 and 2 more". */
export function stepsText(steps: readonly string[]): string {
  const [first, ...more] = steps;
  if (first === undefined) return 'no step';
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

const KIND_WORDS: Record<SourceKind, string> = {
  folder: 'folder',
  mirror: 'mirror',
  upstream: 'upstream',
  archive: 'archive',
  git: 'git archive',
};

export function kindWord(kind: SourceKind): string {
  return KIND_WORDS[kind];
}

/** "mirror samuelt.me", "git archive of https://…", "ftp.gnu.org". */
export function sourceName({ kind, label }: Source): string {
  if (kind === 'upstream' || kind === 'archive') return label;
  return kind === 'git' ? `git archive of ${label}` : `${kind} ${label}`;
}

const CAUSE_WORDS: Record<FetchCause, string> = {
  'not-there': 'does not have it',
  refused: 'refused',
  'server-error': 'failed itself',
  unreachable: 'cannot be reached',
  tls: 'does not prove who it is (TLS)',
  cut: 'cut the connection',
  stalled: 'fell silent',
  redirects: 'led in a circle',
  encoded: 'sent it packed another way',
  'too-large': 'sent too much',
  'wrong-bytes': 'gave other bytes',
  'host-down': 'was left out: it does not answer',
  'bad-answer': 'gave no usable answer',
  git: 'made no snapshot',
};

export function causeWord(cause: FetchCause): string {
  return CAUSE_WORDS[cause];
}

/** A column's worth of where it came from or may come from: what matters first, and more of it. */
export function originOf(row: DistfileRow): { text: string; more: string } {
  const { evidence, failures } = row;
  switch (row.state) {
    case 'present': {
      const line = evidence.stored;
      if (line === null) return { text: 'Origin not recorded', more: 'verified by its sha256' };
      const agreed = evidence.agreed.length;
      const more = [
        line.transport,
        ...(agreed === 0 ? [] : [countOf(agreed, 'other agrees', 'others agree')]),
      ];
      return { text: sourceName(line.source), more: [...more, ...wrongPart(row)].join(' · ') };
    }
    case 'fetching':
      return { text: row.source === null ? '' : sourceName(row.source), more: 'now' };
    case 'waiting':
      return { text: knownSources(row), more: '' };
    case 'missing':
      return { text: knownSources(row), more: wrongPart(row).join('') };
    case 'failed': {
      const first = worstFailure(failures);
      const more = first === null ? '' : `${sourceName(first.source)} ${causeWord(first.cause)}`;
      return { text: `${countOf(failures.length, 'source', 'sources')} tried`, more };
    }
  }
}

function wrongPart({ evidence }: DistfileRow): string[] {
  const wrong = evidence.wrong.length;
  return wrong === 0 ? [] : [`${wrong} gave other bytes`];
}

/** What upstream's own line names; mirrors and archives come on top of it. */
function knownSources({ urls, git }: DistfileRow): string {
  if (urls.length > 0) return countOf(urls.length, 'address', 'addresses');
  return git === null ? 'Mirrors only' : 'Mirrors or git archive';
}

/** The failure that says most: other bytes before silence, silence before "not there". */
function worstFailure(failures: readonly FailedSource[]): FailedSource | null {
  return (
    failures.find(({ cause }) => cause === 'wrong-bytes') ??
    failures.find(({ cause }) => cause !== 'host-down' && cause !== 'not-there') ??
    failures[0] ??
    null
  );
}

/** Everything that a source said about one file: what was stored, what agreed, what was something else. */
export function evidenceLines({ evidence }: DistfileRow): { line: EvidenceLine; word: string; tone: Tone }[] {
  const { stored, agreed, wrong } = evidence;
  return [
    ...(stored === null ? [] : [{ line: stored, word: 'Gave this file', tone: 'good' as const }]),
    ...agreed.map((line) => ({ line, word: 'Agrees', tone: 'good' as const })),
    ...wrong.map((line) => ({ line, word: 'Gave other bytes', tone: 'bad' as const })),
  ];
}

export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
