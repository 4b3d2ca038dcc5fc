// The page as a whole: rail, content, status line, and what is shown when the connection is not there.
import { type ReactNode, useEffect, useRef } from 'react';
import { ConnectionBanner, NoToken } from './components/connection-banner.tsx';
import { PageLink } from './components/controls.tsx';
import { Waiting } from './components/feedback.tsx';
import { Icon, type IconName, Sign } from './components/icons.tsx';
import { StatusLine } from './components/status-line.tsx';
import { useConnection } from './connection/context.tsx';
import { RunNotices } from './notices/run-notices.tsx';
import { AuditPage } from './pages/audit.tsx';
import { BootstrapPage } from './pages/bootstrap.tsx';
import { ChecklistPage } from './pages/checklist.tsx';
import { ChainPage } from './pages/chain.tsx';
import { DrivesPage } from './pages/drives.tsx';
import { ExplainPage } from './pages/explain.tsx';
import { FlashPage } from './pages/flash.tsx';
import { HomePage } from './pages/home.tsx';
import { ImagePage } from './pages/image.tsx';
import { ImagesPage } from './pages/images.tsx';
import { JobPage } from './pages/job.tsx';
import { MachinePage } from './pages/machine.tsx';
import { NewImagePage } from './pages/new-image.tsx';
import { Page } from './pages/page.tsx';
import { ResultsPage } from './pages/results.tsx';
import { RunPage } from './pages/run.tsx';
import { RunsPage } from './pages/runs.tsx';
import { ScreenPage } from './pages/screen.tsx';
import { SourcesPage } from './pages/sources.tsx';
import { TrustPage } from './pages/trust.tsx';
import {
  formatRoute,
  NO_AUDIT_VIEW,
  NO_CHAIN_VIEW,
  NO_IMAGE_VIEW,
  NO_SOURCES_VIEW,
  type Route,
  type Section,
  sectionOf,
} from './route.ts';
import { useRoute } from './use-route.ts';

const RAIL: readonly { section: Section; icon: IconName; text: string }[] = [
  { section: 'home', icon: 'home', text: 'Home' },
  { section: 'sources', icon: 'sources', text: 'Sources' },
  { section: 'images', icon: 'images', text: 'Images' },
  { section: 'runs', icon: 'runs', text: 'Runs' },
  { section: 'drives', icon: 'drives', text: 'Drives' },
  { section: 'audit', icon: 'eye', text: 'Audit' },
  { section: 'machine', icon: 'machine', text: 'Machine' },
];

export function App(): ReactNode {
  const route = useRoute();
  const { status, info } = useConnection();
  const main = useRef<HTMLElement | null>(null);
  const place = formatRoute(route).split('?')[0] ?? '';
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    main.current?.scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }, [place]);

  if (status === 'no-token') return <NoToken />;
  return (
    <div className="shell">
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <nav className="rail" aria-label="Main">
        <PageLink to={{ page: 'home' }} className="brand">
          <Sign />
          <span>Seedbed</span>
        </PageLink>
        <ul>
          {RAIL.map((entry) => (
            <li key={entry.section}>
              <RailLink {...entry} current={sectionOf(route) === entry.section} />
            </li>
          ))}
        </ul>
      </nav>
      <div className="column">
        <ConnectionBanner />
        <main ref={main} id="content" tabIndex={-1}>
          {info === null ? (
            status === 'lost' ? null : (
              <div className="page">
                <Waiting>Connecting to Seedbed</Waiting>
              </div>
            )
          ) : (
            <CurrentPage route={route} />
          )}
        </main>
        <StatusLine />
        <RunNotices />
      </div>
    </div>
  );
}

function RailLink(props: { section: Section; icon: IconName; text: string; current: boolean }): ReactNode {
  return (
    <a
      href={formatRoute({ page: props.section })}
      className="rail-link"
      aria-current={props.current ? 'page' : undefined}
    >
      <Icon name={props.icon} size={20} />
      <span>{props.text}</span>
    </a>
  );
}

function CurrentPage({ route }: { route: Route }): ReactNode {
  switch (route.page) {
    case 'home':
      return <HomePage />;
    case 'sources':
      return <SourcesPage view={route.view ?? NO_SOURCES_VIEW} />;
    case 'runs':
      return <RunsPage />;
    case 'run':
      return <RunPage key={route.id} id={route.id} />;
    case 'results':
      return <ResultsPage key={route.id} id={route.id} view={route.view} />;
    case 'images':
      return <ImagesPage />;
    case 'image':
      return <ImagePage key={route.id} id={route.id} view={route.view ?? NO_IMAGE_VIEW} />;
    case 'new-image':
      return <NewImagePage choices={route.choices} />;
    case 'drives':
      return <DrivesPage />;
    case 'flash':
      return <FlashPage view={route.view} />;
    case 'chain':
      return <ChainPage view={route.view ?? NO_CHAIN_VIEW} />;
    case 'audit':
      return <AuditPage view={route.view ?? NO_AUDIT_VIEW} />;
    case 'machine':
      return <MachinePage />;
    case 'job':
      return <JobPage key={route.id} id={route.id} />;
    case 'explain':
      return <ExplainPage log={route.log} />;
    case 'trust':
      return <TrustPage run={route.run} image={route.image} />;
    case 'checklist':
      return <ChecklistPage image={route.image} boot={route.boot} external={route.external} />;
    case 'screen':
      return <ScreenPage typed={route.typed} image={route.image} />;
    case 'bootstrap':
      return <BootstrapPage key={route.goal} goal={route.goal} choices={route.choices} />;
    case 'unknown':
      return (
        <Page title="No such page" lead="Nothing in Seedbed has this address.">
          <p>
            <PageLink to={{ page: 'home' }}>Go to the first page</PageLink>
          </p>
        </Page>
      );
  }
}
