// Sources: the checkout, the distfiles that it wants, and where they may come from.
import type { ReactNode } from 'react';
import { ErrorCard } from '../components/feedback.tsx';
import { useAnswer } from '../connection/context.tsx';
import type { SourcesView } from '../route-views.ts';
import { CheckoutCard } from '../sources/checkout-card.tsx';
import { DistfileSection } from '../sources/distfile-section.tsx';
import { DropZone } from '../sources/drop-zone.tsx';
import { MirrorsFold } from '../sources/mirrors-fold.tsx';
import { ServingFold } from '../sources/serving-fold.tsx';
import { SourceSettingsFold } from '../sources/source-settings.tsx';
import { readSelection } from '../sources/sources-address.ts';
import { useLast } from '../use-last.ts';
import { Page } from './page.tsx';

export function SourcesPage({ view }: { view: SourcesView }): ReactNode {
  const { checkout } = view;
  const mirrors = useAnswer('mirrors', (client, signal) => client.mirror.list({}, { signal }));
  const settings = useAnswer('settings', (client, signal) => client.settings.get({}, { signal }));
  const knownMirrors = useLast(mirrors.value) ?? [];
  const knownSettings = useLast(settings.value);
  const selection = readSelection(view);
  const choice = selection?.checkout ?? null;
  function askAgain(): void {
    mirrors.again();
    settings.again();
  }
  return (
    <Page
      title="Sources"
      lead="live-bootstrap itself and the source archives (distfiles) that it builds, each verified before it is used."
      wide
    >
      <CheckoutCard view={view} />
      <DropZone key={`drop ${checkout ?? ''}`} selection={selection} />
      {selection === null ? null : (
        <DistfileSection key={checkout} selection={selection} view={view} mirrors={knownMirrors} />
      )}
      <section aria-label="Where files come from" className="source-folds">
        {mirrors.error === null ? null : <ErrorCard error={mirrors.error} />}
        {settings.error === null ? null : <ErrorCard error={settings.error} />}
        {knownSettings === null ? null : (
          <>
            <MirrorsFold
              mirrors={knownMirrors}
              settings={knownSettings}
              choice={choice}
              onChanged={askAgain}
            />
            <SourceSettingsFold settings={knownSettings} onChanged={askAgain} />
          </>
        )}
        {choice === null ? null : <ServingFold choice={choice} />}
      </section>
    </Page>
  );
}
