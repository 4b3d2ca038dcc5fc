// The run view: what the machine does now, how far it is, its log, and how it ended.
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { WireError } from '../../../shared/contract/errors.ts';
import type { RunSnapshot } from '../../../shared/model/run.ts';
import { knownIssues } from '../../../shared/model/known-issues.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Button, PageLink } from '../components/controls.tsx';
import { AskNotice, HoldNotice } from '../run/run-notices.tsx';
import { useTimeline } from '../run/timeline-card.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { LogPanel } from '../components/log-panel.tsx';
import { RunHead } from '../components/run-head.tsx';
import { RunSide } from '../components/run-side.tsx';
import { EvidenceList } from '../components/run-parts.tsx';
import { Icon } from '../components/icons.tsx';
import { useClientGetter, useLive } from '../connection/context.tsx';
import { failureOf, firstFailureOffset, goalTitle } from '../derive/run-view.ts';
import { logSource } from '../log/use-log.ts';
import { bootstrapRoute } from '../route.ts';
import { Page, usePageTitle } from './page.tsx';

export function RunPage({ id }: { id: string }): ReactNode {
  const { value, error, receivedAt } = useLive(`run ${id}`, (client, signal) =>
    client.run.watch({ run: id }, { signal }),
  );
  usePageTitle(value === null ? 'Run' : goalTitle(value.record.goal));
  if (value !== null) return <RunView snapshot={value} receivedAt={receivedAt} error={error} />;
  return (
    <Page title="Run" back={{ to: { page: 'runs' }, text: 'Runs' }} wide>
      {error === null ? <Waiting>Asking for the run</Waiting> : <RunError error={error} />}
    </Page>
  );
}

function RunError({ error }: { error: WireError }): ReactNode {
  return (
    <ErrorCard error={error}>
      <PageLink to={{ page: 'runs' }}>All runs</PageLink>
    </ErrorCard>
  );
}

/** A place in the log to go to; a new object each time, so that the same place can be asked for twice. */
export interface JumpRequest {
  offsetBytes: number;
}

function RunView(props: { snapshot: RunSnapshot; receivedAt: number; error: WireError | null }): ReactNode {
  const { snapshot, receivedAt, error } = props;
  const { record } = snapshot;
  const [request, setRequest] = useState<JumpRequest | null>(null);
  const [placeBytes, setPlaceBytes] = useState<number | null>(null);
  const timeline = useTimeline(snapshot);
  const jump = useCallback((offsetBytes: number) => setRequest({ offsetBytes }), []);
  const client = useClientGetter();
  const source = useMemo(() => logSource(client, record.id), [client, record.id]);
  return (
    <div className="page wide run">
      {error === null ? null : <RunError error={error} />}
      <RunHead snapshot={snapshot} receivedAt={receivedAt} />
      <AskNotice snapshot={snapshot} />
      <HoldNotice snapshot={snapshot} />
      <FailurePanel snapshot={snapshot} onJump={jump} />
      <NextStep snapshot={snapshot} />
      <div className="run-columns">
        <LogPanel
          run={record.id}
          source={source}
          sizeBytes={snapshot.logBytes}
          failureOffset={firstFailureOffset(snapshot)}
          request={request}
          onPlace={setPlaceBytes}
        />
        <RunSide snapshot={snapshot} timeline={timeline} placeBytes={placeBytes} onJump={jump} />
      </div>
    </div>
  );
}

function FailurePanel(props: { snapshot: RunSnapshot; onJump: (offsetBytes: number) => void }): ReactNode {
  const failure = failureOf(props.snapshot);
  if (failure === null) return null;
  const { verdict } = props.snapshot.record;
  return (
    <section
      className={`notice ${verdict?.outcome === 'failed' || verdict === null ? 'bad' : 'warn'}`}
      aria-label="What went wrong"
    >
      <Icon name="warning" size={20} />
      <div className="notice-text">
        {failure.sentence === props.snapshot.now ? null : <p className="notice-title">{failure.sentence}</p>}
        {failure.hint === '' ? null : <p>{failure.hint}</p>}
        <EvidenceList evidence={failure.evidence} onJump={props.onJump} />
        <FailureSlice snapshot={props.snapshot} onJump={props.onJump} />
        <KnownIssues snapshot={props.snapshot} />
      </div>
    </section>
  );
}

/** Where to read on: the part of the log from the first complaint to the end. */
function FailureSlice(props: { snapshot: RunSnapshot; onJump: (offsetBytes: number) => void }): ReactNode {
  const { record, report } = props.snapshot;
  const slice = record.verdict?.slice ?? report.failure?.slice ?? null;
  if (slice === null) return null;
  return (
    <p className="notice-foot">
      <Button size="small" kind="quiet" icon="down" onPress={() => props.onJump(slice.fromBytes)}>
        Read the {formatBytes(slice.toBytes - slice.fromBytes)} that matter
      </Button>
    </p>
  );
}

/** What others met that looks the same. */
function KnownIssues({ snapshot }: { snapshot: RunSnapshot }): ReactNode {
  const { verdict } = snapshot.record;
  const { failure } = snapshot.report;
  const issues = knownIssues(verdict?.cause ?? failure?.cause ?? null, failure?.subject);
  if (issues.length === 0) return null;
  return (
    <ul className="known-issues" aria-label="Known issues">
      <li>Others met:</li>
      {issues.map(({ title, url }) => (
        <li key={url}>
          <a className="link" href={url} target="_blank" rel="noreferrer">
            {title}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** A boot check that passed is the beginning, not the end. */
function NextStep({ snapshot }: { snapshot: RunSnapshot }): ReactNode {
  const { goal, verdict } = snapshot.record;
  if (goal !== 'boot-check' || verdict?.outcome !== 'passed') return null;
  return (
    <section className="notice good" aria-label="Next step">
      <Icon name="check" size={20} />
      <div className="notice-text">
        <p className="notice-title">This machine can run the first stage.</p>
        <p>
          Next: <PageLink to={bootstrapRoute('stage0')}>bootstrap the first stage (stage0)</PageLink> from a
          live-bootstrap checkout.
        </p>
      </div>
    </section>
  );
}
