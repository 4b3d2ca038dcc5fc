// The table of distfiles: only the rows in view are drawn, arrows and typing move, Enter opens, headings sort.
import { memo, type ReactNode } from 'react';
import {
  Cell,
  Column,
  Row,
  type SortDescriptor,
  Table,
  TableBody,
  TableHeader,
  TableLayout,
  Virtualizer,
} from 'react-aria-components';
import type { DistfileRow } from '../../../shared/model/distfile.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Icon } from '../components/icons.tsx';
import { Badge, Progress } from '../components/status.tsx';
import { COLUMNS, type SortColumn, type SortOrder } from '../derive/distfile-filter.ts';
import { FileRate } from './rates.tsx';
import { fileShare, fileStatus, originOf, stepsText, whenNeeded } from '../derive/distfile-view.ts';

const TITLES: Record<SortColumn, string> = {
  state: 'State',
  name: 'File',
  size: 'Size',
  step: 'Step',
  when: 'Needed',
  source: 'Source and evidence',
};

/** They fit a window of 900 pixels; what is left over goes to names and sources. */
const WIDTHS: Record<SortColumn, { width: number | `${number}fr`; minWidth: number }> = {
  state: { width: 196, minWidth: 196 },
  name: { width: '3fr', minWidth: 140 },
  size: { width: 92, minWidth: 92 },
  step: { width: '2fr', minWidth: 100 },
  when: { width: 100, minWidth: 100 },
  source: { width: '3fr', minWidth: 150 },
};

const ORDER: readonly SortColumn[] = ['name', 'state', 'size', 'step', 'when', 'source'];
const LAYOUT = { rowHeight: 48, headingHeight: 36 };

export function DistfileTable(props: {
  rows: readonly DistfileRow[];
  order: SortOrder;
  onOrder: (order: SortOrder) => void;
  onOpen: (name: string) => void;
}): ReactNode {
  return (
    <Virtualizer layout={TableLayout} layoutOptions={LAYOUT}>
      <Table
        aria-label="Distfiles"
        className="grid-table"
        selectionMode="none"
        sortDescriptor={props.order}
        onSortChange={(sort) => props.onOrder(readSort(sort))}
        onRowAction={(key) => props.onOpen(String(key))}
      >
        <TableHeader>
          {ORDER.map((id) => (
            <Column
              key={id}
              id={id}
              allowsSorting
              isRowHeader={id === 'name'}
              className="grid-column"
              {...WIDTHS[id]}
            >
              {({ sortDirection }) => (
                <>
                  <span>{TITLES[id]}</span>
                  {sortDirection === undefined ? null : (
                    <Icon name={sortDirection === 'ascending' ? 'up' : 'down'} size={13} />
                  )}
                </>
              )}
            </Column>
          ))}
        </TableHeader>
        <TableBody
          items={props.rows}
          renderEmptyState={() => (
            <p className="grid-empty">No file fits. Choose another filter or search for less.</p>
          )}
        >
          {(row) => <FileRow row={row} />}
        </TableBody>
      </Table>
    </Virtualizer>
  );
}

function readSort({ column, direction }: SortDescriptor): SortOrder {
  return { column: COLUMNS.find((name) => name === column) ?? 'step', direction };
}

const FileRow = memo(function FileRow({ row }: { row: DistfileRow }): ReactNode {
  const origin = originOf(row);
  return (
    <Row id={row.name} textValue={row.name} className="grid-row">
      <Cell className="grid-cell">
        <span className="cell-title cell-clip" title={row.name}>
          {row.name}
        </span>
      </Cell>
      <Cell className="grid-cell">
        <FileState row={row} />
      </Cell>
      <Cell className="grid-cell number">
        {row.sizeBytes === null ? <span className="muted">not known</span> : formatBytes(row.sizeBytes)}
      </Cell>
      <Cell className="grid-cell">
        <span className="cell-clip" title={row.steps.join(', ')}>
          {stepsText(row.steps)}
        </span>
      </Cell>
      <Cell className="grid-cell">
        <span className={row.preNetwork ? 'cell-small' : 'cell-small muted'}>{whenNeeded(row)}</span>
      </Cell>
      <Cell className="grid-cell">
        <span className="cell-two">
          <span className="cell-clip">{origin.text}</span>
          {origin.more === '' ? null : <span className="cell-sub cell-clip">{origin.more}</span>}
        </span>
      </Cell>
    </Row>
  );
});

function FileState({ row }: { row: DistfileRow }): ReactNode {
  const { word, tone } = fileStatus(row);
  return (
    <span className="cell-two">
      {row.state === 'fetching' ? (
        <>
          <span className="cell-rate">
            <Badge tone={tone}>{word}</Badge>
            <FileRate name={row.name} />
          </span>
          <Progress label={`Fetching ${row.name}`} share={fileShare(row)} small />
        </>
      ) : (
        <Badge tone={tone}>{word}</Badge>
      )}
    </span>
  );
}
