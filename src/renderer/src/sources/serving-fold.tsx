// Serves the stored distfiles as a mirror, read-only and in plain http, and shows what is served.
import { type ReactNode, useState } from 'react';
import type { CheckoutChoice } from '../../../shared/contract/distfiles.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { Button } from '../components/controls.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorCard } from '../components/feedback.tsx';
import { NumberField, WordsField } from '../components/fields.tsx';
import { Fold } from '../components/overlays.tsx';
import { useAction, useLive } from '../connection/context.tsx';

const LOOPBACK = '127.0.0.1';
const ANY_PORT = 0;
const LAST_PORT = 65_535;

export function ServingFold({ choice }: { choice: CheckoutChoice }): ReactNode {
  const serving = useLive('serving', (client, signal) => client.mirror.watchServing({}, { signal }));
  const { act, pending, error } = useAction();
  const [host, setHost] = useState(LOOPBACK);
  const [port, setPort] = useState(ANY_PORT);
  const servers = serving.value ?? [];
  return (
    <Fold
      title="Serve these files"
      summary={servers.length === 0 ? 'off' : servers.map(({ url }) => url).join(', ')}
    >
      <div className="form wide-form">
        <p className="hint">
          A mirror in plain http for other machines, or for a guest that has no TLS yet. Read-only; it ends
          with Seedbed.
        </p>
        <ul className="lines">
          {servers.map(({ url, label, files, answers, sentBytes }) => (
            <li key={url} className="place-row">
              <span className="grow">
                <span className="path">{url}</span>
                <span className="cell-sub">
                  {label}: {formatCount(files)} files, {formatCount(answers)} answers,{' '}
                  {formatBytes(sentBytes)} sent
                </span>
              </span>
              <CopyButton text={() => url} label={`Copy ${url}`} />
              <Button
                size="small"
                icon="stop"
                label={`Stop serving ${url}`}
                onPress={() => act((client) => client.mirror.stopServing({ url }))}
              >
                Stop
              </Button>
            </li>
          ))}
        </ul>
        <div className="map-row">
          <WordsField label="Address of this computer" lines={1} value={host} onChange={setHost} />
          <NumberField
            label="Port"
            unit="0 is any"
            value={port}
            least={ANY_PORT}
            most={LAST_PORT}
            onChange={setPort}
          />
          <Button
            pending={pending}
            onPress={() =>
              act((client) => client.mirror.serve({ from: { checkout: choice }, host: host.trim(), port }))
            }
          >
            Serve
          </Button>
        </div>
        {host.trim() === LOOPBACK ? null : (
          <p className="hint">
            Everyone who reaches this address can read the files. They hold nothing of yours.
          </p>
        )}
        {error === null ? null : <ErrorCard error={error} />}
      </div>
    </Fold>
  );
}
