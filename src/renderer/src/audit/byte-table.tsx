// A program's bytes, a line of upstream's text a row: our instruction beside upstream's comment, and what it does in words.
import type { ReactNode } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { AuditedProgramId, AuditRow } from '../../../shared/model/audit.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { Badge } from '../components/status.tsx';
import { useAnswer } from '../connection/context.tsx';
import { AGREEMENT_WORDS, spacedBytes } from '../derive/audit-view.ts';
import { useLast } from '../use-last.ts';
import { changeAudit, PAGE_ROWS } from './audit-address.ts';

export function ByteTable(props: { job: string; program: AuditedProgramId; from: number }): ReactNode {
  const { job, program, from } = props;
  const { value, error } = useAnswer(`audit rows ${job} ${program} ${from}`, (client, signal) =>
    client.audit.rows({ job, program, from, limit: PAGE_ROWS }, { signal }),
  );
  const last = useLast(value);
  if (error !== null) return <ErrorCard error={error} />;
  if (last === null) return <Waiting>Asking for the bytes</Waiting>;
  const { total, rows } = last;
  return (
    <section aria-labelledby="bytes">
      <h2 id="bytes">Byte by byte</h2>
      <div className="table-frame audit-bytes">
        <Table aria-label="Bytes" className="table still" selectionMode="none">
          <TableHeader>
            <Column isRowHeader>Offset</Column>
            <Column>Bytes</Column>
            <Column>What they are</Column>
            <Column>Upstream’s comment</Column>
            <Column>In words</Column>
          </TableHeader>
          <TableBody items={rows.map((row) => ({ ...row, id: `${row.offset} ${row.line}` }))}>
            {(row) => (
              <Row>
                <Cell>
                  <code>{row.offset.toString(16).padStart(4, '0')}</code>
                  <span className="cell-sub">{row.address.toString(16)}</span>
                </Cell>
                <Cell>
                  <code>{spacedBytes(row.bytes)}</code>
                </Cell>
                <Cell>
                  <What row={row} />
                </Cell>
                <Cell>
                  {row.claim === null ? null : <code>{row.claim}</code>}
                  <span className="cell-sub">{row.remark}</span>
                </Cell>
                <Cell>
                  {row.meaning}
                  {row.executed === false ? <span className="cell-sub">not reached in the run</span> : null}
                </Cell>
              </Row>
            )}
          </TableBody>
        </Table>
      </div>
      <Pages from={from} total={total} />
    </section>
  );
}

function What({ row }: { row: AuditRow }): ReactNode {
  const { agreement } = row;
  return (
    <>
      {row.labels.length === 0 ? null : <span className="cell-sub">{row.labels.join(', ')}:</span>}
      <code>{row.instruction ?? row.kind}</code>
      {agreement === 'agrees' || agreement === 'data' ? null : (
        <span className="cell-sub">
          <Badge tone={agreement === 'width' ? 'quiet' : 'warn'}>{AGREEMENT_WORDS[agreement]}</Badge>
        </span>
      )}
    </>
  );
}

function Pages({ from, total }: { from: number; total: number }): ReactNode {
  const to = Math.min(total, from + PAGE_ROWS);
  const show = (next: number): void => changeAudit({ from: next === 0 ? null : String(next) });
  return (
    <p className="audit-pages">
      <Button size="small" disabled={from === 0} onPress={() => show(Math.max(0, from - PAGE_ROWS))}>
        Earlier lines
      </Button>
      <span role="status">
        Lines {total === 0 ? 0 : from + 1} to {to} of {total}
      </span>
      <Button size="small" disabled={to >= total} onPress={() => show(from + PAGE_ROWS)}>
        Later lines
      </Button>
    </p>
  );
}
