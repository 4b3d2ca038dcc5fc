// Which distfiles are shown, and in which order. What the user chose stands in the address, as words.
import type { DistfileRow } from '../../../shared/model/distfile.ts';
import { sourceName } from './distfile-view.ts';

export const FILTERS = [
  { id: 'all', text: 'All' },
  { id: 'missing', text: 'Not here' },
  { id: 'failed', text: 'Failed' },
  { id: 'going', text: 'Under way' },
  { id: 'pre-network', text: 'Before the network' },
  { id: 'no-address', text: 'No address' },
  { id: 'here', text: 'Here' },
] as const;
export type FilterId = (typeof FILTERS)[number]['id'];

export function readFilter(text: string | null): FilterId {
  return FILTERS.find(({ id }) => id === text)?.id ?? 'all';
}

export function matchesFilter(row: DistfileRow, filter: FilterId): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'missing':
      return row.state !== 'present';
    case 'failed':
      return row.state === 'failed';
    case 'going':
      return row.state === 'fetching' || row.state === 'waiting';
    case 'pre-network':
      return row.preNetwork;
    case 'no-address':
      return row.urls.length === 0;
    case 'here':
      return row.state === 'present';
  }
}

export function countFilters(rows: readonly DistfileRow[]): Record<FilterId, number> {
  const count = (id: FilterId): number => rows.filter((row) => matchesFilter(row, id)).length;
  return Object.fromEntries(FILTERS.map(({ id }) => [id, count(id)])) as Record<FilterId, number>;
}

export const COLUMNS = ['state', 'name', 'size', 'step', 'when', 'source'] as const;
export type SortColumn = (typeof COLUMNS)[number];

export interface SortOrder {
  column: SortColumn;
  direction: 'ascending' | 'descending';
}

/** The manifest's own order. */
export const MANIFEST_ORDER: SortOrder = { column: 'step', direction: 'ascending' };

/** `size` or, downwards, `-size`. */
export function readOrder(text: string | null): SortOrder {
  const column = COLUMNS.find((name) => name === text?.replace(/^-/, ''));
  if (column === undefined) return MANIFEST_ORDER;
  return { column, direction: text?.startsWith('-') === true ? 'descending' : 'ascending' };
}

export function writeOrder({ column, direction }: SortOrder): string | null {
  if (column === MANIFEST_ORDER.column && direction === MANIFEST_ORDER.direction) return null;
  return direction === 'descending' ? `-${column}` : column;
}

/** What needs attention comes first. */
const STATE_RANK: Record<DistfileRow['state'], number> = {
  failed: 0,
  missing: 1,
  fetching: 2,
  waiting: 3,
  present: 4,
};

/** `rows` in the manifest's order; rows that are equal in the column keep it. */
export function sortRows(rows: readonly DistfileRow[], { column, direction }: SortOrder): DistfileRow[] {
  const sign = direction === 'ascending' ? 1 : -1;
  if (column === 'step') return sign === 1 ? [...rows] : rows.toReversed();
  return rows.toSorted((a, b) => sign * compare(a, b, column));
}

function compare(a: DistfileRow, b: DistfileRow, column: Exclude<SortColumn, 'step'>): number {
  switch (column) {
    case 'state':
      return STATE_RANK[a.state] - STATE_RANK[b.state];
    case 'name':
      return a.name.localeCompare(b.name, 'en', { numeric: true });
    case 'size':
      return (a.sizeBytes ?? -1) - (b.sizeBytes ?? -1);
    case 'when':
      return Number(b.preNetwork) - Number(a.preNetwork);
    case 'source':
      return sourceKey(a).localeCompare(sourceKey(b), 'en');
  }
}

function sourceKey({ evidence, source }: DistfileRow): string {
  const from = evidence.stored?.source ?? source;
  return from === null ? '\uffff' : sourceName(from);
}

/** Every word of the question is somewhere in the name, a step, an address or the hash. */
export function matchesWords(row: DistfileRow, words: string): boolean {
  const text = [row.name, ...row.steps, ...row.urls, row.git?.repo ?? '', row.sha256]
    .join('\n')
    .toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export interface TableView {
  filter: FilterId;
  order: SortOrder;
  words: string;
}

export function shownRows(rows: readonly DistfileRow[], { filter, order, words }: TableView): DistfileRow[] {
  return sortRows(
    rows.filter((row) => matchesFilter(row, filter) && matchesWords(row, words)),
    order,
  );
}
