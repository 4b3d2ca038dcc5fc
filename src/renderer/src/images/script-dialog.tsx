// A shell script that derives a boot image's hash from a checkout and distfiles, for whoever wants to check it without Seedbed.
import { type ReactNode, useState } from 'react';
import type { DiskChoice } from '../../../shared/contract/image-reading.ts';
import { Button } from '../components/controls.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { Dialog } from '../components/overlays.tsx';
import { useAnswer } from '../connection/context.tsx';

export function ScriptButton({ image }: { image: DiskChoice }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon="file" onPress={() => setOpen(true)}>
        As a script…
      </Button>
      <Dialog open={open} title="Check it without Seedbed" wide onClose={() => setOpen(false)}>
        {open ? <Script image={image} onClose={() => setOpen(false)} /> : null}
      </Dialog>
    </>
  );
}

function Script({ image, onClose }: { image: DiskChoice; onClose: () => void }): ReactNode {
  const { value, error } = useAnswer(`script ${JSON.stringify(image)}`, (client, signal) =>
    client.imageReading.script({ image }, { signal }),
  );
  return (
    <>
      <p className="dialog-text">
        For any POSIX shell: it makes the same bytes from a checkout and distfiles, and prints their sha256.
      </p>
      {error === null ? null : <ErrorCard error={error} />}
      {value === null && error === null ? <Waiting>Writing the script</Waiting> : null}
      {value === null ? null : (
        <pre className="code" tabIndex={0} aria-label="Script">
          {value.text}
        </pre>
      )}
      <div className="dialog-actions">
        {value === null ? null : (
          <CopyButton text={() => value.text} label="Copy the script" kind="plain" size="middle">
            Copy the script
          </CopyButton>
        )}
        <Button kind="primary" onPress={onClose}>
          Close
        </Button>
      </div>
    </>
  );
}
