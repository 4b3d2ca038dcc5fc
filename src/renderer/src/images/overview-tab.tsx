// An image in short: run it, what it is made of, its hashes, and how much of builder-hex0's limits it uses.
import { type ReactNode, useState } from 'react';
import type { Budget, ImageInspection } from '../../../shared/model/image.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { Button, PageLink } from '../components/controls.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorCard, FindingList } from '../components/feedback.tsx';
import { Fold } from '../components/overlays.tsx';
import { RemoveImageDialog } from '../components/remove-image.tsx';
import { RunOptionsFold } from '../components/run-options.tsx';
import { type Fact, Facts, Progress } from '../components/status.tsx';
import { useAction } from '../connection/context.tsx';
import { DEFAULT_RUN_OPTIONS, runSpecOf } from '../derive/choices.ts';
import { budgetLine, diskTitle } from '../derive/image-view.ts';
import { shortHash } from '../derive/text.ts';
import { navigate } from '../use-route.ts';
import { RegionTable } from './region-table.tsx';

export function OverviewTab({ id, inspection }: { id: string; inspection: ImageInspection }): ReactNode {
  const ref = /^place-[0-9a-f]{32}$/.test(id) ? { place: id } : { id };
  return (
    <>
      <RunCard image={ref} id={id} inspection={inspection} />
      <Findings inspection={inspection} />
      <Facts facts={imageFacts(inspection)} />
      <Budgets budgets={inspection.budgets} />
      <Details inspection={inspection} />
    </>
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
        {record === null ? null : (
          <>
            <PageLink
              to={{ page: 'checklist', image: props.id, boot: null, external: null }}
              className="button plain middle"
            >
              Checklist for a real machine
            </PageLink>
            <PageLink to={{ page: 'trust', run: null, image: props.id }} className="button plain middle">
              Trust report
            </PageLink>
          </>
        )}
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
  for (const disk of inspection.record?.disks.slice(1) ?? [])
    facts.push({
      name: diskTitle(disk.role),
      value: (
        <>
          {formatBytes(disk.sizeBytes)} <HashValue hash={disk.sha256} what={`sha256 of ${disk.file}`} />
        </>
      ),
    });
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

function Details({ inspection }: { inspection: ImageInspection }): ReactNode {
  const { record, commands, regions } = inspection;
  const overlays = record?.overlays ?? [];
  return (
    <div className="folds">
      <Fold title="Regions and their hashes" summary={formatCount(regions.length)}>
        <RegionTable regions={regions} />
      </Fold>
      {overlays.length === 0 ? null : (
        <Fold title="Overlays" summary={overlays.map(({ name }) => name).join(', ')}>
          <ul className="plain-list">
            {overlays.flatMap(({ name, changes }) =>
              changes.map(({ path, action, sha256 }) => (
                <li key={`${name} ${path}`}>
                  {name}: <span className="path">{path}</span> <span className="muted">{action}</span>{' '}
                  <code>{shortHash(sha256)}…</code>
                </li>
              )),
            )}
          </ul>
        </Fold>
      )}
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
