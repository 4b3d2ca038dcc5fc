// What an ended run made: each expected output with its state, the files on its disk, what can be taken out, and how it compares.
import type { ReactNode } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { Job } from '../../../shared/model/job.ts';
import type { RunResults } from '../../../shared/model/results.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { Empty, ErrorCard, Waiting } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { Fold } from '../components/overlays.tsx';
import { RunningJob } from '../components/running-job.tsx';
import { useAction, useAnswer, useJobs } from '../connection/context.tsx';
import {
  countOutputs,
  FILTER_WORDS,
  filterOutputs,
  OUTPUT_STATES,
  readResultFilter,
  RESULT_FILTERS,
  totalsSentence,
} from '../derive/results-view.ts';
import { formatMoment } from '../derive/text.ts';
import { Comparison } from '../results/comparison.tsx';
import { OutputTable } from '../results/output-table.tsx';
import { ResultActions } from '../results/result-actions.tsx';
import type { ResultsView } from '../route-views.ts';
import { useLast } from '../use-last.ts';
import { navigate } from '../use-route.ts';
import { Page } from './page.tsx';

export function ResultsPage({ id, view }: { id: string; view: ResultsView }): ReactNode {
  const jobs = useJobs().value ?? [];
  // The host reads them by itself when a run ends while nobody looks.
  const job = jobs.find((one) => one.id === view.job) ?? jobs.find((one) => isReading(one, id)) ?? null;
  const { value, error } = useAnswer(
    `results ${id} ${view.job ?? ''} ${job?.id ?? ''} ${job?.state ?? ''}`,
    async (client, signal) => ({
      results: await client.results.read({ run: id }, { signal }),
    }),
  );
  const { act, pending, error: failure } = useAction();
  const last = useLast(value);
  const change = (next: Partial<ResultsView>): void =>
    navigate({ page: 'results', id, view: { ...view, ...next } });
  const isBusy = job?.state === 'running';
  const collect = (): void =>
    act(async (client) => change({ job: (await client.results.collect({ run: id })).jobId }));
  const results = last?.results ?? null;
  return (
    <Page
      title="Results"
      lead="What this run made, against every output that upstream has a checksum for."
      back={{ to: { page: 'run', id }, text: 'The run' }}
      actions={
        results === null ? null : (
          <Button icon="again" disabled={isBusy} pending={pending} onPress={collect}>
            Read again
          </Button>
        )
      }
    >
      {error === null ? null : <ErrorCard error={error} />}
      {failure === null ? null : <ErrorCard error={failure} />}
      {job === null ? null : <JobLine job={job} />}
      {last === null && error === null ? <Waiting>Asking for the results</Waiting> : null}
      {last !== null && results === null ? (
        <Empty icon="search" title="Nobody has read them yet">
          <p>
            Seedbed reads the disks of the run and its console, hashes what is there, and accounts for it.
          </p>
          <Button kind="primary" icon="search" disabled={isBusy} pending={pending} onPress={collect}>
            Read the results
          </Button>
        </Empty>
      ) : null}
      {results === null ? null : (
        <>
          <Summary results={results} />
          <ResultActions
            run={id}
            hasDisk={results.disk !== null}
            disabled={isBusy}
            onJob={(started) => change({ job: started })}
          />
          <Outputs results={results} view={view} onShow={(show) => change({ show })} />
          <Comparison run={id} other={view.with} onChange={(other) => change({ with: other })} />
          <Files results={results} />
        </>
      )}
    </Page>
  );
}

function isReading({ kind, label, state }: Job, run: string): boolean {
  return kind === 'run.results' && state === 'running' && label.endsWith(run);
}

function Summary({ results }: { results: RunResults }): ReactNode {
  const { tone, text } = totalsSentence(results.totals);
  return (
    <section className={`notice ${tone}`} aria-label="In a sentence">
      <Icon name={tone === 'good' ? 'check' : 'warning'} size={20} />
      <div className="notice-text">
        <p className="notice-title">{text}</p>
        {results.assisted ? (
          <p>
            The run was given packages that an earlier run had built, so it did not build everything by
            itself.
          </p>
        ) : null}
        {results.diskNote === '' ? null : <p>{results.diskNote}</p>}
        {results.warnings.map((warning) => (
          <p key={warning}>{warning}</p>
        ))}
        <p className="notice-foot">Read {formatMoment(results.at)}</p>
      </div>
    </section>
  );
}

function Outputs(props: {
  results: RunResults;
  view: ResultsView;
  onShow: (filter: string | null) => void;
}): ReactNode {
  const { totals, outputs } = props.results;
  const filter = readResultFilter(props.view.show);
  return (
    <section aria-labelledby="outputs">
      <h2 id="outputs">Expected outputs</h2>
      <ToggleButtonGroup
        aria-label="Which outputs"
        className="filters"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[filter]}
        onSelectionChange={(keys) => {
          const [key] = [...keys];
          props.onShow(key === 'all' || key === undefined ? null : String(key));
        }}
      >
        {RESULT_FILTERS.map((one) => (
          <ToggleButton key={one} id={one} className="button quiet small">
            {FILTER_WORDS[one]} <span className="count">{countOutputs(totals, one)}</span>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <OutputTable outputs={filterOutputs(outputs, filter)} />
      <Fold title="What the states mean">
        <dl className="facts">
          {Object.values(OUTPUT_STATES).map(({ word, means }) => (
            <div key={word} className="fact">
              <dt>{word}</dt>
              <dd>{means}</dd>
            </div>
          ))}
        </dl>
      </Fold>
    </section>
  );
}

function Files({ results }: { results: RunResults }): ReactNode {
  if (results.files.length === 0) return null;
  return (
    <Fold title="Other files on its disk" summary={`${results.files.length}`}>
      <ul className="lines" aria-label="Other files on its disk">
        {results.files.map(({ path, sizeBytes, sha256 }) => (
          <li key={path}>
            <code>{path}</code>, {formatBytes(sizeBytes)}, sha256 <code className="whole">{sha256}</code>
          </li>
        ))}
      </ul>
    </Fold>
  );
}

function JobLine({ job }: { job: Job }): ReactNode {
  const path = job.result?.path ?? null;
  if (job.state === 'running') return <RunningJob job={job} />;
  if (job.state === 'failed' && job.error !== null) return <ErrorCard error={job.error} />;
  return path === null ? null : (
    <p role="status">
      Written: <span className="path">{path}</span>
    </p>
  );
}
