// Writes an image to a drive: choose, see what will be erased, confirm where the host asks, follow, read what came of it.
import { type ReactNode, useState } from 'react';
import type { DriveListing } from '../../../shared/model/drive.ts';
import type { FlashPlan } from '../../../shared/model/flash.ts';
import type { DiskRole } from '../../../shared/model/image.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { useAction, useLive } from '../connection/context.tsx';
import { changeFlashView, imageChoice } from '../drives/flash-address.ts';
import { FlashChoices, useImageRecord } from '../drives/flash-choices.tsx';
import { FlashCompare } from '../drives/flash-compare.tsx';
import { FlashOutcome } from '../drives/flash-outcome.tsx';
import { FlashPlanCard } from '../drives/flash-plan.tsx';
import { useImageJob } from '../images/job-card.tsx';
import type { FlashView } from '../route-views.ts';
import { Page } from './page.tsx';

export function FlashPage({ view }: { view: FlashView }): ReactNode {
  const { value, error } = useLive('drives', (client, signal) => client.drives.watch({}, { signal }));
  const job = useImageJob('flash.write', view.job);
  return (
    <Page
      title="Write an image to a drive"
      back={{ to: { page: 'drives' }, text: 'Drives' }}
      lead="For a real machine. Nothing is written before you have confirmed it where this page cannot; afterwards everything is read back and compared."
    >
      {error === null ? null : <ErrorCard error={error} />}
      {value === null && error === null ? <Waiting>Looking at the drives</Waiting> : null}
      {value === null ? null : <Choosing view={view} listing={value} isWriting={job?.state === 'running'} />}
      {job === null ? null : <FlashOutcome key={job.id} job={job} />}
      {value === null || job?.state === 'running' ? null : <Comparing view={view} listing={value} />}
    </Page>
  );
}

function Comparing({ view, listing }: { view: FlashView; listing: DriveListing }): ReactNode {
  const { record } = useImageRecord(view.image);
  const roles = record?.disks.map(({ role }) => role) ?? [];
  return <FlashCompare listing={listing} image={view.image} roles={roles} />;
}

function Choosing(props: { view: FlashView; listing: DriveListing; isWriting: boolean }): ReactNode {
  const { view, listing, isWriting } = props;
  const { record, error: imageError } = useImageRecord(view.image);
  const [plan, setPlan] = useState<FlashPlan | null>(null);
  const { act, pending, error } = useAction();
  const roles: DiskRole[] = record?.disks.map(({ role }) => role) ?? ['boot'];
  const drives = [view.drive, ...(roles.length > 1 ? [view.second] : [])].filter((id) => id !== null);
  const isChosen = view.image !== null && record !== null && drives.length === roles.length;
  if (isWriting) return null;
  if (plan !== null)
    return <FlashPlanCard plan={plan} image={view.image ?? ''} onOver={() => setPlan(null)} />;
  return (
    <>
      <FlashChoices view={view} listing={listing} roles={roles} />
      {imageError}
      {error === null ? null : <ErrorCard error={error} />}
      <div className="card-actions">
        <Button
          kind="primary"
          icon="eye"
          disabled={!isChosen || !listing.allowWriting || pending}
          onPress={() =>
            act(async (client) => {
              const image = imageChoice(view.image ?? '');
              setPlan(await client.flash.plan({ image, drives }));
              changeFlashView({ job: null });
            })
          }
        >
          See what will happen
        </Button>
        {pending ? <Waiting>Reading the image and comparing it with its record</Waiting> : null}
        {listing.allowWriting ? null : (
          <span className="hint">
            This host does not write drives: start it with <code>seedbed serve --allow-drives</code>.
          </span>
        )}
        {listing.allowWriting && !isChosen ? (
          <span className="hint">Choose an image, and a drive for each of its disks.</span>
        ) : null}
      </div>
    </>
  );
}
