// The two-root check: stage0's tools made a second time from this computer's C compiler, without the seed, and what that came to.
import type { ReactNode } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { DdcReport } from '../../../shared/model/ddc.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { RunningJob } from '../components/running-job.tsx';
import { Badge } from '../components/status.tsx';
import { useAction, useAnswer, useJobs } from '../connection/context.tsx';
import { ddcSentence } from '../derive/ddc-view.ts';
import { formatMoment } from '../derive/text.ts';
import { readChoice } from '../sources/sources-address.ts';

/** `checkout`: a place token, or the id of a kept one; null: none is there. */
export function TwoRoots({ checkout }: { checkout: string | null }): ReactNode {
  const job = useJobs().value?.findLast(({ kind }) => kind === 'trust.ddc') ?? null;
  const running = job?.state === 'running';
  const { value, error } = useAnswer(
    `two roots ${job?.id ?? ''} ${job?.state ?? ''}`,
    async (client, signal) => ({ report: await client.audit.ddcLatest({}, { signal }) }),
  );
  const report = value?.report ?? null;
  const { act, pending, error: failure } = useAction();
  return (
    <section className="audit-roots" aria-labelledby="two-roots">
      <h2 id="two-roots">From another root</h2>
      <p>
        This computer’s C compiler makes stage0’s tools from the same texts, without the seed. What comes out
        has to be equal to what the seed makes. This runs programs: the compiler, and the tools that it made.
      </p>
      <Button
        icon="play"
        disabled={checkout === null || running}
        pending={pending}
        onPress={() =>
          act(async (client) => {
            if (checkout !== null) await client.audit.ddc({ checkout: readChoice(checkout), run: null });
          })
        }
      >
        Build from the C compiler
      </Button>
      {[error, failure].map((one, index) => (one === null ? null : <ErrorCard key={index} error={one} />))}
      {running ? <RunningJob job={job} /> : null}
      {job?.state === 'failed' && job.error !== null ? <ErrorCard error={job.error} /> : null}
      {job?.state === 'cancelled' ? <p role="status">It was cancelled; nothing of it is kept.</p> : null}
      {report === null ? null : <Found report={report} />}
    </section>
  );
}

function Found({ report }: { report: DdcReport }): ReactNode {
  const { commit, compiler, endedAt, generations, host, tools, assumptions } = report;
  const { tone, text } = ddcSentence(report);
  return (
    <>
      <div className={`notice ${tone}`} role="group" aria-label="What the two-root check came to">
        <Icon name={tone === 'good' ? 'check' : 'warning'} size={20} />
        <div className="notice-text">
          <p className="notice-title">{text}</p>
          <p className="notice-foot">
            {commit === null ? report.checkout : `live-bootstrap ${commit.slice(0, 8)}`},{' '}
            {formatMoment(endedAt)}. {compiler.version} ({compiler.path}) on {host.kernel}, {host.processor}.{' '}
            {generations.settled
              ? 'The compiler’s second generation compiles itself to itself.'
              : 'The compiler did not settle: its second generation compiles itself to something else.'}
          </p>
        </div>
      </div>
      <div className="table-frame">
        <Table aria-label="Tools of stage0" className="table still" selectionMode="none">
          <TableHeader>
            <Column isRowHeader>Tool</Column>
            <Column>State</Column>
            <Column>sha256 that upstream names</Column>
          </TableHeader>
          <TableBody items={tools.map((tool) => ({ ...tool, id: tool.name }))}>
            {({ name, equal, expected, built }) => (
              <Row>
                <Cell>{name}</Cell>
                <Cell>
                  <Badge tone={equal ? 'good' : 'bad'}>
                    {equal ? 'Equal' : built === null ? 'Not made' : 'Differs'}
                  </Badge>
                </Cell>
                <Cell>
                  <code>{expected}</code>
                  {equal || built === null ? null : (
                    <span className="cell-sub">
                      built: <code>{built}</code>
                    </span>
                  )}
                </Cell>
              </Row>
            )}
          </TableBody>
        </Table>
      </div>
      <h3>What this does not tell</h3>
      <ul className="audit-assumptions">
        {assumptions.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </>
  );
}
