// One image: what is in it, byte range by byte range, and how much of builder-hex0's limits it uses.
import { type ReactNode, useState } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { Budget, ImageInspection, Region } from '../../../shared/model/image.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { Button, PageLink } from '../components/controls.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorCard, FindingList, Waiting } from '../components/feedback.tsx';
import { Fold } from '../components/overlays.tsx';
import { RemoveImageDialog } from '../components/remove-image.tsx';
import { RunOptionsFold } from '../components/run-options.tsx';
import { type Fact, Facts, Progress } from '../components/status.tsx';
import { useAction, useAnswer } from '../connection/context.tsx';
import { DEFAULT_RUN_OPTIONS, runSpecOf } from '../derive/choices.ts';
import { budgetLine, imageOrigin, imageTitle, regionName } from '../derive/image-view.ts';
import { shortHash } from '../derive/text.ts';
import { navigate } from '../use-route.ts';
import { Page } from './page.tsx';

/** The id of an image in the data folder, or the token of a file that the person chose. */
function imageRef(id: string): { id: string } | { place: string } {
  return /^place-[0-9a-f]{32}$/.test(id) ? { place: id } : { id };
}

export function ImagePage({ id }: { id: string }): ReactNode {
  const ref = imageRef(id);
  const { value, error } = useAnswer(`image ${id}`, (client, signal) =>
    client.image.inspect({ image: ref }, { signal }),
  );
  const record = value?.record ?? null;
  return (
    <Page
      title={record === null ? 'Image' : imageTitle(record)}
      lead={
        record === null
          ? value === null
            ? undefined
            : 'A boot image without a record beside it'
          : imageOrigin(record)
      }
      back={{ to: { page: 'images' }, text: 'Images' }}
    >
      {error === null ? null : (
        <ErrorCard error={error}>
          <PageLink to={{ page: 'images' }}>All images</PageLink>
        </ErrorCard>
      )}
      {value === null && error === null ? (
        <Waiting>Reading the image; a large one takes a while</Waiting>
      ) : null}
      {value === null ? null : (
        <>
          <RunCard image={ref} id={id} inspection={value} />
          <Findings inspection={value} />
          <Facts facts={imageFacts(value)} />
          <Budgets budgets={value.budgets} />
          <Regions regions={value.regions} />
          <Details inspection={value} />
        </>
      )}
    </Page>
  );
}

function RunCard(props: {
  image: { id: string } | { place: string };
  id: string;
  inspection: ImageInspection;
}): ReactNode {
  const [options, setOptions] = useState(DEFAULT_RUN_OPTIONS);
  const [removing, setRemoving] = useState(false);
  const { act, pending, error } = useAction();
  const { record } = props.inspection;
  return (
    <section className="card run-card" aria-label="Run this image">
      <div className="card-actions start">
        <Button
          kind="primary"
          icon="play"
          pending={pending}
          onPress={() =>
            act(async (client) => {
              const { jobId } = await client.run.start(runSpecOf(props.image, options));
              navigate({ page: 'job', id: jobId });
            })
          }
        >
          Run this
        </Button>
        {'id' in props.image && record !== null ? (
          <Button icon="trash" onPress={() => setRemoving(true)}>
            Remove…
          </Button>
        ) : null}
      </div>
      {error === null ? null : <ErrorCard error={error} />}
      <RunOptionsFold options={options} onChange={setOptions} />
      <RemoveImageDialog
        image={removing && record !== null ? { id: props.id, record } : null}
        onClose={() => setRemoving(false)}
        onRemoved={() => navigate({ page: 'images' })}
      />
    </section>
  );
}

function Findings({ inspection }: { inspection: ImageInspection }): ReactNode {
  const warnings = inspection.warnings.map((what, at) => ({
    id: `warning-${at}`,
    level: 'warning' as const,
    what,
    detail: '',
    hint: '',
  }));
  const agrees = {
    id: 'record',
    level: inspection.matchesRecord === true ? ('ok' as const) : ('problem' as const),
    what:
      inspection.matchesRecord === true
        ? 'The bytes are the ones that the record names'
        : 'The bytes differ from the record beside the image',
    detail: '',
    hint: inspection.matchesRecord === true ? '' : 'Build the image again; this file was changed afterwards.',
  };
  const findings = inspection.matchesRecord === null ? warnings : [agrees, ...warnings];
  return findings.length === 0 ? null : <FindingList findings={findings} label="Findings" />;
}

function imageFacts(inspection: ImageInspection): Fact[] {
  const facts: Fact[] = [
    { name: 'File', value: <span className="path">{inspection.path}</span> },
    { name: 'Size', value: formatBytes(inspection.sizeBytes) },
    {
      name: 'Holds',
      value: `${formatCount(inspection.files)} files, ${formatCount(inspection.directories)} folders, ${formatBytes(inspection.payloadBytes)}`,
    },
    { name: 'Source stream', value: `from sector ${formatCount(inspection.streamLba)}` },
    { name: 'sha256', value: <HashValue hash={inspection.sha256} what="sha256 of the image" /> },
  ];
  if (inspection.inputDigest !== null)
    facts.push({
      name: 'Input digest',
      value: <HashValue hash={inspection.inputDigest} what="input digest" />,
    });
  return facts;
}

function HashValue({ hash, what }: { hash: string; what: string }): ReactNode {
  return (
    <span className="hash">
      <code className="whole">{hash}</code>
      <CopyButton text={() => hash} label={`Copy the ${what}`} />
    </span>
  );
}

function Budgets({ budgets }: { budgets: readonly Budget[] }): ReactNode {
  if (budgets.length === 0) return null;
  return (
    <section aria-labelledby="budgets">
      <h2 id="budgets">Limits of builder-hex0</h2>
      <ul className="budgets">
        {budgets.map(budgetLine).map(({ name, text, share }) => (
          <li key={name} className="budget">
            <span className="budget-name">{name}</span>
            <Progress label={name} share={share} text={text} />
            <span className="budget-text">{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Regions({ regions }: { regions: readonly Region[] }): ReactNode {
  return (
    <section aria-labelledby="regions">
      <h2 id="regions">From the first byte to the last</h2>
      <div className="table-frame">
        <Table aria-labelledby="regions" className="table still" selectionMode="none">
          <TableHeader>
            <Column isRowHeader>Part</Column>
            <Column>Starts at</Column>
            <Column>Length</Column>
            <Column>sha256</Column>
          </TableHeader>
          <TableBody
            items={regions.map((region) => ({ ...region, id: `${region.offsetBytes}-${region.name}` }))}
          >
            {(region) => (
              <Row>
                <Cell>{regionName(region)}</Cell>
                <Cell className="number">{formatCount(region.offsetBytes)}</Cell>
                <Cell className="number">{formatBytes(region.lengthBytes)}</Cell>
                <Cell>
                  <span className="hash">
                    <code>{region.sha256 === null ? '' : `${shortHash(region.sha256)}…`}</code>
                    <CopyButton
                      text={() => region.sha256 ?? ''}
                      label={`Copy the sha256 of ${regionName(region)}`}
                    />
                  </span>
                </Cell>
              </Row>
            )}
          </TableBody>
        </Table>
      </div>
    </section>
  );
}

function Details({ inspection }: { inspection: ImageInspection }): ReactNode {
  const { record, commands } = inspection;
  return (
    <div className="folds">
      {commands.length === 0 ? null : (
        <Fold title="Commands at the end of the stream" summary={`${commands.length}`}>
          <pre className="code">{commands.join('\n')}</pre>
        </Fold>
      )}
      {record?.bootstrapCfg === null || record === null ? null : (
        <Fold title="Configuration" summary="bootstrap.cfg">
          <pre className="code">{record.bootstrapCfg}</pre>
        </Fold>
      )}
      {record === null || record.distfiles.length === 0 ? null : (
        <Fold title="Distfiles" summary={formatCount(record.distfiles.length)}>
          <ul className="plain-list">
            {record.distfiles.map((distfile) => (
              <li key={distfile.name}>
                {distfile.name} <span className="muted">{formatBytes(distfile.sizeBytes)}</span>{' '}
                <code>{shortHash(distfile.sha256)}…</code>
              </li>
            ))}
          </ul>
        </Fold>
      )}
    </div>
  );
}
