// What can be said before a byte is written: what hinders, what to know, how large it gets, which distfiles are missing.
import { type ReactNode, useEffect, useState } from 'react';
import type { ImageSpec, ImageTarget } from '../../../shared/contract/image.ts';
import type { ImagePreflight } from '../../../shared/model/image-preflight.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { PageLink } from '../components/controls.tsx';
import { ErrorCard, FindingList, Waiting } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { Fold } from '../components/overlays.tsx';
import { type Fact, Facts, Progress } from '../components/status.tsx';
import { useAnswer } from '../connection/context.tsx';
import { countOf } from '../derive/distfile-view.ts';
import { budgetLine, diskTitle } from '../derive/image-view.ts';
import { shownFindings } from '../derive/new-image.ts';
import { sourcesRoute } from '../route.ts';

/** Somebody still types. */
const PAUSE_MS = 400;
const LISTED_MISSING = 20;

/** What the engine says of the choices, asked when they have stood still for a moment. */
export function usePreflight(
  spec: ImageSpec,
  out: ImageTarget | null,
): { value: ImagePreflight | null; isFresh: boolean; part: ReactNode } {
  const wanted = JSON.stringify([spec, out]);
  const [asked, setAsked] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(wanted), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const isFresh = asked === wanted;
  const { value, error } = useAnswer(`preflight ${asked}`, async (client, signal) => {
    const [askedSpec, askedOut] = JSON.parse(asked) as [ImageSpec, ImageTarget | null];
    return client.image.preflight(
      askedOut === null ? { spec: askedSpec } : { spec: askedSpec, out: askedOut },
      { signal },
    );
  });
  const part =
    error !== null ? (
      <ErrorCard error={error} />
    ) : value === null ? (
      <Waiting>Looking at everything that the image will be made of</Waiting>
    ) : (
      <PreflightPart preflight={value} />
    );
  return { value: error === null ? value : null, isFresh, part };
}

function PreflightPart({ preflight }: { preflight: ImagePreflight }): ReactNode {
  const { findings, disks, missing, bootstrapCfg } = preflight;
  const budgets = disks.flatMap((disk) => disk.budgets);
  const isReady = !findings.some(({ level }) => level === 'error');
  return (
    <div className="preflight">
      {isReady ? (
        <p className="preflight-ok" role="status">
          <Icon name="check" size={17} />
          {findings.length === 0
            ? 'Nothing hinders it.'
            : 'Nothing hinders it; some things are worth knowing.'}
        </p>
      ) : null}
      {findings.length === 0 ? null : <FindingList label="Findings" findings={shownFindings(findings)} />}
      {missing.length === 0 ? null : (
        <Fold title={countOf(missing.length, 'missing distfile', 'missing distfiles')} open>
          <ul className="plain-list" aria-label="Missing distfiles">
            {missing.slice(0, LISTED_MISSING).map(({ name, steps }) => (
              <li key={name}>
                {name} <span className="muted">{steps[0] ?? ''}</span>
              </li>
            ))}
          </ul>
          <p className="hint">
            {missing.length > LISTED_MISSING ? `… and ${missing.length - LISTED_MISSING} more. ` : ''}
            Fetch or import them on the page <PageLink to={sourcesRoute({})}>Sources</PageLink>.
          </p>
        </Fold>
      )}
      {disks.length === 0 ? null : <Facts facts={factsOf(preflight)} />}
      {budgets.length === 0 ? null : (
        <ul className="budgets" aria-label="Limits of builder-hex0">
          {budgets.map(budgetLine).map(({ name, text, share }) => (
            <li key={name} className="budget">
              <span className="budget-name">{name}</span>
              <Progress label={name} share={share} text={text} />
              <span className="budget-text">{text}</span>
            </li>
          ))}
        </ul>
      )}
      {bootstrapCfg === null ? null : (
        <Fold title="Configuration" summary="bootstrap.cfg">
          <pre className="code">{bootstrapCfg}</pre>
        </Fold>
      )}
    </div>
  );
}

function factsOf({ disks, distfiles, freeBytes }: ImagePreflight): Fact[] {
  const facts: Fact[] = disks.map(({ role, sizeBytes, writtenBytes }) => ({
    name: diskTitle(role),
    value: `${formatBytes(sizeBytes)}, of which ${formatBytes(writtenBytes)} are written`,
  }));
  if (distfiles.count > 0)
    facts.push({
      name: 'Distfiles',
      value: `${formatCount(distfiles.count)}, ${formatBytes(distfiles.bytes)}`,
    });
  if (freeBytes !== null) facts.push({ name: 'Free there', value: formatBytes(freeBytes) });
  return facts;
}
