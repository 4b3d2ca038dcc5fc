// Accounts for every byte of an image: against which checkout, with which distfiles, and what came of it.
import { type ReactNode, useState } from 'react';
import type { CheckoutListing } from '../../../shared/contract/checkout.ts';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { DiskChoice } from '../../../shared/contract/image-reading.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { ChoiceField } from '../components/fields.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAction, useAnswer } from '../connection/context.tsx';
import { checkoutTitle } from '../derive/checkout-view.ts';
import type { ImageView } from '../route-views.ts';
import { changeImageView } from './image-address.ts';
import { JobCard, useImageJob } from './job-card.tsx';
import { ScriptButton } from './script-dialog.tsx';
import { VerifyReport } from './verify-report.tsx';

const DISTFILES = [
  { id: 'store', text: 'Those that Seedbed stored' },
  { id: 'hashes', text: 'None: only their hashes in the checkout' },
] as const;

export function VerifyTab(props: {
  image: DiskChoice;
  view: ImageView;
  kept: readonly CheckoutListing[];
  /** What the image was made from, as far as it is known here. */
  fitting: CheckoutChoice | null;
  /** Seedbed's own: it follows from nothing but Seedbed. */
  isBootCheck: boolean;
}): ReactNode {
  const { image, view, kept, fitting, isBootCheck } = props;
  const [distfiles, setDistfiles] = useState<'store' | 'hashes'>('store');
  const { act, pending, error } = useAction();
  const job = useImageJob('image.verify', view.job);
  const question = usePlaceQuestion('checkout', (against) => changeImageView({ against }));
  const checkout = isBootCheck ? null : (readAgainst(view.against) ?? fitting);
  const lacks = checkout === null && !isBootCheck;
  const problem = error ?? question.error;
  return (
    <div className="verify">
      <p className="hint">
        Derives every byte anew from the checkout, the distfiles and the record, and compares it with what is
        in the image: zeros too. The first byte that does not follow is named.
      </p>
      {isBootCheck ? null : (
        <div className="verify-choices">
          <CheckoutField kept={kept} chosen={checkout} />
          <Button icon="folder" pending={question.pending} onPress={question.ask}>
            Another folder…
          </Button>
          <ChoiceField
            label="Distfiles to compare with"
            value={distfiles}
            choices={DISTFILES}
            onChange={setDistfiles}
          />
        </div>
      )}
      <div className="card-actions start">
        <Button
          kind="primary"
          icon="check"
          disabled={lacks}
          pending={pending || job?.state === 'running'}
          onPress={() =>
            act(async (client) => {
              const { jobId } = await client.imageReading.verify({
                image,
                checkout,
                distfiles: distfiles === 'store' ? { store: true } : null,
              });
              changeImageView({ job: jobId });
            })
          }
        >
          Account for every byte
        </Button>
        {isBootCheck ? null : <ScriptButton image={image} />}
        {lacks ? <span className="hint">Choose a checkout first.</span> : null}
      </div>
      {problem === null ? null : <ErrorCard error={problem} />}
      {question.dialog}
      {job === null ? null : <JobCard job={job} />}
      {job?.state === 'done' ? <Report key={job.id} job={job.id} /> : null}
    </div>
  );
}

function CheckoutField(props: {
  kept: readonly CheckoutListing[];
  chosen: CheckoutChoice | null;
}): ReactNode {
  const { kept, chosen } = props;
  const id = chosen === null ? '' : 'id' in chosen ? chosen.id : chosen.place;
  const known = kept.map((one) => ({ id: one.id, text: checkoutTitle(one) }));
  const choices = known.some((one) => one.id === id)
    ? known
    : [...known, { id, text: id === '' ? 'None yet' : 'The folder that you chose' }];
  return (
    <ChoiceField
      label="Against the checkout"
      value={id}
      choices={choices}
      onChange={(against) => changeImageView({ against })}
    />
  );
}

function readAgainst(against: string | null): CheckoutChoice | null {
  if (against === null || against === '') return null;
  return against.startsWith('place-') ? { place: against } : { id: against };
}

function Report({ job }: { job: string }): ReactNode {
  const { value, error } = useAnswer(`account ${job}`, (client, signal) =>
    client.imageReading.verifyReport({ job }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  return value === null ? null : <VerifyReport report={value} />;
}
