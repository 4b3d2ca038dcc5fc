// Listen to a real machine: choose the serial port of this computer, its speed, and what the machine boots.
import { type ReactNode, useState } from 'react';
import { BAUD_RATES, DEFAULT_BAUD } from '../../../shared/model/serial.ts';
import { Button } from '../components/controls.tsx';
import { ErrorCard, Waiting } from '../components/feedback.tsx';
import { ChoiceField } from '../components/fields.tsx';
import { Dialog } from '../components/overlays.tsx';
import { useAction, useAnswer, useImages } from '../connection/context.tsx';
import { imageTitle } from '../derive/image-view.ts';
import { navigate } from '../use-route.ts';

const RATES = BAUD_RATES.map((rate) => ({ id: String(rate), text: `${rate} baud` }));
const UNNAMED = { id: 'none', text: 'I do not know; its first lines will tell' };

export function AttachSerial(): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon="plug" onPress={() => setOpen(true)}>
        Listen to a real machine…
      </Button>
      <Dialog open={open} title="Listen to a real machine" onClose={() => setOpen(false)}>
        <AttachForm onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function AttachForm({ onClose }: { onClose: () => void }): ReactNode {
  const ports = useAnswer('serial ports', (client, signal) => client.serial.ports({}, { signal }));
  const images = useImages().value ?? [];
  const [device, setDevice] = useState<string | null>(null);
  const [baud, setBaud] = useState(String(DEFAULT_BAUD));
  const [image, setImage] = useState(UNNAMED.id);
  const { act, pending, error } = useAction();
  const choices = (ports.value ?? []).map((port) => ({
    id: port.device,
    text: `${port.kernelName}, ${port.label}`,
  }));
  const chosen = device ?? choices[0]?.id ?? null;
  return (
    <>
      <p>
        A null-modem cable from its serial port to this computer’s. Begin before you switch the machine on.
        What it says becomes a run: its log, its progress, its verdict. The capture goes on without Seedbed,
        and waits when the cable is pulled.
      </p>
      {ports.error === null ? null : <ErrorCard error={ports.error} />}
      {ports.value === null && ports.error === null ? <Waiting>Looking for serial ports</Waiting> : null}
      {ports.value?.length === 0 ? (
        <p role="status">This computer shows no serial port. Plug the adapter in, then look again.</p>
      ) : null}
      {chosen === null ? null : (
        <ChoiceField label="Serial port" value={chosen} choices={choices} onChange={setDevice} />
      )}
      <ChoiceField
        label="Speed"
        help="Linux and Fiwix print at 115200; what the BIOS sends stands in its set-up."
        value={baud}
        choices={RATES}
        onChange={setBaud}
      />
      <ChoiceField
        label="What the machine boots"
        value={image}
        choices={[
          UNNAMED,
          ...images.map(({ id, record }) => ({ id, text: `${imageTitle(record)} (${id})` })),
        ]}
        onChange={setImage}
      />
      {error === null ? null : <ErrorCard error={error} />}
      <div className="dialog-actions">
        <Button onPress={onClose}>Not now</Button>
        <Button icon="again" onPress={ports.again}>
          Look again
        </Button>
        <Button
          kind="primary"
          icon="plug"
          pending={pending}
          disabled={chosen === null}
          onPress={() =>
            act(async (client) => {
              if (chosen === null) return;
              const { runId } = await client.serial.attach({
                port: { device: chosen },
                baud: Number(baud),
                image: image === UNNAMED.id ? null : { id: image },
              });
              navigate({ page: 'run', id: runId });
            })
          }
        >
          Listen
        </Button>
      </div>
    </>
  );
}
