// Compares a drive with the image that is chosen, or with what a record says was written: it is read, and nothing is written.
import { type ReactNode, useState } from 'react';
import type { FlashSummary, FlashVerification } from '../../../shared/model/flash.ts';
import type { DriveListing } from '../../../shared/model/drive.ts';
import type { DiskRole } from '../../../shared/model/image.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { ChoiceField } from '../components/fields.tsx';
import { Icon } from '../components/icons.tsx';
import { useAction, useAnswer, useJobs } from '../connection/context.tsx';
import { formatMoment } from '../derive/text.ts';
import { JobCard } from '../images/job-card.tsx';
import { imageChoice } from './flash-address.ts';
import { driveChoices } from './flash-choices.tsx';

const NONE = { id: '', text: 'None yet' };
const OF_IMAGE = 'image ';

export function FlashCompare(props: {
  listing: DriveListing;
  image: string | null;
  roles: readonly DiskRole[];
}): ReactNode {
  const { listing, image, roles } = props;
  const job = useJobs().value?.findLast(({ kind }) => kind === 'flash.verify') ?? null;
  const records = useAnswer('flash records', (client, signal) => client.flash.records({}, { signal }));
  const { act, pending, error } = useAction();
  const [chosenDrive, setDrive] = useState('');
  const [chosenOriginal, setOriginal] = useState('');
  const originals = [
    ...(image === null
      ? []
      : roles.map((role) => ({ id: `${OF_IMAGE}${role}`, text: `The image above, ${role} disk` }))),
    ...(records.value ?? []).map((record) => ({ id: record.id, text: recordTitle(record) })),
  ];
  const drives = driveChoices(listing);
  const drive = drives.some(({ id }) => id === chosenDrive) ? chosenDrive : '';
  const original = originals.some(({ id }) => id === chosenOriginal) ? chosenOriginal : '';
  const role = roles.find((one) => original === `${OF_IMAGE}${one}`);
  return (
    <section className="card" aria-labelledby="flash-compare">
      <h2 id="flash-compare" className="card-title">
        Compare a drive
      </h2>
      <p>
        Reads a drive and compares every byte with what it should be. Take it out and plug it in again first:
        then the drive itself answers, and no cache.
      </p>
      <ChoiceField label="Drive" value={drive} choices={[NONE, ...drives]} onChange={setDrive} />
      <ChoiceField
        label="Compare with"
        value={original}
        choices={[NONE, ...originals]}
        onChange={setOriginal}
      />
      {[records.error, error].map((one, index) =>
        one === null ? null : <ErrorCard key={index} error={one} />,
      )}
      <div className="card-actions">
        <Button
          icon="eye"
          pending={pending}
          disabled={drive === '' || original === '' || job?.state === 'running'}
          onPress={() =>
            act(async (client) => {
              const against =
                role === undefined ? { record: original } : { image: imageChoice(image ?? ''), role };
              await client.flash.verify({ drive, against });
            })
          }
        >
          Compare
        </Button>
        <Button size="small" onPress={records.again}>
          Look for records again
        </Button>
      </div>
      {job === null ? null : <JobCard job={job} />}
      {job?.state === 'done' ? <Found job={job.id} /> : null}
    </section>
  );
}

function Found({ job }: { job: string }): ReactNode {
  const { value, error } = useAnswer(`compared ${job}`, async (client, signal) => ({
    found: await client.flash.verification({ job }, { signal }),
  }));
  if (error !== null) return <ErrorCard error={error} />;
  const found = value?.found ?? null;
  return found === null ? null : (
    <div
      className={`notice ${found.equal ? 'good' : 'bad'}`}
      role="group"
      aria-label="What the comparison came to"
    >
      <Icon name={found.equal ? 'check' : 'warning'} size={20} />
      <div className="notice-text">
        <p className="notice-title">
          {found.drive} {found.equal ? 'is equal to' : 'differs from'} {found.against}.
        </p>
        <p className="notice-foot">{foundWords(found)}</p>
      </div>
    </div>
  );
}

function foundWords({ equal, verifiedBytes, offsetBytes, badChunkCount }: FlashVerification): string {
  const where = offsetBytes === null ? '' : `, the first at byte ${offsetBytes.toLocaleString('en')}`;
  return equal
    ? `${formatBytes(verifiedBytes)} were read and compared.`
    : `${badChunkCount} ${badChunkCount === 1 ? 'chunk differs' : 'chunks differ'}${where}. Do not start a machine from it; write it again.`;
}

function recordTitle({ image, drive, startedAt }: FlashSummary): string {
  return `Written ${formatMoment(startedAt)} to ${drive.name}: ${image.role} disk, ${formatBytes(image.sizeBytes)}`;
}
