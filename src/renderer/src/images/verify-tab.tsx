// Accounts for every byte of an image: against which checkout, with which distfiles, and what came of it.
import type { ReactNode } from 'react';
import type { CheckoutListing } from '../../../shared/contract/checkout.ts';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import type { BootstrapConfiguration } from '../../../shared/model/bootstrap-config.ts';
import type { DiskChoice } from '../../../shared/contract/image-reading.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { ChoiceField } from '../components/fields.tsx';
import { FolderField, usePlaceQuestion } from '../components/use-place.tsx';
import { useAction, useAnswer } from '../connection/context.tsx';
import { checkoutTitle } from '../derive/checkout-view.ts';
import type { ImageView } from '../route-views.ts';
import { changeImageView } from './image-address.ts';
import { JobCard, useImageJob } from './job-card.tsx';
import { ScriptButton } from './script-dialog.tsx';
import { VerifyReport } from './verify-report.tsx';

const STORE = 'store';
const HASHES = 'hashes';
const DISTFILES = [
  { id: STORE, text: 'Those that Seedbed stored' },
  { id: HASHES, text: 'None: only their hashes in the checkout' },
];

export function VerifyTab(props: {
  image: DiskChoice;
  view: ImageView;
  kept: readonly CheckoutListing[];
  /** What the image was made from, as far as it is known here. */
  fitting: CheckoutChoice | null;
  /** Seedbed's own: it follows from nothing but Seedbed. */
  isBootCheck: boolean;
  configuration: BootstrapConfiguration | null;
}): ReactNode {
  const { image, view, kept, fitting, isBootCheck, configuration } = props;
  const distfiles = view.distfiles ?? STORE;
  const { act, pending, error } = useAction();
  const job = useImageJob('image.verify', view.job);
  const question = usePlaceQuestion('checkout', (against) => changeImageView({ against }));
  const folder = usePlaceQuestion('distfiles', (chosen) => changeImageView({ distfiles: chosen }));
  const checkout = isBootCheck ? null : (readAgainst(view.against) ?? fitting);
  const lacks = checkout === null && !isBootCheck;
  const problem = error ?? question.error ?? folder.error;
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
            choices={
              distfiles === STORE || distfiles === HASHES
                ? DISTFILES
                : [...DISTFILES, { id: distfiles, text: 'The folder that you chose' }]
            }
            onChange={(chosen) => changeImageView({ distfiles: chosen === STORE ? null : chosen })}
          />
          <Button icon="folder" pending={folder.pending} onPress={folder.ask}>
            A folder of distfiles…
          </Button>
        </div>
      )}
      {configuration?.repoPreseeded === true ? (
        <FolderField
          kind="folder"
          label="Packages that it was built with"
          help="They follow from no source and are not recorded: an external or root disk has them."
          token={view.repo}
          onChosen={(repo) => changeImageView({ repo })}
        />
      ) : null}
      {configuration?.earlyPreseed === true ? (
        <FolderField
          kind="file"
          label="Early preseed that it was built with"
          help="Its tar file; it follows from no source and is not recorded."
          token={view.preseed}
          onChosen={(preseed) => changeImageView({ preseed })}
        />
      ) : null}
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
                distfiles: distfilesChoice(distfiles),
                repo: view.repo,
                preseed: view.preseed,
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
      {folder.dialog}
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

/** `store`, `hashes`, or the token of a folder. */
function distfilesChoice(chosen: string): { store: true } | { place: string } | null {
  if (chosen === STORE) return { store: true };
  return chosen === HASHES ? null : { place: chosen };
}

function Report({ job }: { job: string }): ReactNode {
  const { value, error } = useAnswer(`account ${job}`, (client, signal) =>
    client.imageReading.verifyReport({ job }, { signal }),
  );
  if (error !== null) return <ErrorCard error={error} />;
  return value === null ? null : <VerifyReport report={value} />;
}
