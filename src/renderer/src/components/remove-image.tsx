// Asks before an image is removed.
import type { ReactNode } from 'react';
import { dataBytesOf } from '../../../shared/image-sizes.ts';
import type { Image } from '../../../shared/model/image.ts';
import { formatBytes } from '../../../shared/units.ts';
import { useAction } from '../connection/context.tsx';
import { imageTitle } from '../derive/image-view.ts';
import { ConfirmDialog } from './overlays.tsx';

export function RemoveImageDialog(props: {
  image: Pick<Image, 'id' | 'record'> | null;
  onClose: () => void;
  onRemoved?: () => void;
}): ReactNode {
  const { image } = props;
  const { act, pending, error, clear } = useAction();
  function close(): void {
    clear();
    props.onClose();
  }
  return (
    <ConfirmDialog
      open={image !== null}
      title="Remove this image?"
      action="Remove the image"
      keep="Keep it"
      pending={pending}
      error={error}
      onClose={close}
      onConfirm={() =>
        act(async (client) => {
          if (image !== null) await client.image.remove({ id: image.id });
          props.onClose();
          props.onRemoved?.();
        })
      }
    >
      <p>
        {image === null
          ? ''
          : `${imageTitle(image.record)}, ${formatBytes(dataBytesOf(image.record))} of data, is deleted. Runs that used it keep their logs; the same inputs build the same image again.`}
      </p>
    </ConfirmDialog>
  );
}
