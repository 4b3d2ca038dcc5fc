// Two images side by side: boot images by entry, disks by file.
import type { ReactNode } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { DiskChoice } from '../../../shared/contract/image-reading.ts';
import type { Image } from '../../../shared/model/image.ts';
import type { ImageDifference, ImageDiffReport } from '../../../shared/model/image-reading.ts';
import { formatCount } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, FindingList, Waiting } from '../components/feedback.tsx';
import { ChoiceField } from '../components/fields.tsx';
import { Icon } from '../components/icons.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAnswer, useImages } from '../connection/context.tsx';
import { changeWords, diffText, diffTitle, sideWords } from '../derive/diff-view.ts';
import { imageOrigin, imageTitle } from '../derive/image-view.ts';
import { shortHash } from '../derive/text.ts';
import type { ImageView } from '../route-views.ts';
import { changeImageView, diskChoice } from './image-address.ts';

const NOTHING = '';
const SHOWN = 300;

export function CompareTab(props: { id: string; disk: string | null; view: ImageView }): ReactNode {
  const { id, disk, view } = props;
  const images = useImages().value ?? [];
  const question = usePlaceQuestion('image', (token) => changeImageView({ with: token }));
  const others = images.filter((image) => image.id !== id);
  const known = others.map((image) => ({ id: image.id, text: imageWords(image) }));
  const other = view.with;
  const isFile = other !== null && !known.some((one) => one.id === other);
  // The same disk of the other image, where it has one.
  const roles = others.find((image) => image.id === other)?.record.disks.map(({ role }) => role) ?? [];
  const otherDisk = roles.find((role) => role === disk) ?? null;
  return (
    <div className="compare">
      <p className="hint">
        Not byte by byte, since one byte more at the beginning moves all others: boot images by entry, disks
        by file. Both are read whole.
      </p>
      <div className="verify-choices">
        <ChoiceField
          label="Compare with"
          value={other ?? NOTHING}
          choices={[
            { id: NOTHING, text: known.length === 0 ? 'No other image is stored' : 'None yet' },
            ...known,
            ...(isFile ? [{ id: other, text: 'The file that you chose' }] : []),
          ]}
          onChange={(chosen) => changeImageView({ with: chosen === NOTHING ? null : chosen })}
        />
        <Button icon="file" pending={question.pending} onPress={question.ask}>
          A file or device…
        </Button>
      </div>
      {question.error === null ? null : <ErrorCard error={question.error} />}
      {question.dialog}
      {other === null ? null : (
        <Compared key={`${disk ?? ''} ${other}`} a={diskChoice(id, disk)} b={diskChoice(other, otherDisk)} />
      )}
    </div>
  );
}

function imageWords({ record }: Image): string {
  return `${imageTitle(record)}, ${imageOrigin(record)}, sha256 ${shortHash(record.disks[0].sha256)}…`;
}

function Compared({ a, b }: { a: DiskChoice; b: DiskChoice }): ReactNode {
  const { value, error } = useAnswer(`diff ${JSON.stringify([a, b])}`, (client, signal) =>
    client.imageReading.diff({ a, b }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  return value === null ? <Waiting>Reading both images</Waiting> : <DiffReport report={value} />;
}

function DiffReport({ report }: { report: ImageDiffReport }): ReactNode {
  const { sameContent, differences, leftOut, warnings } = report;
  const hidden = leftOut + Math.max(0, differences.length - SHOWN);
  return (
    <section className="verify-report" aria-label="Comparison">
      <div className={`notice ${sameContent ? 'good' : 'warn'}`} role="status">
        <Icon name={sameContent ? 'check' : 'warning'} size={20} />
        <div className="notice-text">
          <p className="notice-title">{diffTitle(report)}</p>
          <p>{diffText(report)}</p>
        </div>
      </div>
      {differences.length === 0 ? null : <Differences differences={differences.slice(0, SHOWN)} />}
      {hidden === 0 ? null : (
        <p className="muted">
          {formatCount(hidden)} more are not listed here; <code>seedbed image diff --json</code> has the first
          thousand.
        </p>
      )}
      {warnings.length === 0 ? null : (
        <FindingList
          label="Warnings"
          findings={warnings.map((what) => ({ id: what, level: 'warning', what, detail: '', hint: '' }))}
        />
      )}
    </section>
  );
}

function Differences({ differences }: { differences: readonly ImageDifference[] }): ReactNode {
  return (
    <div className="table-frame">
      <Table aria-label="Differences" className="table still" selectionMode="none">
        <TableHeader>
          <Column>Change</Column>
          <Column isRowHeader>What</Column>
          <Column>In this one</Column>
          <Column>In the other</Column>
        </TableHeader>
        <TableBody items={differences.map((one, id) => ({ ...one, id }))}>
          {(one) => (
            <Row>
              <Cell>{changeWords(one)}</Cell>
              <Cell>
                <span className="path">{one.label}</span>
              </Cell>
              <Cell className="number">{sideWords(one.a, one.change)}</Cell>
              <Cell className="number">{sideWords(one.b, one.change)}</Cell>
            </Row>
          )}
        </TableBody>
      </Table>
    </div>
  );
}
