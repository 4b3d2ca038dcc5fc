// What an account of every byte came to: the sum by source, and each place that is wrong with what is there and what should be.
import type { ReactNode } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { ImageProblem, ImageVerifyReport } from '../../../shared/model/image-reading.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { FindingList } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { originText } from '../derive/map-shades.ts';
import { accountWords, problemTitle, spacedHex, verifyText, verifyTitle } from '../derive/verify-view.ts';
import { changeImageView } from './image-address.ts';

export function VerifyReport({ report }: { report: ImageVerifyReport }): ReactNode {
  const { verdict, problems, problemsLeftOut, warnings, account } = report;
  const isGood = verdict === 'accounted';
  return (
    <section className="verify-report" aria-label="Account of every byte">
      <div className={`notice ${isGood ? 'good' : 'bad'}`} role="status">
        <Icon name={isGood ? 'check' : 'warning'} size={20} />
        <div className="notice-text">
          <p className="notice-title">{verifyTitle(report)}</p>
          <p>{verifyText(report)}</p>
        </div>
      </div>
      {problems.length === 0 ? null : (
        <ol className="tried" aria-label="What is not as it should be">
          {problems.map((problem) => (
            <Problem key={problem.offsetBytes} problem={problem} />
          ))}
        </ol>
      )}
      {problemsLeftOut === 0 ? null : (
        <p className="muted">{formatCount(problemsLeftOut)} more are not listed.</p>
      )}
      <div className="table-frame">
        <Table aria-label="Bytes by where they come from" className="table still" selectionMode="none">
          <TableHeader>
            <Column isRowHeader>Follows from</Column>
            <Column>Items</Column>
            <Column>Bytes</Column>
            <Column>Amount</Column>
          </TableHeader>
          <TableBody items={account.map((one) => ({ ...one, id: one.from }))}>
            {({ from, items, bytes }) => (
              <Row>
                <Cell>{accountWords(from)}</Cell>
                <Cell className="number">{formatCount(items)}</Cell>
                <Cell className="number">{formatCount(bytes)}</Cell>
                <Cell className="number">{formatBytes(bytes)}</Cell>
              </Row>
            )}
          </TableBody>
        </Table>
      </div>
      {warnings.length === 0 ? null : (
        <FindingList
          label="Warnings"
          findings={warnings.map((what) => ({ id: what, level: 'warning', what, detail: '', hint: '' }))}
        />
      )}
    </section>
  );
}

function Problem({ problem }: { problem: ImageProblem }): ReactNode {
  const { offsetBytes, what, found, expected, origin } = problem;
  return (
    <li>
      <p className="tried-head">
        <strong>{problemTitle(problem)}</strong>
        <Button
          size="small"
          kind="quiet"
          icon="eye"
          label={`Show byte ${formatCount(offsetBytes)} in the map`}
          onPress={() => changeImageView({ show: 'map', at: String(offsetBytes) })}
        >
          Show in the map
        </Button>
      </p>
      <p>{what}</p>
      {found === null && expected === null ? null : (
        <dl className="hex-compare">
          {found === null ? null : <HexLine name="There" hex={found} />}
          {expected === null ? null : <HexLine name="Should be" hex={expected} />}
        </dl>
      )}
      {origin === null ? null : <p className="muted">{originText(origin)}</p>}
    </li>
  );
}

function HexLine({ name, hex }: { name: string; hex: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{spacedHex(hex)}</code>
      </dd>
    </div>
  );
}
