// The seed and the programs after it, byte by byte: chosen, checked on this computer, and shown.
import { type ReactNode, useState } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { SeedAudit } from '../../../shared/model/audit.ts';
import { changeAudit, readFrom, readProgram } from '../audit/audit-address.ts';
import { ByteTable } from '../audit/byte-table.tsx';
import { CheckTable, Matrix } from '../audit/check-lists.tsx';
import { ProgramCard } from '../audit/program-card.tsx';
import { TwoRoots } from '../audit/two-roots.tsx';
import { Button, PageLink } from '../components/controls.tsx';
import { Empty, ErrorCard } from '../components/feedback.tsx';
import { ChoiceField } from '../components/fields.tsx';
import { Icon } from '../components/icons.tsx';
import { RunningJob } from '../components/running-job.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAction, useAnswer, useJobs, useLive } from '../connection/context.tsx';
import { auditSentence } from '../derive/audit-view.ts';
import { checkoutTitle } from '../derive/checkout-view.ts';
import { formatMoment } from '../derive/text.ts';
import { NO_CHAIN_VIEW } from '../route.ts';
import type { AuditView } from '../route-views.ts';
import { readChoice } from '../sources/sources-address.ts';
import { SwitchField } from '../sources/switch-field.tsx';
import { Page } from './page.tsx';

export function AuditPage({ view }: { view: AuditView }): ReactNode {
  const kept = useLive('checkouts', (client, signal) => client.checkout.watch({}, { signal }));
  const listed = kept.value ?? [];
  const fallback = (listed.find(({ isDefault }) => isDefault) ?? listed[0])?.id ?? null;
  const checkout = view.checkout ?? fallback;
  const job = useJobs().value?.find(({ id }) => id === view.job) ?? null;
  const running = job?.state === 'running';
  const { value, error } = useAnswer(
    `audit ${checkout ?? ''} ${view.job ?? ''} ${job?.state ?? ''}`,
    async (client, signal) => ({
      latest:
        checkout === null ? null : await client.audit.latest({ checkout: readChoice(checkout) }, { signal }),
    }),
  );
  const { act, pending, error: failure } = useAction();
  const [mutations, setMutations] = useState(false);
  const folder = usePlaceQuestion('checkout', (token) =>
    changeAudit({ checkout: token, job: null, from: null }),
  );
  const start = (): void =>
    act(async (client) => {
      if (checkout === null) return;
      const { jobId } = await client.audit.seed({ checkout: readChoice(checkout), mutations });
      changeAudit({ job: jobId });
    });
  const found = value?.latest ?? null;
  const choices = [
    ...listed.map((one) => ({ id: one.id, text: checkoutTitle(one) })),
    ...(checkout !== null && !listed.some(({ id }) => id === checkout)
      ? [{ id: checkout, text: 'The folder that you chose' }]
      : []),
  ];
  return (
    <Page
      title="Audit"
      lead="The first bytes of a bootstrap, each with what it is, and checks that run on this computer. Nothing of what is audited is executed: Seedbed interprets it."
      actions={
        <Button
          kind="primary"
          icon="search"
          disabled={checkout === null || running}
          pending={pending}
          onPress={start}
        >
          Audit the seed
        </Button>
      }
    >
      <div className="audit-choice">
        {checkout === null ? null : (
          <ChoiceField
            label="Checkout"
            value={checkout}
            choices={choices}
            onChange={(id) => changeAudit({ checkout: id, job: null, from: null })}
          />
        )}
        <Button icon="folder" pending={folder.pending} onPress={folder.ask}>
          Take a folder…
        </Button>
        <SwitchField label="Also change every byte of the seed" value={mutations} onChange={setMutations} />
      </div>
      <p>
        <PageLink to={{ page: 'chain', view: { ...NO_CHAIN_VIEW, checkout } }}>
          The chain: what is made by what, and what is no text
        </PageLink>
      </p>
      {folder.dialog}
      {[error, failure, folder.error].map((one, index) =>
        one === null ? null : <ErrorCard key={index} error={one} />,
      )}
      {running ? <RunningJob job={job} /> : null}
      {job?.state === 'failed' && job.error !== null ? <ErrorCard error={job.error} /> : null}
      {found === null ? (
        <Empty icon="search" title="Nothing was audited yet">
          <p>
            {checkout === null
              ? 'Fetch a checkout on the page Sources, or take a folder of yours.'
              : 'It takes some seconds: the texts are assembled, decoded and compared, and the chain up to the first C compiler is run in an interpreter.'}
          </p>
        </Empty>
      ) : (
        <Report audit={found.audit} job={found.job} view={view} />
      )}
      <TwoRoots checkout={checkout} />
    </Page>
  );
}

function Report({ audit, job, view }: { audit: SeedAudit; job: string; view: AuditView }): ReactNode {
  const id = readProgram(view);
  const program = audit.programs.find((one) => one.id === id);
  const { tone, text } = auditSentence(audit);
  return (
    <>
      <section className={`notice ${tone}`} aria-label="In a sentence">
        <Icon name={tone === 'good' ? 'check' : 'warning'} size={20} />
        <div className="notice-text">
          <p className="notice-title">{text}</p>
          <p className="notice-foot">
            {audit.commit === null ? '' : `live-bootstrap ${audit.commit.slice(0, 8)}, `}
            {formatMoment(audit.endedAt)}
          </p>
        </div>
      </section>
      <ToggleButtonGroup
        aria-label="Program"
        className="filters"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[id]}
        onSelectionChange={(keys) => {
          const [key] = [...keys];
          changeAudit({ program: key === undefined ? null : String(key), from: null });
        }}
      >
        {audit.programs.map((one) => (
          <ToggleButton key={one.id} id={one.id} className="button quiet small">
            {one.id} <span className="count">{one.sizeBytes}</span>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {program === undefined ? null : <ProgramCard program={program} />}
      <CheckTable checks={audit.checks.filter((one) => one.program === id || one.program === null)} />
      <ByteTable job={job} program={id} from={readFrom(view)} />
      <Matrix cells={audit.matrix} />
    </>
  );
}
