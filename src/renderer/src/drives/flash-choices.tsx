// What is written where: the image, and a drive for each of its disks, out of those that may be written now.
import type { ReactNode } from 'react';
import type { DriveListing } from '../../../shared/model/drive.ts';
import type { DiskRole, Image, ImageRecord } from '../../../shared/model/image.ts';
import { formatDriveSize } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { ChoiceField } from '../components/fields.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAnswer, useImages } from '../connection/context.tsx';
import { driveName, groupDrives } from '../derive/drive-view.ts';
import { imageTitle } from '../derive/image-view.ts';
import type { FlashView } from '../route-views.ts';
import { changeFlashView, imageChoice } from './flash-address.ts';

const DISKS: Record<DiskRole, string> = {
  boot: 'Drive for the boot disk',
  external: 'Drive for the external disk',
  root: 'Drive for the disk',
  tree: 'Drive',
};
const NONE = '';

export function FlashChoices(props: {
  view: FlashView;
  listing: DriveListing;
  roles: DiskRole[];
}): ReactNode {
  const { view, listing, roles } = props;
  const free = driveChoices(listing);
  return (
    <section className="card" aria-labelledby="flash-what">
      <h2 id="flash-what" className="card-title">
        What is written where
      </h2>
      <ImageField chosen={view.image} />
      {roles.map((role, index) => {
        const key = index === 0 ? 'drive' : 'second';
        const other = index === 0 ? view.second : view.drive;
        return (
          <ChoiceField
            key={role}
            label={DISKS[role]}
            value={free.some(({ id }) => id === view[key]) ? (view[key] ?? NONE) : NONE}
            choices={[
              {
                id: NONE,
                text: free.length === 0 ? 'No drive that could be written: plug one in' : 'None yet',
              },
              ...free.filter(({ id }) => id !== other),
            ]}
            onChange={(id) => changeFlashView({ [key]: id === NONE ? null : id })}
          />
        );
      })}
    </section>
  );
}

/** Drives that may be written now. */
export function driveChoices({ drives }: DriveListing): { id: string; text: string }[] {
  return groupDrives(drives).free.map(({ drive }) => ({
    id: drive.id,
    text: `${driveName(drive)} · ${formatDriveSize(drive.sizeBytes)} · ${drive.path}`,
  }));
}

function ImageField({ chosen }: { chosen: string | null }): ReactNode {
  const images = useImages().value ?? [];
  const change = (image: string): void =>
    changeFlashView({ image: image === NONE ? null : image, second: null });
  const question = usePlaceQuestion('image', change);
  const known = images.filter(({ record }) => record.disks[0].role !== 'tree').map(toChoice);
  const own = chosen !== null && !known.some(({ id }) => id === chosen);
  return (
    <div className="flash-image">
      <ChoiceField
        label="Image"
        value={chosen ?? NONE}
        choices={[
          { id: NONE, text: 'None yet' },
          ...known,
          ...(own ? [{ id: chosen, text: 'The file that you chose' }] : []),
        ]}
        onChange={change}
      />
      <Button icon="folder" pending={question.pending} onPress={question.ask}>
        A file…
      </Button>
      {question.error === null ? null : <ErrorCard error={question.error} />}
      {question.dialog}
    </div>
  );
}

function toChoice({ id, record }: Image): { id: string; text: string } {
  return { id, text: `${imageTitle(record)} · ${id}` };
}

/** The record of what is chosen; null while none is, or it cannot be read. */
export function useImageRecord(image: string | null): { record: ImageRecord | null; error: ReactNode } {
  const answer = useAnswer(`flash image ${image ?? ''}`, async (client, signal) =>
    image === null ? null : client.image.record({ image: imageChoice(image) }, { signal }),
  );
  return {
    record: answer.value?.record ?? null,
    error: answer.error === null ? null : <ErrorCard error={answer.error} />,
  };
}
