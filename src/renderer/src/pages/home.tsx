// The first page: one button that does the main job, the ways that go further, and the last runs.
import { type ReactNode, useState } from 'react';
import { Button, PageLink } from '../components/controls.tsx';
import { Empty, ErrorCard, Waiting } from '../components/feedback.tsx';
import { Icon, type IconName } from '../components/icons.tsx';
import { RunOptionsFold } from '../components/run-options.tsx';
import { RunBadge } from '../components/status.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAction, useRuns } from '../connection/context.tsx';
import { DEFAULT_RUN_OPTIONS, runSpecOf } from '../derive/choices.ts';
import { goalTitle } from '../derive/run-view.ts';
import { formatMoment } from '../derive/text.ts';
import { bootstrapRoute, formatRoute, type Route } from '../route.ts';
import { navigate } from '../use-route.ts';
import { Page } from './page.tsx';

const RECENT_RUNS = 5;

export function HomePage(): ReactNode {
  return (
    <Page
      title="Grow a system from source"
      lead="From a seed of 181 bytes that a person can read to a whole system, every step compiled on the way and watched by you."
    >
      <div className="home">
        <CheckCard />
        <section aria-labelledby="further" className="further">
          <h2 id="further">Then go further</h2>
          <WayCard
            to={bootstrapRoute('stage0')}
            icon="play"
            title="Bootstrap the first stage (stage0)"
            text="From a live-bootstrap checkout; needs no downloads. About 20 minutes in software emulation (TCG)."
          />
          <WayCard
            to={bootstrapRoute('end')}
            icon="runs"
            title="Full bootstrap"
            text="From a checkout and its distfiles, all the way to Linux. Takes many hours."
          />
          <ExplainCard />
        </section>
        <RecentRuns />
      </div>
    </Page>
  );
}

function CheckCard(): ReactNode {
  const { act, pending, error } = useAction();
  const [options, setOptions] = useState(DEFAULT_RUN_OPTIONS);
  return (
    <section className="hero" aria-labelledby="hero-title">
      <h2 id="hero-title">Can this machine bootstrap?</h2>
      <p>
        Seedbed boots a small system of its own in QEMU and checks what live-bootstrap will need: the disk,
        the memory, the processor. It takes seconds and downloads nothing.
      </p>
      <Button
        kind="primary"
        size="large"
        icon="play"
        pending={pending}
        onPress={() =>
          act(async (client) => {
            const { jobId } = await client.run.start(runSpecOf({ build: { kind: 'boot-check' } }, options));
            navigate({ page: 'job', id: jobId });
          })
        }
      >
        Check this machine now
      </Button>
      {error === null ? null : <ErrorCard error={error} />}
      <RunOptionsFold options={options} onChange={setOptions} />
    </section>
  );
}

function WayCard(props: { to: Route; icon: IconName; title: string; text: string }): ReactNode {
  return (
    <a className="way" href={formatRoute(props.to)}>
      <Icon name={props.icon} size={20} />
      <span className="way-words">
        <span className="way-title">{props.title}</span>
        <span className="way-text">{props.text}</span>
      </span>
      <Icon name="chevron" size={16} />
    </a>
  );
}

function ExplainCard(): ReactNode {
  const question = usePlaceQuestion('log', (log) => navigate({ page: 'explain', log }));
  return (
    <>
      <button type="button" className="way" onClick={question.ask}>
        <Icon name="search" size={20} />
        <span className="way-words">
          <span className="way-title">Explain a log</span>
          <span className="way-text">
            Any console log of live-bootstrap, from anywhere: how far it got, and why it stopped.
          </span>
        </span>
        <Icon name="chevron" size={16} />
      </button>
      {question.error === null ? null : <ErrorCard error={question.error} />}
      {question.dialog}
    </>
  );
}

function RecentRuns(): ReactNode {
  const { value, error } = useRuns();
  return (
    <section className="recent" aria-labelledby="recent">
      <div className="section-head">
        <h2 id="recent">Last runs</h2>
        {value !== null && value.length > RECENT_RUNS ? (
          <PageLink to={{ page: 'runs' }}>All {value.length} runs</PageLink>
        ) : null}
      </div>
      {error === null ? null : <ErrorCard error={error} />}
      {value === null && error === null ? <Waiting>Reading the runs</Waiting> : null}
      {value?.length === 0 ? (
        <Empty icon="runs" title="No runs yet">
          Press <strong>Check this machine now</strong>: the first one is done in seconds.
        </Empty>
      ) : null}
      <ul className="recent-list">
        {value?.slice(0, RECENT_RUNS).map((run) => (
          <li key={run.id}>
            <a className="recent-run" href={formatRoute({ page: 'run', id: run.id })}>
              <RunBadge state={run.state} verdict={run.verdict} />
              <span className="recent-title">{goalTitle(run.goal)}</span>
              <span className="recent-sentence">{run.verdict?.sentence ?? run.imageLabel}</span>
              <time dateTime={run.createdAt}>{formatMoment(run.createdAt)}</time>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
