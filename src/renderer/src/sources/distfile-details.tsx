// One distfile: what it is, who needs it, what was tried, what is known of where it came from, and where to get it by hand.
import type { ReactNode } from 'react';
import type { DistfileSelection } from '../../../shared/contract/distfiles.ts';
import type { DistfileRow, FailedSource } from '../../../shared/model/distfile.ts';
import type { MirrorView } from '../../../shared/model/mirror.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { Dialog } from '../components/overlays.tsx';
import { Badge, Facts, Progress } from '../components/status.tsx';
import {
  causeWord,
  countOf,
  evidenceLines,
  fileShare,
  fileStatus,
  kindWord,
  sourceName,
  whenNeeded,
} from '../derive/distfile-view.ts';
import { addressesOf } from '../derive/missing-files.ts';
import { formatMoment } from '../derive/text.ts';
import { CorroborationPart } from './corroboration-part.tsx';
import { SourceOrder } from './source-order.tsx';

interface DetailsProps {
  row: DistfileRow;
  selection: DistfileSelection;
  mirrors: readonly MirrorView[];
  /** A job is writing to the store. */
  busy: boolean;
  pending: boolean;
  onFetch: () => void;
  onClose: () => void;
}

export function DistfileDetails(props: Omit<DetailsProps, 'row'> & { row: DistfileRow | null }): ReactNode {
  const { row } = props;
  return (
    <Dialog open={row !== null} title={row?.name ?? ''} wide onClose={props.onClose}>
      {row === null ? null : <Details {...props} row={row} />}
    </Dialog>
  );
}

function Details({ row, selection, mirrors, busy, pending, onFetch, onClose }: DetailsProps): ReactNode {
  const { word, tone } = fileStatus(row);
  const isHere = row.state === 'present';
  return (
    <>
      <Facts
        facts={[
          { name: 'State', value: <Badge tone={tone}>{word}</Badge> },
          { name: 'Size', value: row.sizeBytes === null ? 'not known yet' : formatBytes(row.sizeBytes) },
          {
            name: 'sha256',
            value: (
              <span className="hash">
                <code className="whole">{row.sha256}</code>
                <CopyButton text={() => row.sha256} label="Copy the sha256" />
              </span>
            ),
          },
          { name: row.steps.length > 1 ? 'Needed by steps' : 'Needed by step', value: row.steps.join(', ') },
          { name: 'Needed', value: whenNeeded(row) },
        ]}
      />
      {row.state === 'fetching' ? <Progress label={`Fetching ${row.name}`} share={fileShare(row)} /> : null}
      <Evidence row={row} />
      <CorroborationPart selection={selection} name={row.name} isStored={isHere} />
      <Failures failures={row.failures} />
      {isHere ? null : <SourceOrder selection={selection} name={row.name} />}
      <Addresses row={row} mirrors={mirrors} />
      <div className="dialog-actions">
        {isHere ? null : (
          <p className="hint grow">
            {busy ? 'A job is moving files; this one can be fetched when it has ended.' : ''}
          </p>
        )}
        <Button onPress={onClose}>Close</Button>
        {isHere ? null : (
          <Button kind="primary" icon="download" pending={pending || busy} onPress={onFetch}>
            {row.state === 'failed' ? 'Try again' : 'Fetch this file'}
          </Button>
        )}
      </div>
    </>
  );
}

function Evidence({ row }: { row: DistfileRow }): ReactNode {
  const lines = evidenceLines(row);
  if (lines.length === 0) return null;
  return (
    <section className="detail-part" aria-label="Where it came from">
      <h3>Where it came from</h3>
      <ul className="tried">
        {lines.map(({ line, word, tone }) => (
          <li key={`${line.event} ${line.source.at} ${line.at}`}>
            <p className="tried-head">
              <Badge tone={tone}>{word}</Badge>
              <span>{sourceName(line.source)}</span>
              <span className="muted">
                {line.transport}, {formatMoment(line.at)}
              </span>
            </p>
            <p className="tried-at path">{line.source.at}</p>
            {line.note === '' ? null : <p className="muted">{line.note}</p>}
            {line.actualSha256 === null ? null : (
              <p className="muted">
                Its sha256: <code className="whole">{line.actualSha256}</code>
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Failures({ failures }: { failures: readonly FailedSource[] }): ReactNode {
  if (failures.length === 0) return null;
  return (
    <section className="detail-part" aria-label="What was tried">
      <h3>What was tried, in this order</h3>
      <ol className="tried">
        {failures.map(({ source, cause, detail, tries }) => (
          <li key={`${source.kind} ${source.at}`}>
            <p className="tried-head">
              <strong>
                {sourceName(source)} {causeWord(cause)}
              </strong>
              <span className="muted">
                {kindWord(source.kind)}
                {tries > 1 ? `, ${countOf(tries, 'try', 'tries')}` : ''}
              </span>
            </p>
            <p>{detail}</p>
            <p className="tried-at path">{source.at}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Addresses(props: { row: DistfileRow; mirrors: readonly MirrorView[] }): ReactNode {
  const addresses = addressesOf(props.row, props.mirrors);
  return (
    <section className="detail-part" aria-label="Addresses">
      <h3>
        {props.row.urls.length === 0 ? 'Upstream names no address; mirrors may have it' : 'Addresses'}
        <CopyButton text={() => addresses.join('\n')} label="Copy the addresses" />
      </h3>
      <ul className="addresses">
        {addresses.map((address) => (
          <li key={address} className="path">
            {address}
          </li>
        ))}
      </ul>
    </section>
  );
}
