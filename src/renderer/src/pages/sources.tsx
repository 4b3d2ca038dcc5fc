// Sources: the checkout, the distfiles that it wants, and where they may come from.
import { type ReactNode, useEffect } from 'react';
import { ErrorCard } from '../components/feedback.tsx';
import { useAnswer } from '../connection/context.tsx';
import type { SourcesView } from '../route.ts';
import { CheckoutCard } from '../sources/checkout-card.tsx';
import { DistfileSection } from '../sources/distfile-section.tsx';
import { MirrorsFold } from '../sources/mirrors-fold.tsx';
import { ServingFold } from '../sources/serving-fold.tsx';
import { SourceSettingsFold } from '../sources/source-settings.tsx';
import { changeView, lastCheckout, readChoice } from '../sources/sources-address.ts';
import { Page } from './page.tsx';

export function SourcesPage({ view }: { view: SourcesView }): ReactNode {
  const { checkout } = view;
  const mirrors = useAnswer('mirrors', (client, signal) => client.mirror.list({}, { signal }));
  const settings = useAnswer('settings', (client, signal) => client.settings.get({}, { signal }));
  useEffect(() => {
    const last = lastCheckout();
    if (checkout === null && last !== null) changeView({ checkout: last });
  }, [checkout]);
  const choice = checkout === null ? null : readChoice(checkout);
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
      <CheckoutCard checkout={checkout} />
      {choice === null ? null : (
        <DistfileSection key={checkout} choice={choice} view={view} mirrors={mirrors.value ?? []} />
      )}
      <section aria-label="Where files come from" className="source-folds">
        {mirrors.error === null ? null : <ErrorCard error={mirrors.error} />}
        {settings.error === null ? null : <ErrorCard error={settings.error} />}
        {settings.value === null ? null : (
          <>
            <MirrorsFold
              mirrors={mirrors.value ?? []}
              settings={settings.value}
              choice={choice}
              onChanged={askAgain}
            />
            <SourceSettingsFold settings={settings.value} onChanged={askAgain} />
          </>
        )}
        {choice === null ? null : <ServingFold choice={choice} />}
      </section>
    </Page>
  );
}
