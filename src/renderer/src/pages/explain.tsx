// What any console log says: how far it got, what went wrong, and the lines that show it.
import type { ReactNode } from 'react';
import type { ConsoleReport, Verdict } from '../../../shared/model/console.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { Button, PageLink } from '../components/controls.tsx';
import { Empty, ErrorCard, Waiting } from '../components/feedback.tsx';
import { EvidenceList, Milestones } from '../components/run-parts.tsx';
import { Badge, Facts } from '../components/status.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAnswer } from '../connection/context.tsx';
import { goalTitle, outcomeStatus } from '../derive/run-view.ts';
import { replaceRoute } from '../use-route.ts';
import { Page } from './page.tsx';

export function ExplainPage({ log }: { log: string | null }): ReactNode {
  const question = usePlaceQuestion('log', (token) => replaceRoute({ page: 'explain', log: token }));
  return (
    <Page
      title="Explain a log"
      lead="Any console log of live-bootstrap: from Seedbed, from QEMU by hand, from a serial cable."
      back={{ to: { page: 'home' }, text: 'Home' }}
      actions={
        <>
          <PageLink to={{ page: 'screen', typed: null, image: null }} className="button plain middle">
            Type what a screen said
          </PageLink>
          <Button
            icon="file"
            kind={log === null ? 'primary' : 'plain'}
            pending={question.pending}
            onPress={question.ask}
          >
            {log === null ? 'Choose a log…' : 'Another log…'}
          </Button>
        </>
      }
    >
      {question.error === null ? null : <ErrorCard error={question.error} />}
      {question.dialog}
      {log === null ? (
        <Empty icon="file" title="No log chosen yet">
          Press <strong>Choose a log…</strong> and pick a file. It stays where it is; nothing is copied.
        </Empty>
      ) : (
        <Explained key={log} log={log} />
      )}
    </Page>
  );
}

function Explained({ log }: { log: string }): ReactNode {
  const { value, error } = useAnswer(`explain ${log}`, (client, signal) =>
    client.run.explain({ log }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  if (value === null) return <Waiting>Reading the log</Waiting>;
  return <Explanation {...value} />;
}

function Explanation(props: {
  label: string;
  report: ConsoleReport;
  verdict: Verdict;
  now: string;
}): ReactNode {
  const { label, report, verdict } = props;
  const { word, tone } = outcomeStatus(verdict.outcome);
  return (
    <>
      <section className={`card verdict ${tone}`} aria-label="Verdict">
        <p className="verdict-line">
          <Badge tone={tone}>{word}</Badge>
          <span className="muted">{goalTitle(verdict.goal)}</span>
        </p>
        <p className="sentence">{verdict.sentence}</p>
        {verdict.hint === '' ? null : <p>{verdict.hint}</p>}
        {verdict.outcome === 'unfinished' && props.now !== verdict.sentence ? (
          <p className="muted">Last seen: {props.now}</p>
        ) : null}
        <EvidenceList evidence={verdict.evidence} />
      </section>
      <Facts
        facts={[
          { name: 'File', value: <span className="path">{label}</span> },
          { name: 'Size', value: `${formatBytes(report.bytes)}, ${formatCount(report.lines)} lines` },
          { name: 'Starts of the machine', value: formatCount(report.boots) },
          { name: 'Entries loaded', value: formatCount(report.src.entries) },
          { name: 'Tools verified', value: `${report.answers.ok} in order, ${report.answers.failed} not` },
          {
            name: 'Checksums',
            value: `${formatCount(report.checks.ok)} in order, ${report.checks.failed.length} not`,
          },
        ]}
      />
      <section aria-labelledby="milestones">
        <h2 id="milestones">Milestones</h2>
        <Milestones milestones={report.milestones} live={false} />
      </section>
    </>
  );
}
