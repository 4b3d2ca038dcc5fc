// Compares a checkout with its commits and lists what differs.
import { type ReactNode, useState } from 'react';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { CheckoutReport } from '../../../shared/model/checkout.ts';
import { Button, PageLink } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { Fold } from '../components/overlays.tsx';
import { Badge } from '../components/status.tsx';
import { useAction } from '../connection/context.tsx';
import { bootstrapRoute } from '../route.ts';
import { differencesText, differenceWord, verdictOf } from '../derive/checkout-view.ts';

export function CheckoutVerify(props: {
  choice: CheckoutChoice;
  /** Its folder, for going on from here; null while it is not known. */
  place: string | null;
  /** What was found when the folder was shown to Seedbed. */
  known: CheckoutReport | null;
  /** Its tags can be compared with those of the servers. */
  isFetched: boolean;
}): ReactNode {
  const { choice, known } = props;
  const { act, pending, error } = useAction();
  const [report, setReport] = useState<CheckoutReport | null>(null);
  const verify = (remote: boolean): void =>
    act(async (client) => setReport(await client.checkout.verify({ checkout: choice, remote })));
  return (
    <div className="checkout-verify">
      <div className="card-actions start">
        <Button size="small" icon="check" pending={pending} onPress={() => verify(false)}>
          Compare with its commits
        </Button>
        {props.isFetched ? (
          <Button size="small" kind="quiet" pending={pending} onPress={() => verify(true)}>
            Also ask the servers about tags
          </Button>
        ) : null}
        {props.place === null ? null : (
          <PageLink to={bootstrapRoute('stage0', { checkout: props.place })}>
            Bootstrap the first stage from it
          </PageLink>
        )}
      </div>
      {error === null ? null : <ErrorCard error={error} />}
      {report === null ? null : <Verdict report={report} />}
      {report === null && known !== null && known.differences.length > 0 ? (
        <Fold title={`${differencesText(known)} when it was chosen`}>
          <Differences report={known} />
        </Fold>
      ) : null}
    </div>
  );
}

function Verdict({ report }: { report: CheckoutReport }): ReactNode {
  const { tone, title, text } = verdictOf(report);
  return (
    <section className={`notice ${tone}`} role="status" aria-label="Comparison with the commits">
      <Icon name={tone === 'good' ? 'check' : 'warning'} size={20} />
      <div className="notice-text">
        <p className="notice-title">{title}</p>
        <p>{text}</p>
        <Differences report={report} />
      </div>
    </section>
  );
}

function Differences({ report: { differences, leftOut } }: { report: CheckoutReport }): ReactNode {
  if (differences.length === 0) return null;
  return (
    <>
      <ul className="tried differences" aria-label="Differences" tabIndex={0}>
        {differences.map(({ kind, path, detail, inImage }) => (
          <li key={`${kind} ${path}`}>
            <p className="tried-head">
              <Badge tone={inImage ? 'warn' : 'quiet'}>{differenceWord(kind)}</Badge>
              <span className="path">{path === '' ? 'live-bootstrap itself' : path}</span>
            </p>
            <p>{detail}</p>
          </li>
        ))}
      </ul>
      {leftOut === 0 ? null : <p className="muted">{leftOut} more are not listed.</p>}
    </>
  );
}
