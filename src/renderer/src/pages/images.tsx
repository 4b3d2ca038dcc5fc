// All images, what each is, and the way to a new one.
import { type ReactNode, useState } from 'react';
import { dataBytesOf, sizeBytesOf } from '../../../shared/image-sizes.ts';
import type { Image } from '../../../shared/model/image.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Button, PageLink } from '../components/controls.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { Empty, ErrorCard, Waiting } from '../components/feedback.tsx';
import { Icon } from '../components/icons.tsx';
import { RemoveImageDialog } from '../components/remove-image.tsx';
import { usePlaceQuestion } from '../components/use-place.tsx';
import { useAction, useImages } from '../connection/context.tsx';
import { DEFAULT_RUN_OPTIONS, runSpecOf } from '../derive/choices.ts';
import { imageOrigin, imageTitle } from '../derive/image-view.ts';
import { shortHash } from '../derive/text.ts';
import { newImageRoute } from '../route.ts';
import { navigate } from '../use-route.ts';
import { Page } from './page.tsx';

export function ImagesPage(): ReactNode {
  const { value, error } = useImages();
  const [removing, setRemoving] = useState<Image | null>(null);
  const question = usePlaceQuestion('image', (token) => navigate({ page: 'image', id: token }));
  return (
    <Page
      title="Images"
      lead="An image is the disk that a machine boots. The same inputs give the same bytes, so two people can compare one hash."
      actions={
        <>
          <Button icon="eye" pending={question.pending} onPress={question.ask}>
            Inspect a file…
          </Button>
          <Button kind="primary" icon="images" onPress={() => navigate(newImageRoute())}>
            New image…
          </Button>
        </>
      }
    >
      {question.error === null ? null : <ErrorCard error={question.error} />}
      {question.dialog}
      {error === null ? null : <ErrorCard error={error} />}
      {value === null && error === null ? <Waiting>Reading the images</Waiting> : null}
      {value?.length === 0 ? (
        <Empty icon="images" title="No images yet">
          Build one with <strong>New image</strong>. The boot check is made in a moment and needs nothing.
        </Empty>
      ) : null}
      <ul className="cards">
        {value?.map((image) => (
          <ImageCard key={image.id} image={image} onRemove={() => setRemoving(image)} />
        ))}
      </ul>
      <RemoveImageDialog image={removing} onClose={() => setRemoving(null)} />
    </Page>
  );
}

function ImageCard({ image, onRemove }: { image: Image; onRemove: () => void }): ReactNode {
  const { record } = image;
  const { act, pending, error } = useAction();
  return (
    <li className="card image-card">
      <div className="image-words">
        <h2>
          <PageLink to={{ page: 'image', id: image.id }}>{imageTitle(record)}</PageLink>
        </h2>
        <p className="muted">{imageOrigin(record)}</p>
        <p className="image-numbers">
          <span>
            {formatBytes(dataBytesOf(record))} of data
            {sizeBytesOf(record) > dataBytesOf(record) ? `, ${formatBytes(sizeBytesOf(record))} in all` : ''}
          </span>
          <span className="hash">
            sha256 <code>{shortHash(record.disks[0].sha256)}…</code>
            <CopyButton text={() => record.disks[0].sha256} label="Copy the whole sha256" />
          </span>
        </p>
        {record.warnings.length === 0 ? null : (
          <p className="image-warning">
            <Icon name="warning" size={15} />
            {record.warnings.length === 1 ? record.warnings[0] : `${record.warnings.length} warnings`}
          </p>
        )}
        {error === null ? null : <ErrorCard error={error} />}
      </div>
      <div className="card-actions">
        <Button
          icon="play"
          pending={pending}
          onPress={() =>
            act(async (client) => {
              const { jobId } = await client.run.start(runSpecOf({ id: image.id }, DEFAULT_RUN_OPTIONS));
              navigate({ page: 'job', id: jobId });
            })
          }
        >
          Run this
        </Button>
        <Button kind="quiet" icon="trash" label={`Remove: ${imageTitle(record)}`} onPress={onRemove} />
      </div>
    </li>
  );
}
