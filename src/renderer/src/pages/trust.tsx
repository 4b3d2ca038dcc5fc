// The trust report of a run or an image: what was found equal, by whom, and what nobody looked at.
import type { ReactNode } from 'react';
import type { TrustSubject } from '../../../shared/contract/trust.ts';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { useAnswer } from '../connection/context.tsx';
import { PaperActions, PaperView } from '../paper/paper-view.tsx';
import type { Route } from '../route.ts';
import { Page } from './page.tsx';

export function TrustPage({ run, image }: { run: string | null; image: string | null }): ReactNode {
  const subject = subjectOf(run, image);
  const { value, error } = useAnswer(`trust ${JSON.stringify(subject)}`, (client, signal) =>
    client.trust.report(subject, { signal }),
  );
  const back: { to: Route; text: string } =
    image === null
      ? { to: run === null ? { page: 'runs' } : { page: 'run', id: run }, text: 'The run' }
      : { to: { page: 'image', id: image }, text: 'The image' };
  return (
    <Page
      title="Trust report"
      lead={value?.paper.lead ?? 'What a result rests on'}
      back={back}
      wide
      actions={
        value === null ? undefined : (
          <PaperActions
            html={value.html}
            script={value.script}
            name={`trust-report-${run ?? image ?? 'latest'}`}
          />
        )
      }
    >
      {error === null ? null : <ErrorCard error={error} />}
      {value === null && error === null ? <Waiting>Measuring what the run rests on</Waiting> : null}
      {value === null ? null : <PaperView paper={value.paper} />}
    </Page>
  );
}

function subjectOf(run: string | null, image: string | null): TrustSubject {
  if (image === null) return { run: run ?? 'latest' };
  return /^place-[0-9a-f]{32}$/.test(image) ? { place: image } : { image };
}
