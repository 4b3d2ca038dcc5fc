// The checks of the audit with what each proves, and how other texts of a program compare with its bytes.
import type { ReactNode } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { AuditCheck, RepresentationCell } from '../../../shared/model/audit.ts';
import { Badge } from '../components/status.tsx';
import { CHECK_LOOK, REPRESENTATION_LOOK } from '../derive/audit-view.ts';

export function CheckTable({ checks }: { checks: readonly AuditCheck[] }): ReactNode {
  return (
    <section aria-labelledby="checks">
      <h2 id="checks">Checks</h2>
      <div className="table-frame">
        <Table aria-label="Checks" className="table still" selectionMode="none">
          <TableHeader>
            <Column isRowHeader>Check</Column>
            <Column>State</Column>
            <Column>What it proves</Column>
          </TableHeader>
          <TableBody
            items={checks.map((one) => ({ ...one, key: one.id, id: `${one.program ?? ''} ${one.id}` }))}
          >
            {(one) => (
              <Row>
                <Cell>
                  {one.title}
                  <span className="cell-sub">
                    <code>{one.key}</code>
                  </span>
                </Cell>
                <Cell>
                  <Badge tone={CHECK_LOOK[one.state].tone}>{CHECK_LOOK[one.state].word}</Badge>
                  {one.done > 1 ? (
                    <span className="cell-sub">
                      {one.held.toLocaleString('en')} of {one.done.toLocaleString('en')}
                    </span>
                  ) : null}
                </Cell>
                <Cell>
                  {one.proves}
                  {one.detail === '' ? null : <span className="cell-sub">{one.detail}</span>}
                </Cell>
              </Row>
            )}
          </TableBody>
        </Table>
      </div>
    </section>
  );
}

export function Matrix({ cells }: { cells: readonly RepresentationCell[] }): ReactNode {
  return (
    <section aria-labelledby="matrix">
      <h2 id="matrix">Other texts of the same programs</h2>
      <div className="table-frame">
        <Table aria-label="Other texts of the same programs" className="table still" selectionMode="none">
          <TableHeader>
            <Column isRowHeader>Program</Column>
            <Column>Text</Column>
            <Column>Against the bytes that are used</Column>
            <Column>Why</Column>
          </TableHeader>
          <TableBody items={cells.map((cell) => ({ ...cell, id: `${cell.program} ${cell.representation}` }))}>
            {(cell) => (
              <Row>
                <Cell>{cell.program}</Cell>
                <Cell>{cell.representation}</Cell>
                <Cell>
                  <Badge tone={REPRESENTATION_LOOK[cell.state].tone}>
                    {REPRESENTATION_LOOK[cell.state].word}
                  </Badge>
                </Cell>
                <Cell>{cell.detail}</Cell>
              </Row>
            )}
          </TableBody>
        </Table>
      </div>
    </section>
  );
}
